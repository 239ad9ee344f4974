// Softmax over the units of each row: the largest is subtracted first, so that nothing overflows.

import { LANES, SIZE, add, largestLane, loadPart, mul, select, splat, storePart, sub, sum } from "../vec";
import { get, set } from "../addresses";
import { logarithm, powerOf } from "./called";
import { expOfNegative } from "./elementary";

/** The first n lanes of v, the others −∞. */
// @ts-ignore: decorator
@inline
function loadRest(p: usize, n: i32): v128 {
  const low = splat(<real>-Infinity);
  if (sizeof<real>() == 8) return v128.replace_lane<f64>(low, 0, load<f64>(p));
  const v = loadPart(p, n);
  const lanes = v128.lt<i32>(i32x4(0, 1, 2, 3), v128.splat<i32>(n));
  return select(lanes, v, low);
}

/** max_j y[j] in every lane */
// @ts-ignore: decorator
@inline
function rowLargest(n: i32, y: usize): v128 {
  let m = splat(<real>-Infinity);
  for (; n >= LANES; n -= LANES, y += 16) m = v128.pmax<real>(m, v128.load(y));
  if (n > 0) m = v128.pmax<real>(m, loadRest(y, n));
  return largestLane(m);
}

/** a[r,j] = e^{y[r,j]}/Σ_k e^{y[r,k]}   y, a: rows×n row-major; a may be y */
export function softmax(rows: i32, n: i32, y: usize, a: usize): void {
  const width = <usize>n * SIZE;
  if (n <= LANES) { // a row is one vector
    for (; rows > 0; rows--, y += width, a += width) {
      const v = n == LANES ? v128.load(y) : loadRest(y, n);
      const e = expOfNegative<real>(sub(v, largestLane(v))), p = v128.div<real>(e, splat(sum(e)));
      if (n == LANES) v128.store(a, p);
      else storePart(a, p, n);
    }
    return;
  }
  for (; rows > 0; rows--, y += width, a += width) {
    const m = rowLargest(n, y);
    let s = splat(0), i = n, p = y, q = a;
    for (; i >= LANES; i -= LANES, p += 16, q += 16) {
      const v = expOfNegative<real>(sub(v128.load(p), m));
      v128.store(q, v);
      s = add(s, v);
    }
    if (i > 0) {
      const v = expOfNegative<real>(sub(loadRest(p, i), m));
      storePart(q, v, i);
      s = add(s, v);
    }
    const inverse = splat(<real>1 / sum(s));
    for (i = n, q = a; i >= LANES; i -= LANES, q += 16) v128.store(q, mul(v128.load(q), inverse));
    if (i > 0) storePart(q, mul(loadPart(q, i), inverse), i);
  }
}

/** a[r,j] = y[r,j] − ln Σ_k e^{y[r,k]}   y, a: rows×n row-major; a may be y */
export function logSoftmax(rows: i32, n: i32, y: usize, a: usize): void {
  for (; rows > 0; rows--, y += <usize>n * SIZE, a += <usize>n * SIZE) {
    const m = rowLargest(n, y);
    let s = splat(0), i = n, p = y;
    for (; i >= LANES; i -= LANES, p += 16) s = add(s, powerOf(sub(v128.load(p), m)));
    if (i > 0) s = add(s, powerOf(sub(loadRest(p, i), m)));
    const shift = logarithm(splat(sum(s)));
    let q = a;
    for (i = n, p = y; i >= LANES; i -= LANES, p += 16, q += 16) v128.store(q, sub(sub(v128.load(p), m), shift));
    if (i > 0) storePart(q, sub(sub(loadPart(p, i), m), shift), i);
  }
}

/** ra[r,j] = a[r,j]·(ry[r,j] − Σ_k a[r,k]·ry[r,k]): what a direction ry of y does to a = softmax(y)   ra may be ry */
export function softmaxTangent(rows: i32, units: i32, a: usize, ry: usize, ra: usize): void {
  const ld = <usize>units * SIZE;
  for (; rows > 0; rows--, a += ld, ry += ld, ra += ld) {
    let mean: f64 = 0;
    for (let j = 0; j < units; j++) mean += get(a, j) * get(ry, j);
    for (let j = 0; j < units; j++) set(ra, j, get(a, j) * (get(ry, j) - mean));
  }
}
