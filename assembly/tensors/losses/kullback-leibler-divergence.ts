// t·ln(t/p), the logarithm of numbers between ε and 1

import { mul, splat } from "../../vec";
import { log } from "../../kernels/elementary";
import { clipped, within } from "./grade";

@final
export class KullbackLeiblerDivergence {
  // @ts-ignore: decorator
  @inline
  averages(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(t: v128, p: v128, epsilon: v128): v128 {
    return mul(t, log<real>(v128.div<real>(clipped(t, epsilon, splat(1)), clipped(p, epsilon, splat(1)))));
  }

  // @ts-ignore: decorator
  @inline
  slope(t: v128, p: v128, epsilon: v128): v128 {
    return within(p, epsilon, splat(1), v128.div<real>(v128.neg<real>(t), clipped(p, epsilon, splat(1))));
  }
}
