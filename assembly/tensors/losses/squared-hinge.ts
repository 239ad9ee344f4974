// max(0, 1 − t·p)²

import { mul, splat, sub } from "../../vec";

@final
export class SquaredHinge {
  // @ts-ignore: decorator
  @inline
  averages(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(t: v128, p: v128, epsilon: v128): v128 {
    const m = v128.pmax<real>(sub(splat(1), mul(t, p)), splat(0));
    return mul(m, m);
  }

  // @ts-ignore: decorator
  @inline
  slope(t: v128, p: v128, epsilon: v128): v128 {
    const m = v128.pmax<real>(sub(splat(1), mul(t, p)), splat(0));
    return mul(mul(splat(-2), m), t);
  }
}
