// (p − t)²

import { add, mul, sub } from "../../vec";

@final
export class MeanSquaredError {
  // @ts-ignore: decorator
  @inline
  averages(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(t: v128, p: v128, epsilon: v128): v128 {
    const d = sub(p, t);
    return mul(d, d);
  }

  // @ts-ignore: decorator
  @inline
  slope(t: v128, p: v128, epsilon: v128): v128 {
    const d = sub(p, t);
    return add(d, d);
  }
}
