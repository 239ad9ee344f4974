// Rates of each weight's own that grow by a constant and fall by a factor, over vectors of parameters (Efficient BackProp 4.7;
// Jacobs 1988). p: the running mean of gradients g, d: rates.
//
//   p·g > 0: d ← min(d + up, most)   p·g < 0: d ← down·d   w ← w − d·g,  p ← (1 − keep)·g + keep·p

import { UpdateRule } from "../codes";
import { LANES, add, loadUpTo, madd, mul, splat, storeUpTo, sub } from "../vec";
import { realAt } from "../addresses";
import { nextRate, sameSign, turnedSign } from "./signs";
import { Update, openUpdate } from "./state";

@unmanaged
export class DeltaBarDelta extends Update {
  mean: usize; // of gradients
  rates: usize;
  up: f64;
  down: f64;
  keep: f64;
  most: f64;
}

/** deltaBarDelta for the steps to come. mean, rates: a real for each parameter; rates hold what to start from */
export function deltaBarDeltaOpen(
  at: usize, up: f64, down: f64, keep: f64, most: f64, decay: f64, mean: usize, rates: usize,
): void {
  const u = openUpdate<DeltaBarDelta>(at, UpdateRule.deltaBarDelta, decay);
  u.mean = mean;
  u.rates = rates;
  u.up = up;
  u.down = down;
  u.keep = keep;
  u.most = most;
  u.vectors = 2;
}

/** A step of n parameters w with gradient g, the first of them number `first`. */
// @ts-ignore: decorator
@inline
export function deltaBarDeltaStep(u: DeltaBarDelta, first: i32, n: i32, g: usize, w: usize, decay: f64): void {
  deltaBarDelta(n, g, w, realAt(u.mean, first), realAt(u.rates, first), u.up, u.down, u.keep, u.most, decay);
}

// @ts-ignore: decorator
@inline
function rule(
  n: i32, g: usize, w: usize, p: usize, d: usize, up: v128, down: v128, keep: v128, take: v128, most: v128, decay: v128,
): void {
  const old = loadUpTo(w, n), before = loadUpTo(p, n), last = loadUpTo(d, n);
  const now = madd(loadUpTo(g, n), decay, old);
  const next = nextRate(sameSign(now, before), turnedSign(now, before), last, add(last, up), down, most);
  storeUpTo(d, next, n);
  storeUpTo(w, sub(old, mul(next, now)), n);
  storeUpTo(p, madd(mul(keep, before), take, now), n);
}

/** The rule on n parameters w with gradient g; decay: of w, through the gradient */
export function deltaBarDelta(
  n: i32, g: usize, w: usize, p: usize, d: usize, up: f64, down: f64, keep: f64, most: f64, decay: f64,
): void {
  const u = splat(<real>up), o = splat(<real>down), k = splat(<real>keep), t = splat(<real>(1 - keep));
  const high = splat(<real>most), lambda = splat(<real>decay);
  for (; n >= LANES; n -= LANES, g += 16, w += 16, p += 16, d += 16) rule(LANES, g, w, p, d, u, o, k, t, high, lambda);
  if (n > 0) rule(n, g, w, p, d, u, o, k, t, high, lambda);
}
