// y·tanh(ln(1 + e^y)) (Misra 2019)
//
// With T = tanh ln(1 + e^y) = ((1 + e^y)² − 1)/((1 + e^y)² + 1), by the sign of y in powers of u = e^−|y|, so that nothing
// overflows or cancels: T = p/(p + q), 1 − T² = q(2p + q)/(p + q)², p = 1 + 2u or u(2 + u), q = 2u² or 2,
// σ = 1/(1 + u) or u/(1 + u).

import { add, madd, mul, select, splat, sub } from "../vec";
import { powerOf } from "../kernels/called";
import { bounded, logisticOf, risen } from "./powers";

@final
export class Mish {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    const positive = v128.gt<real>(y, splat(0)), u = powerOf(y), p = partOf(positive, u);
    return mul(risen(y), v128.div<real>(p, add(p, restOf(positive, u))));
  }

  /** T + y·T′, T′ = σ·(1 − T²) */
  // @ts-ignore: decorator
  @inline
  first(y: v128, s: v128): v128 {
    const positive = v128.gt<real>(y, splat(0)), u = powerOf(y), p = partOf(positive, u), q = restOf(positive, u);
    return madd(v128.div<real>(p, add(p, q)), bounded(y), slopeOf(y, u, p, q));
  }

  /** T′·(2 + y·(1 − σ·(1 + 2T))) */
  // @ts-ignore: decorator
  @inline
  second(y: v128, s: v128): v128 {
    const positive = v128.gt<real>(y, splat(0)), u = powerOf(y), p = partOf(positive, u), q = restOf(positive, u), one = splat(1);
    const t = v128.div<real>(p, add(p, q)), bend = sub(one, mul(logisticOf(y, u), add(one, add(t, t))));
    return mul(slopeOf(y, u, p, q), madd(splat(2), bounded(y), bend));
  }
}

// @ts-ignore: decorator
@inline
function partOf(positive: v128, u: v128): v128 {
  return select(positive, add(splat(1), add(u, u)), mul(u, add(splat(2), u)));
}

// @ts-ignore: decorator
@inline
function restOf(positive: v128, u: v128): v128 {
  return select(positive, mul(splat(2), mul(u, u)), splat(2));
}

// @ts-ignore: decorator
@inline
function slopeOf(y: v128, u: v128, p: v128, q: v128): v128 {
  const whole = add(p, q);
  return mul(logisticOf(y, u), v128.div<real>(mul(q, add(p, whole)), mul(whole, whole)));
}
