// Powers and the error function, computed in float64 as TensorFlow.js does: a power multiplies the error of its logarithm.

import { exp, horner, log } from "../kernels/elementary";
import { demoted, upper } from "./reduce";

// @ts-ignore: decorator
@inline
function pair(x: f64): v128 {
  return v128.splat<f64>(x);
}

/** e^x */
function exponential(x: v128): v128 {
  return exp<f64>(x);
}

/** x^y, two float64 numbers, as JavaScript has it: 1^∞ = (−1)^∞ = NaN */
function powers(x: v128, y: v128): v128 {
  const p = exponential(v128.mul<f64>(y, log<f64>(v128.abs<f64>(x))));
  const half = v128.mul<f64>(y, pair(0.5)), whole = v128.eq<f64>(y, v128.nearest<f64>(y));
  const odd = v128.andnot(whole, v128.eq<f64>(half, v128.nearest<f64>(half)));
  const signed = v128.xor(p, v128.and(v128.and(x, odd), pair(-0.0)));
  // Of finite numbers below 0 other powers are NaN, whose bits may all be set.
  const below = v128.and(v128.lt<f64>(x, pair(0)), v128.gt<f64>(x, pair(-Infinity)));
  return v128.bitselect(pair(1), v128.or(signed, v128.andnot(below, whole)), v128.eq<f64>(y, pair(0)));
}

function fourPowers(x: v128, y: v128): v128 {
  return demoted(powers(v128.promote_low<f32>(x), v128.promote_low<f32>(y)), powers(upper(x), upper(y)));
}

/** x^y, four float32 numbers */
// @ts-ignore: decorator
@inline
export function power(x: v128, y: v128): v128 {
  return fourPowers(x, y);
}

/** erf x, two float64 numbers, within 1.5·10⁻⁷: Abramowitz and Stegun 7.1.26, which TensorFlow.js uses */
function errorFunctions(x: v128): v128 {
  const z = v128.abs<f64>(x), t = v128.div<f64>(pair(1), horner<f64>(z, pair(0.3275911), pair(1)));
  let p = horner<f64>(pair(1.061405429), t, pair(-1.453152027));
  p = horner<f64>(p, t, pair(1.421413741));
  p = horner<f64>(p, t, pair(-0.284496736));
  p = horner<f64>(p, t, pair(0.254829592));
  const rest = v128.mul<f64>(v128.mul<f64>(p, t), exponential(v128.neg<f64>(v128.mul<f64>(z, z))));
  const signed = v128.or(v128.sub<f64>(pair(1), rest), v128.and(x, pair(-0.0)));
  return v128.bitselect(x, signed, v128.eq<f64>(x, pair(0)));
}

function fourErrorFunctions(x: v128): v128 {
  return demoted(errorFunctions(v128.promote_low<f32>(x)), errorFunctions(upper(x)));
}

/** erf x, four float32 numbers */
// @ts-ignore: decorator
@inline
export function errorFunction(x: v128): v128 {
  return fourErrorFunctions(x);
}
