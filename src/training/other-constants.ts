// What the best constant outputs lose by losses that not every other fit has.

import { LOSS_EPSILON } from '../../build/codes.js';
import type { AnyLoss } from '../layers/losses.js';
import { type Column, type UsualLoss, meanOf, sumOf, surprise, variance } from './column.js';

/** ln cosh e, which would overflow as it stands */
const logCosh = (e: number) => Math.abs(e) + Math.log1p(Math.exp(-2 * Math.abs(e))) - Math.LN2;

/** The mean of |t − the median|, in which a row counts so many times its weight. */
function aboutMedian(column: Column, times: (r: number) => number): number {
  const { rows, at, weightOf } = column;
  const sorted = rows.slice().sort((a, b) => at(a) - at(b));
  const half = sumOf(rows, (r) => times(r) * weightOf(r)) / 2;
  let below = 0;
  const median = at(sorted.find((r) => (below += times(r) * weightOf(r)) >= half) ?? sorted[0]!);
  return meanOf(column, (r) => times(r) * Math.abs(at(r) - median));
}

/** Of one output, by the loss. */
export const OTHERS: Record<Exclude<AnyLoss, UsualLoss>, (column: Column) => number> = {
  meanAbsoluteError: (column) => aboutMedian(column, () => 1),
  binaryCrossEntropy: ({ mean }) => surprise(mean) + surprise(1 - mean),
  // Between −1 and 1 the loss is a straight line: the best constant is one of the two.
  hinge: ({ mean }) => Math.min(1 - mean, 1 + mean),
  logCosh(column) {
    const { rows, at, weightOf, mean } = column;
    // Between the extremes its slope, Σ w·tanh(c − t), rises through 0.
    let [low, high] = rows.reduce(([least, most], r) => [Math.min(least, at(r)), Math.max(most, at(r))], [mean, mean]);
    for (let i = 0; i < 60; i++) {
      const c = (low! + high!) / 2;
      if (sumOf(rows, (r) => weightOf(r) * Math.tanh(c - at(r))) > 0) high = c;
      else low = c;
    }
    return meanOf(column, (r) => logCosh((low! + high!) / 2 - at(r)));
  },
  // The best constant is the mean.
  squaredHinge: ({ mean }) => 1 - mean * mean,
  // The share of a class.
  categoricalHinge: ({ mean }) => mean,
  kullbackLeiblerDivergence: (column) => surprise(column.mean) - meanOf(column, (r) => surprise(column.at(r))),
  poisson: ({ mean }) => mean + surprise(mean),
  // The mean of targets of length 1.
  cosineProximity: (column) =>
    meanOf(
      column,
      (r) =>
        column.at(r) /
        Math.sqrt(
          Math.max(
            sumOf(column.row(r), (v) => v * v),
            LOSS_EPSILON,
          ),
        ),
    ),
  meanAbsolutePercentageError: (column) => aboutMedian(column, (r) => 100 / Math.max(Math.abs(column.at(r)), LOSS_EPSILON)),
  // Nobody knows. What is compared with that is neither better nor worse.
  custom: () => Number.NaN,
  meanSquaredLogarithmicError: (column) => variance(column, (r) => Math.log1p(Math.max(column.at(r), LOSS_EPSILON))),
};

/** Where outputs are coupled: from what was found of each. */
export const JOINED: Partial<Record<AnyLoss, (parts: readonly number[]) => number>> = {
  // 1 where all outputs are the same; or that of the class that most are of is 1, the others 0.
  categoricalHinge: (parts) => Math.min(1, 2 * (1 - Math.max(...parts))),
  cosineProximity: (parts) => -Math.sqrt(sumOf(parts, (v) => v * v)),
};
