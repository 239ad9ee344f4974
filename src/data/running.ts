// Columns of a stream: where their numbers lie so far, and how scalings follow as more rows come.

import type { Running } from './column-spec.js';
import { type Scaling, type Spread, joined } from './spread.js';

/** From so many rows on, a stream's first scales are no longer guesses. */
const SETTLED = 100;

/** Whether means and scales rest on enough values to hold on to what was learned with them. */
export function isSettled({ count }: Pick<Spread, 'count'>): boolean {
  return count >= SETTLED;
}

/** The same of all columns: those of a fit had all the rows that there were. */
export function areSettled({ rows, begun }: Running): boolean {
  return !begun || rows >= SETTLED;
}

/**
 * A change of scaling by more than this cannot be made up for: what the weights would have to tell apart is lost in rounding.
 * Values that ask for it are more often mistakes than a stream that moves.
 */
const FARTHEST = 1e4;

/**
 * Mean and deviation as they were joined with those of more values: all values count alike, which is Welford's way. Settled ones
 * stay where they are if the new values are too far away.
 */
export function followed(spread: Spread, more: Spread, { mean, scale }: Scaling, settled: boolean): Spread {
  const next = joined(spread, more);
  const leap = Math.max(next.deviation, Math.abs(next.mean - mean)) > FARTHEST * scale;
  return settled && spread.deviation > 0 && leap ? spread : next;
}
