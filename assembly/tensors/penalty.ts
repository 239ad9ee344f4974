// What regularizers add to the loss.

import { LANES, add, firstLanes, loadUpTo, mul, splat, storeUpTo, sum } from "../vec";
import { signOf } from "./losses/grade";

/** Σ_i l1·|w[i]| + l2·w[i]², and g[i] += its slope, unless g = 0; at 0 the slope of |w| is −1 */
export function penalty(n: i32, w: usize, l1: f64, l2: f64, g: usize): f64 {
  const one = splat(<real>l1), two = splat(<real>l2), twice = splat(<real>(2 * l2));
  let total: f64 = 0;
  for (; n > 0; n -= LANES, w += 16) {
    const v = loadUpTo(w, n), p = add(mul(one, v128.abs<real>(v)), mul(two, mul(v, v)));
    total += <f64>sum(n < LANES ? firstLanes(p, n) : p);
    if (!g) continue;
    storeUpTo(g, add(loadUpTo(g, n), add(mul(one, signOf(v)), mul(twice, v))), n);
    g += 16;
  }
  return total;
}
