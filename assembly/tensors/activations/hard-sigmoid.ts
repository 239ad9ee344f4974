// 0.2·y + 0.5 between 0 and 1, whose slope is 0.2 where that is 0 or 1

import { add, mul, splat } from "../../vec";

@final
export class HardSigmoid {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return v128.pmin<real>(v128.pmax<real>(line(y), splat(0)), splat(1));
  }

  // @ts-ignore: decorator
  @inline
  first(y: v128, s: v128): v128 {
    const t = line(y);
    return v128.and(v128.and(v128.ge<real>(t, splat(0)), v128.le<real>(t, splat(1))), splat(<real>0.2));
  }
}

// @ts-ignore: decorator
@inline
function line(y: v128): v128 {
  return add(splat(<real>0.5), mul(splat(<real>0.2), y));
}
