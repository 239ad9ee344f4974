// Means and spreads of what several evaluations found.

import { single } from '../evaluation/metrics.js';

/** What evaluations of classes have a list of, one of each class. */
const LISTS = ['precision', 'recall', 'f1'];

/**
 * Mean and standard deviation (divisor n − 1; NaN of one) of each number that evaluations have in common. `precision`, `recall`
 * and `f1` are of the second of two classes, which is the positive one; of more they are means over classes.
 */
export interface Summary {
  readonly mean: Readonly<Record<string, number>>;
  readonly deviation: Readonly<Record<string, number>>;
}

export function summary(evaluations: readonly object[]): Summary {
  const mean: Record<string, number> = {};
  const deviation: Record<string, number> = {};
  const n = evaluations.length;
  for (const [name, first] of Object.entries(evaluations[0]!)) {
    const listed = LISTS.includes(name) && Array.isArray(first);
    if (typeof first !== 'number' && !listed) continue;
    const values = evaluations.map((e) => {
      const value = (e as Record<string, number | readonly number[]>)[name]!;
      return typeof value === 'number' ? value : single(value);
    });
    const average = values.reduce((sum, v) => sum + v / n, 0);
    mean[name] = average;
    deviation[name] = n > 1 ? Math.sqrt(values.reduce((sum, v) => sum + (v - average) * (v - average), 0) / (n - 1)) : Number.NaN;
  }
  return { mean, deviation };
}
