// min(1, max(0, y/5 + 1/2))

import { madd, splat } from "../vec";

const SLOPE: f64 = 0.2;

@final
export class HardSigmoid {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return v128.pmin<real>(v128.pmax<real>(madd(splat(0.5), splat(<real>SLOPE), y), splat(0)), splat(1));
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return v128.and(v128.and(v128.gt<real>(a, splat(0)), v128.lt<real>(a, splat(1))), splat(<real>SLOPE));
  }

  // @ts-ignore: decorator
  @inline
  second(a: v128, s: v128): v128 {
    return splat(0);
  }
}
