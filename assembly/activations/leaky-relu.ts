// y, or s·y below 0

import { mul, select, splat } from "../vec";

@final
export class LeakyRelu {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return select(v128.gt<real>(y, splat(0)), y, mul(s, y));
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return select(v128.gt<real>(a, splat(0)), splat(1), s);
  }

  // @ts-ignore: decorator
  @inline
  second(a: v128, s: v128): v128 {
    return splat(0);
  }
}
