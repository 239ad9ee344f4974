// Gradient descent straight from one sample, x[i]·d[j], in the pass over a kernel that something else needs as well: the errors
// below, from the weights as they were, or the next sample's sums, from the weights as they become. With or without momentum, no
// decay; the rules and what they are called are those of sgd.ts.

import { UpdateRule } from "../codes";
import { LANES, SIZE, loadPart, madd, mul, splat, splatAt, storePart, sum } from "../vec";
import { axpy } from "../kernels/blas1";
import { matrixVector } from "../kernels/matvec";
import { rule, rulePart, sgdOuter } from "./sgd";

/** Columns whose errors and sums stay in registers while rows of the kernel pass: a line of the cache. */
const STRETCH: i32 = 4 * LANES;

/**
 * Bytes of a row up to which columns win: the lines of a column are so far apart, and more of them share a set of the first cache
 * the farther they are.
 */
const NARROW: i32 = 512;

/** Whether the passes here can take a rule and a kernel of n columns. */
// @ts-ignore: decorator
@inline
export function passes(kind: UpdateRule, n: i32): bool {
  return kind != UpdateRule.nesterov && n >= LANES;
}

/** The rule without decay, and without flushing velocities */
// @ts-ignore: decorator
@inline
function moved(kind: UpdateRule, old: v128, h: v128, w: usize, v: usize, mu: v128): v128 {
  return rule(kind, false, false, old, h, w, v, mu, mu, mu);
}

/**
 * The rule on m rows of n columns, two at a time, m even. r: −rate in every lane. ahead: y[j] += Σ_i z[i]·w[i,j] of the new
 * weights; else y[i] = Σ_j d[j]·w[i,j] of the old ones.
 */
// @ts-ignore: decorator
@inline
function pairs(
  kind: UpdateRule, ahead: bool, m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, z: usize, y: usize, r: v128, mu: v128,
): void {
  const next = <usize>n * SIZE, rest = n & (LANES - 1), end = next - <usize>rest * SIZE;
  for (; m > 0; m -= 2, x += 2 * SIZE) {
    const s = mul(r, splatAt(x)), t = mul(r, splatAt(x + SIZE)), w1 = w + next, v1 = v + next;
    let a = v128.xor(r, r), b = a;
    if (ahead) {
      a = splatAt(z);
      b = splatAt(z + SIZE);
    }
    for (let j: usize = 0; j < end; j += 16) {
      const e = v128.load(d + j), old = v128.load(w + j);
      if (ahead) {
        const c = madd(v128.load(y + j), a, moved(kind, old, mul(s, e), w + j, v + j, mu));
        v128.store(y + j, madd(c, b, moved(kind, v128.load(w1 + j), mul(t, e), w1 + j, v1 + j, mu)));
      } else {
        a = madd(a, old, e);
        moved(kind, old, mul(s, e), w + j, v + j, mu);
        const old1 = v128.load(w1 + j);
        b = madd(b, old1, e);
        moved(kind, old1, mul(t, e), w1 + j, v1 + j, mu);
      }
    }
    if (rest) {
      const e = loadPart(d + end, rest), old = loadPart(w + end, rest), old1 = loadPart(w1 + end, rest);
      const p = rulePart(kind, false, false, rest, old, mul(s, e), w + end, v + end, mu, mu, mu);
      const p1 = rulePart(kind, false, false, rest, old1, mul(t, e), w1 + end, v1 + end, mu, mu, mu);
      if (ahead) {
        storePart(y + end, madd(madd(loadPart(y + end, rest), a, p), b, p1), rest);
      } else {
        a = madd(a, old, e);
        b = madd(b, old1, e);
      }
    }
    if (ahead) {
      z += 2 * SIZE;
    } else {
      store<real>(y, sum(a));
      store<real>(y, sum(b), SIZE);
      y += 2 * SIZE;
    }
    w = w1 + next;
    v = v1 + next;
  }
}

/** pairs ahead for narrow rows that begin with lines of the cache, n a multiple of STRETCH; y[j] = Σ_i z[i]·w[i,j], m any */
// @ts-ignore: decorator
@inline
function columns(
  kind: UpdateRule, m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, z: usize, y: usize, r: v128, mu: v128,
): void {
  const next = <usize>n * SIZE;
  for (; n > 0; n -= STRETCH, d += 64, w += 64, v += 64, y += 64) {
    const d0 = v128.load(d), d1 = v128.load(d, 16), d2 = v128.load(d, 32), d3 = v128.load(d, 48);
    let c0 = v128.xor(r, r), c1 = c0, c2 = c0, c3 = c0, p = w, q = v, i: usize = 0;
    for (let k = m; k > 0; k--, i += SIZE, p += next, q += next) {
      const s = mul(r, splatAt(x + i)), b = splatAt(z + i);
      c0 = madd(c0, b, moved(kind, v128.load(p), mul(s, d0), p, q, mu));
      c1 = madd(c1, b, moved(kind, v128.load(p, 16), mul(s, d1), p + 16, q + 16, mu));
      c2 = madd(c2, b, moved(kind, v128.load(p, 32), mul(s, d2), p + 32, q + 32, mu));
      c3 = madd(c3, b, moved(kind, v128.load(p, 48), mul(s, d3), p + 48, q + 48, mu));
    }
    v128.store(y, c0);
    v128.store(y, c1, 16);
    v128.store(y, c2, 32);
    v128.store(y, c3, 48);
  }
}

// What is given to a function stays in registers; what it forms itself an engine (V8 of Node.js 20) forms anew in every row.
function plainColumns(m: i32, n: i32, x: usize, d: usize, w: usize, z: usize, y: usize, r: v128): void {
  columns(UpdateRule.plain, m, n, x, d, w, w, z, y, r, r);
}

function momentumColumns(m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, z: usize, y: usize, r: v128, mu: v128): void {
  columns(UpdateRule.momentum, m, n, x, d, w, v, z, y, r, mu);
}

function plainAhead(m: i32, n: i32, x: usize, d: usize, w: usize, z: usize, y: usize, r: v128): void {
  pairs(UpdateRule.plain, true, m, n, x, d, w, w, z, y, r, r);
}

function momentumAhead(m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, z: usize, y: usize, r: v128, mu: v128): void {
  pairs(UpdateRule.momentum, true, m, n, x, d, w, v, z, y, r, mu);
}

function plainBack(m: i32, n: i32, x: usize, d: usize, w: usize, y: usize, r: v128): void {
  pairs(UpdateRule.plain, false, m, n, x, d, w, w, 0, y, r, r);
}

function momentumBack(m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, y: usize, r: v128, mu: v128): void {
  pairs(UpdateRule.momentum, false, m, n, x, d, w, v, 0, y, r, mu);
}

/**
 * sgdOuter where `passes`, and y[j] = Σ_i z[i]·w[i,j] of the weights that follow from it, in the order of vectorMatrix: what the
 * next sample begins with.   y: n reals; nothing may overlap
 */
export function sgdOuterAhead(
  kind: UpdateRule, m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, z: usize, y: usize, rate: f64, momentum: f64,
): void {
  const r = splat(<real>-rate), mu = splat(<real>momentum);
  if (n % STRETCH == 0 && n * <i32>SIZE <= NARROW) {
    if (kind == UpdateRule.momentum) momentumColumns(m, n, x, d, w, v, z, y, r, mu);
    else plainColumns(m, n, x, d, w, z, y, r);
    return;
  }
  memory.fill(y, 0, <usize>n * SIZE);
  const even = m & ~1;
  if (kind == UpdateRule.momentum) momentumAhead(even, n, x, d, w, v, z, y, r, mu);
  else plainAhead(even, n, x, d, w, z, y, r);
  if (even == m) return;
  const last = <usize>even * SIZE, row = last * n;
  sgdOuter(kind, false, 1, n, x + last, d, w + row, v + row, rate, momentum, 0);
  axpy(n, load<real>(z + last), w + row, y);
}

/**
 * sgdOuter where `passes`, and y[i] = Σ_j d[j]·w[i,j] of the weights before it, in the order of matrixVector: the errors of the
 * layer below, but for its derivative.   y: m reals; nothing may overlap
 */
export function sgdOuterBack(
  kind: UpdateRule, m: i32, n: i32, x: usize, d: usize, w: usize, v: usize, y: usize, rate: f64, momentum: f64,
): void {
  const r = splat(<real>-rate), mu = splat(<real>momentum), even = m & ~1;
  if (kind == UpdateRule.momentum) momentumBack(even, n, x, d, w, v, y, r, mu);
  else plainBack(even, n, x, d, w, y, r);
  if (even == m) return;
  const last = <usize>even * SIZE, row = last * n;
  matrixVector(1, n, w + row, 0, d, y + last, SIZE, 0, 0);
  sgdOuter(kind, false, 1, n, x + last, d, w + row, v + row, rate, momentum, 0);
}
