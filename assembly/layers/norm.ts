// What normalisation over batches and over units share: the same centring and scaling that inputs need, for what layers pass on
// (Efficient BackProp 4.3).
//
//   batchNorm  each unit over the samples of a batch    x̂ = (x − mean)/√(variance + ε), a = γ·x̂ + β   Ioffe and Szegedy 2015
//   layerNorm  each sample over its units                                                            Ba, Kiros and Hinton 2016
//
// x, x̂, a and d: rows×units row-major; γ, β, means and variances: units. What the layers keep as y is x̂.

import { LANES, SIZE, add, loadUpTo, madd, splat, storeUpTo, sub } from "../vec";
import { get, increase, set } from "../addresses";
import { Layer, Spare } from "./layer";

/** A layer whose parameters are γ and β. */
export abstract class Norm extends Layer {
  epsilon: f64;

  scratchBytes(rows: i32, training: i32): usize {
    return 0;
  }

  activationBackward(rows: i32, parameters: usize, d: usize): void {}

  gradient(rows: i32, x: usize, d: usize, parameters: usize, gradient: usize, accumulate: i32, scratch: usize): void {
    normGradient(rows, this.units, d, this.y, gradient, this.second(gradient), accumulate);
  }

  tangentActivationBackward(
    rows: i32, parameters: usize, v: usize, ry: usize, ra: usize, d: usize, rd: usize, spare: usize,
  ): void {}

  /** out of γ += Σ_r R{d}∘x̂ + d∘R{x̂}, of β += Σ_r R{d} */
  tangentGradient(
    rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, d: usize, rd: usize, out: usize, scratch: usize,
  ): void {
    const units = this.units, second = this.second(out);
    for (let k = 0; k < rows * units; k++) {
      const j = k % units;
      set(out, j, get(out, j) + get(rd, k) * get(this.y, k) + get(d, k) * get(ry, k));
      set(second, j, get(second, j) + get(rd, k));
    }
  }

  diagonalActivationBackward(spare: Spare, rows: i32, parameters: usize, d: usize, h: usize, out: usize): void {}

  /** out of γ += Σ_r h∘x̂², of β += Σ_r h */
  diagonalGradient(spare: Spare, rows: i32, x: usize, parameters: usize, d: usize, h: usize, out: usize, scratch: usize): void {
    const units = this.units, second = this.second(out);
    for (let k = 0; k < rows * units; k++) {
      const v = get(this.y, k);
      increase(out, k % units, get(h, k) * v * v);
      increase(second, k % units, get(h, k));
    }
  }

  /** out of γ += Σ_r (d∘x̂)², of β += Σ_r d² */
  squaredGradient(spare: Spare, rows: i32, x: usize, parameters: usize, d: usize, out: usize, scratch: usize): void {
    const units = this.units, second = this.second(out);
    for (let k = 0; k < rows * units; k++) {
      const g = get(d, k), own = g * get(this.y, k);
      increase(out, k % units, own * own);
      increase(second, k % units, g * g);
    }
  }

  /** out[r] = d[r,:]∘x̂[r,:] for γ, d[r,:] for β */
  sampleGradients(rows: i32, x: usize, parameters: usize, d: usize, out: usize, stride: usize): void {
    const units = this.units;
    for (let r = 0; r < rows; r++, out += stride) {
      const second = this.second(out);
      for (let j = 0; j < units; j++) {
        const k = r * units + j;
        set(out, j, get(d, k) * get(this.y, k));
        set(second, j, get(d, k));
      }
    }
  }
}

/** Rows whose sum is taken before it joins the others: sums over long batches stay as exact as those over short ones. */
export const BLOCK: usize = 64;

/** Σ_r x[r,:]·y[r,:] of one vector of columns, or with y = 0 Σ_r x[r,:] − shift, or, `squared`, of (x[r,:] − shift)² */
// @ts-ignore: decorator
@inline
export function columnSum(rows: i32, ld: usize, n: i32, x: usize, y: usize, squared: bool, shift: v128): v128 {
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

/** dγ[j] (+)= Σ_r d[r,j]·x̂[r,j], dβ[j] (+)= Σ_r d[r,j]   adds if `accumulate`, else replaces */
export function normGradient(
  rows: i32, units: i32, d: usize, xhat: usize, gammaGradient: usize, betaGradient: usize, accumulate: i32,
): void {
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
