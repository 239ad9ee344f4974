// y, or s·(e^y − 1) below 0

import { add, mul, select, splat } from "../vec";
import { expm1 } from "../kernels/elementary";

@final
export class Elu {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return select(v128.gt<real>(y, splat(0)), y, mul(s, expm1<real>(y)));
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return select(v128.gt<real>(a, splat(0)), splat(1), add(a, s));
  }

  // @ts-ignore: decorator
  @inline
  second(a: v128, s: v128): v128 {
    return v128.andnot(add(a, s), v128.gt<real>(a, splat(0)));
  }
}
