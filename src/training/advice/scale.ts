// Columns that are not scaled.

import type { Core } from '../../../bindings/core.js';
import type { Reals } from '../../../bindings/memory.js';

/** Means and spreads beyond this are no longer those of scaled columns. */
const UNSCALED_FROM = 10;

/** A column far from mean 0 and variance 1. */
export interface Unscaled {
  readonly column: number;
  readonly mean: number;
  /** The standard deviation. */
  readonly spread: number;
}

/** Whether any number is so large that a column of it may be one. */
export function mayBeUnscaled(core: Core, { length, address }: Reals): boolean {
  return core.largestMagnitude(length, address) > UNSCALED_FROM;
}

/** Mean and standard deviation of a column of a row-major matrix, over some rows. */
export function meanAndSpread(a: ArrayLike<number>, columns: number, column: number, rows: Uint32Array): Unscaled {
  let mean = 0;
  for (const r of rows) mean += a[r * columns + column]! / rows.length;
  let square = 0;
  for (const r of rows) square += (a[r * columns + column]! - mean) ** 2 / rows.length;
  return { column, mean, spread: Math.sqrt(square) };
}

/** The column that is farthest from being scaled; undefined where all are. */
export function unscaled(core: Core, reals: Reals, columns: number, rows: Uint32Array): Unscaled | undefined {
  if (!mayBeUnscaled(core, reals)) return undefined;
  const a = reals.view();
  let worst: Unscaled | undefined;
  const size = ({ mean, spread }: Unscaled) => Math.max(Math.abs(mean), spread);
  for (let c = 0; c < columns; c++) {
    const one = meanAndSpread(a, columns, c, rows);
    if (size(one) > UNSCALED_FROM && !(worst && size(worst) >= size(one))) worst = one;
  }
  return worst;
}
