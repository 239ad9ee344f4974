// l = (1/O) Σ max(0, 1 − t·a)

import { mul, splat, sub } from "../vec";

@final
export class Hinge {
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
    return 0;
  }

  // @ts-ignore: decorator
  @inline
  value(x: v128, t: v128): v128 {
    return v128.max<real>(splat(0), sub(splat(1), mul(t, x))); // max, not pmax: NaN must show
  }

  // @ts-ignore: decorator
  @inline
  slope(a: v128, t: v128): v128 {
    return v128.and(v128.lt<real>(mul(t, a), splat(1)), v128.neg<real>(t));
  }

  // @ts-ignore: decorator
  @inline
  curvature(a: v128, t: v128): v128 {
    return splat(0);
  }

  // @ts-ignore: decorator
  @inline
  tangent(a: v128, t: v128, ra: v128): v128 {
    return splat(0);
  }

  // @ts-ignore: decorator
  @inline
  factor(s: f64, a: f64, t: f64): f64 {
    return 0;
  }
}
