// y where y > s, else 0

import { splat } from "../../vec";

@final
export class ThresholdedRelu {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return v128.and(y, v128.gt<real>(y, s));
  }

  // @ts-ignore: decorator
  @inline
  first(y: v128, s: v128): v128 {
    return v128.and(splat(1), v128.gt<real>(y, s));
  }
}
