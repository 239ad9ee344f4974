// A look around a point where the slope is 0: a minimum, a maximum or saddle, or a place where nothing depends on the variables?

import type { Box } from './box.js';

/**
 * How far to look, in sizes of a variable: to tell a minimum from a place where nothing varies, or as far as differences can
 * tell.
 */
export const FAR_REACHES = [0.125, 1];
export const CLOSE_REACHES = [2 ** -17, 2 ** -13];

/**
 * The lowest of the points beside x along each variable, by its size, or x itself; and whether the function varies there at all.
 */
export function lowestAround(
  value: (x: Float64Array) => number,
  x: Float64Array,
  sizes: ArrayLike<number>,
  box: Box,
  reaches: readonly number[],
): { readonly x: Float64Array; readonly value: number; readonly varies: boolean } {
  const own = value(x);
  let best = { x, value: own };
  let varies = false;
  for (let i = 0; i < x.length; i++) {
    if (box.isFrozen(i)) continue;
    for (const reach of reaches) {
      for (const sign of [1, -1]) {
        const at = x.slice();
        at[i]! += sign * reach * sizes[i]!;
        box.project(at);
        const there = value(at);
        if (there !== own) varies = true;
        if (there < best.value) best = { x: at, value: there };
      }
    }
  }
  return { ...best, varies };
}
