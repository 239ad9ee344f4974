// y·σ(y) (Ramachandran, Zoph and Le 2017), also called SiLU

import { splat } from "../vec";
import { bounded, gated, gatedFirst, gatedSecond, risen } from "./powers";

@final
export class Swish {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    const x = risen(y);
    return gated(x, x);
  }

  // @ts-ignore: decorator
  @inline
  first(y: v128, s: v128): v128 {
    const x = bounded(y);
    return gatedFirst(x, x, splat(1));
  }

  // @ts-ignore: decorator
  @inline
  second(y: v128, s: v128): v128 {
    const x = bounded(y), one = splat(1);
    return gatedSecond(x, x, one, one);
  }
}
