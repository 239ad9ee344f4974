// Resilient backpropagation: step sizes of each weight's own, from the signs of the last two gradients (Riedmiller and Braun
// 1993; the variants after Igel and Hüsken 2003), over vectors of parameters.
//
//   s > 0: Δ ← min(up·Δ, most)      s < 0: Δ ← max(down·Δ, least)      s = sign(g·p), p the gradient before
//   w ← w − sign(g)·Δ, p ← g; where s < 0:
//     minus         nothing else
//     plus          the step before is taken back instead, and p ← 0
//     improvedMinus no step, and p ← 0
//     improvedPlus  the step before is taken back if E rose, else no step, and p ← 0

import { UpdateRule } from "../codes";
import { LANES, add, loadUpTo, mul, select, splat, storeUpTo, sub } from "../vec";
import { realAt } from "../addresses";
import { Update, openUpdate } from "./state";

@unmanaged
export class Resilient extends Update {
  before: usize; // the gradient before
  sizes: usize; // of steps
  last: usize; // steps, where they may be taken back
  up: f64;
  down: f64;
  least: f64;
  most: f64;
  rose: i32; // 1 where E did since the last step. improvedPlus
}

/**
 * A resilient rule for the steps to come. before, sizes: a real for each parameter, sizes hold what to start from; last: the
 * same of plus and improvedPlus, else 0.
 */
export function resilientOpen(
  at: usize, rule: UpdateRule, up: f64, down: f64, least: f64, most: f64, decay: f64, before: usize, sizes: usize, last: usize,
): void {
  const u = openUpdate<Resilient>(at, rule, decay);
  u.before = before;
  u.sizes = sizes;
  u.last = last;
  u.up = up;
  u.down = down;
  u.least = least;
  u.most = most;
  u.vectors = 3;
}

// @ts-ignore: decorator
@inline
export function resilientBegin(u: Resilient, loss: f64): void {
  if (u.rule != UpdateRule.rpropImprovedPlus) return;
  u.rose = loss > u.loss ? 1 : 0;
  u.loss = loss;
}

/** A step of n parameters w with gradient g, the first of them number `first`. */
// @ts-ignore: decorator
@inline
export function resilientStep(u: Resilient, first: i32, n: i32, g: usize, w: usize, decay: f64): void {
  resilient(
    u.rule, n, g, w, realAt(u.before, first), realAt(u.sizes, first), realAt(u.last, first), u.up, u.down, u.least, u.most, decay,
    u.rose != 0,
  );
}

/** One vector of the rule: the first min(n, LANES) of its parameters. */
// @ts-ignore: decorator
@inline
function rule(
  kind: UpdateRule, n: i32, g: usize, w: usize, p: usize, d: usize, l: usize, up: v128, down: v128, least: v128, most: v128,
  decay: v128, rose: v128,
): void {
  const zero = splat(0), old = loadUpTo(w, n), before = loadUpTo(p, n), size = loadUpTo(d, n);
  const now = add(loadUpTo(g, n), mul(decay, old));
  // By signs, not by the product, which underflows.
  const isUp = v128.gt<real>(now, zero), isDown = v128.lt<real>(now, zero);
  const wasUp = v128.gt<real>(before, zero), wasDown = v128.lt<real>(before, zero);
  const same = v128.or(v128.and(isUp, wasUp), v128.and(isDown, wasDown));
  const turned = v128.or(v128.and(isUp, wasDown), v128.and(isDown, wasUp));
  const next = select(same, v128.pmin<real>(mul(size, up), most), select(turned, v128.pmax<real>(mul(size, down), least), size));
  storeUpTo(d, next, n);
  let step = sub(v128.and(isUp, next), v128.and(isDown, next));
  if (kind == UpdateRule.rpropPlus || kind == UpdateRule.rpropImprovedPlus) {
    let back = v128.neg<real>(loadUpTo(l, n));
    if (kind == UpdateRule.rpropImprovedPlus) back = v128.and(back, rose);
    step = select(turned, back, step);
    storeUpTo(l, v128.andnot(step, turned), n);
  } else if (kind == UpdateRule.rpropImproved) {
    step = v128.andnot(step, turned);
  }
  storeUpTo(p, kind == UpdateRule.rpropMinus ? now : v128.andnot(now, turned), n);
  storeUpTo(w, sub(old, step), n);
}

// @ts-ignore: decorator
@inline
function steps(
  kind: UpdateRule, n: i32, g: usize, w: usize, p: usize, d: usize, l: usize, up: f64, down: f64, least: f64, most: f64,
  decay: f64, rose: bool,
): void {
  const u = splat(<real>up), o = splat(<real>down), low = splat(<real>least), high = splat(<real>most);
  const lambda = splat(<real>decay);
  const mask = v128.splat<i32>(rose ? -1 : 0);
  // Whole vectors in a loop of their own: one with a tail in it runs at a fifth of the speed.
  for (; n >= LANES; n -= LANES, g += 16, w += 16, p += 16, d += 16, l += 16) {
    rule(kind, LANES, g, w, p, d, l, u, o, low, high, lambda, mask);
  }
  if (n > 0) rule(kind, n, g, w, p, d, l, u, o, low, high, lambda, mask);
}

/**
 * The rule on n parameters w with gradient g, the gradient before p, step sizes d and, for plus and improvedPlus, the last steps
 * l. decay: of w, through the gradient. rose: whether E did since the step before.
 */
export function resilient(
  kind: UpdateRule, n: i32, g: usize, w: usize, p: usize, d: usize, l: usize, up: f64, down: f64, least: f64, most: f64,
  decay: f64, rose: bool,
): void {
  switch (kind) {
    case UpdateRule.rpropMinus: steps(UpdateRule.rpropMinus, n, g, w, p, d, l, up, down, least, most, decay, rose); break;
    case UpdateRule.rpropPlus: steps(UpdateRule.rpropPlus, n, g, w, p, d, l, up, down, least, most, decay, rose); break;
    case UpdateRule.rpropImproved: steps(UpdateRule.rpropImproved, n, g, w, p, d, l, up, down, least, most, decay, rose); break;
    default: steps(UpdateRule.rpropImprovedPlus, n, g, w, p, d, l, up, down, least, most, decay, rose);
  }
}
