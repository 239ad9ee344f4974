// (ln(1 + max(p, ε)) − ln(1 + max(t, ε)))²

import { add, mul, splat, sub } from "../../vec";
import { log } from "../../kernels/elementary";

@final
export class MeanSquaredLogarithmicError {
  // @ts-ignore: decorator
  @inline
  averages(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(t: v128, p: v128, epsilon: v128): v128 {
    const d = difference(t, p, epsilon);
    return mul(d, d);
  }

  // @ts-ignore: decorator
  @inline
  slope(t: v128, p: v128, epsilon: v128): v128 {
    const d = difference(t, p, epsilon), c = v128.pmax<real>(p, epsilon);
    return v128.and(v128.div<real>(add(d, d), add(splat(1), c)), v128.ge<real>(p, epsilon));
  }
}

// @ts-ignore: decorator
@inline
function difference(t: v128, p: v128, epsilon: v128): v128 {
  return sub(log<real>(add(splat(1), v128.pmax<real>(p, epsilon))), log<real>(add(splat(1), v128.pmax<real>(t, epsilon))));
}
