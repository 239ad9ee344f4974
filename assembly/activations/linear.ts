// y

import { splat } from "../vec";

@final
export class Linear {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return y;
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return splat(1);
  }

  // @ts-ignore: decorator
  @inline
  second(a: v128, s: v128): v128 {
    return splat(0);
  }
}
