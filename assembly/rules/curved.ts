// Rates of each weight's own, from a diagonal of the Hessian: h is its running mean, d what a batch says of it.
//
//   stochasticDiagonalLM  h ← (1 − γ)·h + γ·d                 v ← momentum·v − rate·g/(h + μ)   w ← w + v       Efficient BackProp 9.1
//   adaHessian   m ← β₁·m + (1 − β₁)·g, h ← β₂·h + (1 − β₂)·d²   w ← w − rate·(m/b₁)/(√(h/b₂) + ε)               Yao et al. 2021
//   sophia       m as that, h ← β₂·h + (1 − β₂)·d               w ← w − rate·clip(m/max(ρ·h, ε), −1, 1)          Liu et al. 2024
//
// b_k = 1 − β_k^t, for b₂ with t the number of diagonals. Decay of kernels: with stochasticDiagonalLM g ← g + decay·w and h + decay + μ, with the
// others, decoupled, w ← w − rate·decay·w.

import { UpdateRule } from "../codes";
import { LANES, add, loadUpTo, madd, mul, flushed, splat, storeUpTo, sub } from "../vec";

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

// @ts-ignore: decorator
@inline
function diagonalStep(g: usize, w: usize, v: usize, h: usize, n: i32, r: v128, least: v128, m: v128, lambda: v128): void {
  const old = loadUpTo(w, n), slope = madd(loadUpTo(g, n), lambda, old);
  let step = v128.div<real>(mul(r, slope), add(loadUpTo(h, n), least));
  if (v) {
    step = flushed(madd(step, m, loadUpTo(v, n)));
    storeUpTo(v, step, n);
  }
  storeUpTo(w, add(old, step), n);
}

/** stochasticDiagonalLM's step on n parameters w with gradient g, velocity v (0 without momentum) and diagonal h. */
export function stochasticDiagonal(n: i32, g: usize, w: usize, v: usize, h: usize, rate: f64, mu: f64, momentum: f64, decay: f64): void {
  const r = splat(<real>-rate), least = splat(<real>(mu + decay)), m = splat(<real>momentum), lambda = splat(<real>decay);
  const far: usize = v ? 16 : 0;
  for (; n >= LANES; n -= LANES, g += 16, w += 16, h += 16, v += far) diagonalStep(g, w, v, h, LANES, r, least, m, lambda);
  if (n > 0) diagonalStep(g, w, v, h, n, r, least, m, lambda);
}

// @ts-ignore: decorator
@inline
function curvedStep(
  kind: UpdateRule, g: usize, w: usize, m: usize, h: usize, n: i32, r: v128, keep: v128, take: v128, least: v128, shrink: v128, scale: v128,
): void {
  const mean = flushed(madd(mul(keep, loadUpTo(m, n)), take, loadUpTo(g, n))), old = loadUpTo(w, n), second = loadUpTo(h, n);
  storeUpTo(m, mean, n);
  let step: v128;
  if (kind == UpdateRule.sophia) {
    step = v128.div<real>(mean, v128.pmax<real>(mul(scale, second), least));
    step = mul(r, v128.pmax<real>(v128.pmin<real>(step, splat(1)), splat(-1)));
  } else {
    step = v128.div<real>(mul(r, mean), add(v128.sqrt<real>(mul(scale, second)), least));
  }
  storeUpTo(w, sub(sub(old, mul(shrink, old)), step), n);
}

/** adaHessian's or sophia's step on n parameters w with gradient g, mean m and diagonal h. power1, power2: β₁^t and β₂^t. */
export function curved(
  kind: UpdateRule, n: i32, g: usize, w: usize, m: usize, h: usize, rate: f64, beta1: f64, epsilon: f64, rho: f64, decay: f64, power1: f64, power2: f64,
): void {
  const keep = splat(<real>beta1), take = splat(<real>(1 - beta1)), least = splat(<real>epsilon), shrink = splat(<real>(rate * decay));
  const r = splat(<real>(kind == UpdateRule.sophia ? rate : rate / (1 - power1))), scale = splat(<real>(kind == UpdateRule.sophia ? rho : 1 / (1 - power2)));
  for (; n >= LANES; n -= LANES, g += 16, w += 16, m += 16, h += 16) {
    curvedStep(kind, g, w, m, h, LANES, r, keep, take, least, shrink, scale);
  }
  if (n > 0) curvedStep(kind, g, w, m, h, n, r, keep, take, least, shrink, scale);
}
