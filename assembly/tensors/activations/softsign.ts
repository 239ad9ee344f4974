// y/(1 + |y|)

import { add, mul, splat } from "../../vec";

@final
export class Softsign {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return v128.div<real>(y, add(v128.abs<real>(y), splat(1)));
  }

  // @ts-ignore: decorator
  @inline
  first(y: v128, s: v128): v128 {
    const t = add(v128.abs<real>(y), splat(1));
    return v128.div<real>(splat(1), mul(t, t));
  }
}
