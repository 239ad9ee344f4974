// min(6, max(0, y))

import { splat } from "../vec";

@final
export class Relu6 {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return v128.pmin<real>(v128.pmax<real>(y, splat(0)), splat(6));
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return v128.and(v128.and(v128.gt<real>(a, splat(0)), v128.lt<real>(a, splat(6))), splat(1));
  }

  // @ts-ignore: decorator
  @inline
  second(a: v128, s: v128): v128 {
    return splat(0);
  }
}
