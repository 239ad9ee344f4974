// y/(1 + |y|)

import { add, mul, splat, sub } from "../vec";

@final
export class Softsign {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return v128.div<real>(y, add(splat(1), v128.abs<real>(y)));
  }

  /** (1 − |a|)² */
  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    const p = sub(splat(1), v128.abs<real>(a));
    return mul(p, p);
  }

  /** ∓2·(1 − |a|)³, 0 at 0, where it jumps */
  // @ts-ignore: decorator
  @inline
  second(a: v128, s: v128): v128 {
    const p = sub(splat(1), v128.abs<real>(a)), size = mul(add(p, p), mul(p, p)), zero = splat(0);
    return sub(v128.and(size, v128.lt<real>(a, zero)), v128.and(size, v128.gt<real>(a, zero)));
  }
}
