// What rules that watch the sign of each weight's gradient have in common. Signs are compared, not products, which underflow.

import { mul, select, splat } from "../vec";

// @ts-ignore: decorator
@inline
export function positive(x: v128): v128 {
  return v128.gt<real>(x, splat(0));
}

// @ts-ignore: decorator
@inline
export function negative(x: v128): v128 {
  return v128.lt<real>(x, splat(0));
}

/** Lanes in which both are positive or both negative. */
// @ts-ignore: decorator
@inline
export function sameSign(a: v128, b: v128): v128 {
  return v128.or(v128.and(positive(a), positive(b)), v128.and(negative(a), negative(b)));
}

/** Lanes in which one is positive and the other negative. */
// @ts-ignore: decorator
@inline
export function turnedSign(a: v128, b: v128): v128 {
  return v128.or(v128.and(positive(a), negative(b)), v128.and(negative(a), positive(b)));
}

/** Rates that were `last`: `grown` where the sign is the same, though `most` at most, down·last where it has turned */
// @ts-ignore: decorator
@inline
export function nextRate(same: v128, turned: v128, last: v128, grown: v128, down: v128, most: v128): v128 {
  return select(same, v128.pmin<real>(grown, most), select(turned, mul(last, down), last));
}
