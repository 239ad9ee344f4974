// 100·|t − p|/max(|t|, ε)

import { mul, splat, sub } from "../../vec";
import { signOf } from "./grade";

@final
export class MeanAbsolutePercentageError {
  // @ts-ignore: decorator
  @inline
  averages(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(t: v128, p: v128, epsilon: v128): v128 {
    return mul(splat(100), v128.abs<real>(v128.div<real>(sub(t, p), v128.pmax<real>(v128.abs<real>(t), epsilon))));
  }

  // @ts-ignore: decorator
  @inline
  slope(t: v128, p: v128, epsilon: v128): v128 {
    const c = v128.pmax<real>(v128.abs<real>(t), epsilon);
    return mul(splat(-100), v128.div<real>(signOf(v128.div<real>(sub(t, p), c)), c));
  }
}
