// The symmetric eigen-solver: residuals, orthogonality, closed forms, and matrices that trap solvers.

import { describe, expect, test } from 'vitest';
import { engineOf } from '../../bindings/load.js';
import { Arena } from '../../bindings/memory.js';
import { Guarded, randoms } from './support.js';

const { core } = await engineOf('float64');

interface Eigen {
  readonly ok: number;
  readonly values: number[];
  readonly vectors: number[];
}

function solve(n: number, matrix: ArrayLike<number>): Eigen {
  const arena = new Arena();
  try {
    const a = new Guarded(arena, 'float64', n, n).set(matrix);
    const values = new Guarded(arena, 'float64', 1, n);
    const vectors = new Guarded(arena, 'float64', n, n);
    const scratch = new Guarded(arena, 'float64', 1, core.eigenScratch(n) / 8);
    const ok = core.symmetricEigen(n, a.at, values.at, vectors.at, scratch.at);
    for (const guarded of [a, values, vectors, scratch]) guarded.expectIntact();
    return { ok, values: [...values.read()], vectors: [...vectors.read()] };
  } finally {
    arena.dispose();
  }
}

function symmetric(n: number, seed: number): Float64Array {
  const next = randoms(seed);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = next();
  return a;
}

/** The largest of |A·u − λ·u| over |A| and of |Uᵀ·U − I|. */
function faults(n: number, a: ArrayLike<number>, { values, vectors }: Eigen): { residual: number; orthogonality: number } {
  const size = Math.max(...Array.from(a, Math.abs)) || 1;
  let residual = 0;
  let orthogonality = 0;
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      let s = 0;
      let d = 0;
      for (let j = 0; j < n; j++) {
        s += (a[i * n + j]! / size) * vectors[k * n + j]!;
        d += vectors[i * n + j]! * vectors[k * n + j]!;
      }
      residual = Math.max(residual, Math.abs(s - (values[k]! / size) * vectors[k * n + i]!));
      orthogonality = Math.max(orthogonality, Math.abs(d - (i === k ? 1 : 0)));
    }
  }
  return { residual, orthogonality };
}

/** Householder and QL err by a modest multiple of n·ε; 1e-12 is what whitening asks for. */
const bound = (n: number) => Math.min(8 * Math.max(n, 4) * Number.EPSILON, 1e-12);

describe('symmetricEigen', () => {
  test.each([0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 64, 101, 150])('random, n = %i', (n) => {
    const a = symmetric(n, n + 1);
    const found = solve(n, a);
    expect(found.ok).toBe(1);
    const { residual, orthogonality } = faults(n, a, found);
    expect(residual).toBeLessThanOrEqual(bound(n));
    expect(orthogonality).toBeLessThanOrEqual(bound(n));
    expect(found.values).toEqual([...found.values].sort((x, y) => y - x));
    for (let k = 0; k < n; k++) {
      const row = found.vectors.slice(k * n, (k + 1) * n);
      const largest = row.reduce((best, v) => (Math.abs(v) > Math.abs(best) ? v : best), 0);
      expect(largest).toBeGreaterThan(0);
    }
  });

  test('the second difference has the eigenvalues 2 − 2cos(kπ/(n+1))', () => {
    const n = 50;
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      a[i * n + i] = 2;
      if (i > 0) a[i * n + i - 1] = a[(i - 1) * n + i] = -1;
    }
    const { values } = solve(n, a);
    values.forEach((v, k) => {
      expect(Math.abs(v - (2 - 2 * Math.cos(((n - k) * Math.PI) / (n + 1))))).toBeLessThanOrEqual(4 * bound(n));
    });
  });

  test.each([
    ['zero', () => 0],
    ['the identity', (i: number, j: number) => (i === j ? 1 : 0)],
    ['all ones: rank 1', () => 1],
    ['equal eigenvalues in blocks', (i: number, j: number) => (i === j ? 1 + (i % 3) : 0)],
    ['graded over 30 decades', (i: number, j: number) => (i === j ? 10 ** (-2 * i) : 10 ** (-i - j) / 7)],
    ['huge', (i: number, j: number) => 1e300 / (1 + i + j)],
    ['tiny', (i: number, j: number) => 1e-300 / (1 + i + j)],
    ['ones beside almost nothing', (i: number, j: number) => (i === j ? 1 : 1e-160 * (i + j))],
  ] as const)('%s', (_, element) => {
    const n = 16;
    const a = Float64Array.from({ length: n * n }, (_v, at) => element(Math.floor(at / n), at % n));
    const found = solve(n, a);
    expect(found.ok).toBe(1);
    const { residual, orthogonality } = faults(n, a, found);
    expect(residual).toBeLessThanOrEqual(bound(n));
    expect(orthogonality).toBeLessThanOrEqual(bound(n));
  });

  test.each([Number.NaN, Infinity])('an element that is %d: no answer rather than a wrong one', (bad) => {
    const a = symmetric(5, 1);
    a[7] = a[11] = bad;
    expect(solve(5, a).ok).toBe(0);
  });
});
