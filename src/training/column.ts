// One output's targets, and what is found of them.

import type { RealArray } from '../../bindings/memory.js';

/** Losses that most fits have. */
export type UsualLoss = 'meanSquaredError' | 'crossEntropy';

export interface Column {
  readonly rows: Uint32Array;
  readonly at: (r: number) => number;
  /** All targets of a row. */
  readonly row: (r: number) => RealArray;
  readonly weightOf: (r: number) => number;
  readonly mean: number;
  /** The sum of the weights. */
  readonly all: number;
}

export function sumOf(values: Iterable<number>, of: (value: number) => number): number {
  let sum = 0;
  for (const value of values) sum += of(value);
  return sum;
}

/** The weighted mean over the rows. */
export const meanOf = ({ rows, weightOf, all }: Pick<Column, 'rows' | 'weightOf' | 'all'>, of: (r: number) => number) =>
  sumOf(rows, (r) => weightOf(r) * of(r)) / all;

/** The mean of (v − mean)². */
export function variance(column: Column, v: (r: number) => number): number {
  const mean = meanOf(column, v);
  return meanOf(column, (r) => (v(r) - mean) ** 2);
}

/** p·ln(1/p), continued to 0. */
export const surprise = (p: number) => (p > 0 ? -p * Math.log(p) : 0);
