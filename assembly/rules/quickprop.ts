// Jumps to the minimum of the parabola through the last two slopes, over vectors of parameters (Fahlman 1988). p: the gradient
// before, d: last steps.
//
//   d ← the step to the minimum of the parabola through both slopes, at most `growth` times the last one,
//       − rate·g added where the slope still falls that way; w ← w + d, p ← g

import { UpdateRule } from "../codes";
import { LANES, add, loadUpTo, madd, mul, select, splat, storeUpTo, sub } from "../vec";
import { realAt } from "../addresses";
import { negative, positive } from "./signs";
import { Update, openUpdate } from "./state";

@unmanaged
export class Quickprop extends Update {
  before: usize; // the gradient before
  step: usize; // the last one
  growth: f64; // of a step, at most
}

/** quickprop for the steps to come. before, step: a real for each parameter */
export function quickpropOpen(at: usize, rate: f64, growth: f64, decay: f64, before: usize, step: usize): void {
  const u = openUpdate<Quickprop>(at, UpdateRule.quickprop, decay);
  u.rate = rate;
  u.before = before;
  u.step = step;
  u.growth = growth;
  u.vectors = 2;
}

/** A step of n parameters w with gradient g, the first of them number `first`. */
// @ts-ignore: decorator
@inline
export function quickpropStep(u: Quickprop, first: i32, n: i32, g: usize, w: usize, decay: f64): void {
  quickprop(n, g, w, realAt(u.before, first), realAt(u.step, first), u.growth, u.rate, decay);
}

/** trust: the share of the last slope below which the parabola is trusted */
// @ts-ignore: decorator
@inline
function rule(n: i32, g: usize, w: usize, p: usize, d: usize, growth: v128, trust: v128, rate: v128, decay: v128): void {
  const old = loadUpTo(w, n), before = loadUpTo(p, n), last = loadUpTo(d, n);
  const now = madd(loadUpTo(g, n), decay, old);
  const ahead = positive(last), back = negative(last);
  const shrink = mul(trust, before);
  // The slope along the last step must have become enough smaller than it was, else the parabola's minimum is too far, or behind.
  const far = v128.or(v128.and(ahead, v128.le<real>(now, shrink)), v128.and(back, v128.ge<real>(now, shrink)));
  const parabola = v128.div<real>(mul(last, now), sub(before, now));
  const downhill = v128.or(v128.and(ahead, negative(now)), v128.and(back, positive(now)));
  const moved = v128.or(ahead, back);
  const jump = v128.and(v128.and(moved, v128.ne<real>(now, splat(0))), select(far, mul(growth, last), parabola));
  const slide = v128.andnot(mul(rate, now), v128.andnot(moved, downhill)); // at rest, or still downhill
  const step = sub(jump, slide);
  storeUpTo(d, step, n);
  storeUpTo(p, now, n);
  storeUpTo(w, add(old, step), n);
}

/** The rule on n parameters w with gradient g; decay: of w, through the gradient */
export function quickprop(n: i32, g: usize, w: usize, p: usize, d: usize, growth: f64, rate: f64, decay: f64): void {
  const most = splat(<real>growth), trust = splat(<real>(growth / (1 + growth))), r = splat(<real>rate);
  const lambda = splat(<real>decay);
  for (; n >= LANES; n -= LANES, g += 16, w += 16, p += 16, d += 16) rule(LANES, g, w, p, d, most, trust, r, lambda);
  if (n > 0) rule(n, g, w, p, d, most, trust, r, lambda);
}
