// Ridge regression in closed form, its strength chosen by leave-one-out errors: the linear model that a network must beat.

import { STRENGTHS } from './ridge-cost.js';

/** A fitted linear model t ≈ bias + x·weights. */
export interface Ridge {
  /** λ, in the form of a network's weight decay: the loss is mean (x·w − t)² + (λ/2)·|w|². */
  readonly weightDecay: number;
  /** inputs×outputs, row-major. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  /** Squared leave-one-out error of each row, averaged over outputs. */
  readonly errors: Float64Array;
}

/** What of a row its own fit may leave at least: below lies rounding. */
const LEAST_REST = 1e-12;

/**
 * The ridge regression of T (rows×outputs) on X (rows×inputs) with the least (weighted) leave-one-out error.
 *
 * Works on the inputs×inputs covariance or, where there are more inputs than rows, on the rows×rows one. The left-out error of
 * row i is e_i/(1 − h_ii), h the hat matrix, or α_i/[(K + λ)⁻¹ − uuᵀ/λ]_ii in the second form, where u, the direction of the
 * mean, is an eigenvector of the centred K. Its eigenvalue 0 is moved to the trace, lest 1/λ swallow the rest.
 */
export function ridge(
  X: ArrayLike<number>,
  T: ArrayLike<number>,
  rows: number,
  inputs: number,
  outputs: number,
  w?: ArrayLike<number>,
): Ridge {
  const { x, t, meanX, meanT, root, total } = centred(X, T, rows, inputs, outputs, w);
  const dual = inputs > rows;
  const size = dual ? rows : inputs;
  const gram = dual ? crossProduct(x, rows, inputs, false) : crossProduct(x, rows, inputs, true);
  let trace = 0;
  for (let i = 0; i < size; i++) trace += gram[i * size + i]!;
  const along = (r: number) => (root[r]! * root[r]!) / total; // u_r²
  if (dual) {
    for (let i = 0; i < rows; i++) for (let j = 0; j < rows; j++) gram[i * rows + j]! += (trace * root[i]! * root[j]!) / total;
  }
  const right = dual ? t : transposedProduct(x, t, rows, inputs, outputs);
  let best: Ridge | undefined;
  let least = Infinity;
  for (const strength of STRENGTHS) {
    const lambda = (strength * trace) / Math.min(rows, inputs);
    const inverse = inverted(gram, size, lambda);
    if (!inverse) continue;
    const solution = multiplied(inverse, right, size, size, outputs); // weights, or α in the dual form
    const errors = new Float64Array(rows);
    let sum = 0;
    for (let r = 0; r < rows; r++) {
      if (root[r] === 0) continue;
      const rest = dual
        ? inverse[r * rows + r]! - along(r) / (trace + lambda)
        : 1 - quadratic(inverse, x, r * inputs, inputs) - along(r);
      for (let o = 0; o < outputs; o++) {
        const left = dual
          ? solution[r * outputs + o]!
          : t[r * outputs + o]! - product(x, r * inputs, solution, o, inputs, outputs);
        const e = left / Math.max(rest, LEAST_REST);
        errors[r]! += (e * e) / (root[r]! * root[r]!) / outputs;
        sum += (e * e) / outputs;
      }
    }
    if (!(sum < least)) continue;
    least = sum;
    const weights = dual ? transposedProduct(x, solution, rows, inputs, outputs) : solution;
    const bias = Float64Array.from({ length: outputs }, (_, o) => meanT[o]! - product(meanX, 0, weights, o, inputs, outputs));
    best = { weightDecay: (2 * lambda) / (total * outputs), weights, bias, errors };
  }
  return best!;
}

/** X and T less their weighted means, rows multiplied by the roots of their weights. */
function centred(
  X: ArrayLike<number>,
  T: ArrayLike<number>,
  rows: number,
  inputs: number,
  outputs: number,
  w?: ArrayLike<number>,
) {
  const root = Float64Array.from({ length: rows }, (_, r) => (w ? Math.sqrt(w[r]!) : 1));
  let total = 0;
  for (let r = 0; r < rows; r++) total += root[r]! * root[r]!;
  const less = (A: ArrayLike<number>, columns: number) => {
    const mean = new Float64Array(columns);
    for (let r = 0; r < rows; r++) {
      const share = (root[r]! * root[r]!) / total;
      for (let c = 0; c < columns; c++) mean[c]! += share * A[r * columns + c]!;
    }
    const result = new Float64Array(rows * columns);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) result[r * columns + c] = root[r]! * (A[r * columns + c]! - mean[c]!);
    }
    return { mean, result };
  };
  const { mean: meanX, result: x } = less(X, inputs);
  const { mean: meanT, result: t } = less(T, outputs);
  return { x, t, meanX, meanT, root, total };
}

/** AᵀA (columns×columns) or AAᵀ (rows×rows). */
function crossProduct(a: Float64Array, rows: number, columns: number, transposed: boolean): Float64Array {
  const size = transposed ? columns : rows;
  const result = new Float64Array(size * size);
  if (transposed) {
    for (let r = 0; r < rows; r++) {
      for (let i = 0; i < columns; i++) {
        const v = a[r * columns + i]!;
        for (let j = 0; j <= i; j++) result[i * size + j]! += v * a[r * columns + j]!;
      }
    }
  } else {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j <= i; j++) {
        let s = 0;
        for (let k = 0; k < columns; k++) s += a[i * columns + k]! * a[j * columns + k]!;
        result[i * size + j] = s;
      }
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) result[j * size + i] = result[i * size + j]!;
  return result;
}

/** AᵀB (columns×outputs). */
function transposedProduct(a: Float64Array, b: Float64Array, rows: number, columns: number, outputs: number): Float64Array {
  const result = new Float64Array(columns * outputs);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < columns; i++) {
      const v = a[r * columns + i]!;
      for (let o = 0; o < outputs; o++) result[i * outputs + o]! += v * b[r * outputs + o]!;
    }
  }
  return result;
}

/** AB (m×n), A m×k, B k×n. */
function multiplied(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const result = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const v = a[i * k + l]!;
      for (let j = 0; j < n; j++) result[i * n + j]! += v * b[l * n + j]!;
    }
  }
  return result;
}

/** x·B[:, o], x from `at` on. */
function product(x: Float64Array, at: number, b: Float64Array, o: number, n: number, outputs: number): number {
  let s = 0;
  for (let i = 0; i < n; i++) s += x[at + i]! * b[i * outputs + o]!;
  return s;
}

/** xᵀAx, A symmetric n×n, x from `at` on. */
function quadratic(a: Float64Array, x: Float64Array, at: number, n: number): number {
  let s = 0;
  for (let i = 0; i < n; i++) {
    let row = 0.5 * a[i * n + i]! * x[at + i]!;
    for (let j = 0; j < i; j++) row += a[i * n + j]! * x[at + j]!;
    s += 2 * x[at + i]! * row;
  }
  return s;
}

/** (G + λI)⁻¹ by Cholesky; undefined where that is not positive definite. */
function inverted(gram: Float64Array, n: number, lambda: number): Float64Array | undefined {
  const l = gram.slice();
  for (let j = 0; j < n; j++) {
    let d = l[j * n + j]! + lambda;
    for (let k = 0; k < j; k++) d -= l[j * n + k]! * l[j * n + k]!;
    if (!(d > 0)) return undefined;
    const root = Math.sqrt(d);
    l[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let s = l[i * n + j]!;
      for (let k = 0; k < j; k++) s -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = s / root;
    }
  }
  // L⁻¹ in place, then (L⁻¹)ᵀL⁻¹.
  for (let j = 0; j < n; j++) {
    l[j * n + j] = 1 / l[j * n + j]!;
    for (let i = j + 1; i < n; i++) {
      let s = 0;
      for (let k = j; k < i; k++) s -= l[i * n + k]! * l[k * n + j]!;
      l[i * n + j] = s / l[i * n + i]!;
    }
  }
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = 0;
      for (let k = i; k < n; k++) s += l[k * n + i]! * l[k * n + j]!;
      result[i * n + j] = result[j * n + i] = s;
    }
  }
  return result;
}
