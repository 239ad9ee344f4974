// λ·y, or λα·(e^y − 1) below 0 (Klambauer et al. 2017)

import { add, mul, select, splat } from "../../vec";
import { SELU_SCALE, SELU_SLOPE } from "../../activations/selu";
import { expm1 } from "../../kernels/elementary";

const SCALE: real = <real>SELU_SCALE;
const DEPTH: real = <real>(SELU_SCALE * SELU_SLOPE);

@final
export class Selu {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return select(v128.gt<real>(y, splat(0)), mul(splat(SCALE), y), mul(splat(DEPTH), expm1<real>(y)));
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return select(v128.gt<real>(a, splat(0)), splat(SCALE), add(a, splat(DEPTH)));
  }
}
