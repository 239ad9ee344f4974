// tanh y

import { add, mul, splat, sub } from "../vec";
import { tanh, tanhVectors } from "../kernels/tanh";

@final
export class Tanh {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return tanh<real>(y);
  }

  // @ts-ignore: decorator
  @inline
  whole(n: i32, y: usize, a: usize): i32 {
    return tanhVectors(n, y, a, false, 1, 1);
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return mul(sub(splat(1), a), add(splat(1), a));
  }

  // @ts-ignore: decorator
  @inline
  second(a: v128, s: v128): v128 {
    return mul(splat(-2), mul(a, this.first(a, s)));
  }
}
