// y·Φ(y), Φ the normal distribution function

import { madd, mul, splat, sub } from "../vec";
import { bell, normalCdf } from "../kernels/elementary";

/** 1/√(2π) */
const BELL_PEAK: f64 = 0.3989422804014327;

@final
export class Gelu {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return mul(y, normalCdf<real>(y, bell<real>(y)));
  }

  // @ts-ignore: decorator
  @inline
  first(y: v128, s: v128): v128 {
    const b = bell<real>(y);
    return madd(normalCdf<real>(y, b), y, mul(splat(<real>BELL_PEAK), b));
  }

  // @ts-ignore: decorator
  @inline
  second(y: v128, s: v128): v128 {
    const x = v128.pmin<real>(v128.abs<real>(y), splat(40)); // f″ is even, and x² must not overflow
    return mul(mul(splat(<real>BELL_PEAK), bell<real>(x)), sub(splat(2), mul(x, x)));
  }
}
