// l = −(1/O) Σ t·ln a + (1 − t)·ln(1 − a), a = σ(y)
//
// Value and derivatives are taken through y, where they neither overflow nor cancel: ∂l/∂y = (a − t)/O.

import { mul, splat, sub } from "../vec";
import { softplus } from "../kernels/elementary";

@final
export class BinaryCrossEntropy {
  // @ts-ignore: decorator
  @inline
  throughInput(): bool {
    return true;
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
    return sub(softplus<real>(x), mul(t, x));
  }

  // @ts-ignore: decorator
  @inline
  slope(a: v128, t: v128): v128 {
    return sub(a, t);
  }

  // @ts-ignore: decorator
  @inline
  curvature(a: v128, t: v128): v128 {
    return mul(a, sub(splat(1), a));
  }

  // @ts-ignore: decorator
  @inline
  tangent(a: v128, t: v128, ra: v128): v128 {
    return ra;
  }

  // @ts-ignore: decorator
  @inline
  factor(s: f64, a: f64, t: f64): f64 {
    return sqrt(s * a * (1 - a));
  }
}
