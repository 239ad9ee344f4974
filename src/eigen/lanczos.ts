// Lanczos' method: eigenvalues of a symmetric operator known by its products. All searches for a largest eigenvalue come here,
// but those that show how the power method does.

import type { DoubleEngine, Engine } from '../../bindings/core.js';
import type { Arena, Reals } from '../../bindings/memory.js';
import { type Work, workHere } from '../runtime/work.js';
import { Krylov, type Product } from './krylov.js';
import type { Principal } from './power.js';
import { smallEigen, symmetricEigen } from './symmetric.js';

/** Which end of a spectrum: that of largest magnitude, or the largest. */
export const ENDS = ['magnitude', 'algebraic'] as const;
export type End = (typeof ENDS)[number];

/** How to search for it. */
interface EigenSearch {
  readonly which: End;
  /** The relative residual to stop at, and the most products. */
  readonly tolerance: number;
  readonly most: number;
  /** Vectors of the basis, ≥ 3. */
  readonly capacity: number;
  /** Fills the vector to start with. */
  readonly start: (v: Reals) => void;
}

/** Products between looks at the projection, from so many on. */
const EACH_UP_TO = 8;
const THEN_EVERY = 4;

/** Ritz values that a restart keeps of each end that counts: about a quarter of the basis. */
const kept = (capacity: number) => Math.max(1, Math.floor(capacity / 4));

/**
 * An end of the spectrum by Lanczos' method. Of two that are as far from 0 the magnitude's is the one that bounds of the errors
 * cannot tell to be the smaller; where it does not converge the residual says so. Of a matrix that is not finite all is NaN.
 */
export function* extremeEigenvalue(
  engine: Engine,
  arena: Arena,
  n: number,
  apply: Product,
  { which, tolerance, most, capacity, start }: EigenSearch,
): Work<Principal> {
  const space = new Krylov(engine, arena, n, Math.min(capacity, n));
  start(space.start);
  for (let products = 1; ; products++) {
    yield* space.extend(apply);
    const m = space.size;
    const { rest } = space;
    if (!(rest < Infinity)) return { value: Number.NaN, vector: new Float64Array(n), residual: Number.NaN, products };
    const due = m <= EACH_UP_TO || m % THEN_EVERY === 0 || m === space.capacity || rest === 0 || products >= most;
    if (!due) continue;
    const found = smallEigen(engine, space.matrix(), m);
    const { values, vectors } = found;
    const error = (k: number) => Math.abs(rest * vectors[k * m + m - 1]!);
    const last = m - 1;
    const top = which === 'algebraic' || values[0]! >= -values[last]! ? 0 : last;
    const other = last - top;
    const size = Math.max(Math.abs(values[0]!), Math.abs(values[last]!));
    const close = (k: number) => error(k) <= Math.max(tolerance * Math.abs(values[k]!), Number.EPSILON * size);
    const rivals = which === 'magnitude' && Math.abs(values[other]!) + error(other) > Math.abs(values[top]!);
    if ((close(top) && (!rivals || close(other))) || rest === 0 || products >= most) {
      const value = values[top]!;
      const residual = error(top) === 0 ? 0 : error(top) / Math.abs(value);
      return { value, vector: space.combined(vectors.subarray(top * m, (top + 1) * m)), residual, products };
    }
    if (m === space.capacity) {
      const each = kept(space.capacity);
      const ends =
        which === 'algebraic'
          ? [[0, 2 * each]]
          : [
              [0, each],
              [m - each, m],
            ];
      const rows = ends.flatMap(([from, to]) => Array.from({ length: to! - from! }, (_, k) => from! + k));
      space.restart(
        found,
        rows.filter((row) => row < m - 1 || which === 'magnitude'),
      );
    }
  }
}

/** What Lanczos' method finds: Ritz values, how much of the start lies along each, and bounds of their errors. */
export interface RitzValues {
  /** Descending. */
  readonly values: Float64Array;
  /** Squared first components of the tridiagonal matrix's eigenvectors: weights of a quadrature of the spectrum. */
  readonly weights: Float64Array;
  /** |A·u − λ·u| of each. */
  readonly errors: Float64Array;
}

/** `steps` steps of Lanczos' method. Stops early where the space is exhausted. */
export function lanczos(
  engine: DoubleEngine,
  arena: Arena,
  n: number,
  apply: Product,
  start: (v: Reals) => void,
  steps: number,
): RitzValues {
  const space = new Krylov(engine, arena, n, Math.min(steps, n));
  start(space.start);
  do workHere(engine, space.extend(apply));
  while (space.size < space.capacity && space.rest > 0);
  const m = space.size;
  const { values, vectors } = symmetricEigen(engine, space.matrix(), m);
  return {
    values,
    weights: Float64Array.from(values, (_, k) => vectors[k * m]! * vectors[k * m]!),
    errors: Float64Array.from(values, (_, k) => Math.abs(space.rest * vectors[k * m + m - 1]!)),
  };
}
