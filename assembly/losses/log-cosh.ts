// l = (1/O) Σ ln cosh(a − t)
//
// ln cosh e = |e| + ln(1 + e^−2|e|) − ln 2, which cancels where e is small: there it is ln(1 + m²/(2(1 + m))), m = e^|e| − 1.

import { add, mul, select, splat, sub } from "../vec";
import { expm1, log1p } from "../kernels/elementary";
import { tanh } from "../kernels/tanh";

const LN2: f64 = 0.6931471805599453;

const VALUE: i32 = 0;
const SLOPE: i32 = 1;
const CURVATURE: i32 = 2;

/** ln cosh e, tanh e or 1 − tanh² e. Called, since loops would hold copies; all in one, or the compiler would inline it. */
function part(what: i32, e: v128): v128 {
  if (what != VALUE) {
    const s = tanh<real>(e);
    return what == SLOPE ? s : mul(sub(splat(1), s), add(splat(1), s));
  }
  e = v128.abs<real>(e);
  const near = v128.lt<real>(e, splat(1)), half = splat(0.5);
  const m = expm1<real>(select(near, e, mul(splat(-2), e))), power = add(splat(1), m);
  const argument = select(near, v128.div<real>(mul(half, mul(m, m)), power), power);
  return add(log1p<real>(argument), v128.andnot(sub(e, splat(<real>LN2)), near));
}

@final
export class LogCosh {
  // @ts-ignore: decorator
  @inline
  throughInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  averages(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  curvatureScale(): f64 {
    return 1;
  }

  // @ts-ignore: decorator
  @inline
  value(x: v128, t: v128): v128 {
    return part(VALUE, sub(x, t));
  }

  // @ts-ignore: decorator
  @inline
  slope(a: v128, t: v128): v128 {
    return part(SLOPE, sub(a, t));
  }

  // @ts-ignore: decorator
  @inline
  curvature(a: v128, t: v128): v128 {
    return part(CURVATURE, sub(a, t));
  }

  // @ts-ignore: decorator
  @inline
  tangent(a: v128, t: v128, ra: v128): v128 {
    return mul(this.curvature(a, t), ra);
  }

  // @ts-ignore: decorator
  @inline
  factor(s: f64, a: f64, t: f64): f64 {
    return sqrt(s * <f64>v128.extract_lane<real>(this.curvature(splat(<real>a), splat(<real>t)), 0));
  }
}
