// tanh y + s·y: no flat spots

import { add, madd, mul, splat, sub } from "../vec";
import { tanh } from "../kernels/tanh";

@final
export class TwistedTanh {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return madd(tanh<real>(y), s, y);
  }

  // @ts-ignore: decorator
  @inline
  first(y: v128, s: v128): v128 {
    const t = tanh<real>(y);
    return madd(s, sub(splat(1), t), add(splat(1), t));
  }

  // @ts-ignore: decorator
  @inline
  second(y: v128, s: v128): v128 {
    const t = tanh<real>(y);
    return mul(splat(-2), mul(t, mul(sub(splat(1), t), add(splat(1), t))));
  }
}
