// 1/(1 + e^−y)

import { add, mul, splat, sub } from "../vec";
import { logistic } from "../kernels/elementary";

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
    return logistic<real>(y);
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return mul(a, sub(splat(1), a));
  }

  // @ts-ignore: decorator
  @inline
  second(a: v128, s: v128): v128 {
    return mul(sub(splat(1), add(a, a)), this.first(a, s));
  }
}
