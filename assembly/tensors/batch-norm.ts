// Normalisation by given statistics.

import { LANES, SIZE, add, mul, splat, storePart, sub } from "../vec";

/**
 * y[r,j] = offset[j] + (x[r,j] − mean[j])·factor[j], factor[j] = scale[j]/√(variance[j] + ε)   x, y: rows×n row-major; scale = 0:
 * ones, offset = 0: zeros; factor: scratch of n; y may be x
 */
export function batchNorm(
  rows: i32, n: i32, x: usize, mean: usize, variance: usize, scale: usize, offset: usize, epsilon: f64, factor: usize, y: usize,
): void {
  for (let j: usize = 0, end = <usize>n * SIZE; j < end; j += SIZE) {
    const s: f64 = scale ? <f64>load<real>(scale + j) : 1;
    store<real>(factor + j, <real>(s / sqrt(<f64>load<real>(variance + j) + epsilon)));
  }
  for (; rows > 0; rows--) {
    for (let j = 0; j < n; j += LANES, x += 16, y += 16) {
      const at = <usize>j * SIZE;
      let v = mul(sub(v128.load(x), v128.load(mean + at)), v128.load(factor + at));
      v = add(offset ? v128.load(offset + at) : splat(0), v); // zeros too: −0 becomes 0
      if (n - j >= LANES) {
        v128.store(y, v);
      } else {
        storePart(y, v, n - j);
        x -= <usize>(LANES - (n - j)) * SIZE;
        y -= <usize>(LANES - (n - j)) * SIZE;
      }
    }
  }
}
