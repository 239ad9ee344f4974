// What activations have in common that are made of e^−|y|. Long ones are called: each copy would cost some hundred bytes.

import { add, madd, mul, select, splat, sub } from "../vec";
import { powerOf } from "../kernels/called";

/** Beyond this e^−|y| is 0: y itself might be infinite there, and 0·∞ is no number. */
const FAR: real = 1000;

/** σ(y), u = e^−|y| */
// @ts-ignore: decorator
@inline
export function logisticOf(y: v128, u: v128): v128 {
  return v128.div<real>(select(v128.gt<real>(y, splat(0)), splat(1), u), add(splat(1), u));
}

/** y, at least −1000 */
// @ts-ignore: decorator
@inline
export function risen(y: v128): v128 {
  return v128.pmax<real>(y, splat(-FAR));
}

/** y, between ±1000 */
// @ts-ignore: decorator
@inline
export function bounded(y: v128): v128 {
  return v128.pmin<real>(risen(y), splat(FAR));
}

function gate(y: v128, q: v128): v128 {
  return mul(y, logisticOf(q, powerOf(q)));
}

/** y·σ(q) */
// @ts-ignore: decorator
@inline
export function gated(y: v128, q: v128): v128 {
  return gate(y, q);
}

function gateSlope(y: v128, q: v128, first: v128): v128 {
  const u = powerOf(q), whole = add(splat(1), u);
  return madd(logisticOf(q, u), mul(y, first), v128.div<real>(u, mul(whole, whole)));
}

/** The first derivative of y·σ(q): σ + y·q′·σ′ */
// @ts-ignore: decorator
@inline
export function gatedFirst(y: v128, q: v128, first: v128): v128 {
  return gateSlope(y, q, first);
}

/** The second, q of y's sign: σ′·(2·q′ + y·q″ + q′²·y·(1 − 2σ)), y·(1 − 2σ) = |y|·(u − 1)/(u + 1); even = q′ + y·q″/2 */
// @ts-ignore: decorator
@inline
export function gatedSecond(y: v128, q: v128, first: v128, even: v128): v128 {
  const one = splat(1), u = powerOf(q), whole = add(one, u), bend = v128.div<real>(mul(v128.abs<real>(y), sub(u, one)), whole);
  return mul(v128.div<real>(u, mul(whole, whole)), madd(add(even, even), mul(first, first), bend));
}
