// Batch methods that watch the sign of each weight's gradient, over vectors of parameters (SPEC 1.4.7). p: what a gradient g is compared
// with, d: rates or last steps of each weight's own.
//
//   deltaBarDelta  p·g > 0: d ← min(d + up, most)   p·g < 0: d ← down·d   w ← w − d·g,  p ← (1 − keep)·g + keep·p        Jacobs 1988
//   superSab       p·g > 0: d ← min(up·d, most)                           v ← keep·v − d·g, w ← w + v, p ← g              Tollenaere 1990
//                  p·g < 0: d ← down·d, w ← w − v, v ← 0, p ← 0: the last step is taken back
//   quickprop      d ← the step to the minimum of the parabola through both slopes, at most `up` times the last one,
//                  − rate·g added where the slope still falls that way; w ← w + d, p ← g                                 Fahlman 1988

import { UpdateRule } from "../codes";
import { LANES, add, loadUpTo, madd, mul, select, splat, storeUpTo, sub } from "../vec";

// @ts-ignore: decorator
@inline
function positive(x: v128): v128 {
  return v128.gt<real>(x, splat(0));
}

// @ts-ignore: decorator
@inline
function negative(x: v128): v128 {
  return v128.lt<real>(x, splat(0));
}

// @ts-ignore: decorator
@inline
function rule(
  kind: UpdateRule, n: i32, g: usize, w: usize, p: usize, d: usize, v: usize,
  up: v128, down: v128, keep: v128, take: v128, most: v128, rate: v128, decay: v128,
): void {
  const old = loadUpTo(w, n), before = loadUpTo(p, n), last = loadUpTo(d, n);
  const now = madd(loadUpTo(g, n), decay, old);
  if (kind == UpdateRule.quickprop) {
    const ahead = positive(last), back = negative(last);
    const shrink = mul(down, before);
    // The slope along the last step must have become enough smaller than it was, else the parabola's minimum is too far, or behind.
    const far = v128.or(v128.and(ahead, v128.le<real>(now, shrink)), v128.and(back, v128.ge<real>(now, shrink)));
    const parabola = v128.div<real>(mul(last, now), sub(before, now));
    const downhill = v128.or(v128.and(ahead, negative(now)), v128.and(back, positive(now)));
    const moved = v128.or(ahead, back);
    const jump = v128.and(v128.and(moved, v128.ne<real>(now, splat(0))), select(far, mul(up, last), parabola));
    const slide = v128.andnot(mul(rate, now), v128.andnot(moved, downhill)); // at rest, or still downhill
    const step = sub(jump, slide);
    storeUpTo(d, step, n);
    storeUpTo(p, now, n);
    storeUpTo(w, add(old, step), n);
    return;
  }
  const same = v128.or(v128.and(positive(now), positive(before)), v128.and(negative(now), negative(before)));
  const turned = v128.or(v128.and(positive(now), negative(before)), v128.and(negative(now), positive(before)));
  const grown = v128.pmin<real>(kind == UpdateRule.deltaBarDelta ? add(last, up) : mul(last, up), most);
  const next = select(same, grown, select(turned, mul(last, down), last));
  storeUpTo(d, next, n);
  if (kind == UpdateRule.deltaBarDelta) {
    storeUpTo(w, sub(old, mul(next, now)), n);
    storeUpTo(p, madd(mul(keep, before), take, now), n);
  } else {
    const step = loadUpTo(v, n), u = sub(mul(keep, step), mul(next, now));
    storeUpTo(v, v128.andnot(u, turned), n);
    storeUpTo(w, select(turned, sub(old, step), add(old, u)), n);
    storeUpTo(p, v128.andnot(now, turned), n);
  }
}

// @ts-ignore: decorator
@inline
function steps(
  kind: UpdateRule, n: i32, g: usize, w: usize, p: usize, d: usize, v: usize,
  up: f64, down: f64, keep: f64, most: f64, rate: f64, decay: f64,
): void {
  const u = splat(<real>up), o = splat(<real>down), k = splat(<real>keep), t = splat(<real>(1 - keep));
  const high = splat(<real>most), r = splat(<real>rate), lambda = splat(<real>decay);
  for (; n >= LANES; n -= LANES, g += 16, w += 16, p += 16, d += 16, v += 16) rule(kind, LANES, g, w, p, d, v, u, o, k, t, high, r, lambda);
  if (n > 0) rule(kind, n, g, w, p, d, v, u, o, k, t, high, r, lambda);
}

/**
 * The rule on n parameters w with gradient g; decay: of w, through the gradient. quickprop: `down` is the share μ/(1 + μ) of the last slope
 * below which the parabola is trusted.
 */
export function signed(
  kind: UpdateRule, n: i32, g: usize, w: usize, p: usize, d: usize, v: usize,
  up: f64, down: f64, keep: f64, most: f64, rate: f64, decay: f64,
): void {
  switch (kind) {
    case UpdateRule.deltaBarDelta: steps(UpdateRule.deltaBarDelta, n, g, w, p, d, v, up, down, keep, most, rate, decay); break;
    case UpdateRule.superSAB: steps(UpdateRule.superSAB, n, g, w, p, d, v, up, down, keep, most, rate, decay); break;
    default: steps(UpdateRule.quickprop, n, g, w, p, d, v, up, down, keep, most, rate, decay);
  }
}
