// What partialFit goes on from, as a model file has it: where the numbers of each column and target lie.

import type { Running } from '../../data/column-spec.js';
import type { Spread } from '../../data/spread.js';
import type { InputCurvature } from '../stream-state.js';

/**
 * Count, deviation, least and largest of numbers, whose mean the scaling has; null for none, such as a column that holds strings.
 */
type SpreadDocument = readonly number[] | null;

export function spreadsDocument(spreads: readonly (Spread | undefined)[]): SpreadDocument[] {
  return spreads.map((spread) => {
    if (!spread) return null;
    const { count, deviation, min, max } = spread;
    return count === 0 ? [] : [count, deviation, min, max];
  });
}

export function runningDocument(running: Running | undefined, targets: unknown, pace: InputCurvature | undefined): unknown {
  if (!running && !targets && !pace) return null;
  const columns = running ? { ...running, spreads: spreadsDocument(running.spreads) } : null;
  return { columns, targets: targets ?? null, pace: pace ?? null };
}
