// tanh, a vector at a time and over arrays: what most units of most networks are made of. Error ≤ 3 units in the last place over
// the whole finite range; odd, and never above 1. Coefficients: scripts/minimax.py.
//
// With |x| = n·(ln 2/2) + r, s = 2^n and tanh r = p/q, p = r·P(r²) and q = Q(r²): e^{2r} = (q + p)/(q − p), so that tanh |x|
// = (s·e^{2r} − 1)/(s·e^{2r} + 1) = (m + p)/(m + q), m = (s − 1)/2·(q + p). Near 0, n = 0 and m = 0: no cancellation. The chain
// of dependent operations is what takes time; polynomials in r² are short, and this is one division for both. The constants are
// parameters, so that loops can keep them.

import { c, horner, magic } from "./elementary";

/** tanh x in float32 */
// @ts-ignore: decorator
@inline
function tanhSingle(
  x: v128, minusZero: v128, most: v128, octave: v128, magic: v128, minusHalfLn2: v128, q2: v128, q1: v128, one: v128, half: v128,
): v128 {
  // tanh is 1 to the last digit from 9.02 on. The order of operands lets NaN through.
  const sign = v128.and(x, minusZero), y = v128.pmin<f32>(v128.xor(x, sign), most);
  const t = horner<f32>(y, octave, magic), r = horner<f32>(v128.sub<f32>(t, magic), minusHalfLn2, y), z = v128.mul<f32>(r, r);
  const q = horner<f32>(horner<f32>(q2, z, q1), z, one);
  const s = v128.add<i32>(v128.shl<i32>(t, 23), half); // s/2: the bits of ½ are the exponent of 2⁻¹
  const m = v128.mul<f32>(v128.sub<f32>(s, half), v128.add<f32>(q, r));
  return v128.or(v128.div<f32>(v128.add<f32>(m, r), v128.add<f32>(m, q)), sign);
}

/** tanh x in float64 */
// @ts-ignore: decorator
@inline
function tanhDouble(
  x: v128, minusZero: v128, most: v128, octave: v128, magic: v128, high: v128, low: v128,
  p2: v128, p1: v128, q2: v128, q1: v128, one: v128, half: v128,
): v128 {
  // tanh is 1 to the last digit from 19.1 on.
  const sign = v128.and(x, minusZero), y = v128.pmin<f64>(v128.xor(x, sign), most);
  const t = horner<f64>(y, octave, magic), n = v128.sub<f64>(t, magic);
  const r = v128.sub<f64>(v128.sub<f64>(y, v128.mul<f64>(n, high)), v128.mul<f64>(n, low)), z = v128.mul<f64>(r, r);
  const p = v128.mul<f64>(r, horner<f64>(horner<f64>(p2, z, p1), z, one)), q = horner<f64>(horner<f64>(q2, z, q1), z, one);
  const s = v128.add<i64>(v128.shl<i64>(t, 52), half);
  const m = v128.mul<f64>(v128.sub<f64>(s, half), v128.add<f64>(q, p));
  return v128.or(v128.div<f64>(v128.add<f64>(m, p), v128.add<f64>(m, q)), sign);
}

/** tanh x */
// @ts-ignore: decorator
@inline
export function tanh<T>(x: v128): v128 {
  const minusZero = v128.splat<T>(<T>-0.0), most = c<T>(10, 20), octave = c<T>(OCTAVE, OCTAVE), one = c<T>(1, 1);
  const half = c<T>(0.5, 0.5);
  if (sizeof<T>() == 4) return tanhSingle(
    x, minusZero, most, octave, magic<T>(), c<T>(-HALF_LN2, 0), c<T>(Q2, 0), c<T>(Q1, 0), one, half,
  );
  return tanhDouble(
    x, minusZero, most, octave, magic<T>(), c<T>(0, HIGH), c<T>(0, LOW), c<T>(0, DP2), c<T>(0, DP1), c<T>(0, DQ2), c<T>(0, DQ1),
    one, half,
  );
}

// 2/ln 2 and ln 2/2; in two parts, the first short enough for n·part to be exact.
const OCTAVE: f64 = 2.8853900817779268;
const HALF_LN2: f64 = 0.34657359027997264;
const HIGH: f64 = 0.3465735901845619;
const LOW: f64 = 9.5410746463529384e-11;
// tanh r = r/(1 + Q1·z + Q2·z²) in float32, z = r²
const Q1: f64 = 0.333332509;
const Q2: f64 = -0.0221337546;
// and r·(1 + DP1·z + DP2·z²)/(1 + DQ1·z + DQ2·z²) in float64
const DP1: f64 = 0.111099323406442727;
const DP2: f64 = 0.00105741578058540808;
const DQ1: f64 = 0.444432656739770116;
const DQ2: f64 = 0.0158683013624105335;

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
 * a[i] = outer·tanh(inner·y[i]) for whole vectors, two at a time where there are; returns how many elements that was. a may be y
 *
 * An engine makes a constant that it knows anew for every vector, which takes as long as the arithmetic: these it does not know.
 */
// @ts-ignore: decorator
@inline
export function tanhVectors(n: i32, y: usize, a: usize, scaled: bool, inner: real, outer: real): i32 {
  const lanes = 16 / <i32>sizeof<real>(), whole = n & ~(lanes - 1);
  if (whole == 0) return 0;
  const v = v128.load(y), zero = v128.xor(v, v), i = v128.splat<real>(inner), o = v128.splat<real>(outer);
  const minusZero = hidden(-0.0, zero), octave = hidden(OCTAVE, zero), one = hidden(1, zero), half = hidden(0.5, zero);
  const end = y + (<usize>whole << (sizeof<real>() == 4 ? 2 : 3)), last = end - 16;
  if (sizeof<real>() == 4) {
    const most = hidden(10, zero), magic = hidden(12582912.0, zero), c = hidden(-HALF_LN2, zero), q2 = hidden(Q2, zero);
    const q1 = hidden(Q1, zero);
    for (; y < last; y += 32, a += 32) {
      const x0 = at(y, i, scaled), x1 = at(y + 16, i, scaled);
      const t0 = tanhSingle(x0, minusZero, most, octave, magic, c, q2, q1, one, half);
      const t1 = tanhSingle(x1, minusZero, most, octave, magic, c, q2, q1, one, half);
      v128.store(a, scaled ? v128.mul<real>(t0, o) : t0);
      v128.store(a, scaled ? v128.mul<real>(t1, o) : t1, 16);
    }
    if (y < end) {
      const t = tanhSingle(at(y, i, scaled), minusZero, most, octave, magic, c, q2, q1, one, half);
      v128.store(a, scaled ? v128.mul<real>(t, o) : t);
    }
  } else {
    const most = hidden(20, zero), magic = hidden(6755399441055744.0, zero), high = hidden(HIGH, zero), low = hidden(LOW, zero);
    const p2 = hidden(DP2, zero), p1 = hidden(DP1, zero), q2 = hidden(DQ2, zero), q1 = hidden(DQ1, zero);
    for (; y < end; y += 16, a += 16) {
      const t = tanhDouble(at(y, i, scaled), minusZero, most, octave, magic, high, low, p2, p1, q2, q1, one, half);
      v128.store(a, scaled ? v128.mul<real>(t, o) : t);
    }
  }
  return whole;
}
