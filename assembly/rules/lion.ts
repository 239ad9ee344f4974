// Steps of one length, by the sign of a running mean of gradients, over vectors of parameters (Chen et al. 2023).
//
//   u = sign(β₁·m + (1 − β₁)·g)    w ← w − rate·(u + decay·w)    m ← β₂·m + (1 − β₂)·g

import { UpdateRule } from "../codes";
import { LANES, flushed, loadUpTo, madd, mul, splat, storeUpTo, sub } from "../vec";
import { realAt } from "../addresses";
import { negative, positive } from "./signs";
import { Update, openUpdate } from "./state";

@unmanaged
export class Lion extends Update {
  mean: usize; // m
  beta1: f64;
  beta2: f64;
}

/** lion for the steps to come. mean: a real for each parameter */
export function lionOpen(at: usize, rate: f64, beta1: f64, beta2: f64, decay: f64, mean: usize): void {
  const u = openUpdate<Lion>(at, UpdateRule.lion, decay);
  u.rate = rate;
  u.mean = mean;
  u.beta1 = beta1;
  u.beta2 = beta2;
  u.vectors = 1;
}

// @ts-ignore: decorator
@inline
function rule(
  n: i32, g: usize, w: usize, m: usize, keep1: v128, take1: v128, keep2: v128, take2: v128, rate: v128, shrink: v128,
): void {
  const old = loadUpTo(w, n), mean = loadUpTo(m, n), now = loadUpTo(g, n);
  const ahead = madd(mul(keep1, mean), take1, now);
  const step = sub(v128.and(positive(ahead), rate), v128.and(negative(ahead), rate));
  storeUpTo(m, flushed(madd(mul(keep2, mean), take2, now)), n);
  storeUpTo(w, sub(sub(old, mul(shrink, old)), step), n);
}

/** A step of n parameters w with gradient g, the first of them number `first`. */
export function lionStep(u: Lion, first: i32, n: i32, g: usize, w: usize, decay: f64): void {
  const keep1 = splat(<real>u.beta1), take1 = splat(<real>(1 - u.beta1)), keep2 = splat(<real>u.beta2);
  const take2 = splat(<real>(1 - u.beta2));
  const r = splat(<real>u.rate), shrink = splat(<real>(u.rate * decay));
  let m = realAt(u.mean, first);
  for (; n >= LANES; n -= LANES, g += 16, w += 16, m += 16) rule(LANES, g, w, m, keep1, take1, keep2, take2, r, shrink);
  if (n > 0) rule(n, g, w, m, keep1, take1, keep2, take2, r, shrink);
}
