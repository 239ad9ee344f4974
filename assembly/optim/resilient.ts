// Resilient backpropagation: step sizes of each weight's own, from the signs of the last two gradients (Riedmiller and Braun 1993; the
// variants after Igel and Hüsken 2003), over vectors of parameters.
//
//   s > 0: Δ ← min(up·Δ, most)      s < 0: Δ ← max(down·Δ, least)      s = sign(g·p), p the gradient before
//   w ← w − sign(g)·Δ, p ← g; where s < 0:
//     minus         nothing else
//     plus          the step before is taken back instead, and p ← 0
//     improvedMinus no step, and p ← 0

import { LANES, add, loadPart, mul, select, splat, storePart, sub } from "../vec";

export const RPROP_MINUS: i32 = 8;
export const RPROP_PLUS: i32 = 9;
export const RPROP_IMPROVED: i32 = 10;

// @ts-ignore: decorator
@inline
function load(p: usize, n: i32): v128 {
  return n >= LANES ? v128.load(p) : loadPart(p, n);
}

// @ts-ignore: decorator
@inline
function store(p: usize, x: v128, n: i32): void {
  if (n >= LANES) v128.store(p, x);
  else storePart(p, x, n);
}

/**
 * The rule on n parameters w with gradient g, the gradient before p, step sizes d and, for plus, the last steps l. decay: of w,
 * through the gradient.
 */
export function resilient(
  kind: i32, n: i32, g: usize, w: usize, p: usize, d: usize, l: usize, up: f64, down: f64, least: f64, most: f64, decay: f64,
): void {
  const u = splat(<real>up), o = splat(<real>down), low = splat(<real>least), high = splat(<real>most), lambda = splat(<real>decay);
  const zero = splat(0);
  for (; n > 0; n -= LANES, g += 16, w += 16, p += 16, d += 16, l += 16) {
    const old = load(w, n), before = load(p, n), size = load(d, n);
    let now = add(load(g, n), mul(lambda, old));
    // By signs, not by the product, which underflows.
    const isUp = v128.gt<real>(now, zero), isDown = v128.lt<real>(now, zero);
    const wasUp = v128.gt<real>(before, zero), wasDown = v128.lt<real>(before, zero);
    const same = v128.or(v128.and(isUp, wasUp), v128.and(isDown, wasDown));
    const turned = v128.or(v128.and(isUp, wasDown), v128.and(isDown, wasUp));
    const shrunk = v128.max<real>(mul(size, o), low), grown = v128.min<real>(mul(size, u), high);
    const next = select(same, grown, select(turned, shrunk, size));
    store(d, next, n);
    let step = select(isUp, next, select(isDown, v128.neg<real>(next), zero));
    if (kind == RPROP_PLUS) {
      const last = load(l, n);
      step = select(turned, v128.neg<real>(last), step);
      store(l, select(turned, zero, step), n);
    } else if (kind == RPROP_IMPROVED) {
      step = select(turned, zero, step);
    }
    if (kind != RPROP_MINUS) now = select(turned, zero, now);
    store(p, now, n);
    store(w, sub(old, step), n);
  }
}
