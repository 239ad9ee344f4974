// Metrics, added up sample by sample in float64.

import type { RealArray } from '../../bindings/memory.js';
import type { Loss } from '../layers/losses.js';
import { asksSeparately, classOf, classThreshold } from '../data/classes.js';

export const METRIC_NAMES = ['accuracy', 'mse', 'mae', 'r2'] as const;

/** Metrics that a fit can record per epoch. */
export type MetricName = (typeof METRIC_NAMES)[number];

/** How well classes were found. */
export interface ClassMetrics {
  /** Share of samples (by weight) whose most probable class is the right one. */
  accuracy: number;
  /** Per class: of the samples said to be of it, the share that are. 0 where none was said to be. */
  precision: number[];
  /** Per class: of the samples that are of it, the share found. 0 where there is none. */
  recall: number[];
  /** Per class: harmonic mean of precision and recall. */
  f1: number[];
  /** [true class][predicted class], weights added up. */
  confusionMatrix: number[][];
}

/** How well numbers were met. With several outputs, means over them. */
export interface NumberMetrics {
  /** Mean squared error. */
  mse: number;
  /** Mean absolute error. */
  mae: number;
  /**
   * 1 − (squared error)/(squared deviation from the mean); 0 for predicting the mean. Of targets that do not vary 1 if they are
   * predicted exactly, else 0, as scikit-learn has it.
   */
  r2: number;
}

/** Counts of (true, predicted) classes. */
export class ClassTally {
  readonly confusion: number[][];

  constructor(readonly classes: number) {
    this.confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  }

  add(truth: number, predicted: number, weight = 1): void {
    this.confusion[truth]![predicted]! += weight;
  }

  get accuracy(): number {
    let right = 0;
    let all = 0;
    this.confusion.forEach((row, i) => {
      right += row[i]!;
      for (const n of row) all += n;
    });
    return right / all;
  }

  result(): ClassMetrics {
    const { confusion, classes } = this;
    const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
    const precision: number[] = [];
    const recall: number[] = [];
    const f1: number[] = [];
    for (let c = 0; c < classes; c++) {
      const right = confusion[c]![c]!;
      let said = 0;
      let are = 0;
      for (let k = 0; k < classes; k++) {
        said += confusion[k]![c]!;
        are += confusion[c]![k]!;
      }
      precision.push(share(right, said));
      recall.push(share(right, are));
      f1.push(share(2 * right, said + are));
    }
    return { accuracy: this.accuracy, precision, recall, f1, confusionMatrix: confusion.map((row) => [...row]) };
  }
}

/** R² of one output. What was not finite stays NaN. */
function determination(squared: number, deviation: number): number {
  if (deviation === 0 && Number.isFinite(squared)) return squared === 0 ? 1 : 0;
  return 1 - squared / deviation;
}

/** Sums of errors of numbers, output by output. */
export class NumberTally {
  private weight = 0;
  private absolute = 0;
  private readonly squared: Float64Array;
  private readonly mean: Float64Array;
  private readonly deviation: Float64Array;

  constructor(readonly outputs: number) {
    this.squared = new Float64Array(outputs);
    this.mean = new Float64Array(outputs);
    this.deviation = new Float64Array(outputs);
  }

  /** Adds the outputs a and targets t of one sample, at the given places. */
  add(a: ArrayLike<number>, atA: number, t: ArrayLike<number>, atT: number, weight = 1): void {
    if (weight === 0) return;
    this.weight += weight;
    for (let j = 0; j < this.outputs; j++) {
      const target = t[atT + j]!;
      const error = a[atA + j]! - target;
      this.absolute += weight * Math.abs(error);
      this.squared[j]! += weight * error * error;
      // West's update: no cancellation, however large the mean.
      const delta = target - this.mean[j]!;
      this.mean[j]! += (weight / this.weight) * delta;
      this.deviation[j]! += weight * delta * (target - this.mean[j]!);
    }
  }

  result(): NumberMetrics {
    const { outputs, weight } = this;
    let mse = 0;
    let r2 = 0;
    for (let j = 0; j < outputs; j++) {
      mse += this.squared[j]! / weight / outputs;
      r2 += determination(this.squared[j]!, this.deviation[j]!) / outputs;
    }
    return { mse, mae: this.absolute / weight / outputs, r2 };
  }
}

/** The right tally for a loss, fed with slabs of outputs and targets. */
export class Tally {
  private readonly classes: ClassTally | undefined;
  private readonly numbers: NumberTally | undefined;
  private readonly threshold: number;

  constructor(
    loss: Loss,
    readonly outputs: number,
  ) {
    const threshold = classThreshold(loss);
    this.threshold = threshold ?? 0;
    this.separate = asksSeparately(loss, outputs);
    if (threshold === undefined) this.numbers = new NumberTally(outputs);
    else this.classes = new ClassTally(this.separate ? 2 : Math.max(outputs, 2));
  }

  private readonly separate: boolean;

  /** Adds `rows` samples. */
  add(rows: number, a: RealArray, t: RealArray, w: RealArray | undefined): void {
    const { outputs, threshold, separate } = this;
    for (let r = 0; r < rows; r++) {
      const at = r * outputs;
      const weight = w ? w[r]! : 1;
      if (this.numbers) this.numbers.add(a, at, t, at, weight);
      else if (separate) {
        for (let j = at; j < at + outputs; j++) {
          this.classes!.add(classOf(t, j, 1, threshold), classOf(a, j, 1, threshold), weight);
        }
      } else {
        this.classes!.add(classOf(t, at, outputs, threshold), classOf(a, at, outputs, threshold), weight);
      }
    }
  }

  result(): ClassMetrics | NumberMetrics {
    return this.classes ? this.classes.result() : this.numbers!.result();
  }
}
