// Stochastic diagonal Levenberg-Marquardt, over vectors of parameters (Efficient BackProp 9.1).
//
//   h ← (1 − γ)·h + γ·d    v ← momentum·v − rate·(g + decay·w)/(h + μ + decay)    w ← w + v

import { UpdateRule } from "../codes";
import { LANES, add, flushed, loadUpTo, madd, mul, splat, storeUpTo } from "../vec";
import { realAt } from "../addresses";
import { Curved, leakyDiagonal, openCurved, wantsDiagonal } from "./curved";

@unmanaged
export class StochasticDiagonal extends Curved {
  velocity: usize; // or 0 without momentum
  mu: f64;
  momentum: f64;
  gamma: f64; // or 0: it falls as Figure 24 has it
}

/**
 * stochasticDiagonalLM for the steps to come. gamma: γ, or 0 for the chapter's schedule. velocity: a real for each parameter, or
 * 0 without momentum; curvature: h. buffers, diagonal: where a batch's diagonal is found; 0 where h is found otherwise
 */
export function stochasticDiagonalOpen(
  at: usize, rate: f64, mu: f64, momentum: f64, gamma: f64, decay: f64, velocity: usize, curvature: usize, buffers: usize,
  diagonal: usize,
): void {
  const u = openCurved<StochasticDiagonal>(at, UpdateRule.stochasticDiagonalLM, rate, decay, curvature, buffers, diagonal, 1);
  u.velocity = velocity;
  u.mu = mu;
  u.momentum = momentum;
  u.gamma = gamma;
}

/**
 * The share of the t-th diagonal, from 0, in the running mean: Figure 24's schedule, but never below 0.01, so that h follows the
 * weights.
 */
// @ts-ignore: decorator
@inline
function shareOf(t: f64): f64 {
  return t < 20 ? 0.1 : t < 80 ? 0.03 : 0.01;
}

/** The batch's diagonal goes into the running one, where it was found; the first stands for itself. */
export function stochasticDiagonalBegin(u: StochasticDiagonal, n: i32): void {
  if (wantsDiagonal(u)) leakyDiagonal(n, u.steps == 0 ? 1 : u.gamma ? u.gamma : shareOf(u.steps), false, u.diagonal, u.curvature);
  u.steps += 1;
}

/** A step of n parameters w with gradient g, the first of them number `first`. */
// @ts-ignore: decorator
@inline
export function stochasticDiagonalStep(u: StochasticDiagonal, first: i32, n: i32, g: usize, w: usize, decay: f64): void {
  const v = u.velocity ? realAt(u.velocity, first) : 0;
  stochasticDiagonal(n, g, w, v, realAt(u.curvature, first), u.rate, u.mu, u.momentum, decay);
}

// @ts-ignore: decorator
@inline
function rule(g: usize, w: usize, v: usize, h: usize, n: i32, r: v128, least: v128, m: v128, lambda: v128): void {
  const old = loadUpTo(w, n), slope = madd(loadUpTo(g, n), lambda, old);
  let step = v128.div<real>(mul(r, slope), add(loadUpTo(h, n), least));
  if (v) {
    step = flushed(madd(step, m, loadUpTo(v, n)));
    storeUpTo(v, step, n);
  }
  storeUpTo(w, add(old, step), n);
}

/** The rule on n parameters w with gradient g, velocity v (0 without momentum) and diagonal h. */
function stochasticDiagonal(n: i32, g: usize, w: usize, v: usize, h: usize, rate: f64, mu: f64, momentum: f64, decay: f64): void {
  const r = splat(<real>-rate), least = splat(<real>(mu + decay)), m = splat(<real>momentum), lambda = splat(<real>decay);
  const far: usize = v ? 16 : 0;
  for (; n >= LANES; n -= LANES, g += 16, w += 16, h += 16, v += far) rule(g, w, v, h, LANES, r, least, m, lambda);
  if (n > 0) rule(g, w, v, h, n, r, least, m, lambda);
}
