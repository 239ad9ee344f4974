// How well a classifier does: what its evaluation holds, added up over chunks.

import type { Label } from '../data/classes.js';
import { type ClassMetrics, ClassTally } from '../evaluation/metrics.js';
import type { Head } from './head.js';

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

/** The loss of a row whose outputs are no probabilities. */
export function rowLoss({ loss }: Head, a: ArrayLike<number>, t: ArrayLike<number>, at: number, n: number): number {
  let sum = 0;
  for (let j = at; j < at + n; j++) sum += loss === 'hinge' ? Math.max(0, 1 - a[j]! * t[j]!) : (a[j]! - t[j]!) ** 2;
  return sum / n;
}
