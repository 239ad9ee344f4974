// y·(1 + tanh(√(2/π)·(y + 0.044715·y³)))/2

import { add, madd, mul, splat, sub } from "../../vec";
import { tanh } from "../../kernels/tanh";

/** √(2/π) */
const PEAK: f64 = 0.7978845608028654;

@final
export class GeluNew {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return mul(mul(splat(<real>0.5), y), add(splat(1), tangent(y)));
  }

  // @ts-ignore: decorator
  @inline
  first(y: v128, s: v128): v128 {
    const t = tangent(y), half = splat(<real>0.5), u = madd(splat(<real>PEAK), mul(splat(<real>(3 * 0.044715 * PEAK)), y), y);
    return mul(half, add(add(splat(1), t), mul(mul(y, u), mul(sub(splat(1), t), add(splat(1), t)))));
  }
}

function tangent(y: v128): v128 {
  return tanh<real>(mul(splat(<real>PEAK), madd(y, splat(<real>0.044715), mul(y, mul(y, y)))));
}
