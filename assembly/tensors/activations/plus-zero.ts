// An activation of the library that has 0 where the library's has −0, as JavaScript's max(0, y) does

import { add, splat } from "../../vec";

@final
export class PlusZero<A> {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return changetype<A>(0).needsInput();
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return add(changetype<A>(0).value(y, s), splat(0));
  }

  // @ts-ignore: decorator
  @inline
  first(x: v128, s: v128): v128 {
    return changetype<A>(0).first(x, s);
  }
}
