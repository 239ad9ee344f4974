// λ·y, or λ·α·(e^y − 1) below 0: elu with s = α, times λ. Through layers with LeCun's weights mean 0 and variance 1 stay
// (Klambauer et al. 2017)

import { add, select, splat } from "../vec";

/** α, λ, and λ·α */
export const SELU_SLOPE: f64 = 1.6732632423543772;
export const SELU_SCALE: f64 = 1.0507009873554805;
const DEPTH: f64 = SELU_SCALE * SELU_SLOPE;

@final
export class Selu {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return select(v128.gt<real>(a, splat(0)), splat(<real>SELU_SCALE), add(a, splat(<real>DEPTH)));
  }

  // @ts-ignore: decorator
  @inline
  second(a: v128, s: v128): v128 {
    return v128.andnot(add(a, splat(<real>DEPTH)), v128.gt<real>(a, splat(0)));
  }
}
