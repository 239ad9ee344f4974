// λ·y, or λα·(e^y − 1) below 0 (Klambauer et al. 2017)

import { add, mul, select, splat } from "../../vec";
import { expm1 } from "../../kernels/elementary";

const SCALE: real = <real>1.0507009873554805;
const SCALE_ALPHA: real = <real>1.7580993408473768;

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
    return select(v128.gt<real>(y, splat(0)), mul(splat(SCALE), y), mul(splat(SCALE_ALPHA), expm1<real>(y)));
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return select(v128.gt<real>(a, splat(0)), splat(SCALE), add(a, splat(SCALE_ALPHA)));
  }
}
