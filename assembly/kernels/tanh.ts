// tanh, a vector at a time and over arrays: what most units of most networks are made of. Error ≤ 3 units in the last place over the whole finite
// range; odd, and never above 1. Polynomials: scripts/minimax.py.
//
// With |x| = n·(ln 2/2) + r and s = 2^n, e = e^{2|x|} − 1 = s·(e^{2r} − 1) + (s − 1) and tanh |x| = e/(e + 2). Near 0,
// n = 0: no cancellation. e^{2r} − 1 = 2r + r²·q(r), q by Estrin's scheme: the chain of dependent operations is what takes time.
// The constants are parameters, so that loops can keep them.

import { c, horner, magic } from "./elementary";

/** tanh x in float32 */
// @ts-ignore: decorator
@inline
function tanhSingle(
  x: v128, minusZero: v128, most: v128, octave: v128, magic: v128, minusHalfLn2: v128,
  e5: v128, e4: v128, e3: v128, e2: v128, e1: v128, two: v128, one: v128,
): v128 {
  // tanh is 1 to the last digit from 9.02 on. The order of operands lets NaN through.
  const sign = v128.and(x, minusZero), y = v128.pmin<f32>(v128.xor(x, sign), most);
  const t = horner<f32>(y, octave, magic), n = v128.sub<f32>(t, magic), r = horner<f32>(n, minusHalfLn2, y), z = v128.mul<f32>(r, r);
  const q = horner<f32>(horner<f32>(e5, z, horner<f32>(e4, r, e3)), z, horner<f32>(e2, r, e1));
  const s = v128.add<i32>(v128.shl<i32>(t, 23), one); // one's bits are the exponent of 2⁰
  const e = horner<f32>(s, horner<f32>(z, q, v128.add<f32>(r, r)), v128.sub<f32>(s, one));
  return v128.or(v128.div<f32>(e, v128.add<f32>(e, two)), sign);
}

/** tanh x in float64 */
// @ts-ignore: decorator
@inline
function tanhDouble(
  x: v128, minusZero: v128, most: v128, octave: v128, magic: v128, high: v128, low: v128,
  e10: v128, e9: v128, e8: v128, e7: v128, e6: v128, e5: v128, e4: v128, e3: v128, e2: v128, e1: v128, two: v128, one: v128,
): v128 {
  // tanh is 1 to the last digit from 19.1 on.
  const sign = v128.and(x, minusZero), y = v128.pmin<f64>(v128.xor(x, sign), most);
  const t = horner<f64>(y, octave, magic), n = v128.sub<f64>(t, magic);
  const r = v128.sub<f64>(v128.sub<f64>(y, v128.mul<f64>(n, high)), v128.mul<f64>(n, low)), z = v128.mul<f64>(r, r), w = v128.mul<f64>(z, z);
  const upper = horner<f64>(horner<f64>(e8, r, e7), z, horner<f64>(e6, r, e5)), lower = horner<f64>(horner<f64>(e4, r, e3), z, horner<f64>(e2, r, e1));
  const q = horner<f64>(horner<f64>(horner<f64>(e10, r, e9), w, upper), w, lower);
  const s = v128.add<i64>(v128.shl<i64>(t, 52), one);
  const e = horner<f64>(s, horner<f64>(z, q, v128.add<f64>(r, r)), v128.sub<f64>(s, one));
  return v128.or(v128.div<f64>(e, v128.add<f64>(e, two)), sign);
}

/** tanh x */
// @ts-ignore: decorator
@inline
export function tanh<T>(x: v128): v128 {
  const minusZero = v128.splat<T>(<T>-0.0), most = c<T>(10, 20), octave = c<T>(OCTAVE, OCTAVE), two = c<T>(2, 2), one = c<T>(1, 1);
  if (sizeof<T>() == 4) {
    return tanhSingle(
      x, minusZero, most, octave, magic<T>(), c<T>(-HALF_LN2, 0), c<T>(E5, 0), c<T>(E4, 0), c<T>(E3, 0), c<T>(E2, 0), c<T>(E1, 0), two, one,
    );
  }
  return tanhDouble(
    x, minusZero, most, octave, magic<T>(), c<T>(0, HIGH), c<T>(0, LOW), c<T>(0, D10), c<T>(0, D9), c<T>(0, D8), c<T>(0, D7),
    c<T>(0, D6), c<T>(0, D5), c<T>(0, D4), c<T>(0, D3), c<T>(0, D2), c<T>(0, D1), two, one,
  );
}

// 2/ln 2 and ln 2/2; in two parts, the first short enough for n·part to be exact.
const OCTAVE: f64 = 2.8853900817779268;
const HALF_LN2: f64 = 0.34657359027997264;
const HIGH: f64 = 0.3465735901845619;
const LOW: f64 = 9.5410746463529384e-11;
// q(r) = E1 + E2·r + … in float32
const E1: f64 = 2.0;
const E2: f64 = 1.33332324;
const E3: f64 = 0.666663647;
const E4: f64 = 0.267738819;
const E5: f64 = 0.0891757458;
// and in float64
const D1: f64 = 2.00000000000000222;
const D2: f64 = 1.33333333333333415;
const D3: f64 = 0.666666666665173935;
const D4: f64 = 0.26666666666628569;
const D5: f64 = 0.0888888891680355842;
const D6: f64 = 0.0253968254548873236;
const D7: f64 = 0.00634918508992588296;
const D8: f64 = 0.00141093087763695694;
const D9: f64 = 0.000282894463115389847;
const D10: f64 = 0.0000514236694910076003;

// @ts-ignore: decorator
@inline
function at(p: usize, inner: v128, scaled: bool): v128 {
  return scaled ? v128.mul<real>(v128.load(p), inner) : v128.load(p);
}

/** x as a vector whose value the compiler does not know, zero being 0 */
// @ts-ignore: decorator
@inline
function hidden(x: f64, zero: v128): v128 {
  return v128.or(v128.splat<real>(<real>x), zero);
}

/**
 * a[i] = outer·tanh(inner·y[i]) for whole vectors, two at a time where there are; returns how many elements that was.   a may be y
 *
 * An engine makes a constant that it knows anew for every vector, which takes as long as the arithmetic: these it does not know.
 */
// @ts-ignore: decorator
@inline
export function tanhVectors(n: i32, y: usize, a: usize, scaled: bool, inner: real, outer: real): i32 {
  const lanes = 16 / <i32>sizeof<real>(), whole = n & ~(lanes - 1);
  if (whole == 0) return 0;
  const v = v128.load(y), zero = v128.xor(v, v), i = v128.splat<real>(inner), o = v128.splat<real>(outer);
  const minusZero = hidden(-0.0, zero), octave = hidden(OCTAVE, zero), two = hidden(2, zero), one = hidden(1, zero);
  const end = y + (<usize>whole << (sizeof<real>() == 4 ? 2 : 3)), last = end - 16;
  if (sizeof<real>() == 4) {
    const most = hidden(10, zero), magic = hidden(12582912.0, zero), c = hidden(-HALF_LN2, zero);
    const e5 = hidden(E5, zero), e4 = hidden(E4, zero), e3 = hidden(E3, zero), e2 = hidden(E2, zero), e1 = hidden(E1, zero);
    for (; y < last; y += 32, a += 32) {
      const x0 = at(y, i, scaled), x1 = at(y + 16, i, scaled);
      const t0 = tanhSingle(x0, minusZero, most, octave, magic, c, e5, e4, e3, e2, e1, two, one);
      const t1 = tanhSingle(x1, minusZero, most, octave, magic, c, e5, e4, e3, e2, e1, two, one);
      v128.store(a, scaled ? v128.mul<real>(t0, o) : t0);
      v128.store(a, scaled ? v128.mul<real>(t1, o) : t1, 16);
    }
    if (y < end) {
      const t = tanhSingle(at(y, i, scaled), minusZero, most, octave, magic, c, e5, e4, e3, e2, e1, two, one);
      v128.store(a, scaled ? v128.mul<real>(t, o) : t);
    }
  } else {
    const most = hidden(20, zero), magic = hidden(6755399441055744.0, zero), high = hidden(HIGH, zero), low = hidden(LOW, zero);
    const d10 = hidden(D10, zero), d9 = hidden(D9, zero), d8 = hidden(D8, zero), d7 = hidden(D7, zero), d6 = hidden(D6, zero);
    const d5 = hidden(D5, zero), d4 = hidden(D4, zero), d3 = hidden(D3, zero), d2 = hidden(D2, zero), d1 = hidden(D1, zero);
    for (; y < end; y += 16, a += 16) {
      const t = tanhDouble(
        at(y, i, scaled), minusZero, most, octave, magic, high, low, d10, d9, d8, d7, d6, d5, d4, d3, d2, d1, two, one,
      );
      v128.store(a, scaled ? v128.mul<real>(t, o) : t);
    }
  }
  return whole;
}
