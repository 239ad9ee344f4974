// Elementary functions for those who are not in a hurry: called, since each copy of one would take some hundred bytes.

import { exp, log } from "./elementary";

/** ln x or e^−|x|: in one, which is too long for the compiler to inline it. */
function elementary(logarithmic: bool, x: v128): v128 {
  return logarithmic ? log<real>(x) : exp<real>(v128.neg<real>(v128.abs<real>(x)));
}

/** e^−|x| */
// @ts-ignore: decorator
@inline
export function powerOf(x: v128): v128 {
  return elementary(false, x);
}

/** ln x */
// @ts-ignore: decorator
@inline
export function logarithm(x: v128): v128 {
  return elementary(true, x);
}
