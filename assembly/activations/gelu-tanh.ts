// y·σ(q), q = √(8/π)·(y + 0.044715·y³): gelu to 5·10⁻⁴, by the tanh of q/2 (Hendrycks and Gimpel 2016)

import { madd, mul, splat } from "../vec";
import { bounded, gated, gatedFirst, gatedSecond, risen } from "./powers";

/** √(8/π), and what it is with 0.044715 */
const LINEAR: f64 = 1.5957691216057308;
const CUBIC: f64 = 0.07135481627260025;

@final
export class GeluTanh {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    const x = risen(y);
    return gated(x, mul(x, cubic(x, 1)));
  }

  // @ts-ignore: decorator
  @inline
  first(y: v128, s: v128): v128 {
    const x = bounded(y);
    return gatedFirst(x, mul(x, cubic(x, 1)), cubic(x, 3));
  }

  // @ts-ignore: decorator
  @inline
  second(y: v128, s: v128): v128 {
    const x = bounded(y);
    return gatedSecond(x, mul(x, cubic(x, 1)), cubic(x, 3), cubic(x, 6));
  }
}

/** √(8/π)·(1 + c·0.044715·x²) */
// @ts-ignore: decorator
@inline
function cubic(x: v128, c: f64): v128 {
  return madd(splat(<real>LINEAR), splat(<real>(c * CUBIC)), mul(x, x));
}
