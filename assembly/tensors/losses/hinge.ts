// max(0, 1 − t·p)

import { mul, splat, sub } from "../../vec";

@final
export class Hinge {
  // @ts-ignore: decorator
  @inline
  averages(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(t: v128, p: v128, epsilon: v128): v128 {
    return v128.pmax<real>(sub(splat(1), mul(t, p)), splat(0));
  }

  // @ts-ignore: decorator
  @inline
  slope(t: v128, p: v128, epsilon: v128): v128 {
    return v128.and(v128.neg<real>(t), v128.gt<real>(sub(splat(1), mul(t, p)), splat(0)));
  }
}
