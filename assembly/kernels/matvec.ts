// Products with a vector, for batches of one and for layers of one unit: no packing, one pass over the matrix.

import { LANES, SIZE, add, loadPart, madd, mul, splat, splatAt, storePart, sum } from "../vec";

/** Vectors of columns that `vectorMatrix` sums at a time: eight hide the adder's latency. */
const STRETCH: i32 = 8 * LANES;

/**
 * y[j] = e[j] + Σ_k x[k]·b[k,j] x: depth reals, `step` bytes apart; b: rows `next` bytes apart; e = 0: no addend; e may be y
 */
export function vectorMatrix(n: i32, depth: i32, x: usize, step: usize, b: usize, next: usize, y: usize, e: usize): void {
  for (; n >= STRETCH; n -= STRETCH) {
    let c0 = splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
    let p = b, q = x;
    for (let k = depth; k > 0; k--) {
      const v = splatAt(q);
      c0 = madd(c0, v, v128.load(p));
      c1 = madd(c1, v, v128.load(p, 16));
      c2 = madd(c2, v, v128.load(p, 32));
      c3 = madd(c3, v, v128.load(p, 48));
      if (k < 0) break; // never: the engine would load all eight first, and has no registers for them (tile.ts)
      c4 = madd(c4, v, v128.load(p, 64));
      c5 = madd(c5, v, v128.load(p, 80));
      c6 = madd(c6, v, v128.load(p, 96));
      c7 = madd(c7, v, v128.load(p, 112));
      p += next;
      q += step;
    }
    if (e) {
      c0 = add(v128.load(e), c0);
      c1 = add(v128.load(e, 16), c1);
      c2 = add(v128.load(e, 32), c2);
      c3 = add(v128.load(e, 48), c3);
      c4 = add(v128.load(e, 64), c4);
      c5 = add(v128.load(e, 80), c5);
      c6 = add(v128.load(e, 96), c6);
      c7 = add(v128.load(e, 112), c7);
      e += 128;
    }
    v128.store(y, c0);
    v128.store(y, c1, 16);
    v128.store(y, c2, 32);
    v128.store(y, c3, 48);
    v128.store(y, c4, 64);
    v128.store(y, c5, 80);
    v128.store(y, c6, 96);
    v128.store(y, c7, 112);
    y += 128;
    b += 128;
  }
  for (; n > 0; n -= 2 * LANES) {
    const first = min(n, LANES), second = n - LANES;
    let c0 = splat(0), c1 = c0, p = b, q = x;
    for (let k = depth; k > 0; k--) {
      const v = splatAt(q);
      c0 = madd(c0, v, v128.load(p)); // reads past a short row are harmless: their sums are not stored
      c1 = madd(c1, v, v128.load(p, 16));
      p += next;
      q += step;
    }
    if (first == LANES) v128.store(y, e ? add(v128.load(e), c0) : c0);
    else storePart(y, e ? add(loadPart(e, first), c0) : c0, first);
    if (second >= LANES) v128.store(y, e ? add(v128.load(e, 16), c1) : c1, 16);
    else if (second > 0) storePart(y + 16, e ? add(loadPart(e + 16, second), c1) : c1, second);
    if (e) e += 32;
    y += 32;
    b += 32;
  }
}

/**
 * y[i] = e[i] + Σ_k a[i,k]·x[k]   a: rows lda bytes apart, k contiguous; x contiguous; y[i] `step` bytes apart, e[i] `stepE`
 * (0 repeats one number); e = 0: no addend; e may be y
 */
export function matrixVector(
  m: i32, depth: i32, a: usize, lda: usize, x: usize, y: usize, step: usize, e: usize, stepE: usize,
): void {
  const whole = depth & ~(LANES - 1), rest = depth - whole, end = x + <usize>whole * SIZE;
  const tail = rest ? loadPart(end, rest) : splat(0);
  for (; m >= 4; m -= 4) {
    const a1 = a + lda, a2 = a1 + lda, a3 = a2 + lda;
    let c0 = splat(0), c1 = c0, c2 = c0, c3 = c0, q: usize = 0;
    for (let p = x; p < end; p += 16, q += 16) {
      const v = v128.load(p);
      c0 = madd(c0, v128.load(a + q), v);
      c1 = madd(c1, v128.load(a1 + q), v);
      c2 = madd(c2, v128.load(a2 + q), v);
      c3 = madd(c3, v128.load(a3 + q), v);
    }
    if (rest) {
      c0 = madd(c0, loadPart(a + q, rest), tail);
      c1 = madd(c1, loadPart(a1 + q, rest), tail);
      c2 = madd(c2, loadPart(a2 + q, rest), tail);
      c3 = madd(c3, loadPart(a3 + q, rest), tail);
    }
    const y1 = y + step, y2 = y1 + step, y3 = y2 + step;
    const s0 = sum(c0), s1 = sum(c1), s2 = sum(c2), s3 = sum(c3);
    if (e) {
      store<real>(y, load<real>(e) + s0);
      store<real>(y1, load<real>(e + stepE) + s1);
      store<real>(y2, load<real>(e + 2 * stepE) + s2);
      store<real>(y3, load<real>(e + 3 * stepE) + s3);
      e += 4 * stepE;
    } else {
      store<real>(y, s0);
      store<real>(y1, s1);
      store<real>(y2, s2);
      store<real>(y3, s3);
    }
    y += 4 * step;
    a += 4 * lda;
  }
  for (; m > 0; m--) {
    let c = splat(0), q = a;
    for (let p = x; p < end; p += 16, q += 16) c = madd(c, v128.load(q), v128.load(p));
    if (rest) c = madd(c, loadPart(q, rest), tail);
    store<real>(y, e ? load<real>(e) + sum(c) : sum(c));
    if (e) e += stepE;
    y += step;
    a += lda;
  }
}

/**
 * c[i,j] = e[i,j] + x[i]·y[j] x: m reals, `step` bytes apart; y: n; c and e: rows ldc bytes apart; e = 0: no addend; e may be c
 */
export function outerProduct(m: i32, n: i32, x: usize, step: usize, y: usize, c: usize, ldc: usize, e: usize): void {
  const whole = n & ~(LANES - 1), rest = n - whole, end: usize = <usize>whole * SIZE;
  for (; m > 0; m--) {
    const v = splatAt(x);
    for (let j: usize = 0; j < end; j += 16) {
      const p = mul(v, v128.load(y + j));
      v128.store(c + j, e ? add(v128.load(e + j), p) : p);
    }
    if (rest) {
      const p = mul(v, loadPart(y + end, rest));
      storePart(c + end, e ? add(loadPart(e + end, rest), p) : p, rest);
    }
    x += step;
    c += ldc;
    if (e) e += ldc;
  }
}
