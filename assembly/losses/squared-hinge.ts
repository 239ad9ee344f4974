// l = (1/O) Σ max(0, 1 − t·a)²

import { add, mul, splat, sub } from "../vec";

@final
export class SquaredHinge {
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
    const m = v128.max<real>(splat(0), sub(splat(1), mul(t, x))); // max, not pmax: NaN must show
    return mul(m, m);
  }

  // @ts-ignore: decorator
  @inline
  slope(a: v128, t: v128): v128 {
    const m = v128.max<real>(splat(0), sub(splat(1), mul(t, a)));
    return mul(v128.neg<real>(t), add(m, m));
  }

  // @ts-ignore: decorator
  @inline
  curvature(a: v128, t: v128): v128 {
    return v128.and(v128.lt<real>(mul(t, a), splat(1)), mul(add(t, t), t));
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
