// Stochastic gradient descent with momentum and weight decay, over vectors of parameters.
//
//   g ← gradient + decay·w      v ← momentum·v − rate·g      w ← w + v            (momentum: SPEC 1.4.7, erratum 1)
//                                                            w ← w + momentum·v − rate·g      (Nesterov, as Keras)
//                                                            w ← w − rate·g       (no momentum: v is not touched)

import { LANES, SIZE, add, loadPart, madd, mul, settledBy, splat, splatAt, storePart, tinyBeside } from "../vec";

export const PLAIN_DESCENT: i32 = 0;
export const MOMENTUM: i32 = 1;
export const NESTEROV: i32 = 2;

/** Vectors in a turn of a loop: memory is read ahead further than one at a time would. */
const TURN: i32 = 4;

/** Bytes of a turn. */
const BYTES: usize = 16 * TURN;

/** g + decay·w */
// @ts-ignore: decorator
@inline
function decayed(decays: bool, g: v128, old: v128, decay: v128): v128 {
  return decays ? madd(g, decay, old) : g;
}

/** w after the step; u: the new velocity */
// @ts-ignore: decorator
@inline
function moved(kind: i32, g: v128, old: v128, u: v128, minusRate: v128, momentum: v128): v128 {
  if (kind == PLAIN_DESCENT) return madd(old, minusRate, g);
  return kind == NESTEROV ? madd(madd(old, momentum, u), minusRate, g) : add(old, u);
}

/** A whole vector of the rule at w, v and an offset; kind, decays and offset are constants. */
// @ts-ignore: decorator
@inline
function rule(
  kind: i32, decays: bool, offset: usize, gradient: v128, w: usize, v: usize, minusRate: v128, momentum: v128, decay: v128, tiny: v128,
): void {
  const old = v128.load(w + offset), g = decayed(decays, gradient, old, decay);
  let u = g;
  if (kind != PLAIN_DESCENT) {
    u = settledBy(tiny, madd(mul(minusRate, g), momentum, v128.load(v + offset)));
    v128.store(v + offset, u);
  }
  v128.store(w + offset, moved(kind, g, old, u, minusRate, momentum));
}

/** The first n lanes of a vector, n < LANES */
// @ts-ignore: decorator
@inline
function rulePart(
  kind: i32, decays: bool, n: i32, gradient: v128, w: usize, v: usize, minusRate: v128, momentum: v128, decay: v128, tiny: v128,
): void {
  const old = loadPart(w, n), g = decayed(decays, gradient, old, decay);
  let u = g;
  if (kind != PLAIN_DESCENT) {
    u = settledBy(tiny, madd(mul(minusRate, g), momentum, loadPart(v, n)));
    storePart(v, u, n);
  }
  storePart(w, moved(kind, g, old, u, minusRate, momentum), n);
}

// @ts-ignore: decorator
@inline
function steps(kind: i32, decays: bool, n: i32, g: usize, w: usize, v: usize, rate: f64, momentum: f64, decay: f64): void {
  const r = splat(<real>-rate), m = splat(<real>momentum), d = splat(<real>decay), t = tinyBeside(r);
  for (; n >= TURN * LANES; n -= TURN * LANES, g += BYTES, w += BYTES, v += BYTES) {
    rule(kind, decays, 0, v128.load(g), w, v, r, m, d, t);
    rule(kind, decays, 16, v128.load(g, 16), w, v, r, m, d, t);
    rule(kind, decays, 32, v128.load(g, 32), w, v, r, m, d, t);
    rule(kind, decays, 48, v128.load(g, 48), w, v, r, m, d, t);
  }
  for (; n >= LANES; n -= LANES, g += 16, w += 16, v += 16) rule(kind, decays, 0, v128.load(g), w, v, r, m, d, t);
  if (n > 0) rulePart(kind, decays, n, loadPart(g, n), w, v, r, m, d, t);
}

/** The rule on n parameters w with gradient g and velocity v (unused without momentum). */
export function sgd(kind: i32, n: i32, g: usize, w: usize, v: usize, rate: f64, momentum: f64, decay: f64): void {
  if (decay != 0) decaying(kind, n, g, w, v, rate, momentum, decay);
  else if (kind == PLAIN_DESCENT) plain(n, g, w, rate);
  else if (kind == MOMENTUM) classical(n, g, w, v, rate, momentum);
  else nesterov(n, g, w, v, rate, momentum);
}

// Functions of their own: in one, the compiler would fold the loops into one with branches.
function decaying(kind: i32, n: i32, g: usize, w: usize, v: usize, rate: f64, momentum: f64, decay: f64): void {
  steps(kind, true, n, g, w, v, rate, momentum, decay);
}

function plain(n: i32, g: usize, w: usize, rate: f64): void {
  steps(PLAIN_DESCENT, false, n, g, w, w, rate, 0, 0);
}

function classical(n: i32, g: usize, w: usize, v: usize, rate: f64, momentum: f64): void {
  steps(MOMENTUM, false, n, g, w, v, rate, momentum, 0);
}

function nesterov(n: i32, g: usize, w: usize, v: usize, rate: f64, momentum: f64): void {
  steps(NESTEROV, false, n, g, w, v, rate, momentum, 0);
}

/**
 * The rule on a kernel, row by row. Without decay −rate·x[i] is formed once a row: arithmetic is what takes
 * time here, not memory.
 */
// @ts-ignore: decorator
@inline
function outerSteps(
  kind: i32, decays: bool, settles: bool, m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, rate: f64, momentum: f64, decay: f64,
): void {
  const r = splat(<real>-rate), mu = splat(<real>momentum), lambda = splat(<real>decay), t = tinyBeside(r);
  for (; m > 0; m--, x += SIZE) {
    const xi = decays ? splatAt(x) : mul(r, splatAt(x));
    let p = d, i = n;
    for (; i >= TURN * LANES; i -= TURN * LANES, p += BYTES, w += BYTES, v += BYTES) {
      const g0 = mul(xi, v128.load(p)), g1 = mul(xi, v128.load(p, 16)), g2 = mul(xi, v128.load(p, 32)), g3 = mul(xi, v128.load(p, 48));
      if (decays) {
        rule(kind, true, 0, g0, w, v, r, mu, lambda, t);
        rule(kind, true, 16, g1, w, v, r, mu, lambda, t);
        rule(kind, true, 32, g2, w, v, r, mu, lambda, t);
        rule(kind, true, 48, g3, w, v, r, mu, lambda, t);
      } else {
        ruleBy(kind, settles, 0, g0, w, v, mu, t);
        ruleBy(kind, settles, 16, g1, w, v, mu, t);
        ruleBy(kind, settles, 32, g2, w, v, mu, t);
        ruleBy(kind, settles, 48, g3, w, v, mu, t);
      }
    }
    for (; i >= LANES; i -= LANES, p += 16, w += 16, v += 16) {
      if (decays) rule(kind, true, 0, mul(xi, v128.load(p)), w, v, r, mu, lambda, t);
      else ruleBy(kind, settles, 0, mul(xi, v128.load(p)), w, v, mu, t);
    }
    if (i > 0) {
      const g = mul(xi, loadPart(p, i));
      if (decays) rulePart(kind, true, i, g, w, v, r, mu, lambda, t);
      else rulePartBy(kind, i, g, w, v, mu, t);
      w += <usize>i * SIZE;
      v += <usize>i * SIZE;
    }
  }
}

/** A whole vector of the rule without decay; h: −rate·gradient */
// @ts-ignore: decorator
@inline
function ruleBy(kind: i32, settles: bool, offset: usize, h: v128, w: usize, v: usize, momentum: v128, tiny: v128): void {
  const old = v128.load(w + offset);
  if (kind == PLAIN_DESCENT) {
    v128.store(w + offset, add(old, h));
    return;
  }
  let u = madd(h, momentum, v128.load(v + offset));
  if (settles) u = settledBy(tiny, u);
  v128.store(v + offset, u);
  v128.store(w + offset, kind == NESTEROV ? add(madd(old, momentum, u), h) : add(old, u));
}

/** Its first n lanes, n < LANES */
// @ts-ignore: decorator
@inline
function rulePartBy(kind: i32, n: i32, h: v128, w: usize, v: usize, momentum: v128, tiny: v128): void {
  const old = loadPart(w, n);
  if (kind == PLAIN_DESCENT) {
    storePart(w, add(old, h), n);
    return;
  }
  const u = settledBy(tiny, madd(h, momentum, loadPart(v, n)));
  storePart(v, u, n);
  storePart(w, kind == NESTEROV ? add(madd(old, momentum, u), h) : add(old, u), n);
}

/**
 * The rule on a kernel w (m×n) whose gradient is x[i]·d[j]: a batch of one, the gradient never written. Velocities must settle (vec.ts) in one of
 * eight steps: the two additions take a fifth of the time.
 */
export function sgdOuter(
  kind: i32, settles: bool, m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, rate: f64, momentum: f64, decay: f64,
): void {
  if (n == 1) { // one column is as one row
    const column = x;
    x = d;
    d = column;
    n = m;
    m = 1;
  }
  if (decay != 0) decayingOuter(kind, m, n, x, d, w, v, rate, momentum, decay);
  else if (kind == PLAIN_DESCENT) plainOuter(m, n, x, d, w, rate);
  else if (kind == MOMENTUM && settles) settlingOuter(m, n, x, d, w, v, rate, momentum);
  else if (kind == MOMENTUM) classicalOuter(m, n, x, d, w, v, rate, momentum);
  else nesterovOuter(m, n, x, d, w, v, rate, momentum);
}

function decayingOuter(
  kind: i32, m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, rate: f64, momentum: f64, decay: f64,
): void {
  outerSteps(kind, true, true, m, n, x, d, w, v, rate, momentum, decay);
}

function plainOuter(m: i32, n: i32, x: usize, d: usize, w: usize, rate: f64): void {
  outerSteps(PLAIN_DESCENT, false, false, m, n, x, d, w, w, rate, 0, 0);
}

function classicalOuter(m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, rate: f64, momentum: f64): void {
  outerSteps(MOMENTUM, false, false, m, n, x, d, w, v, rate, momentum, 0);
}

function settlingOuter(m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, rate: f64, momentum: f64): void {
  outerSteps(MOMENTUM, false, true, m, n, x, d, w, v, rate, momentum, 0);
}

function nesterovOuter(m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, rate: f64, momentum: f64): void {
  outerSteps(NESTEROV, false, true, m, n, x, d, w, v, rate, momentum, 0);
}
