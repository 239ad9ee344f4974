// Means of gradients divided by means of a diagonal of the Hessian, over vectors of parameters. t counts steps from 1, s
// diagonals.
//
// adaHessian m ← β₁·m + (1 − β₁)·g, h ← β₂·h + (1 − β₂)·d² w ← w − rate·(m/(1 − β₁^t))/(√(h/(1 − β₂^s)) + ε) Yao et al. 2021
// sophia m as that, h ← β₂·h + (1 − β₂)·d w ← w − rate·clip(m/max(ρ·h, ε), −1, 1) Liu et al. 2024
//
// Decay of kernels is decoupled: w ← w − rate·decay·w.

import { UpdateRule } from "../codes";
import { LANES, add, flushed, loadUpTo, madd, mul, splat, storeUpTo, sub } from "../vec";
import { realAt } from "../addresses";
import { Curved, leakyDiagonal, openCurved, wantsDiagonal } from "./curved";

@unmanaged
export class CurvedMean extends Curved {
  mean: usize; // m
  beta1: f64;
  beta2: f64;
  epsilon: f64;
  rho: f64; // of sophia
  power1: f64; // β₁^t
  power2: f64; // β₂^s
}

/**
 * adaHessian or sophia for the steps to come. power1, power2: β₁^t and β₂^s so far. mean, curvature: m and h, a real for each
 * parameter. buffers, diagonal: where a batch's diagonal is found, every so many steps
 */
export function curvedMeanOpen(
  at: usize, rule: UpdateRule, rate: f64, beta1: f64, beta2: f64, epsilon: f64, rho: f64, decay: f64, power1: f64, power2: f64,
  mean: usize, curvature: usize, buffers: usize, diagonal: usize, every: i32,
): void {
  const u = openCurved<CurvedMean>(at, rule, rate, decay, curvature, buffers, diagonal, every);
  u.mean = mean;
  u.beta1 = beta1;
  u.beta2 = beta2;
  u.epsilon = epsilon;
  u.rho = rho;
  u.power1 = power1;
  u.power2 = power2;
}

/** The batch's diagonal goes into the running one, where it was found. */
export function curvedMeanBegin(u: CurvedMean, n: i32): void {
  if (wantsDiagonal(u)) {
    leakyDiagonal(n, 1 - u.beta2, u.rule == UpdateRule.adaHessian, u.diagonal, u.curvature);
    u.power2 *= u.beta2;
  }
  u.power1 *= u.beta1;
  u.steps += 1;
}

/** A step of n parameters w with gradient g, the first of them number `first`. */
// @ts-ignore: decorator
@inline
export function curvedMeanStep(u: CurvedMean, first: i32, n: i32, g: usize, w: usize, decay: f64): void {
  curvedMean(
    u.rule, n, g, w, realAt(u.mean, first), realAt(u.curvature, first), u.rate, u.beta1, u.epsilon, u.rho, decay, u.power1,
    u.power2,
  );
}

// @ts-ignore: decorator
@inline
function rule(
  kind: UpdateRule, g: usize, w: usize, m: usize, h: usize, n: i32, r: v128, keep: v128, take: v128, least: v128, shrink: v128,
  scale: v128,
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

/** The rule on n parameters w with gradient g, mean m and diagonal h. */
function curvedMean(
  kind: UpdateRule, n: i32, g: usize, w: usize, m: usize, h: usize, rate: f64, beta1: f64, epsilon: f64, rho: f64, decay: f64,
  power1: f64, power2: f64,
): void {
  const keep = splat(<real>beta1), take = splat(<real>(1 - beta1)), least = splat(<real>epsilon);
  const shrink = splat(<real>(rate * decay));
  const r = splat(<real>(kind == UpdateRule.sophia ? rate : rate / (1 - power1)));
  const scale = splat(<real>(kind == UpdateRule.sophia ? rho : 1 / (1 - power2)));
  for (; n >= LANES; n -= LANES, g += 16, w += 16, m += 16, h += 16) rule(
    kind, g, w, m, h, LANES, r, keep, take, least, shrink, scale,
  );
  if (n > 0) rule(kind, g, w, m, h, n, r, keep, take, least, shrink, scale);
}
