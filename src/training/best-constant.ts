// What the best constant outputs lose: a fit that does no better has learned nothing.

import { LossTraits } from '../../build/codes.js';
import { Part } from '../../bindings/part.js';
import type { SampleBuffers } from '../data/dataset.js';
import type { AnyLoss } from '../layers/losses.js';
import { type Column, type UsualLoss, meanOf, sumOf, surprise, variance } from './column.js';

/** What `lossOfBestConstant` needs, but for usual losses. */
export const OTHER_CONSTANTS = new Part('what constants lose', () => import('./other-constants.js'));

const USUAL: Record<UsualLoss, (column: Column) => number> = {
  meanSquaredError: (column) => variance(column, column.at),
  crossEntropy: ({ mean }) => surprise(mean),
};

export const isUsual = (loss: AnyLoss): loss is UsualLoss => loss in USUAL;

/** What the best outputs that are the same for all samples lose on average. */
export function lossOfBestConstant(
  loss: AnyLoss,
  { t, w }: Pick<SampleBuffers, 't' | 'w'>,
  rows: Uint32Array,
  outputs: number,
): number {
  const targets = t.view();
  const weights = w?.view();
  const weightOf = (r: number) => (weights ? weights[r]! : 1);
  const row = (r: number) => targets.subarray(r * outputs, (r + 1) * outputs);
  const all = sumOf(rows, weightOf);
  const parts = Array.from({ length: outputs }, (_, o) => {
    const at = (r: number) => targets[r * outputs + o]!;
    const column = { rows, at, row, weightOf, all, mean: meanOf({ rows, weightOf, all }, at) };
    return isUsual(loss) ? USUAL[loss](column) : OTHER_CONSTANTS.here.OTHERS[loss](column);
  });
  const joined = OTHER_CONSTANTS.exports?.JOINED[loss];
  if (joined) return joined(parts);
  const total = sumOf(parts, (part) => part);
  return LossTraits[loss].averages ? total / outputs : total;
}
