// 1/(1 + e^−y), above 0 as 1 − e^−y/(1 + e^−y): near 1, where crossentropy takes a logarithm of what is missing, no digit is lost

import { add, mul, select, splat, sub } from "../../vec";
import { exp } from "../../kernels/elementary";

@final
export class Sigmoid {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    const e = exp<real>(v128.neg<real>(v128.abs<real>(y))), rest = v128.div<real>(e, add(splat(1), e));
    return select(v128.lt<real>(y, splat(0)), rest, sub(splat(1), rest));
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return mul(a, sub(splat(1), a));
  }
}
