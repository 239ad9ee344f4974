// l = (1/O) Σ e², e = ln((1 + a)/(1 + t)), with ε for what is below it
//
// e² bends down far from its target: for the Gauss-Newton matrix e is a residual, whose square bends by 2·e′².

import { LOSS_EPSILON } from "../codes";
import { add, mul, splat, sub } from "../vec";
import { logarithm } from "../kernels/called";

@final
export class MeanSquaredLogarithmicError {
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
    return 2;
  }

  // @ts-ignore: decorator
  @inline
  value(x: v128, t: v128): v128 {
    const e = logarithm(v128.div<real>(raised(x), raised(t)));
    return mul(e, e);
  }

  // @ts-ignore: decorator
  @inline
  slope(a: v128, t: v128): v128 {
    const own = raised(a), e = logarithm(v128.div<real>(own, raised(t)));
    return above(a, v128.div<real>(add(e, e), own));
  }

  // @ts-ignore: decorator
  @inline
  curvature(a: v128, t: v128): v128 {
    const own = raised(a);
    return above(a, v128.div<real>(splat(2), mul(own, own)));
  }

  // @ts-ignore: decorator
  @inline
  bend(a: v128, t: v128): v128 {
    return mul(this.curvature(a, t), sub(splat(1), logarithm(v128.div<real>(raised(a), raised(t)))));
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

/** 1 + max(x, ε) */
// @ts-ignore: decorator
@inline
function raised(x: v128): v128 {
  return add(splat(1), v128.max<real>(x, splat(<real>LOSS_EPSILON))); // max, not pmax: NaN must show
}

/** v where a > ε, else 0 */
// @ts-ignore: decorator
@inline
function above(a: v128, v: v128): v128 {
  return v128.andnot(v, v128.le<real>(a, splat(<real>LOSS_EPSILON)));
}
