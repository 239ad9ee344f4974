// A·tanh(S·y), LeCun's symmetric sigmoid: f(±1) = ±1 (Efficient BackProp 4.4)

import { add, mul, splat, sub } from "../vec";
import { tanh, tanhVectors } from "../kernels/tanh";

const A: f64 = 1.7159;
const S: f64 = 2.0 / 3.0;

@final
export class LecunTanh {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return mul(splat(<real>A), tanh<real>(mul(splat(<real>S), y)));
  }

  // @ts-ignore: decorator
  @inline
  whole(n: i32, y: usize, a: usize): i32 {
    return tanhVectors(n, y, a, true, <real>S, <real>A);
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return mul(splat(<real>(S / A)), mul(sub(splat(<real>A), a), add(splat(<real>A), a)));
  }

  // @ts-ignore: decorator
  @inline
  second(a: v128, s: v128): v128 {
    return mul(splat(<real>(-2 * S / A)), mul(a, this.first(a, s)));
  }
}
