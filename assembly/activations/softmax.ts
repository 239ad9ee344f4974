// e^y/Σ e^y, which couples the units of a row: the value is kernels/softmax.ts, f′ and f″ here are the diagonal's.

import { add, mul, splat, sub } from "../vec";

@final
export class Softmax {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
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
