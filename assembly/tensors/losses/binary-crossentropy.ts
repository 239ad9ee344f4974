// −t·ln y − (1 − t)·ln(1 − y), y = p between ε and 1 − ε: through the logit z = ln(y/(1 − y)), as TensorFlow.js finds it

import { add, mul, splat, sub } from "../../vec";
import { exp, log, log1p } from "../../kernels/elementary";
import { clipped, within } from "./grade";

@final
export class BinaryCrossentropy {
  // @ts-ignore: decorator
  @inline
  averages(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(t: v128, p: v128, epsilon: v128): v128 {
    const y = clipped(p, epsilon, sub(splat(1), epsilon)), z = log<real>(v128.div<real>(y, sub(splat(1), y)));
    const e = exp<real>(v128.neg<real>(v128.abs<real>(z)));
    return add(sub(v128.pmax<real>(z, splat(0)), mul(z, t)), log1p<real>(e));
  }

  // @ts-ignore: decorator
  @inline
  slope(t: v128, p: v128, epsilon: v128): v128 {
    const one = splat(1), low = epsilon, high = sub(one, epsilon), y = clipped(p, low, high);
    return within(p, low, high, v128.div<real>(sub(y, t), mul(y, sub(one, y))));
  }
}
