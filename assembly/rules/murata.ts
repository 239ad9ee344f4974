// One rate for all weights that finds itself: it falls as the mean gradient gets shorter, and rises again when that grows
// (Efficient BackProp (17)–(19)).
//
//   r ← (1 − δ)·r + δ·g,  η ← η·(1 + α·(β·‖r‖ − η)),  w ← w − η·g

import { LEAST_SHARE, UpdateRule } from "../codes";
import { LANES, loadUpTo, madd, mul, splat, storeUpTo } from "../vec";
import { norm } from "../kernels/blas1";
import { sgd } from "./sgd";
import { Update, openUpdate } from "./state";

@unmanaged
export class Murata extends Update {
  mean: usize; // r
  alpha: f64;
  beta: f64; // or 0: target/‖r‖ of the longest r so far
  target: f64; // η while r is as long as it ever was; used without β
  delta: f64;
  least: f64;
  most: f64;
}

/**
 * murata for the steps to come; it goes on from the rate that updateRecall has set. beta: β, or 0 where it is `target`, a rate,
 * divided by the length of the longest mean gradient so far. mean: a real for each parameter
 */
export function murataOpen(
  at: usize, alpha: f64, beta: f64, target: f64, delta: f64, least: f64, most: f64, decay: f64, mean: usize,
): void {
  const u = openUpdate<Murata>(at, UpdateRule.murata, decay);
  u.mean = mean;
  u.alpha = alpha;
  u.beta = beta;
  u.target = target;
  u.delta = delta;
  u.least = least;
  u.most = most;
}

/** η of the step to come, from r with its gradient in it. */
export function murataBegin(u: Murata, n: i32): void {
  let length = leakyMean(n, u.delta, u.gradient, u.mean), beta = u.beta;
  u.power *= 1 - u.delta;
  if (beta == 0) {
    // The mean of the gradients so far, which r, from 0 on, falls short of; too few of them would be noise.
    const part = 1 - u.power;
    length /= part;
    if (part >= LEAST_SHARE) u.peak = max(u.peak, length);
    if (u.peak == 0) return;
    beta = u.target / u.peak;
  }
  u.rate = murataRate(u.rate, u.alpha, beta, length, u.least, u.most);
}

/** A step of n parameters w with gradient g. */
// @ts-ignore: decorator
@inline
export function murataStep(u: Murata, n: i32, g: usize, w: usize, decay: f64): void {
  sgd(UpdateRule.plain, n, g, w, 0, u.rate, 0, decay);
}

/** r[i] ← (1 − δ)·r[i] + δ·g[i]; returns ‖r‖ */
function leakyMean(n: i32, delta: f64, g: usize, r: usize): f64 {
  const keep = splat(<real>(1 - delta)), take = splat(<real>delta);
  for (let left = n, at: usize = 0; left > 0; left -= LANES, at += 16) {
    storeUpTo(r + at, madd(mul(keep, loadUpTo(r + at, left)), take, loadUpTo(g + at, left)), left);
  }
  return norm(n, r);
}

/** η·(1 + α·(β·‖r‖ − η)), at least half of η, from `least` to `most`: discretised, the rule of (18) may overshoot */
function murataRate(rate: f64, alpha: f64, beta: f64, length: f64, least: f64, most: f64): f64 {
  return min(most, max(least, rate * max(0.5, 1 + alpha * (beta * length - rate))));
}
