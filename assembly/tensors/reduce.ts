// Reductions of one axis: of x as outer×n×inner numbers, n of which become one. Sums are added up in float64.

import { LANES, SIZE, largest, loadPart, select, splat, storeUpTo } from "../vec";

/** The upper two lanes of v, in float64. */
// @ts-ignore: decorator
@inline
export function upper(v: v128): v128 {
  return v128.promote_low<f32>(v128.shuffle<f64>(v, v, 1, 0));
}

/** Σ_j x[j], in float64 */
function rowSum(n: i32, x: usize): f64 {
  let a = v128.splat<f64>(0), b = a, c = a, d = a;
  for (; n >= 2 * LANES; n -= 2 * LANES, x += 32) {
    const v = v128.load(x), w = v128.load(x, 16);
    a = v128.add<f64>(a, v128.promote_low<f32>(v));
    b = v128.add<f64>(b, upper(v));
    c = v128.add<f64>(c, v128.promote_low<f32>(w));
    d = v128.add<f64>(d, upper(w));
  }
  a = v128.add<f64>(v128.add<f64>(a, b), v128.add<f64>(c, d));
  let sum = v128.extract_lane<f64>(a, 0) + v128.extract_lane<f64>(a, 1);
  for (; n > 0; n--, x += SIZE) sum += <f64>load<f32>(x);
  return sum;
}

/** out[j] = divisor⁻¹·Σ_k x[k,j]   j < count ≤ 8; x: n rows ldx bytes apart, eight numbers of which are read */
function columnSum(n: i32, count: i32, ldx: usize, x: usize, divisor: f64, out: usize): void {
  let a = v128.splat<f64>(0), b = a, c = a, d = a;
  for (; n > 0; n--, x += ldx) {
    const v = v128.load(x), w = v128.load(x, 16);
    a = v128.add<f64>(a, v128.promote_low<f32>(v));
    b = v128.add<f64>(b, upper(v));
    c = v128.add<f64>(c, v128.promote_low<f32>(w));
    d = v128.add<f64>(d, upper(w));
  }
  const s = v128.splat<f64>(divisor);
  storeUpTo(out, demoted(v128.div<f64>(a, s), v128.div<f64>(b, s)), count);
  if (count > LANES) storeUpTo(out + 16, demoted(v128.div<f64>(c, s), v128.div<f64>(d, s)), count - LANES);
}

/** Four numbers in float32. */
// @ts-ignore: decorator
@inline
export function demoted(low: v128, high: v128): v128 {
  return v128.shuffle<f64>(v128.demote_zero<f64>(low), v128.demote_zero<f64>(high), 0, 2);
}

/** out[o,i] = divisor⁻¹·Σ_k x[o,k,i] */
export function sums(outer: i32, n: i32, inner: i32, x: usize, divisor: f64, out: usize): void {
  if (inner == 1) {
    for (; outer > 0; outer--, x += <usize>n * SIZE, out += SIZE) store<f32>(out, <f32>(rowSum(n, x) / divisor));
    return;
  }
  const ld = <usize>inner * SIZE;
  for (; outer > 0; outer--, x += <usize>n * ld, out += ld) {
    for (let j = 0; j < inner; j += 2 * LANES) {
      const at = <usize>j * SIZE;
      columnSum(n, min(inner - j, 2 * LANES), ld, x + at, divisor, out + at);
    }
  }
}

/** max_k x[k, j] for four columns j, all signs changed before and after by `flip`; NaN if one is */
// @ts-ignore: decorator
@inline
function columnExtreme(flip: v128, n: i32, ldx: usize, x: usize): v128 {
  let m = v128.xor(v128.load(x), flip);
  for (; n > 1; n--) {
    x += ldx;
    m = v128.max<f32>(m, v128.xor(v128.load(x), flip));
  }
  return v128.xor(m, flip);
}

/** max_j x[j], all signs changed before by `flip` */
// @ts-ignore: decorator
@inline
function rowExtreme(flip: v128, n: i32, x: usize): f32 {
  let m = splat(-Infinity);
  for (; n >= LANES; n -= LANES, x += 16) m = v128.max<f32>(m, v128.xor(v128.load(x), flip));
  if (n > 0) {
    const rest = v128.xor(loadPart(x, n), flip);
    m = v128.max<f32>(m, select(v128.lt<i32>(i32x4(0, 1, 2, 3), v128.splat<i32>(n)), rest, m));
  }
  return largest(m);
}

/** out[o,i] = max_k x[o,k,i], or the least if `least`; NaN if one is   n ≥ 1 */
export function extremes(least: i32, outer: i32, n: i32, inner: i32, x: usize, out: usize): void {
  const ld = <usize>inner * SIZE, flip = splat(least ? -0.0 : 0); // the least is what is largest with all signs changed
  for (; outer > 0; outer--, x += <usize>n * ld, out += ld) {
    if (inner == 1) {
      const most = rowExtreme(flip, n, x);
      store<f32>(out, least ? -most : most);
      continue;
    }
    for (let j = 0; j < inner; j += LANES) {
      const at = <usize>j * SIZE;
      storeUpTo(out + at, columnExtreme(flip, n, ld, x + at), inner - j);
    }
  }
}

/** out[o,i] = the first k with the largest x[o,k,i], int32, or the least if `least`; NaN is never larger nor less   n ≥ 1 */
export function extremePlaces(least: i32, outer: i32, n: i32, inner: i32, x: usize, out: usize): void {
  const ld = <usize>inner * SIZE;
  for (; outer > 0; outer--, x += <usize>n * ld) {
    for (let j = 0; j < inner; j++, out += 4) {
      let p = x + <usize>j * SIZE, best = load<f32>(p), place = 0;
      for (let k = 1; k < n; k++) {
        p += ld;
        const v = load<f32>(p);
        if (least ? v < best : v > best) {
          best = v;
          place = k;
        }
      }
      store<i32>(out, place);
    }
  }
}
