// Rates of each weight's own, from running moments of its gradient g, over vectors of parameters. t counts steps from 1.
//
//   adaGrad   v ← v + g²                                                 w ← w − rate·g/(√v + ε)            Duchi et al. 2011
//   rmsProp   v ← β₂·v + (1 − β₂)·g²                                     w ← w − rate·g/(√v + ε)            Hinton 2012
//   adam      m ← β₁·m + (1 − β₁)·g, v as rmsProp                        w ← w − rate·(m/b₁)/(√(v/b₂) + ε)  Kingma and Ba 2015
//   amsGrad   the same, with the largest v so far                                                           Reddi et al. 2018
//   nadam     (β₁·m/b₁' + (1 − β₁)·g/b₁) in place of m/b₁                                                   Dozat 2016
//   adamax    m as adam, v ← max(β₂·v, |g|)                              w ← w − rate·(m/b₁)/(v + ε)        Kingma and Ba 2015
//
// With `inside` ε stands under the root: √(v + ε) for √v + ε. rmsProp may be centred, m ← β₁·m + (1 − β₁)·g, v − m² for v below
// the root, and have momentum, s ← momentum·s + the step, w ← w − s.
//
// b_k = 1 − β_k^t, b₁' = 1 − β₁^(t+1). Decay of kernels: g ← g + decay·w before, or, decoupled, w ← w − rate·decay·w (AdamW,
// Loshchilov and Hutter 2019).

import { Decay, UpdateRule } from "../codes";
import { LANES, add, loadPart, loadUpTo, madd, mul, flushed, splat, storeUpTo, sub } from "../vec";
import { realAt } from "../addresses";
import { Update, openUpdate } from "./state";

@unmanaged
export class Adaptive extends Update {
  mean: usize; // m
  square: usize; // v
  largest: usize; // v so far, of amsGrad; s of a rmsProp that has momentum
  beta1: f64;
  beta2: f64;
  epsilon: f64;
  inside: f64; // ε under the root
  momentum: f64;
  power1: f64; // β₁^t and β₂^t of the last step
  power2: f64;
  decays: Decay; // how, where decay is not 0
}

/**
 * An adaptive rule for the steps to come. power1, power2: β₁^t and β₂^t after t steps. mean, square, largest: a real for each
 * parameter, 0 where the rule has none.
 */
export function adaptiveOpen(
  at: usize, rule: UpdateRule, rate: f64, beta1: f64, beta2: f64, epsilon: f64, inside: f64, momentum: f64, decay: f64,
  decays: Decay, power1: f64, power2: f64, mean: usize, square: usize, largest: usize,
): void {
  const u = openUpdate<Adaptive>(at, rule, decay);
  u.rate = rate;
  u.mean = mean;
  u.square = square;
  u.largest = largest;
  u.beta1 = beta1;
  u.beta2 = beta2;
  u.epsilon = epsilon;
  u.inside = inside;
  u.momentum = momentum;
  u.power1 = power1;
  u.power2 = power2;
  u.decays = decays;
  u.vectors = 3;
}

// @ts-ignore: decorator
@inline
export function adaptiveBegin(u: Adaptive): void {
  u.power1 *= u.beta1;
  u.power2 *= u.beta2;
}

/** A step of n parameters w with gradient g, the first of them number `first`. */
// @ts-ignore: decorator
@inline
export function adaptiveStep(u: Adaptive, first: i32, n: i32, g: usize, w: usize, decay: f64): void {
  const centred = u.rule == UpdateRule.rmsProp && u.mean != 0;
  if (centred || u.rule == UpdateRule.adamax || u.inside != 0 || u.momentum != 0) {
    varied(u, centred, first, n, g, w, decay);
    return;
  }
  adaptive(
    u.rule, decay == 0 ? Decay.none : u.decays, n, g, w, realAt(u.mean, first), realAt(u.square, first), realAt(u.largest, first),
    u.rate, u.beta1, u.beta2, u.epsilon, decay, u.power1, u.power2,
  );
}

/** One vector of those rules. */
// @ts-ignore: decorator
@inline
function variant(
  kind: UpdateRule, averages: bool, centred: bool, moves: bool, n: i32, g: v128, w: usize, m: usize, v: usize, s: usize,
  rate: v128, decay: v128, keep1: v128, take1: v128, keep2: v128, take2: v128, inside: v128, epsilon: v128, mu: v128,
): void {
  const old = loadUpTo(w, n), slope = madd(g, decay, old), kept = mul(keep2, loadUpTo(v, n));
  let second = flushed(kind == UpdateRule.adamax
    ? v128.pmax<real>(kept, v128.abs<real>(slope)) : madd(kept, take2, mul(slope, slope)));
  storeUpTo(v, second, n);
  let first = slope;
  if (averages) {
    first = flushed(madd(mul(keep1, loadUpTo(m, n)), take1, slope));
    storeUpTo(m, first, n);
  }
  if (centred) {
    second = v128.pmax<real>(sub(second, mul(first, first)), splat(0));
    first = slope;
  }
  if (kind != UpdateRule.adamax) second = v128.sqrt<real>(add(second, inside));
  let step = v128.div<real>(mul(rate, first), add(second, epsilon));
  if (moves) {
    step = flushed(madd(step, mu, loadUpTo(s, n)));
    storeUpTo(s, step, n);
  }
  storeUpTo(w, sub(old, step), n);
}

/**
 * adamax, and adaGrad and rmsProp with ε under the root, centred or with momentum: what few ask for has a loop of its own. In
 * that of the others adam would take a sixth longer.
 */
function varied(u: Adaptive, centred: bool, first: i32, n: i32, g: usize, w: usize, decay: f64): void {
  const kind = u.rule, averages = u.mean != 0, moves = u.momentum != 0, sums = kind == UpdateRule.adaGrad;
  const rate = splat(<real>(kind == UpdateRule.adamax ? u.rate / (1 - u.power1) : u.rate)), d = splat(<real>decay);
  const keep1 = splat(<real>u.beta1), take1 = splat(<real>(1 - u.beta1)), mu = splat(<real>u.momentum);
  const keep2 = splat(<real>(sums ? 1 : u.beta2)), take2 = splat(<real>(sums ? 1 : 1 - u.beta2));
  const inside = splat(<real>u.inside), e = splat(<real>u.epsilon);
  let m = realAt(u.mean, first), v = realAt(u.square, first), s = realAt(u.largest, first);
  for (; n >= LANES; n -= LANES, g += 16, w += 16, m += 16, v += 16, s += 16) {
    variant(
      kind, averages, centred, moves, LANES, v128.load(g), w, m, v, s, rate, d, keep1, take1, keep2, take2, inside, e, mu,
    );
  }
  if (n > 0) variant(
    kind, averages, centred, moves, n, loadPart(g, n), w, m, v, s, rate, d, keep1, take1, keep2, take2, inside, e, mu,
  );
}

/** One vector of the rule. averages: whether it has a mean of gradients */
// @ts-ignore: decorator
@inline
function rule(
  kind: UpdateRule, averages: bool, decays: Decay, g: v128, w: usize, m: usize, v: usize, top: usize, n: i32, rate: v128,
  decay: v128, keep1: v128, take1: v128, keep2: v128, take2: v128, mean: v128, look: v128, root: v128, epsilon: v128,
): void {
  const old = loadUpTo(w, n); // n ≥ LANES: all of it
  if (decays == Decay.throughGradient) g = madd(g, decay, old);
  const square = mul(g, g);
  const old2 = loadUpTo(v, n);
  let second = kind == UpdateRule.adaGrad ? add(old2, square) : flushed(madd(mul(keep2, old2), take2, square));
  storeUpTo(v, second, n);
  let first = g;
  if (averages) {
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

/**
 * The rule on n parameters w with gradient g, first moment m, second moment v and its maximum top (those that the rule has).
 * power1, power2: β₁^t and β₂^t of this step. One loop for all kinds: a root and a division take longer than the branches, and a
 * loop each would take 3 KB.
 */
function adaptive(
  kind: UpdateRule, decays: Decay, n: i32, g: usize, w: usize, m: usize, v: usize, top: usize, rate: f64, beta1: f64, beta2: f64,
  epsilon: f64, decay: f64, power1: f64, power2: f64,
): void {
  const averages = kind == UpdateRule.adam || kind == UpdateRule.amsGrad || kind == UpdateRule.nadam;
  const r = splat(<real>rate), d = splat(<real>(decays == Decay.decoupled ? rate * decay : decay)), e = splat(<real>epsilon);
  const keep1 = splat(<real>beta1), take1 = splat(<real>(1 - beta1));
  const keep2 = splat(<real>beta2), take2 = splat(<real>(1 - beta2));
  const mean = splat(<real>(kind == UpdateRule.nadam ? beta1 / (1 - power1 * beta1) : 1 / (1 - power1)));
  const look = splat(<real>((1 - beta1) / (1 - power1)));
  const root = splat(<real>(averages ? 1 / Math.sqrt(1 - power2) : 1));
  // Whole vectors in a loop of their own: one with a tail in it runs at a fifth of the speed.
  for (; n >= LANES; n -= LANES, g += 16, w += 16, m += 16, v += 16, top += 16) {
    rule(kind, averages, decays, v128.load(g), w, m, v, top, LANES, r, d, keep1, take1, keep2, take2, mean, look, root, e);
  }
  if (n > 0) rule(kind, averages, decays, loadPart(g, n), w, m, v, top, n, r, d, keep1, take1, keep2, take2, mean, look, root, e);
}
