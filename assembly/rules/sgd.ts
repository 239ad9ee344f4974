// Stochastic gradient descent with momentum and weight decay, over vectors of parameters (docs/mathematics.md 5.3).
//
//   g ← gradient + decay·w      v ← momentum·v − rate·g      w ← w + v            (momentum)
//                                                            w ← w + momentum·v − rate·g      (Nesterov, as Keras)
//                                                            w ← w − rate·g       (no momentum: v is not touched)

import { UpdateRule } from "../codes";
import { LANES, SIZE, add, loadPart, madd, mul, flushedBy, smallBeside, splat, splatAt, storePart } from "../vec";
import { realAt } from "../addresses";
import { Update, openUpdate } from "./state";

@unmanaged
export class Sgd extends Update {
  velocity: usize; // unused without momentum
  momentum: f64;
}

/**
 * Gradient descent for the steps to come: plain, momentum or nesterov. velocity: a real for each parameter, or 0 without momentum
 */
export function sgdOpen(at: usize, rule: UpdateRule, rate: f64, momentum: f64, decay: f64, velocity: usize): void {
  const u = openUpdate<Sgd>(at, rule, decay);
  u.rate = rate;
  u.velocity = velocity;
  u.momentum = momentum;
  u.vectors = 1;
  u.immediate = 1;
}

/** A step of n parameters w with gradient g, the first of them number `first`. */
// @ts-ignore: decorator
@inline
export function sgdStep(u: Sgd, first: i32, n: i32, g: usize, w: usize, decay: f64): void {
  sgd(u.rule, n, g, w, realAt(u.velocity, first), u.rate, u.momentum, decay);
}

/** Vectors in a turn of a loop: memory is read ahead further than one at a time would. */
const TURN: i32 = 4;

/** Bytes of a turn. */
const BYTES: usize = 16 * TURN;

/**
 * The rule on a whole vector of weights that were `old`, at w and v; what they become. kind, decays and flushes are constants;
 * h: −rate·gradient, shrink: −rate·decay
 */
// @ts-ignore: decorator
@inline
export function rule(
  kind: UpdateRule, decays: bool, flushes: bool, old: v128, h: v128, w: usize, v: usize, momentum: v128, shrink: v128, tiny: v128,
): v128 {
  if (decays) h = madd(h, shrink, old);
  if (kind != UpdateRule.plain) {
    let u = madd(h, momentum, v128.load(v));
    if (flushes) u = flushedBy(tiny, u);
    v128.store(v, u);
    if (kind == UpdateRule.momentum) h = u;
    else old = madd(old, momentum, u);
  }
  const p = add(old, h);
  v128.store(w, p);
  return p;
}

/** The same of the first n lanes, n < LANES */
// @ts-ignore: decorator
@inline
export function rulePart(
  kind: UpdateRule, decays: bool, flushes: bool, n: i32, old: v128, h: v128, w: usize, v: usize, momentum: v128, shrink: v128,
  tiny: v128,
): v128 {
  if (decays) h = madd(h, shrink, old);
  if (kind != UpdateRule.plain) {
    let u = madd(h, momentum, loadPart(v, n));
    if (flushes) u = flushedBy(tiny, u);
    storePart(v, u, n);
    if (kind == UpdateRule.momentum) h = u;
    else old = madd(old, momentum, u);
  }
  const p = add(old, h);
  storePart(w, p, n);
  return p;
}

/**
 * The rule on m rows of n parameters whose gradient is x[i]·d[j]; x = 0: on one row, whose gradient is d. −rate·x[i] is formed
 * once a row: arithmetic is what takes time here, not memory.
 */
// @ts-ignore: decorator
@inline
function steps(
  kind: UpdateRule, decays: bool, flushes: bool, m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, rate: f64,
  momentum: f64, decay: f64,
): void {
  const r = splat(<real>-rate), mu = splat(<real>momentum), shrink = splat(<real>(-rate * decay)), t = smallBeside(r);
  for (; m > 0; m--, x += SIZE) {
    const s = x ? mul(r, splatAt(x)) : r;
    let p = d, i = n;
    for (; i >= TURN * LANES; i -= TURN * LANES, p += BYTES, w += BYTES, v += BYTES) {
      const h0 = mul(s, v128.load(p)), h1 = mul(s, v128.load(p, 16)), h2 = mul(s, v128.load(p, 32));
      const h3 = mul(s, v128.load(p, 48));
      rule(kind, decays, flushes, v128.load(w), h0, w, v, mu, shrink, t);
      rule(kind, decays, flushes, v128.load(w, 16), h1, w + 16, v + 16, mu, shrink, t);
      rule(kind, decays, flushes, v128.load(w, 32), h2, w + 32, v + 32, mu, shrink, t);
      rule(kind, decays, flushes, v128.load(w, 48), h3, w + 48, v + 48, mu, shrink, t);
    }
    for (; i >= LANES; i -= LANES, p += 16, w += 16, v += 16) rule(
      kind, decays, flushes, v128.load(w), mul(s, v128.load(p)), w, v, mu, shrink, t,
    );
    if (i > 0) {
      rulePart(kind, decays, flushes, i, loadPart(w, i), mul(s, loadPart(p, i)), w, v, mu, shrink, t);
      w += <usize>i * SIZE;
      v += <usize>i * SIZE;
    }
  }
}

/** The rule on n parameters w with gradient g and velocity v (unused without momentum). */
export function sgd(kind: UpdateRule, n: i32, g: usize, w: usize, v: usize, rate: f64, momentum: f64, decay: f64): void {
  if (decay != 0) decaying(kind, 1, n, 0, g, w, v, rate, momentum, decay);
  else if (kind == UpdateRule.plain) plain(1, n, 0, g, w, rate);
  else if (kind == UpdateRule.momentum) flushing(1, n, 0, g, w, v, rate, momentum);
  else nesterov(1, n, 0, g, w, v, rate, momentum);
}

/**
 * The rule on a kernel w (m×n) whose gradient is x[i]·d[j]: a batch of one, the gradient never written. Velocities must flush
 * (vec.ts) now and then, in one of sixteen steps, say: the two additions take a fifth of the time.
 */
export function sgdOuter(
  kind: UpdateRule, flushes: bool, m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, rate: f64, momentum: f64, decay: f64,
): void {
  if (n == 1) { // one column is as one row
    const column = x;
    x = d;
    d = column;
    n = m;
    m = 1;
  }
  if (decay != 0) decaying(kind, m, n, x, d, w, v, rate, momentum, decay);
  else if (kind == UpdateRule.plain) plain(m, n, x, d, w, rate);
  else if (kind == UpdateRule.nesterov) nesterov(m, n, x, d, w, v, rate, momentum);
  else if (flushes) flushing(m, n, x, d, w, v, rate, momentum);
  else classical(m, n, x, d, w, v, rate, momentum);
}

// Functions of their own: in one, the compiler would fold the loops into one with branches.
function decaying(
  kind: UpdateRule, m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, rate: f64, momentum: f64, decay: f64,
): void {
  steps(kind, true, true, m, n, x, d, w, v, rate, momentum, decay);
}

function plain(m: i32, n: i32, x: usize, d: usize, w: usize, rate: f64): void {
  steps(UpdateRule.plain, false, false, m, n, x, d, w, w, rate, 0, 0);
}

function classical(m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, rate: f64, momentum: f64): void {
  steps(UpdateRule.momentum, false, false, m, n, x, d, w, v, rate, momentum, 0);
}

function flushing(m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, rate: f64, momentum: f64): void {
  steps(UpdateRule.momentum, false, true, m, n, x, d, w, v, rate, momentum, 0);
}

function nesterov(m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, rate: f64, momentum: f64): void {
  steps(UpdateRule.nesterov, false, true, m, n, x, d, w, v, rate, momentum, 0);
}
