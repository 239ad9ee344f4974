// `npm test` runs a quick part, `npm run test:thorough` everything. What only the latter runs is marked by `thorough`, in place
// of `test`; what repeats itself, over random inputs, seeds or sizes, asks here how often.

import { test } from 'vitest';

const THOROUGH = process.env['THOROUGH'] === '1';

/** A test of `npm run test:thorough` only: of the kind of another one that `npm test` runs, and long. */
export const thorough = test.skipIf(!THOROUGH);

/** `all` of something, or in `npm test` no more than `few`. */
export function runs(few: number, all: number): number {
  return THOROUGH ? all : few;
}

/** All of a list, or in `npm test` the first `few`: the most different come first. */
export function some<T>(few: number, all: readonly T[]): T[] {
  return all.slice(0, THOROUGH ? all.length : few);
}
