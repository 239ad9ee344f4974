// min(s, max(0, y)), whose slope is 1 at s

import { splat } from "../../vec";

@final
export class ClippedRelu {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return v128.pmin<real>(v128.pmax<real>(y, splat(0)), s);
  }

  // @ts-ignore: decorator
  @inline
  first(y: v128, s: v128): v128 {
    return v128.and(v128.and(v128.gt<real>(y, splat(0)), v128.le<real>(y, s)), splat(1));
  }
}
