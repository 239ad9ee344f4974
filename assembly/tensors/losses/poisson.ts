// p − t·ln(ε + p)

import { add, mul, splat, sub } from "../../vec";
import { log } from "../../kernels/elementary";

@final
export class Poisson {
  // @ts-ignore: decorator
  @inline
  averages(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(t: v128, p: v128, epsilon: v128): v128 {
    return sub(p, mul(t, log<real>(add(epsilon, p))));
  }

  // @ts-ignore: decorator
  @inline
  slope(t: v128, p: v128, epsilon: v128): v128 {
    return sub(splat(1), v128.div<real>(t, add(epsilon, p)));
  }
}
