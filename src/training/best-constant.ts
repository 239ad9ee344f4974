// What the best constant outputs lose: a fit that does no better has learned nothing.

import { LOSS_EPSILON, LossTraits } from '../../build/codes.js';
import type { SampleBuffers } from '../data/dataset.js';
import type { Loss } from '../layers/losses.js';

/** What the best outputs that are the same for all samples lose on average. */
export function lossOfBestConstant(
  loss: Loss,
  { t, w }: Pick<SampleBuffers, 't' | 'w'>,
  rows: Uint32Array,
  outputs: number,
): number {
  const targets = t.view();
  const weights = w?.view();
  const weightOf = (r: number) => (weights ? weights[r]! : 1);
  const all = sumOf(rows, weightOf);
  const parts = Array.from({ length: outputs }, (_, o) => {
    const at = (r: number) => targets[r * outputs + o]!;
    const lengthOf = (r: number) => Math.sqrt(sumOf(targets.subarray(r * outputs, (r + 1) * outputs), (v) => v * v));
    return LOSSES_OF_CONSTANTS[loss]({ rows, at, weightOf, mean: sumOf(rows, (r) => weightOf(r) * at(r)) / all, all, lengthOf });
  });
  // 1 where all outputs are the same; or that of the class that most are of is 1, the others 0.
  if (loss === 'categoricalHinge') return Math.min(1, 2 * (1 - Math.max(...parts)));
  if (loss === 'cosineProximity') return -Math.sqrt(sumOf(parts, (v) => v * v));
  const total = sumOf(parts, (part) => part);
  return LossTraits[loss].averages ? total / outputs : total;
}

function sumOf(values: Iterable<number>, of: (value: number) => number): number {
  let sum = 0;
  for (const value of values) sum += of(value);
  return sum;
}

/** One output's targets. */
interface Column {
  readonly rows: Uint32Array;
  readonly at: (r: number) => number;
  readonly weightOf: (r: number) => number;
  readonly mean: number;
  /** The sum of the weights. */
  readonly all: number;
  /** ‖t‖ of a row. */
  readonly lengthOf: (r: number) => number;
}

/** ln cosh e, which would overflow as it stands */
const logCosh = (e: number) => Math.abs(e) + Math.log1p(Math.exp(-2 * Math.abs(e))) - Math.LN2;

/** p·ln(1/p), continued to 0. */
const surprise = (p: number) => (p > 0 ? -p * Math.log(p) : 0);

/** Mean over the rows. */
const meanOf = ({ rows, weightOf, all }: Column, of: (r: number) => number) => sumOf(rows, (r) => weightOf(r) * of(r)) / all;

/** The mean of (v − mean)². */
function variance(column: Column, v: (r: number) => number): number {
  const mean = meanOf(column, v);
  return meanOf(column, (r) => (v(r) - mean) ** 2);
}

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
const LOSSES_OF_CONSTANTS: Record<Loss, (column: Column) => number> = {
  meanSquaredError: (column) => variance(column, column.at),
  meanAbsoluteError: (column) => aboutMedian(column, () => 1),
  binaryCrossEntropy: ({ mean }) => surprise(mean) + surprise(1 - mean),
  // Between −1 and 1 the loss is a straight line: the best constant is one of the two.
  hinge: ({ mean }) => Math.min(1 - mean, 1 + mean),
  crossEntropy: ({ mean }) => surprise(mean),
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
  cosineProximity: (column) => meanOf(column, (r) => column.at(r) / Math.max(column.lengthOf(r), Math.sqrt(LOSS_EPSILON))),
  meanAbsolutePercentageError: (column) => aboutMedian(column, (r) => 100 / Math.max(Math.abs(column.at(r)), LOSS_EPSILON)),
  meanSquaredLogarithmicError: (column) => variance(column, (r) => Math.log1p(Math.max(column.at(r), LOSS_EPSILON))),
};
