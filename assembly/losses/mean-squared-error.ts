// l = (1/O) Σ (a − t)²

import { add, mul, splat, sub } from "../vec";

@final
export class MeanSquaredError {
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
    const e = sub(x, t);
    return mul(e, e);
  }

  // @ts-ignore: decorator
  @inline
  slope(a: v128, t: v128): v128 {
    const e = sub(a, t);
    return add(e, e);
  }

  // @ts-ignore: decorator
  @inline
  curvature(a: v128, t: v128): v128 {
    return splat(2);
  }

  // @ts-ignore: decorator
  @inline
  tangent(a: v128, t: v128, ra: v128): v128 {
    return add(ra, ra);
  }

  // @ts-ignore: decorator
  @inline
  factor(s: f64, a: f64, t: f64): f64 {
    return sqrt(2 * s);
  }
}
