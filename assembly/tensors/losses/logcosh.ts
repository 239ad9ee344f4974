// ln cosh(p − t), as d + ln(1 + e^−2d) − ln 2

import { add, mul, splat, sub } from "../../vec";
import { softplus } from "../../kernels/elementary";
import { tanh } from "../../kernels/tanh";

@final
export class Logcosh {
  // @ts-ignore: decorator
  @inline
  averages(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(t: v128, p: v128, epsilon: v128): v128 {
    const d = sub(p, t);
    return sub(add(d, softplus<real>(mul(splat(-2), d))), splat(<real>0.6931471805599453));
  }

  // @ts-ignore: decorator
  @inline
  slope(t: v128, p: v128, epsilon: v128): v128 {
    return tanh<real>(sub(p, t));
  }
}
