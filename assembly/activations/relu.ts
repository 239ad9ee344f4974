// max(0, y)

import { splat } from "../vec";

@final
export class Relu {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return v128.pmax<real>(y, splat(0));
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
