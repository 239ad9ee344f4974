// min(6, max(0, y)), where −0 becomes 0, as it does in JavaScript

import { Relu6 as Library } from "../../activations/relu6";
import { add, splat } from "../../vec";

@final
export class Relu6 {
  // @ts-ignore: decorator
  @inline
  needsInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  value(y: v128, s: v128): v128 {
    return add(changetype<Library>(0).value(y, s), splat(0));
  }

  // @ts-ignore: decorator
  @inline
  first(a: v128, s: v128): v128 {
    return changetype<Library>(0).first(a, s);
  }
}
