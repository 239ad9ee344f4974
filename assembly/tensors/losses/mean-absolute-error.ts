// |p − t|

import { sub } from "../../vec";
import { signOf } from "./grade";

@final
export class MeanAbsoluteError {
  // @ts-ignore: decorator
  @inline
  averages(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(t: v128, p: v128, epsilon: v128): v128 {
    return v128.abs<real>(sub(p, t));
  }

  // @ts-ignore: decorator
  @inline
  slope(t: v128, p: v128, epsilon: v128): v128 {
    return signOf(sub(p, t));
  }
}
