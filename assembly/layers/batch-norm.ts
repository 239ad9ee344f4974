// Each unit centred and scaled over the samples of a batch; in use, by running statistics: norm.ts.

import { LANES, SIZE, add, loadUpTo, madd, mul, splat, storeUpTo, sub } from "../vec";
import { get, realAt, set } from "../addresses";
import { Pass, Spare } from "./layer";
import { Norm, columnSum } from "./norm";
import { Plan, enlist, inputsOf } from "./table";

/** Layer i normalises over batches: parameters γ, β; statistics mean, variance. keep: how much of those a step keeps. */
export function planBatchNorm(at: usize, i: i32, epsilon: f64, keep: f64): void {
  const plan = changetype<Plan>(at), units = inputsOf(plan, i), layer = enlist<BatchNorm>(at, i, units, units, units);
  layer.epsilon = epsilon;
  layer.keep = keep;
  layer.keepsInput = 1;
  layer.batchReals = 2 * units;
  plan.statistics += 2 * units;
  plan.undivided = 1;
}

export class BatchNorm extends Norm {
  keep: f64; // how much of running statistics a step keeps
  ofBatch: i32; // 1 where the last pass took the batch's own statistics

  /** Means, and behind them 1/√(variance + ε), of the last pass. */
  @inline get mean(): usize {
    return this.batchBuffer;
  }

  @inline get inverse(): usize {
    return realAt(this.batchBuffer, this.units);
  }

  forward(pass: Pass, rows: i32, x: usize, parameters: usize, statistics: usize, scratch: usize): void {
    const units = this.units, mean = this.mean, inverse = this.inverse, variances = realAt(statistics, units);
    this.ofBatch = pass.learning && rows > 1 ? 1 : 0;
    if (this.ofBatch) batchStatistics(rows, units, x, mean, inverse, this.epsilon, statistics, variances, this.keep);
    else runningStatistics(units, mean, inverse, this.epsilon, statistics, variances);
    batchNormForward(rows, units, x, mean, inverse, parameters, this.second(parameters), this.y, this.a);
  }

  backward(pass: Pass, rows: i32, x: usize, d: usize, parameters: usize, dx: usize, scratch: usize): void {
    batchNormBackward(rows, this.units, d, this.y, this.inverse, parameters, this.ofBatch, dx);
  }

  /** R{x̂} = R{x}·inverse, R{a} = R{γ}·x̂ + γ·R{x̂} + R{β} */
  tangentForward(rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, ra: usize, scratch: usize): void {
    const units = this.units, inverse = this.inverse, second = this.second(v);
    for (let k = 0, n = rows * units; k < n; k++) {
      const j = k % units, h = rx ? get(rx, k) * get(inverse, j) : 0;
      set(ry, k, h);
      set(ra, k, get(v, j) * get(this.y, k) + get(parameters, j) * h + get(second, j));
    }
  }

  /** dx = inverse·γ·d, R{dx} = inverse·(R{γ}·d + γ·R{d}) */
  tangentBackward(
    rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, d: usize, rd: usize, dx: usize, rdx: usize,
    scratch: usize,
  ): void {
    const units = this.units, inverse = this.inverse;
    for (let k = 0, n = rows * units; k < n; k++) {
      const j = k % units, own = get(d, k), s = get(inverse, j);
      set(rdx, k, s * (get(v, j) * own + get(parameters, j) * get(rd, k)));
      set(dx, k, s * get(parameters, j) * own);
    }
  }

  /** hx = (γ·inverse)²·h */
  diagonalBackward(
    spare: Spare, pass: Pass, rows: i32, x: usize, parameters: usize, d: usize, h: usize, hx: usize, scratch: usize,
  ): void {
    const units = this.units, inverse = this.inverse;
    for (let k = 0; k < rows * units; k++) {
      const j = k % units, s = get(parameters, j) * get(inverse, j);
      set(hx, k, get(h, k) * s * s);
    }
  }
}

/** 1/√(v + ε) */
// @ts-ignore: decorator
@inline
function inverseDeviation(v: v128, epsilon: f64): v128 {
  return v128.div<real>(splat(1), v128.sqrt<real>(add(v, splat(<real>epsilon))));
}

/**
 * mean[j] and inverse[j] = 1/√(variance[j] + ε) over the rows, and the running statistics follow:
 * running ← keep·running + (1 − keep)·(that of the rows), variances with divisor rows − 1. At least two rows.
 */
export function batchStatistics(
  rows: i32, units: i32, x: usize, mean: usize, inverse: usize, epsilon: f64, runningMean: usize, runningVariance: usize,
  keep: f64,
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

/**
 * dx[r,j] = γ[j]·inverse[j]·(d[r,j] − Σ_r d[r,j]/rows − x̂[r,j]·Σ_r d[r,j]·x̂[r,j]/rows) where the statistics were the batch's
 * (`own`), else γ[j]·inverse[j]·d[r,j]
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
