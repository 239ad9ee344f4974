// Labels of a classifier: which there are, and how well they are told apart, chunk by chunk.

import { type Label, classesIn } from '../data/classes.js';
import { DataError, shown, counted, thereAre } from '../runtime/errors.js';
import { type ClassMetrics, ClassTally } from '../evaluation/metrics.js';
import type { CodingLearner } from './chunks.js';

/** How labels become outputs; plain data. */
export interface LabelCoding {
  readonly classes: readonly Label[];
  /** What outputs that are no probabilities are multiplied with to become such; null where they are. */
  readonly scale: number | null;
}

/** Weights of classes, as `fit` takes them. */
export type ClassWeights = 'balanced' | ReadonlyMap<Label, number> | Readonly<Record<string, number>>;

/** How well a classifier does. */
export interface ClassifierEvaluation extends ClassMetrics {
  /** The loss that training minimised: the cross-entropy, unless `loss` said otherwise. */
  loss: number;
  /** The cross-entropy of the probabilities. */
  logLoss: number;
  /** The labels, in the order of all per-class lists. */
  classes: readonly Label[];
}

/** How well a classifier does, added up over chunks by their weights. */
export class EvaluationSums {
  private loss = 0;
  private logLoss = 0;
  private weight = 0;
  private readonly tally: ClassTally;

  constructor(classes: number) {
    this.tally = new ClassTally(classes);
  }

  /** Adds means over rows, and the weights of their (true, predicted) classes. */
  add(loss: number, logLoss: number, confusion: readonly (readonly number[])[]): void {
    let weight = 0;
    confusion.forEach((row, truth) => {
      row.forEach((w, said) => {
        this.tally.add(truth, said, w);
        weight += w;
      });
    });
    this.weight += weight;
    this.loss += (weight / this.weight) * (loss - this.loss);
    this.logLoss += (weight / this.weight) * (logLoss - this.logLoss);
  }

  result(classes: readonly Label[]): ClassifierEvaluation {
    const { loss, logLoss, tally } = this;
    return { loss, logLoss, ...tally.result(), classes };
  }
}

/** Which labels there are, and how many of each. */
export class LabelsLearner implements CodingLearner<ArrayLike<Label>, LabelCoding> {
  private readonly counts = new Map<Label, number>();

  constructor(private readonly announced: readonly Label[] | undefined) {}

  add(labels: ArrayLike<Label>, rows: number): void {
    requireLength(labels, rows);
    const first = this.counts.keys().next();
    for (const label of classesIn(labels)) {
      if (!first.done && typeof label !== typeof first.value) {
        throw new DataError('labels', `${shown(label)} is a ${typeof label}, but there was a ${typeof first.value} before`);
      }
      if (!this.counts.has(label)) this.counts.set(label, 0);
    }
    if (this.counts.has('') && !this.announced?.includes('')) {
      const row = Array.prototype.indexOf.call(labels, '');
      throw new DataError('labels', '"" is missing; leave the row out, or list "" in the option classes if it is one', { row });
    }
    for (let r = 0; r < rows; r++) this.counts.set(labels[r]!, this.counts.get(labels[r]!)! + 1);
  }

  finish(): LabelCoding {
    if (this.announced) return { classes: [...this.announced], scale: null };
    const seen = classesIn([...this.counts.keys()]);
    if (seen.length < 2) {
      const why = 'to tell classes apart takes at least two (or the option classes)';
      throw new DataError('labels', `all are ${shown(seen[0])}; ${why}`);
    }
    return { classes: seen, scale: null };
  }

  /** Balanced weights as weights of each label: how frequent labels are is known once all have been seen. */
  classWeights(given: ClassWeights | undefined): ClassWeights | undefined {
    if (given !== 'balanced') return given;
    let rows = 0;
    for (const count of this.counts.values()) rows += count;
    const labels = this.announced ?? [...this.counts.keys()];
    return new Map(
      labels.map((label) => [label, this.counts.has(label) ? rows / (this.counts.size * this.counts.get(label)!) : 0]),
    );
  }
}

/** @throws DataError unless there is a label for each row */
export function requireLength(labels: ArrayLike<unknown>, rows: number): void {
  if (labels === null || typeof labels !== 'object' || !('length' in labels))
    throw new DataError('labels', `expected an array of ${rows} labels; got ${shown(labels)}`);
  if (labels.length !== rows)
    throw new DataError('labels', `has ${counted(labels.length, 'element')}, but ${thereAre(rows, 'row')}`);
}
