// l = (100/O) Σ |a − t|/max(|t|, ε)

import { LOSS_EPSILON } from "../codes";
import { mul, splat, sub } from "../vec";
import { MeanAbsoluteError } from "./mean-absolute-error";

@final
export class MeanAbsolutePercentageError {
  // @ts-ignore: decorator
  @inline
  throughInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  averages(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  curvatureScale(): f64 {
    return 0;
  }

  // @ts-ignore: decorator
  @inline
  value(x: v128, t: v128): v128 {
    return mul(v128.abs<real>(sub(x, t)), percentOf(t));
  }

  // @ts-ignore: decorator
  @inline
  slope(a: v128, t: v128): v128 {
    return mul(changetype<MeanAbsoluteError>(0).slope(a, t), percentOf(t));
  }

  // @ts-ignore: decorator
  @inline
  curvature(a: v128, t: v128): v128 {
    return splat(0);
  }

  // @ts-ignore: decorator
  @inline
  tangent(a: v128, t: v128, ra: v128): v128 {
    return splat(0);
  }

  // @ts-ignore: decorator
  @inline
  factor(s: f64, a: f64, t: f64): f64 {
    return 0;
  }
}

/** 100/max(|t|, ε) */
// @ts-ignore: decorator
@inline
function percentOf(t: v128): v128 {
  return v128.div<real>(splat(100), v128.pmax<real>(v128.abs<real>(t), splat(<real>LOSS_EPSILON)));
}
