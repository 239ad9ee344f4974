// The directions in which rows vary, and how much: eigenvectors and eigenvalues of a covariance.

import { Operand } from '../../../build/codes.js';
import type { DoubleEngine } from '../../../bindings/core.js';
import { Arena, Reals } from '../../../bindings/memory.js';
import { symmetricEigen } from '../../eigen/symmetric.js';
import { DataError } from '../../runtime/errors.js';
import { type Matrix, copyMatrix } from '../matrix.js';
import type { WhiteningSpectrum } from './affine.js';
import type { Decorrelation } from './decorrelation.js';
import { type Covariances, extend, refuseTooClose } from './moments.js';

/** 2⁻⁵² */
const EPSILON = Number.EPSILON;

/** What decorrelation learns of rows: where they lie, and how they spread. */
export interface Whitened {
  readonly mean: Float64Array;
  readonly spectrum: WhiteningSpectrum;
  /** Indices of inputs that do not vary. */
  readonly dropped: readonly number[];
}

/** From a covariance: for more rows than columns, or rows that are gone. */
export function fromCovariances(engine: DoubleEngine, found: Covariances, how: Decorrelation): Whitened {
  const n = found.columns;
  const c = found.matrix();
  const variances = Float64Array.from({ length: n }, (_, i) => c[i * n + i]!);
  const factors = factorsOf(variances, (i) => found.varies(i), how);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) c[i * n + j]! *= factors[i]! * factors[j]!;
  const { values, vectors } = symmetricEigen(engine, c, n);
  return whitened(found.means(), factors, values, found.rows, how, (kept) => vectors.slice(0, kept * n));
}

/**
 * From the rows themselves, where they are fewer than the columns: the N×N matrix of their products has the same eigenvalues as
 * the covariance, and its eigenvectors v give those of the covariance as xᵀv/√(N·λ).
 */
export function fromRows(engine: DoubleEngine, m: Matrix, how: Decorrelation): Whitened {
  const { rows, columns } = m;
  const { core } = engine;
  const arena = new Arena();
  try {
    const x = new Reals(arena, 'float64', rows * columns);
    copyMatrix(m, x.view(), 'X');
    const sums = new Reals(arena, 'float64', columns);
    core.columnSums(rows, columns, x.address, sums.address, 0);
    const view = x.view();
    const min = new Float64Array(columns).fill(Infinity);
    const max = new Float64Array(columns).fill(-Infinity);
    extend(min, max, view);
    const mean = (sums.read() as Float64Array).map((s, i) => (min[i] === max[i] ? min[i]! : s / rows));
    const variances = new Float64Array(columns);
    for (let at = 0; at < view.length; at += columns) {
      for (let i = 0; i < columns; i++) {
        const d = (view[at + i]! -= mean[i]!);
        variances[i]! += (d * d) / rows;
      }
    }
    const factors = factorsOf(variances, (i) => min[i]! < max[i]!, how);
    for (let at = 0; at < view.length; at += columns) for (let i = 0; i < columns; i++) view[at + i]! *= factors[i]!;
    const gram = new Reals(arena, 'float64', rows * rows);
    const scratch = arena.allocate(
      Math.max(
        core.gemmScratch(Operand.plain, Operand.transposed, rows, rows, columns),
        core.gemmScratch(Operand.plain, Operand.plain, rows, columns, rows),
      ),
    );
    const row = columns * 8;
    core.gemm(
      Operand.plain,
      Operand.transposed,
      rows,
      rows,
      columns,
      x.address,
      row,
      x.address,
      row,
      gram.address,
      rows * 8,
      0,
      0,
      scratch,
    );
    const { values, vectors } = symmetricEigen(engine, gram.read().map((v) => v / rows) as Float64Array, rows);
    return whitened(mean, factors, values, rows, how, (kept) => {
      const v = new Reals(arena, 'float64', kept * rows);
      v.view().set(vectors.subarray(0, kept * rows));
      const u = new Reals(arena, 'float64', kept * columns);
      core.gemm(
        Operand.plain,
        Operand.plain,
        kept,
        columns,
        rows,
        v.address,
        rows * 8,
        x.address,
        row,
        u.address,
        row,
        0,
        0,
        scratch,
      );
      for (let k = 0; k < kept; k++) core.scale(columns, 1 / core.norm(columns, u.at(k * columns)), u.at(k * columns));
      return u.read() as Float64Array;
    });
  } finally {
    arena.dispose();
  }
}

/** Variances below this have lost digits. */
const LEAST_VARIANCE = 2 ** -960;

/**
 * Factors of inputs before the rotation: of a correlation, one over each deviation; 0 for what does not vary, whose variance may
 * be rounding.
 * @throws DataError where variances underflow that count: of a correlation each, of a covariance the largest
 */
function factorsOf(variances: Float64Array, varies: (column: number) => boolean, { of }: Decorrelation): Float64Array {
  const columns = [...variances.keys()].filter(varies);
  const close = columns.filter((i) => variances[i]! < LEAST_VARIANCE);
  if (close.length > 0 && (of === 'correlation' || close.length === columns.length)) refuseTooClose(close[0]!);
  const factors = new Float64Array(variances.length);
  for (const i of columns) factors[i] = of === 'covariance' ? 1 : 1 / Math.sqrt(variances[i]!);
  return factors;
}

function whitened(
  mean: Float64Array,
  factors: Float64Array,
  values: Float64Array,
  rows: number,
  { by, epsilon, components }: Decorrelation,
  vectors: (kept: number) => Float64Array,
): Whitened {
  const n = mean.length;
  // Below this an eigenvalue is rounding. With an ε even those may stay that are 0, unless nothing but rounding gave them a
  // direction.
  const least = epsilon > 0 && values.length === n ? -Infinity : values[0]! * Math.max(rows, n) * EPSILON;
  const there = values.filter((v) => v > least).length;
  const kept = Math.min(there, components ?? n);
  if (!(values[0]! > 0)) throw new DataError('X', 'all rows are the same: there is nothing to decorrelate');
  const eigenvalues = values.slice(0, kept).map((v) => Math.max(v, 0));
  const dropped = [...factors.keys()].filter((i) => factors[i] === 0);
  return { mean, spectrum: { factors, eigenvalues, vectors: vectors(kept), epsilon, back: by === 'zca' }, dropped };
}
