// Comparisons of two tensors, element by element, whose results are bytes of 0 or 1; and what is done with such bytes.

import { TensorComparison } from "../codes";
import { LANES, loadUpTo, select, splat, splatAt, storePart, storeUpTo } from "../vec";

@final
class Equal {
  // @ts-ignore: decorator
  @inline
  of<T>(x: v128, y: v128): v128 {
    return v128.eq<T>(x, y);
  }
}

@final
class Less {
  // @ts-ignore: decorator
  @inline
  of<T>(x: v128, y: v128): v128 {
    return v128.lt<T>(x, y);
  }
}

@final
class LessEqual {
  // @ts-ignore: decorator
  @inline
  of<T>(x: v128, y: v128): v128 {
    return v128.le<T>(x, y);
  }
}

/** The first n ≤ 4 lanes of a mask as bytes of 0 or 1, or of 1 or 0 if all bits of `flip` are set. */
// @ts-ignore: decorator
@inline
function storeBytes(p: usize, mask: v128, flip: v128, n: i32): void {
  const lanes = v128.xor(mask, flip), words = v128.narrow<i32>(lanes, lanes);
  const bytes = v128.and(v128.narrow<i16>(words, words), v128.splat<i8>(1));
  if (n >= LANES) {
    v128.store32_lane(p, bytes, 0);
    return;
  }
  let b = v128.extract_lane<u32>(bytes, 0);
  for (; n > 0; n--, p++, b >>= 8) store<u8>(p, <u8>b);
}

/** out[r,j] = x[r,j] ∘ y[r,j], or whether it is not if all bits of `flip` are set; what is not wide has one number to a row */
function rowByRow<F, T>(
  flip: v128, rows: i32, n: i32, x: usize, ldx: usize, wideX: i32, y: usize, ldy: usize, wideY: i32, out: usize,
): void {
  const f = changetype<F>(0), stepX: usize = wideX ? 16 : 0, stepY: usize = wideY ? 16 : 0;
  for (; rows > 0; rows--, x += ldx, y += ldy) {
    const oneX = splatAt(x), oneY = splatAt(y);
    let i = n, p = x, q = y;
    for (; i > 0; i -= LANES, p += stepX, q += stepY) {
      storeBytes(out, f.of<T>(wideX ? v128.load(p) : oneX, wideY ? v128.load(q) : oneY), flip, i);
      out += min(i, LANES);
    }
  }
}

// @ts-ignore: decorator
@inline
function compareAs<T>(
  operation: TensorComparison, rows: i32, n: i32, x: usize, ldx: usize, wideX: i32, y: usize, ldy: usize, wideY: i32, out: usize,
): void {
  const flip = v128.splat<i32>(operation == TensorComparison.NotEqual ? -1 : 0);
  switch (operation) {
    case TensorComparison.Equal:
    case TensorComparison.NotEqual: rowByRow<Equal, T>(flip, rows, n, x, ldx, wideX, y, ldy, wideY, out); break;
    case TensorComparison.Less: rowByRow<Less, T>(flip, rows, n, x, ldx, wideX, y, ldy, wideY, out); break;
    case TensorComparison.LessEqual: rowByRow<LessEqual, T>(flip, rows, n, x, ldx, wideX, y, ldy, wideY, out); break;
    default: unreachable();
  }
}

/** out[r,j] = x[r,j] ∘ y[r,j] ? 1 : 0   out: rows×n bytes; operands as of `binary`, float32 or, if `integers`, int32 */
export function compare(
  operation: TensorComparison, integers: i32, rows: i32, n: i32, x: usize, ldx: usize, wideX: i32, y: usize, ldy: usize,
  wideY: i32, out: usize,
): void {
  if (operation == TensorComparison.Greater || operation == TensorComparison.GreaterEqual) {
    // x > y is y < x
    const less = operation == TensorComparison.Greater ? TensorComparison.Less : TensorComparison.LessEqual;
    compare(less, integers, rows, n, y, ldy, wideY, x, ldx, wideX, out);
    return;
  }
  if (integers) compareAs<i32>(operation, rows, n, x, ldx, wideX, y, ldy, wideY, out);
  else compareAs<real>(operation, rows, n, x, ldx, wideX, y, ldy, wideY, out);
}

/** Four bytes as four masks: whether each is 1. */
// @ts-ignore: decorator
@inline
function masksAt(p: usize): v128 {
  const words = v128.extend_low<u8>(v128.load32_zero(p));
  return v128.eq<i32>(v128.extend_low<u16>(words), v128.splat<i32>(1));
}

/** out[i] = c[i] = 1 ? x[i] : y[i]   c: n bytes; out may be x or y */
export function choose(n: i32, c: usize, x: usize, y: usize, out: usize): void {
  for (; n >= LANES; n -= LANES, c += 4, x += 16, y += 16, out += 16) {
    v128.store(out, select(masksAt(c), v128.load(x), v128.load(y)));
  }
  if (n > 0) storePart(out, select(masksAt(c), v128.load(x), v128.load(y)), n);
}

/** out[i] = c[i], bytes as numbers of 0 to 255 */
export function numbersOfBytes(n: i32, c: usize, out: usize): void {
  for (; n > 0; n -= LANES, c += 4, out += 16) {
    const words = v128.extend_low<u8>(v128.load32_zero(c));
    storeUpTo(out, v128.convert<u32>(v128.extend_low<u16>(words)), n);
  }
}

/** out[i] = x[i], int32 as float32. Returns 1 if some are beyond 2^24, from where on float32 rounds, else 0   out may be x */
export function numbersOfIntegers(n: i32, x: usize, out: usize): i32 {
  const limit = v128.splat<i32>(1 << 24);
  let beyond = v128.splat<i32>(0);
  for (; n > 0; n -= LANES, x += 16, out += 16) {
    const v = loadUpTo(x, n);
    beyond = v128.or(beyond, v128.gt<u32>(v128.abs<i32>(v), limit));
    storeUpTo(out, v128.convert<i32>(v), n);
  }
  return v128.any_true(beyond) ? 1 : 0;
}

/** out[i] = x[i] without its fraction, 0 for NaN, float32 as int32. Returns 1 if some do not fit, else 0   out may be x */
export function integersOf(n: i32, x: usize, out: usize): i32 {
  const limit = splat(2147483648.0);
  let beyond = splat(0);
  for (; n > 0; n -= LANES, x += 16, out += 16) {
    const v = v128.load(x), large = v128.ge<real>(v128.abs<real>(v), limit);
    beyond = v128.or(beyond, n >= LANES ? large : v128.and(large, v128.lt<i32>(i32x4(0, 1, 2, 3), v128.splat<i32>(n))));
    storeUpTo(out, v128.trunc_sat<i32>(v), n);
  }
  return v128.any_true(beyond) ? 1 : 0;
}

/** out[i] = x[i] ∧ y[i], bytes of 0 or 1   out may be x or y */
export function bothTrue(n: i32, x: usize, y: usize, out: usize): void {
  for (; n > 0; n--, x++, y++, out++) store<u8>(out, load<u8>(x) & load<u8>(y));
}
