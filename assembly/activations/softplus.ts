// ln(1 + e^y)

import { mul, splat, sub } from "../vec";
import { expm1, softplus } from "../kernels/elementary";

@final
export class Softplus {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return softplus<real>(y);
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return v128.neg<real>(expm1<real>(v128.neg<real>(a))); // σ(y) = 1 − e^−a
  }

  // @ts-ignore: decorator
  @inline
  second(a: v128, s: v128): v128 {
    const p = this.first(a, s);
    return mul(p, sub(splat(1), p));
  }
}
