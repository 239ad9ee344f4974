// y where y > s, else 0

import { splat } from "../vec";

@final
export class ThresholdedRelu {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return v128.andnot(y, v128.le<real>(y, s)); // not `and`: NaN must show
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return v128.and(v128.gt<real>(a, splat(0)), splat(1));
  }

  // @ts-ignore: decorator
  @inline
  second(a: v128, s: v128): v128 {
    return splat(0);
  }
}
