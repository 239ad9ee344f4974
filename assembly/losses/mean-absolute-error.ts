// l = (1/O) Σ |a − t|

import { splat, sub } from "../vec";

@final
export class MeanAbsoluteError {
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
    return v128.abs<real>(sub(x, t));
  }

  // @ts-ignore: decorator
  @inline
  slope(a: v128, t: v128): v128 {
    const e = sub(a, t), zero = splat(0), one = splat(1);
    return sub(v128.and(v128.gt<real>(e, zero), one), v128.and(v128.lt<real>(e, zero), one));
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
