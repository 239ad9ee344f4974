// Eigenvalues of a symmetric operator known by its products: power iteration, and Lanczos' method, which finds both ends of a spectrum.

import type { DoubleEngine, Engine } from '../../bindings/core.js';
import type { Arena, Reals } from '../../bindings/memory.js';
import { eigen } from '../data/normalize/spectrum.js';
import { type Work, workHere } from '../runtime/work.js';
import { Krylov, type Pairs, type Product, jacobi } from './krylov.js';

/** A·v. */
export type Operator = (v: Float64Array) => Float64Array;

/** An eigenvalue with its vector. */
export interface Principal {
  readonly value: number;
  /** Of length 1. */
  readonly vector: Float64Array;
  /** |A·v − λ·v|/|λ|; NaN where it was not measured. */
  readonly residual: number;
  /** Products, or samples, that it took. */
  readonly products: number;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += a[i]! * b[i]!;
  return s;
}

export const norm = (a: Float64Array) => Math.sqrt(dot(a, a));

/**
 * The eigenvalue of largest magnitude: v ← A·v/|A·v|, until the residual is at most `tolerance`, or `most` products have been taken (Efficient BackProp 7.5, (60)).
 * The value is Rayleigh's quotient, so that it may be negative; 0 where A·v vanishes. Where λ and −λ are both there it ends with a large residual.
 */
export function powerIteration(apply: Operator, start: Float64Array, tolerance: number, most: number): Principal {
  const first = norm(start);
  let v = start.map((e) => e / first);
  for (let products = 1; ; products++) {
    const w = apply(v);
    const value = dot(v, w);
    const length = norm(w);
    if (length === 0) return { value: 0, vector: v, residual: 0, products };
    let off = 0;
    for (let i = 0; i < v.length; i++) off += (w[i]! - value * v[i]!) * (w[i]! - value * v[i]!);
    const residual = Math.sqrt(off) / Math.abs(value);
    if (residual <= tolerance || products >= most) return { value, vector: v, residual, products };
    v = w.map((e) => e / length);
  }
}

/** Which end of a spectrum: that of largest magnitude, or the largest. */
export const ENDS = ['magnitude', 'algebraic'] as const;
export type End = (typeof ENDS)[number];

/** How to search. */
export interface Search {
  readonly which: End;
  /** The relative residual to stop at, and the most products. */
  readonly tolerance: number;
  readonly most: number;
  /** Vectors of the basis, ≥ 3. */
  readonly room: number;
  /** Fills the vector to start with. */
  readonly start: (v: Reals) => void;
}

/** Products between looks at the projection, from so many on. */
const OFTEN = 8;
const EVERY = 4;

/** Ritz values that a restart keeps of each end that counts: about a quarter of the room. */
const kept = (room: number) => Math.max(1, Math.floor(room / 4));

/** By the float64 binary, where that is at hand. */
function pairsOf(engine: Engine, matrix: Float64Array, n: number): Pairs {
  return 'symmetricEigen' in engine.core ? eigen(engine as DoubleEngine, matrix, n) : jacobi(matrix, n);
}

/**
 * An end of the spectrum by Lanczos' method. Of two that are as far from 0 the magnitude's is the one that bounds of the errors cannot tell to be the smaller; where it does not converge the
 * residual says so. Of a matrix that is not finite all is NaN.
 */
export function* extreme(
  engine: Engine,
  arena: Arena,
  n: number,
  apply: Product,
  { which, tolerance, most, room, start }: Search,
): Work<Principal> {
  const space = new Krylov(engine, arena, n, Math.min(room, n));
  start(space.start);
  for (let products = 1; ; products++) {
    yield* space.extend(apply);
    const m = space.size;
    const { rest } = space;
    if (!(rest < Infinity)) return { value: Number.NaN, vector: new Float64Array(n), residual: Number.NaN, products };
    const due = m <= OFTEN || m % EVERY === 0 || m === space.room || rest === 0 || products >= most;
    if (!due) continue;
    const found = pairsOf(engine, space.matrix(), m);
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
    if (m === space.room) {
      const each = kept(space.room);
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
export interface Ritz {
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
): Ritz {
  const space = new Krylov(engine, arena, n, Math.min(steps, n));
  start(space.start);
  do workHere(engine, space.extend(apply));
  while (space.size < space.room && space.rest > 0);
  const m = space.size;
  const { values, vectors } = eigen(engine, space.matrix(), m);
  return {
    values,
    weights: Float64Array.from(values, (_, k) => vectors[k * m]! * vectors[k * m]!),
    errors: Float64Array.from(values, (_, k) => Math.abs(space.rest * vectors[k * m + m - 1]!)),
  };
}
