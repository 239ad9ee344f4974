// Rates of each weight's own, from running moments of its gradient g, over vectors of parameters. t counts steps from 1.
//
//   adaGrad   v ← v + g²                                                 w ← w − rate·g/(√v + ε)            Duchi et al. 2011
//   rmsProp   v ← β₂·v + (1 − β₂)·g²                                     w ← w − rate·g/(√v + ε)            Hinton 2012
//   adam      m ← β₁·m + (1 − β₁)·g, v as rmsProp                        w ← w − rate·(m/b₁)/(√(v/b₂) + ε)  Kingma and Ba 2015
//   amsGrad   the same, with the largest v so far                                                           Reddi et al. 2018
//   nadam     (β₁·m/b₁' + (1 − β₁)·g/b₁) in place of m/b₁                                                   Dozat 2016
//
// b_k = 1 − β_k^t, b₁' = 1 − β₁^(t+1). Decay of kernels: g ← g + decay·w before, or, decoupled, w ← w − rate·decay·w (AdamW, Loshchilov
// and Hutter 2019).

import { Decay, UpdateRule } from "../codes";
import { LANES, add, loadPart, loadUpTo, madd, mul, flushed, splat, storeUpTo, sub } from "../vec";

/** One vector of the rule; a constant kind folds at compile time. */
// @ts-ignore: decorator
@inline
function rule(
  kind: UpdateRule, decays: Decay, g: v128, w: usize, m: usize, v: usize, top: usize, n: i32, rate: v128, decay: v128,
  keep1: v128, take1: v128, keep2: v128, take2: v128, mean: v128, look: v128, root: v128, epsilon: v128,
): void {
  const old = loadUpTo(w, n); // n ≥ LANES: all of it
  if (decays == Decay.throughGradient) g = madd(g, decay, old);
  const square = mul(g, g);
  let second = kind == UpdateRule.adaGrad ? add(loadUpTo(v, n), square) : flushed(madd(mul(keep2, loadUpTo(v, n)), take2, square));
  storeUpTo(v, second, n);
  let first = g;
  if (kind >= UpdateRule.adam) {
    first = flushed(madd(mul(keep1, loadUpTo(m, n)), take1, g));
    storeUpTo(m, first, n);
    first = kind == UpdateRule.nadam ? madd(mul(mean, first), look, g) : mul(mean, first);
  }
  if (kind == UpdateRule.amsGrad) {
    second = v128.pmax<real>(loadUpTo(top, n), second);
    storeUpTo(top, second, n);
  }
  const step = v128.div<real>(mul(rate, first), add(mul(root, v128.sqrt<real>(second)), epsilon));
  storeUpTo(w, sub(decays == Decay.decoupled ? sub(old, mul(decay, old)) : old, step), n);
}

// @ts-ignore: decorator
@inline
function steps(
  kind: UpdateRule, decays: Decay, n: i32, g: usize, w: usize, m: usize, v: usize, top: usize, rate: f64, beta1: f64, beta2: f64, epsilon: f64,
  decay: f64, power1: f64, power2: f64,
): void {
  const r = splat(<real>rate), d = splat(<real>(decays == Decay.decoupled ? rate * decay : decay)), e = splat(<real>epsilon);
  const keep1 = splat(<real>beta1), take1 = splat(<real>(1 - beta1));
  const keep2 = splat(<real>beta2), take2 = splat(<real>(1 - beta2));
  const mean = splat(<real>(kind == UpdateRule.nadam ? beta1 / (1 - power1 * beta1) : 1 / (1 - power1)));
  const look = splat(<real>((1 - beta1) / (1 - power1)));
  const root = splat(<real>(kind >= UpdateRule.adam ? 1 / Math.sqrt(1 - power2) : 1));
  // Whole vectors in a loop of their own: one with a tail in it runs at a fifth of the speed.
  for (; n >= LANES; n -= LANES, g += 16, w += 16, m += 16, v += 16, top += 16) {
    rule(kind, decays, v128.load(g), w, m, v, top, LANES, r, d, keep1, take1, keep2, take2, mean, look, root, e);
  }
  if (n > 0) rule(kind, decays, loadPart(g, n), w, m, v, top, n, r, d, keep1, take1, keep2, take2, mean, look, root, e);
}

/**
 * The rule on n parameters w with gradient g, first moment m, second moment v and its maximum top (those that the rule has).
 * power1, power2: β₁^t and β₂^t of this step.
 */
export function adaptive(
  kind: UpdateRule, decays: Decay, n: i32, g: usize, w: usize, m: usize, v: usize, top: usize, rate: f64, beta1: f64, beta2: f64, epsilon: f64,
  decay: f64, power1: f64, power2: f64,
): void {
  switch (kind) {
    case UpdateRule.adaGrad: steps(UpdateRule.adaGrad, decays, n, g, w, m, v, top, rate, beta1, beta2, epsilon, decay, power1, power2); break;
    case UpdateRule.rmsProp: steps(UpdateRule.rmsProp, decays, n, g, w, m, v, top, rate, beta1, beta2, epsilon, decay, power1, power2); break;
    case UpdateRule.adam: steps(UpdateRule.adam, decays, n, g, w, m, v, top, rate, beta1, beta2, epsilon, decay, power1, power2); break;
    case UpdateRule.amsGrad: steps(UpdateRule.amsGrad, decays, n, g, w, m, v, top, rate, beta1, beta2, epsilon, decay, power1, power2); break;
    default: steps(UpdateRule.nadam, decays, n, g, w, m, v, top, rate, beta1, beta2, epsilon, decay, power1, power2);
  }
}
