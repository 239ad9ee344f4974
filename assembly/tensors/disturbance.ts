// What training adds on purpose: TensorFlow.js's layers that draw random numbers, from the streams of kernels/random.ts.

import { SIZE } from "../vec";
import { uniformAt } from "../kernels/random";

/**
 * y[i] = a·x[i] + b, or, with probability `rate`, a·c + b: the mean 0 and variance 1 stay (Klambauer et al. 2017)
 * mask[i] = a or 0
 */
export function alphaDropout(
  n: i32, x: usize, mask: usize, y: usize, rate: f64, low: u32, high: u32, purpose: u32, epoch: u32, step: u32,
): void {
  const c: f64 = -1.7580993408473766, a = 1 / sqrt((1 - rate) * (1 + rate * c * c)), b = -a * c * rate;
  for (let i = 0; i < n; i++, x += SIZE, mask += SIZE, y += SIZE) {
    const kept = uniformAt(i, low, high, purpose, epoch, step) >= rate;
    store<real>(mask, kept ? <real>a : 0);
    store<real>(y, <real>(a * (kept ? <f64>load<real>(x) : c) + b));
  }
}
