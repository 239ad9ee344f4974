// One rate for all weights that finds itself.
//
//   murata  r ← (1 − δ)·r + δ·g,  η ← η·(1 + α·(β·‖r‖ − η)),  w ← w − η·g       Efficient BackProp (17)–(19), SPEC 1.4.7, errata 2
//   gdx     E more than `worse` times the last kept one: back to those weights and that gradient, v ← 0, η ← down·η;
//           else kept, and η ← up·η where E fell;  v ← μ·v − η·g,  w ← w + v     Vogl et al. 1988
//           MATLAB's traingdx: v ← μ·v − (1 − μ)·η·g, but −η·g in the first step and after one that was taken back

import { LANES, loadUpTo, madd, mul, splat, storeUpTo } from "../vec";
import { norm } from "../kernels/blas1";

/** murata without β: 1 − (1 − δ)^t up to which the mean of t gradients is too noisy to be the largest. */
export const YOUNG: f64 = 1 / 6.0;

/** r[i] ← (1 − δ)·r[i] + δ·g[i]; returns ‖r‖ */
export function leakyMean(n: i32, delta: f64, g: usize, r: usize): f64 {
  const keep = splat(<real>(1 - delta)), take = splat(<real>delta);
  for (let left = n, at: usize = 0; left > 0; left -= LANES, at += 16) {
    storeUpTo(r + at, madd(mul(keep, loadUpTo(r + at, left)), take, loadUpTo(g + at, left)), left);
  }
  return norm(n, r);
}

/** η·(1 + α·(β·‖r‖ − η)), at least half of η, from `least` to `most`: discretised, the rule of (18) may overshoot */
export function murataRate(rate: f64, alpha: f64, beta: f64, length: f64, least: f64, most: f64): f64 {
  return min(most, max(least, rate * max(0.5, 1 + alpha * (beta * length - rate))));
}
