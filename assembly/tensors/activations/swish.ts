// y·σ(y)

import { madd, mul, splat, sub } from "../../vec";
import { logistic } from "../../kernels/elementary";

@final
export class Swish {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return mul(y, logistic<real>(y));
  }

  // @ts-ignore: decorator
  @inline
  first(y: v128, s: v128): v128 {
    const p = logistic<real>(y);
    return mul(p, madd(splat(1), y, sub(splat(1), p)));
  }
}
