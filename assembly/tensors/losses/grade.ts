// What losses are made of: slopes where curves have kinks, as TensorFlow.js has them.

import { select, splat } from "../../vec";

/** 1 where x > 0, else −1: the slope of |x|, at 0 too */
// @ts-ignore: decorator
@inline
export function signOf(x: v128): v128 {
  return select(v128.gt<real>(x, splat(0)), splat(1), splat(-1));
}

/** x between low and high; NaN stays */
// @ts-ignore: decorator
@inline
export function clipped(x: v128, low: v128, high: v128): v128 {
  return v128.pmax<real>(v128.pmin<real>(x, high), low);
}

/** d where low ≤ x ≤ high, else 0 */
// @ts-ignore: decorator
@inline
export function within(x: v128, low: v128, high: v128, d: v128): v128 {
  return v128.and(d, v128.and(v128.ge<real>(x, low), v128.le<real>(x, high)));
}
