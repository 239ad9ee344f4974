// What rules have in common that divide by a diagonal of the Hessian: h is its running mean, d what a batch says of it.

import { UpdateRule } from "../codes";
import { LANES, flushed, loadUpTo, madd, mul, splat, storeUpTo } from "../vec";
import { Update, openUpdate } from "./state";

@unmanaged
export class Curved extends Update {
  curvature: usize; // h
  buffers: usize; // of curvature/diagonal.ts, where batches' diagonals are found
  diagonal: usize; // d
  every: i32; // steps from one to the next
}

/** An update as one of these rules. buffers, diagonal: 0 where h is found otherwise. */
// @ts-ignore: decorator
@inline
export function openCurved<T extends Curved>(
  at: usize, rule: UpdateRule, rate: f64, decay: f64, curvature: usize, buffers: usize, diagonal: usize, every: i32,
): T {
  const u = openUpdate<T>(at, rule, decay);
  u.rate = rate;
  u.curvature = curvature;
  u.buffers = buffers;
  u.diagonal = diagonal;
  u.every = every;
  u.diagonals = buffers ? 1 : 0;
  return u;
}

/** Whether the step to come needs the diagonal of its batch. */
// @ts-ignore: decorator
@inline
export function wantsDiagonal(u: Update): bool {
  return u.diagonals != 0 && u.steps % <f64>changetype<Curved>(u).every == 0;
}

// @ts-ignore: decorator
@inline
function leak(keep: v128, take: v128, square: bool, d: usize, h: usize, n: i32): void {
  const x = loadUpTo(d, n); // n ≥ LANES: all of it
  storeUpTo(h, flushed(madd(mul(keep, loadUpTo(h, n)), take, square ? mul(x, x) : x)), n);
}

/** h ← (1 − share)·h + share·d, or with `square` d²   d, h: n */
export function leakyDiagonal(n: i32, share: f64, square: bool, d: usize, h: usize): void {
  const keep = splat(<real>(1 - share)), take = splat(<real>share);
  // Whole vectors in a loop of their own: one with a tail in it runs at a fifth of the speed.
  for (; n >= LANES; n -= LANES, d += 16, h += 16) leak(keep, take, square, d, h, LANES);
  if (n > 0) leak(keep, take, square, d, h, n);
}
