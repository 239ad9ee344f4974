// The two decompositions, added up prediction by prediction.

import { isRow, matrix } from '../data/matrix.js';
import { type Label, classOf, classThreshold } from '../data/classes.js';
import { DataError, counted } from '../runtime/errors.js';
import { Classifier } from '../estimators/classifier.js';
import { Network } from '../network/network.js';
import type { ArraySource, Learner } from './subject.js';

/** error = bias + variance. */
export interface Decomposition {
  /** The mean squared error, or the error rate. */
  readonly error: number;
  /** Of the mean prediction (squared), or of the most frequent one. Noise of the truth is part of it. */
  readonly bias: number;
  /** Of predictions about the mean one; of classes what deviations add, less what they mend. */
  readonly variance: number;
}

/** Predictions of many models for the same rows. */
export interface PredictionSpread {
  add(row: number, prediction: ArrayLike<unknown>): void;
  /** Means over the rows that were predicted at least twice. */
  result(): { decomposition: Decomposition; rows: number };
}

/** The decomposition that goes with a model: of classes for those that tell classes apart, else of numbers. */
export function spreadFor(model: Learner, { Y, rows }: ArraySource): PredictionSpread {
  if (model instanceof Classifier) {
    const labels = Y as ArrayLike<Label>;
    return new ClassSpread(
      Array.from({ length: rows }, (_, r) => labels[r]!),
      (p) => p[0] as Label,
    );
  }
  const m = matrix(Y, 'Y');
  const row = (r: number): ArrayLike<number> => {
    const first = m.source[r];
    if (isRow(first)) return first;
    return Array.from({ length: m.columns }, (_, c) => (m.source as ArrayLike<number>)[r * m.columns + c]!);
  };
  const truths = Array.from({ length: rows }, (_, r) => row(r));
  const threshold = model instanceof Network ? classThreshold(model.loss) : undefined;
  if (threshold === undefined) return new NumberSpread(truths);
  const { outputs } = model as unknown as Network;
  const classes = truths.map((t) => (t.length === 1 && outputs > 1 ? t[0]! : classOf(t, 0, t.length, threshold)));
  return new ClassSpread(classes, (p) => classOf(p as ArrayLike<number>, 0, outputs, threshold));
}

/** Of numbers. Mean and squares of each row's predictions are kept by Welford's update. */
export class NumberSpread implements PredictionSpread {
  private readonly counts: Uint32Array;
  private readonly means: Float64Array;
  private readonly squares: Float64Array;
  private readonly outputs: number;

  constructor(private readonly truths: readonly ArrayLike<number>[]) {
    this.outputs = truths[0]!.length;
    this.counts = new Uint32Array(truths.length);
    this.means = new Float64Array(truths.length * this.outputs);
    this.squares = new Float64Array(truths.length * this.outputs);
  }

  add(row: number, prediction: ArrayLike<unknown>): void {
    const { outputs, means, squares } = this;
    if (prediction.length !== outputs) {
      throw new DataError('Y', `has ${counted(outputs, 'column')}, but predictions have ${prediction.length}`);
    }
    const n = ++this.counts[row]!;
    for (let o = 0, at = row * outputs; o < outputs; o++, at++) {
      const p = prediction[o] as number;
      const d = p - means[at]!;
      means[at]! += d / n;
      squares[at]! += d * (p - means[at]!);
    }
  }

  /**
   * The mean of n predictions is off by s²/n from their expectation, which is therefore taken off the bias: both are unbiased.
   */
  result(): { decomposition: Decomposition; rows: number } {
    const { outputs, counts, means, squares, truths } = this;
    let [error, bias, variance, rows] = [0, 0, 0, 0];
    truths.forEach((t, r) => {
      const n = counts[r]!;
      if (n < 2) return;
      rows++;
      for (let o = 0, at = r * outputs; o < outputs; o++, at++) {
        const distance = (means[at]! - t[o]!) * (means[at]! - t[o]!);
        const spread = squares[at]! / (n - 1);
        error += distance + squares[at]! / n;
        bias += distance - spread / n;
        variance += spread;
      }
    });
    const all = rows * outputs;
    return { decomposition: { error: error / all, bias: bias / all, variance: variance / all }, rows };
  }
}

/** Of classes. */
export class ClassSpread implements PredictionSpread {
  private readonly counts: Map<unknown, number>[];

  constructor(
    private readonly truths: readonly unknown[],
    private readonly classOf: (prediction: ArrayLike<unknown>) => unknown,
  ) {
    this.counts = truths.map(() => new Map());
  }

  add(row: number, prediction: ArrayLike<unknown>): void {
    const found = this.classOf(prediction);
    const counts = this.counts[row]!;
    counts.set(found, (counts.get(found) ?? 0) + 1);
  }

  result(): { decomposition: Decomposition; rows: number } {
    let [error, bias, rows] = [0, 0, 0];
    this.truths.forEach((truth, r) => {
      const counts = [...this.counts[r]!];
      const n = counts.reduce((sum, [, k]) => sum + k, 0);
      if (n < 2) return;
      rows++;
      const [main] = counts.reduce((best, next) => (next[1] > best[1] ? next : best)); // the first of equals
      error += 1 - (this.counts[r]!.get(truth) ?? 0) / n;
      bias += main === truth ? 0 : 1;
    });
    return { decomposition: { error: error / rows, bias: bias / rows, variance: (error - bias) / rows }, rows };
  }
}
