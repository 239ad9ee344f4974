// Eigenvalues and eigenvectors of a symmetric matrix.

import type { DoubleEngine, Engine } from '../../bindings/core.js';
import { Arena, Reals } from '../../bindings/memory.js';
import { DataError, EfficientBackpropError } from '../runtime/errors.js';

/** Eigenvalues, descending, and eigenvectors, one a row. */
export interface Eigenpairs {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** By the float64 binary. */
export function symmetricEigen(engine: DoubleEngine, matrix: Float64Array, n: number): Eigenpairs {
  const arena = new Arena();
  try {
    const a = new Reals(arena, 'float64', n * n);
    a.view().set(matrix);
    const values = new Reals(arena, 'float64', n);
    const vectors = new Reals(arena, 'float64', n * n);
    const scratch = arena.allocate(engine.core.eigenScratch(n));
    if (!engine.core.symmetricEigen(n, a.address, values.address, vectors.address, scratch)) {
      if (matrix.every(Number.isFinite)) throw new EfficientBackpropError('the eigenvalues of a matrix did not converge');
      throw new DataError('X', 'numbers so far apart that their squares overflow; divide them by a constant first');
    }
    return { values: values.read() as Float64Array, vectors: vectors.read() as Float64Array };
  } finally {
    arena.dispose();
  }
}

/** Of a small matrix, which is used up: by the float64 binary where that is at hand. */
export function smallEigen(engine: Engine, matrix: Float64Array, n: number): Eigenpairs {
  return 'symmetricEigen' in engine.core ? symmetricEigen(engine as DoubleEngine, matrix, n) : jacobi(matrix, n);
}

/** By Jacobi's rotations: for matrices of a few dozen rows, without the float64 binary. `a` is used up. */
function jacobi(a: Float64Array, n: number): Eigenpairs {
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let [off, all] = [0, 0];
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const square = a[i * n + j]! * a[i * n + j]!;
        all += square;
        if (i !== j) off += square;
      }
    if (!(off > 1e-32 * all)) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p * n + q] === 0) continue;
        const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * a[p * n + q]!);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[k * n + p]!, a[k * n + q]!];
          a[k * n + p] = c * x - s * y;
          a[k * n + q] = s * x + c * y;
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[p * n + k]!, a[q * n + k]!];
          a[p * n + k] = c * x - s * y;
          a[q * n + k] = s * x + c * y;
          const [f, g] = [v[p * n + k]!, v[q * n + k]!];
          v[p * n + k] = c * f - s * g;
          v[q * n + k] = s * f + c * g;
        }
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]!);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    vectors.set(v.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(order, (i) => a[i * n + i]!), vectors };
}
