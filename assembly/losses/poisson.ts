// l = (1/O) Σ a − t·ln(a + ε), a ≥ 0

import { LOSS_EPSILON } from "../codes";
import { add, mul, splat, sub } from "../vec";
import { logarithm } from "../kernels/called";

@final
export class Poisson {
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
    return sub(x, mul(t, logarithm(add(x, splat(<real>LOSS_EPSILON)))));
  }

  // @ts-ignore: decorator
  @inline
  slope(a: v128, t: v128): v128 {
    return sub(splat(1), v128.div<real>(t, add(a, splat(<real>LOSS_EPSILON))));
  }

  // @ts-ignore: decorator
  @inline
  curvature(a: v128, t: v128): v128 {
    const own = add(a, splat(<real>LOSS_EPSILON));
    return v128.div<real>(t, mul(own, own));
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
