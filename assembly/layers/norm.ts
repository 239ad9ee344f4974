// Normalisation inside a network: the same centring and scaling that inputs need, for what layers pass on (Efficient BackProp 4.3).
//
//   batchNorm  each unit over the samples of a batch      x̂ = (x − mean)/√(variance + ε), a = γ·x̂ + β    Ioffe and Szegedy 2015
//   layerNorm  each sample over its units                                                                Ba, Kiros and Hinton 2016
//
// x, x̂, a and d: rows×units row-major; γ, β, means and variances: units. d may be dx.

import { LANES, SIZE, add, loadUpTo, madd, mul, splat, splatAt, storeUpTo, sub, sum } from "../vec";

/** Rows whose sum is taken before it joins the others: sums over long batches stay as exact as those over short ones. */
const BLOCK: usize = 64;

/** 1/√(v + ε) */
// @ts-ignore: decorator
@inline
function inverseDeviation(v: v128, epsilon: f64): v128 {
  return v128.div<real>(splat(1), v128.sqrt<real>(add(v, splat(<real>epsilon))));
}

/** Σ_r x[r,:]·y[r,:] of one vector of columns, or with y = 0 Σ_r x[r,:] − shift, or, `squared`, of (x[r,:] − shift)² */
// @ts-ignore: decorator
@inline
function columnSum(rows: i32, ld: usize, n: i32, x: usize, y: usize, squared: bool, shift: v128): v128 {
  let all = splat(0);
  for (let r: usize = 0, end = <usize>rows * ld; r < end; ) {
    const stop = min(end, r + BLOCK * ld);
    let part = splat(0);
    for (; r < stop; r += ld) {
      const v = loadUpTo(x + r, n);
      if (y) {
        part = madd(part, v, loadUpTo(y + r, n));
      } else {
        const d = sub(v, shift);
        part = squared ? madd(part, d, d) : add(part, d);
      }
    }
    all = add(all, part);
  }
  return all;
}

/**
 * mean[j] and inverse[j] = 1/√(variance[j] + ε) over the rows, and the running statistics follow:
 * running ← keep·running + (1 − keep)·(that of the rows), variances with divisor rows − 1. At least two rows.
 */
export function batchStatistics(
  rows: i32, units: i32, x: usize, mean: usize, inverse: usize, epsilon: f64, runningMean: usize, runningVariance: usize, keep: f64,
): void {
  const ld = <usize>units * SIZE, count = splat(<real>rows), old = splat(<real>keep), fresh = splat(<real>(1 - keep));
  const unbiased = splat(<real>(<f64>rows / <f64>(rows - 1)));
  for (let n = units; n > 0; n -= LANES, x += 16, mean += 16, inverse += 16, runningMean += 16, runningVariance += 16) {
    // From the first row on, so that a large common mean costs no digits.
    const first = loadUpTo(x, n);
    const m = add(first, v128.div<real>(columnSum(rows, ld, n, x, 0, false, first), count));
    const v = v128.div<real>(columnSum(rows, ld, n, x, 0, true, m), count);
    storeUpTo(mean, m, n);
    storeUpTo(inverse, inverseDeviation(v, epsilon), n);
    storeUpTo(runningMean, madd(mul(old, loadUpTo(runningMean, n)), fresh, m), n);
    storeUpTo(runningVariance, madd(mul(old, loadUpTo(runningVariance, n)), fresh, mul(unbiased, v)), n);
  }
}

/** mean and inverse from the running statistics. */
export function runningStatistics(
  units: i32, mean: usize, inverse: usize, epsilon: f64, runningMean: usize, runningVariance: usize,
): void {
  for (let n = units; n > 0; n -= LANES, mean += 16, inverse += 16, runningMean += 16, runningVariance += 16) {
    storeUpTo(mean, loadUpTo(runningMean, n), n);
    storeUpTo(inverse, inverseDeviation(loadUpTo(runningVariance, n), epsilon), n);
  }
}

/** x̂[r,j] = (x[r,j] − mean[j])·inverse[j], a[r,j] = γ[j]·x̂[r,j] + β[j] */
export function batchNormForward(
  rows: i32, units: i32, x: usize, mean: usize, inverse: usize, gamma: usize, beta: usize, xhat: usize, a: usize,
): void {
  const ld = <usize>units * SIZE, end = <usize>rows * ld;
  for (let n = units; n > 0; n -= LANES, x += 16, mean += 16, inverse += 16, gamma += 16, beta += 16, xhat += 16, a += 16) {
    const m = loadUpTo(mean, n), s = loadUpTo(inverse, n), g = loadUpTo(gamma, n), b = loadUpTo(beta, n);
    for (let r: usize = 0; r < end; r += ld) {
      const h = mul(sub(loadUpTo(x + r, n), m), s);
      storeUpTo(xhat + r, h, n);
      storeUpTo(a + r, madd(b, g, h), n);
    }
  }
}

/** dγ[j] (+)= Σ_r d[r,j]·x̂[r,j], dβ[j] (+)= Σ_r d[r,j]   adds if `accumulate`, else replaces */
export function normGradient(rows: i32, units: i32, d: usize, xhat: usize, gammaGradient: usize, betaGradient: usize, accumulate: i32): void {
  const ld = <usize>units * SIZE;
  for (let n = units; n > 0; n -= LANES, d += 16, xhat += 16, gammaGradient += 16, betaGradient += 16) {
    let g = columnSum(rows, ld, n, d, xhat, false, splat(0)), b = columnSum(rows, ld, n, d, 0, false, splat(0));
    if (accumulate) {
      g = add(g, loadUpTo(gammaGradient, n));
      b = add(b, loadUpTo(betaGradient, n));
    }
    storeUpTo(gammaGradient, g, n);
    storeUpTo(betaGradient, b, n);
  }
}

/**
 * dx[r,j] = γ[j]·inverse[j]·(d[r,j] − Σ_r d[r,j]/rows − x̂[r,j]·Σ_r d[r,j]·x̂[r,j]/rows) where the statistics were the batch's (`own`), else
 * γ[j]·inverse[j]·d[r,j]
 */
export function batchNormBackward(
  rows: i32, units: i32, d: usize, xhat: usize, inverse: usize, gamma: usize, own: i32, dx: usize,
): void {
  const ld = <usize>units * SIZE, end = <usize>rows * ld, share = splat(<real>(1 / <f64>rows));
  for (let n = units; n > 0; n -= LANES, d += 16, xhat += 16, inverse += 16, gamma += 16, dx += 16) {
    const factor = mul(loadUpTo(gamma, n), loadUpTo(inverse, n));
    let g = splat(0), b = splat(0);
    if (own) {
      g = mul(share, columnSum(rows, ld, n, d, xhat, false, splat(0)));
      b = mul(share, columnSum(rows, ld, n, d, 0, false, splat(0)));
    }
    for (let r: usize = 0; r < end; r += ld) {
      let v = loadUpTo(d + r, n);
      if (own) v = sub(sub(v, b), mul(g, loadUpTo(xhat + r, n)));
      storeUpTo(dx + r, mul(factor, v), n);
    }
  }
}

/** inverse[r] = 1/√(variance of row r + ε), x̂[r,j] = (x[r,j] − mean of row r)·inverse[r], a[r,j] = γ[j]·x̂[r,j] + β[j] */
export function layerNormForward(
  rows: i32, units: i32, x: usize, inverse: usize, epsilon: f64, gamma: usize, beta: usize, xhat: usize, a: usize,
): void {
  const ld = <usize>units * SIZE;
  for (; rows > 0; rows--, x += ld, xhat += ld, a += ld, inverse += SIZE) {
    const first = <f64>load<real>(x), mean = splat(<real>(first + rowSum(units, x, splat(<real>first), false) / <f64>units));
    const squares = rowSum(units, x, mean, true);
    if (squares - squares != 0) { // too large to square, or no numbers
      largeRow(units, x, inverse, epsilon, gamma, beta, xhat, a);
      continue;
    }
    const s = splat(<real>(1 / sqrt(squares / <f64>units + epsilon)));
    store<real>(inverse, v128.extract_lane<real>(s, 0));
    for (let n = units, at: usize = 0; n > 0; n -= LANES, at += 16) {
      const h = mul(sub(loadUpTo(x + at, n), mean), s);
      storeUpTo(xhat + at, h, n);
      storeUpTo(a + at, madd(loadUpTo(beta + at, n), loadUpTo(gamma + at, n), h), n);
    }
  }
}

/** The same for one row, whose sums or squares would overflow: in float64, and there in a unit of 2^600 */
function largeRow(units: i32, x: usize, inverse: usize, epsilon: f64, gamma: usize, beta: usize, xhat: usize, a: usize): void {
  const end = <usize>units * SIZE, unit: f64 = sizeof<real>() == 8 ? 2.409919865102884e-181 : 1;
  let mean: f64 = 0, squares: f64 = 0;
  for (let at: usize = 0; at < end; at += SIZE) mean += <f64>load<real>(x + at) * unit / <f64>units;
  for (let at: usize = 0; at < end; at += SIZE) {
    const d = <f64>load<real>(x + at) * unit - mean;
    squares += d * d;
  }
  const s = 1 / sqrt(squares / <f64>units + epsilon * unit * unit);
  store<real>(inverse, <real>(s * unit));
  for (let at: usize = 0; at < end; at += SIZE) {
    const h = (<f64>load<real>(x + at) * unit - mean) * s;
    store<real>(xhat + at, <real>h);
    store<real>(a + at, <real>(<f64>load<real>(beta + at) + <f64>load<real>(gamma + at) * h));
  }
}

/** Σ_j x[j] − shift, or (x[j] − shift)² */
// @ts-ignore: decorator
@inline
function rowSum(units: i32, x: usize, shift: v128, squared: bool): f64 {
  let result: f64 = 0;
  while (units > 0) {
    let s = splat(0), n = min(units, <i32>BLOCK * LANES);
    units -= n;
    for (; n >= LANES; n -= LANES, x += 16) {
      const d = sub(v128.load(x), shift);
      s = squared ? madd(s, d, d) : add(s, d);
    }
    result += <f64>sum(s);
    for (; n > 0; n--, x += SIZE) {
      const d = <f64>load<real>(x) - <f64>v128.extract_lane<real>(shift, 0);
      result += squared ? d * d : d;
    }
  }
  return result;
}

/** dx[r,j] = inverse[r]·(e_j − Σ_k e_k/units − x̂[r,j]·Σ_k e_k·x̂[r,k]/units), e = d[r,:]∘γ */
export function layerNormBackward(
  rows: i32, units: i32, d: usize, xhat: usize, inverse: usize, gamma: usize, dx: usize,
): void {
  const ld = <usize>units * SIZE, share = 1 / <f64>units;
  for (; rows > 0; rows--, d += ld, xhat += ld, dx += ld, inverse += SIZE) {
    let total: f64 = 0, along: f64 = 0;
    for (let left = units, at: usize = 0; left > 0; ) {
      let n = min(left, <i32>BLOCK * LANES), plain = splat(0), weighted = splat(0);
      left -= n;
      for (; n > 0; n -= LANES, at += 16) {
        const e = mul(loadUpTo(d + at, n), loadUpTo(gamma + at, n));
        plain = add(plain, e);
        weighted = madd(weighted, e, loadUpTo(xhat + at, n));
      }
      total += <f64>sum(plain);
      along += <f64>sum(weighted);
    }
    const b = splat(<real>(total * share)), g = splat(<real>(along * share)), s = splatAt(inverse);
    for (let n = units, at: usize = 0; n > 0; n -= LANES, at += 16) {
      const e = mul(loadUpTo(d + at, n), loadUpTo(gamma + at, n));
      storeUpTo(dx + at, mul(s, sub(sub(e, b), mul(g, loadUpTo(xhat + at, n)))), n);
    }
  }
}
