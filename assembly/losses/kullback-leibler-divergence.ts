// l = Σ t·ln(t/a), a = softmax(y): crossEntropy less the entropy of the targets, so that derivatives are crossEntropy's

import { mul, splat } from "../vec";
import { logarithm } from "../kernels/called";

/** Below this t·ln t is nothing. */
const LEAST: real = <real>1e-37;

@final
export class KullbackLeiblerDivergence {
  // @ts-ignore: decorator
  @inline
  throughInput(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  averages(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  curvatureScale(): f64 {
    return 1;
  }

  /** What it differs by, t·ln t; 0 where t = 0 */
  // @ts-ignore: decorator
  @inline
  value(x: v128, t: v128): v128 {
    return mul(t, logarithm(v128.pmax<real>(t, splat(LEAST))));
  }
}
