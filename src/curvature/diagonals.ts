// Diagonals of the Hessian that are estimated: a running mean over samples, and means over random probes.

import { permutation } from '../data/split.js';
import { Purpose } from '../runtime/random.js';
import type { LossDerivatives } from './derivatives.js';
import type { EstimatedDiagonal } from './options.js';

/** ⟨h⟩ ← (1 − γ)·⟨h⟩ + γ·hᵖ over the samples p in random order, from the first on (Efficient BackProp 9.1, (62)). */
export function runningDiagonal(of: LossDerivatives, gamma: number, full: boolean, seed: number): Float64Array {
  const { rows } = of.objective;
  let mean: Float64Array | undefined;
  for (const r of permutation(of.engine, rows, seed, Purpose.order, 0)) {
    // The share of one sample in the mean over all, times their number.
    const own = of.diagonal(full ? 'full' : 'lecun', r, 1).map((h) => h * rows);
    mean = mean ? mean.map((m, i) => (1 - gamma) * m + gamma * own[i]!) : own;
  }
  return mean!;
}

/** Means of z∘(H·z) over signs z, with their standard errors (Hutchinson). */
export function hutchinson(of: LossDerivatives, probes: number, seed: number): EstimatedDiagonal {
  const mean = new Float64Array(of.parameters);
  const squares = new Float64Array(of.parameters);
  for (let p = 1; p <= probes; p++) {
    const z = of.normals(seed, p).map((e) => (e < 0 ? -1 : 1));
    const h = of.product(z, false);
    for (let i = 0; i < z.length; i++) {
      const d = z[i]! * h[i]! - mean[i]!;
      mean[i]! += d / p;
      squares[i]! += d * (z[i]! * h[i]! - mean[i]!);
    }
  }
  return { value: mean, standardError: squares.map((s) => Math.sqrt(s / (probes * (probes - 1)))) };
}
