// The losses of TensorFlow.js's layers that are sums over outputs, each a class in a file of its own: value and slope at a
// vector of outputs p and targets t, and whether a row's loss is the mean over its outputs or their sum. All have the same form:
//
//   returns Σ_r w[r]·l_r/rows, and dp[r,j] = w[r]/rows·∂l_r/∂p[r,j]
//
// t, p, dp: rows×n row-major; w: rows, or 0 where all are 1; dp = 0: no slopes. dp may be p.

import { LANES, SIZE, firstLanes, loadUpTo, mul, splat, storeUpTo, sum } from "../vec";
import { BinaryCrossentropy } from "./losses/binary-crossentropy";
import { Hinge } from "./losses/hinge";
import { KullbackLeiblerDivergence } from "./losses/kullback-leibler-divergence";
import { Logcosh } from "./losses/logcosh";
import { MeanAbsoluteError } from "./losses/mean-absolute-error";
import { MeanAbsolutePercentageError } from "./losses/mean-absolute-percentage-error";
import { MeanSquaredError } from "./losses/mean-squared-error";
import { MeanSquaredLogarithmicError } from "./losses/mean-squared-logarithmic-error";
import { Poisson } from "./losses/poisson";
import { SquaredHinge } from "./losses/squared-hinge";

// @ts-ignore: decorator
@inline
function each<L>(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  const loss = changetype<L>(0), e = splat(<real>epsilon), share = loss.averages() ? 1 / <f64>n : 1;
  let total: f64 = 0;
  for (let r = 0; r < rows; r++) {
    const weight = w ? <f64>load<real>(w + <usize>r * SIZE) : 1, scale = splat(<real>(weight * share / <f64>rows));
    let s: f64 = 0;
    for (let i = n; i > 0; i -= LANES) {
      const k = min(i, LANES), tv = loadUpTo(t, k), pv = loadUpTo(p, k), v = loss.value(tv, pv, e);
      s += <f64>sum(k == LANES ? v : firstLanes(v, k));
      if (dp) {
        storeUpTo(dp, mul(scale, loss.slope(tv, pv, e)), k);
        dp += <usize>k * SIZE;
      }
      t += <usize>k * SIZE;
      p += <usize>k * SIZE;
    }
    total += weight * s;
  }
  return total * share / <f64>rows;
}

export function meanSquaredError(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  return each<MeanSquaredError>(rows, n, t, p, w, epsilon, dp);
}

export function meanAbsoluteError(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  return each<MeanAbsoluteError>(rows, n, t, p, w, epsilon, dp);
}

export function meanAbsolutePercentageError(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  return each<MeanAbsolutePercentageError>(rows, n, t, p, w, epsilon, dp);
}

export function meanSquaredLogarithmicError(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  return each<MeanSquaredLogarithmicError>(rows, n, t, p, w, epsilon, dp);
}

export function hinge(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  return each<Hinge>(rows, n, t, p, w, epsilon, dp);
}

export function squaredHinge(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  return each<SquaredHinge>(rows, n, t, p, w, epsilon, dp);
}

export function logcosh(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  return each<Logcosh>(rows, n, t, p, w, epsilon, dp);
}

export function poisson(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  return each<Poisson>(rows, n, t, p, w, epsilon, dp);
}

export function kullbackLeiblerDivergence(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  return each<KullbackLeiblerDivergence>(rows, n, t, p, w, epsilon, dp);
}

export function binaryCrossentropy(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  return each<BinaryCrossentropy>(rows, n, t, p, w, epsilon, dp);
}
