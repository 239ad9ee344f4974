// Eigenvalues of a symmetric operator known by its products: power iteration and Lanczos' method.

import type { DoubleEngine } from '../../bindings/core.js';
import { eigen } from '../data/normalize/spectrum.js';

/** A·v. */
export type Operator = (v: Float64Array) => Float64Array;

/** An eigenvalue with its vector. */
export interface Principal {
  readonly value: number;
  /** Of length 1. */
  readonly vector: Float64Array;
  /** |A·v − λ·v|/|λ|; NaN where it was not measured. */
  readonly residual: number;
  /** Products, or patterns, that it took. */
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
 * The value is Rayleigh's quotient, so that it may be negative; 0 where A·v vanishes.
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

/** What Lanczos' method finds: Ritz values, how much of the start lies along each, and bounds of their errors. */
export interface Ritz {
  /** Descending. */
  readonly values: Float64Array;
  /** Squared first components of the tridiagonal matrix's eigenvectors: weights of a quadrature of the spectrum. */
  readonly weights: Float64Array;
  /** |A·u − λ·u| of each. */
  readonly errors: Float64Array;
}

/** `steps` steps of Lanczos' method with full reorthogonalisation (twice is enough: Parlett). Stops early where the space is exhausted. */
export function lanczos(engine: DoubleEngine, apply: Operator, start: Float64Array, steps: number): Ritz {
  const n = start.length;
  const first = norm(start);
  const basis: Float64Array[] = [start.map((e) => e / first)];
  const alpha: number[] = [];
  const beta: number[] = [];
  const most = Math.min(steps, n);
  let rest = 0;
  for (let k = 0; k < most; k++) {
    const w = apply(basis[k]!).slice();
    alpha.push(dot(basis[k]!, w));
    for (let pass = 0; pass < 2; pass++) {
      for (const q of basis) {
        const along = dot(q, w);
        for (let i = 0; i < n; i++) w[i]! -= along * q[i]!;
      }
    }
    rest = norm(w);
    const size = Math.max(...alpha.map(Math.abs), ...beta);
    if (rest <= 1e-14 * size * Math.sqrt(n)) {
      rest = 0;
      break;
    }
    if (k + 1 < most) {
      beta.push(rest);
      const length = rest;
      basis.push(w.map((e) => e / length));
    }
  }
  const m = alpha.length;
  const t = new Float64Array(m * m);
  for (let k = 0; k < m; k++) {
    t[k * m + k] = alpha[k]!;
    if (k + 1 < m) t[k * m + k + 1] = t[(k + 1) * m + k] = beta[k]!;
  }
  const { values, vectors } = eigen(engine, t, m);
  return {
    values,
    weights: Float64Array.from(values, (_, k) => vectors[k * m]! * vectors[k * m]!),
    errors: Float64Array.from(values, (_, k) => Math.abs(rest * vectors[k * m + m - 1]!)),
  };
}
