// Batch normalization with TensorFlow.js's moments: variances with divisor `rows`, for one row too.

import { LANES, SIZE, add, loadUpTo, mul, splat, storeUpTo, sub } from "../vec";
import { columnSum } from "../layers/norm";

/** mean[j] and inverse[j] = 1/√(variance[j] + ε) over the rows; moving statistics: m −= (m − that of the rows)·(1 − momentum) */
export function batchMoments(
  rows: i32, n: i32, x: usize, mean: usize, inverse: usize, epsilon: f64, movingMean: usize, movingVariance: usize,
  momentum: f64,
): void {
  const ld = <usize>n * SIZE, count = splat(<real>rows), decay = splat(<real>(1 - momentum));
  for (let i = n; i > 0; i -= LANES, x += 16, mean += 16, inverse += 16, movingMean += 16, movingVariance += 16) {
    // From the first row on, so that a large common mean costs no digits.
    const first = loadUpTo(x, i), m = add(first, v128.div<real>(columnSum(rows, ld, i, x, 0, false, first), count));
    const v = v128.div<real>(columnSum(rows, ld, i, x, 0, true, m), count);
    storeUpTo(mean, m, i);
    storeUpTo(inverse, inverseDeviation(v, epsilon), i);
    follow(movingMean, m, decay, i);
    follow(movingVariance, v, decay, i);
  }
}

/** inverse[j] = 1/√(variance[j] + ε) */
export function inverseDeviations(n: i32, variance: usize, epsilon: f64, inverse: usize): void {
  for (; n > 0; n -= LANES, variance += 16, inverse += 16) {
    storeUpTo(inverse, inverseDeviation(loadUpTo(variance, n), epsilon), n);
  }
}

// @ts-ignore: decorator
@inline
function inverseDeviation(v: v128, epsilon: f64): v128 {
  return v128.div<real>(splat(1), v128.sqrt<real>(add(v, splat(<real>epsilon))));
}

// @ts-ignore: decorator
@inline
function follow(moving: usize, v: v128, decay: v128, n: i32): void {
  const m = loadUpTo(moving, n);
  storeUpTo(moving, sub(m, mul(sub(m, v), decay)), n);
}
