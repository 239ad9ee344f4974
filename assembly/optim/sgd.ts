// Stochastic gradient descent with momentum and weight decay, over vectors of parameters.
//
//   g ← gradient + decay·w      v ← momentum·v − rate·g      w ← w + v            (momentum: SPEC 1.4.7, erratum 1)
//                                                            w ← w + momentum·v − rate·g      (Nesterov, as Keras)
//                                                            w ← w − rate·g       (no momentum: v is not touched)

import { LANES, SIZE, add, loadPart, madd, mul, settled, splat, splatAt, storePart } from "../vec";

export const PLAIN_DESCENT: i32 = 0;
export const MOMENTUM: i32 = 1;
export const NESTEROV: i32 = 2;

/** One vector of the rule: reads w, writes v and w. Constants kind and decays fold at compile time. */
// @ts-ignore: decorator
@inline
function rule(kind: i32, decays: bool, g: v128, w: usize, v: usize, n: i32, minusRate: v128, momentum: v128, decay: v128): void {
  const whole = n >= LANES, old = whole ? v128.load(w) : loadPart(w, n);
  if (decays) g = madd(g, decay, old);
  let r: v128;
  if (kind == PLAIN_DESCENT) {
    r = madd(old, minusRate, g);
  } else {
    const u = settled(madd(mul(minusRate, g), momentum, whole ? v128.load(v) : loadPart(v, n)));
    if (whole) v128.store(v, u);
    else storePart(v, u, n);
    r = kind == NESTEROV ? madd(madd(old, momentum, u), minusRate, g) : add(old, u);
  }
  if (whole) v128.store(w, r);
  else storePart(w, r, n);
}

// @ts-ignore: decorator
@inline
function steps(kind: i32, decays: bool, n: i32, g: usize, w: usize, v: usize, rate: f64, momentum: f64, decay: f64): void {
  const r = splat(<real>-rate), m = splat(<real>momentum), d = splat(<real>decay);
  for (; n >= LANES; n -= LANES, g += 16, w += 16, v += 16) rule(kind, decays, v128.load(g), w, v, LANES, r, m, d);
  if (n > 0) rule(kind, decays, loadPart(g, n), w, v, n, r, m, d);
}

/** The rule on n parameters w with gradient g and velocity v (unused without momentum). */
export function sgd(kind: i32, n: i32, g: usize, w: usize, v: usize, rate: f64, momentum: f64, decay: f64): void {
  if (decay != 0) {
    if (kind == PLAIN_DESCENT) steps(PLAIN_DESCENT, true, n, g, w, v, rate, momentum, decay);
    else if (kind == MOMENTUM) steps(MOMENTUM, true, n, g, w, v, rate, momentum, decay);
    else steps(NESTEROV, true, n, g, w, v, rate, momentum, decay);
  } else {
    if (kind == PLAIN_DESCENT) steps(PLAIN_DESCENT, false, n, g, w, v, rate, momentum, decay);
    else if (kind == MOMENTUM) steps(MOMENTUM, false, n, g, w, v, rate, momentum, decay);
    else steps(NESTEROV, false, n, g, w, v, rate, momentum, decay);
  }
}

// @ts-ignore: decorator
@inline
function outerSteps(
  kind: i32, decays: bool, m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, rate: f64, momentum: f64, decay: f64,
): void {
  const r = splat(<real>-rate), mu = splat(<real>momentum), lambda = splat(<real>decay);
  for (; m > 0; m--, x += SIZE) {
    const xi = splatAt(x);
    let p = d, i = n;
    for (; i >= LANES; i -= LANES, p += 16, w += 16, v += 16) {
      rule(kind, decays, mul(xi, v128.load(p)), w, v, LANES, r, mu, lambda);
    }
    if (i > 0) {
      rule(kind, decays, mul(xi, loadPart(p, i)), w, v, i, r, mu, lambda);
      w += <usize>i * SIZE;
      v += <usize>i * SIZE;
    }
  }
}

/** The rule on a kernel w (m×n) whose gradient is x[i]·d[j]: a batch of one, the gradient never written. */
export function sgdOuter(
  kind: i32, m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, rate: f64, momentum: f64, decay: f64,
): void {
  if (decay != 0) {
    if (kind == PLAIN_DESCENT) outerSteps(PLAIN_DESCENT, true, m, n, x, d, w, v, rate, momentum, decay);
    else if (kind == MOMENTUM) outerSteps(MOMENTUM, true, m, n, x, d, w, v, rate, momentum, decay);
    else outerSteps(NESTEROV, true, m, n, x, d, w, v, rate, momentum, decay);
  } else {
    if (kind == PLAIN_DESCENT) outerSteps(PLAIN_DESCENT, false, m, n, x, d, w, v, rate, momentum, decay);
    else if (kind == MOMENTUM) outerSteps(MOMENTUM, false, m, n, x, d, w, v, rate, momentum, decay);
    else outerSteps(NESTEROV, false, m, n, x, d, w, v, rate, momentum, decay);
  }
}
