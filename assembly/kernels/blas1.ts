// Level-1 operations on contiguous vectors of n reals. Sums of products are added up in float64 blocks.

import { LANES, SIZE, add, largest, loadPart, madd, mul, splat, storePart, sum } from "../vec";

/** Elements summed in `real` lanes before the partial sum moves to float64: at most 64 float32 additions a lane. */
const BLOCK: i32 = 256;

/** 2^-600 and 2^600 */
const DOWN: f64 = 2.409919865102884e-181;
const UP: f64 = 4.149515568880993e180;

/** y[i] = x[i]; may overlap */
export function copy(n: i32, x: usize, y: usize): void {
  memory.copy(y, x, <usize>n * SIZE);
}

/** y[i] = x[i] for short rows: no call into the engine; may not overlap */
// @ts-ignore: decorator
@inline
export function copyRow(n: i32, x: usize, y: usize): void {
  for (; n >= LANES; n -= LANES, x += 16, y += 16) v128.store(y, v128.load(x));
  if (n > 0) storePart(y, loadPart(x, n), n);
}

/** y[i] = a */
export function fill(n: i32, a: real, y: usize): void {
  const v = splat(a);
  for (; n >= LANES; n -= LANES, y += 16) v128.store(y, v);
  if (n > 0) storePart(y, v, n);
}

/** x[i] *= a */
export function scale(n: i32, a: real, x: usize): void {
  const v = splat(a);
  for (; n >= LANES; n -= LANES, x += 16) v128.store(x, mul(v, v128.load(x)));
  if (n > 0) storePart(x, mul(v, loadPart(x, n)), n);
}

/** y[i] += a·x[i]; x and y may be the same, but not shifted */
export function axpy(n: i32, a: real, x: usize, y: usize): void {
  const v = splat(a);
  for (; n >= LANES; n -= LANES, x += 16, y += 16) v128.store(y, madd(v128.load(y), v, v128.load(x)));
  if (n > 0) storePart(y, madd(loadPart(y, n), v, loadPart(x, n)), n);
}

/** out[i] = x[i]·y[i]   out may be x or y */
export function times(n: i32, x: usize, y: usize, out: usize): void {
  for (; n >= LANES; n -= LANES, x += 16, y += 16, out += 16) v128.store(out, mul(v128.load(x), v128.load(y)));
  for (; n > 0; n--, x += SIZE, y += SIZE, out += SIZE) store<real>(out, load<real>(x) * load<real>(y));
}

/** out[i] = x[i]²   out may be x */
export function squares(n: i32, x: usize, out: usize): void {
  for (; n >= LANES; n -= LANES, x += 16, out += 16) {
    const v = v128.load(x);
    v128.store(out, mul(v, v));
  }
  if (n > 0) {
    const v = loadPart(x, n);
    storePart(out, mul(v, v), n);
  }
}

/** out[i] += x[i]·y[i]·z[i] */
export function addProducts(n: i32, x: usize, y: usize, z: usize, out: usize): void {
  for (; n >= LANES; n -= LANES, x += 16, y += 16, z += 16, out += 16) {
    v128.store(out, madd(v128.load(out), mul(v128.load(x), v128.load(y)), v128.load(z)));
  }
  if (n > 0) storePart(out, madd(loadPart(out, n), mul(loadPart(x, n), loadPart(y, n)), loadPart(z, n)), n);
}

/** Σ_i x[i]·y[i] */
export function dot(n: i32, x: usize, y: usize): f64 {
  let total: f64 = 0;
  while (n > 0) {
    const count = min(n, BLOCK);
    let s = splat(0), i = count;
    for (; i >= LANES; i -= LANES, x += 16, y += 16) s = madd(s, v128.load(x), v128.load(y));
    if (i > 0) s = madd(s, loadPart(x, i), loadPart(y, i));
    total += <f64>sum(s);
    n -= count;
  }
  return total;
}

/** Σ_i x[i] */
export function total(n: i32, x: usize): f64 {
  let result: f64 = 0;
  while (n > 0) {
    const count = min(n, BLOCK);
    let s = splat(0), i = count;
    for (; i >= LANES; i -= LANES, x += 16) s = add(s, v128.load(x));
    if (i > 0) s = add(s, loadPart(x, i));
    result += <f64>sum(s);
    n -= count;
  }
  return result;
}

/** |v| as integers, which are in the order of the numbers, ∞ and then NaN above all */
// @ts-ignore: decorator
@inline
function magnitude(v: v128): v128 {
  return v128.and(v, v128.splat<i32>(0x7fffffff));
}

/** max_i |x[i]|; NaN if one is NaN, 0 for n = 0 */
export function largestMagnitude(n: i32, x: usize): real {
  if (sizeof<real>() == 4) { // the engine's floating-point maximum takes eight instructions
    let m = splat(0), k = m;
    for (; n >= 2 * LANES; n -= 2 * LANES, x += 32) {
      m = v128.max<i32>(m, magnitude(v128.load(x)));
      k = v128.max<i32>(k, magnitude(v128.load(x, 16)));
    }
    m = v128.max<i32>(m, k);
    for (; n >= LANES; n -= LANES, x += 16) m = v128.max<i32>(m, magnitude(v128.load(x)));
    if (n > 0) m = v128.max<i32>(m, magnitude(loadPart(x, n)));
    return largest(m);
  }
  let m = splat(0), odd = m; // a comparison with NaN is false, and keeps what was there
  for (; n >= LANES; n -= LANES, x += 16) {
    const v = v128.abs<real>(v128.load(x));
    m = v128.pmax<real>(m, v);
    odd = v128.or(odd, v128.ne<real>(v, v));
  }
  if (n > 0) {
    const v = v128.abs<real>(loadPart(x, n));
    m = v128.pmax<real>(m, v);
    odd = v128.or(odd, v128.ne<real>(v, v));
  }
  return v128.any_true(odd) ? NaN : largest(m);
}

/** √Σ x[i]², without overflow or loss of tiny numbers; NaN if one is NaN */
export function norm(n: i32, x: usize): f64 {
  const m = <f64>largestMagnitude(n, x);
  if (!(m < Infinity)) return m;
  // float32's squares are safe in float64; float64's are scaled by a power of two where they would not be.
  const factor = sizeof<real>() == 4 ? 1 : m > 1e140 ? DOWN : m < 1e-140 ? UP : 1;
  let s: f64 = 0;
  for (let end = x + <usize>n * SIZE; x < end; x += SIZE) {
    const v = <f64>load<real>(x) * factor;
    s += v * v;
  }
  return sqrt(s) / factor;
}

/** y[j] = e[j] + Σ_n x[n,j]   x: rows×n row-major; e = 0: no addend; e may be y */
export function columnSums(rows: i32, n: i32, x: usize, y: usize, e: usize): void {
  const ldx = <usize>n * SIZE;
  for (; n > 0; n -= LANES) {
    const count = min(n, LANES), whole = count == LANES;
    let s = splat(0), p = x;
    for (let r = rows; r > 0; r--, p += ldx) s = add(s, whole ? v128.load(p) : loadPart(p, count));
    if (e) s = add(whole ? v128.load(e) : loadPart(e, count), s);
    if (whole) v128.store(y, s);
    else storePart(y, s, count);
    x += 16;
    y += 16;
    if (e) e += 16;
  }
}
