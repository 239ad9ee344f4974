// Triangular factors from JavaScript's side: QR row by row, damped steps both ways, and the diagonal of an inverse, against
// matrices multiplied out.

import { describe, expect, test } from 'vitest';
import { engineOf } from '../../bindings/load.js';
import { Arena, Reals } from '../../bindings/memory.js';
import { numbers } from '../layers/training.js';

const { core } = await engineOf('float64');

/** Around blocks (24) and strips (8), and primes. */
const SIZES = [1, 2, 3, 7, 8, 9, 23, 24, 25, 49, 97];

function withReals<T>(work: (make: (values: ArrayLike<number> | number) => Reals) => T): T {
  const arena = new Arena();
  try {
    return work((values) => {
      const reals = new Reals(arena, 'float64', typeof values === 'number' ? values : values.length);
      if (typeof values === 'number') reals.view().fill(0);
      else reals.view().set(values);
      return reals;
    });
  } finally {
    arena.dispose();
  }
}

/** A rows×n matrix, row-major. */
const matrix = (rows: number, n: number, seed: number) => Float64Array.from({ length: rows * n }, numbers(seed));

/** AᵀA + shift·1 */
function gram(a: Float64Array, rows: number, n: number, shift = 0): Float64Array {
  const c = new Float64Array(n * n);
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) c[i * n + j]! += a[r * n + i]! * a[r * n + j]!;
  for (let i = 0; i < n; i++) c[i * n + i]! += shift;
  return c;
}

/** max |a − b| over max |a| */
function off(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [most, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
    size = Math.max(size, Math.abs(a[i]!));
  }
  return most / size;
}

/** Rounding of n or so operations each, on matrices whose condition is `condition`. */
const bound = (n: number, condition = 1) => 20 * (n + 10) * condition * Number.EPSILON;

describe.each(SIZES)('n = %i', (n) => {
  test('rows folded in parts: RᵀR = AᵀA and Rᵀz = Aᵀe', () => {
    const rows = n + 11;
    const [a, e] = [matrix(rows, n, n), matrix(rows, 1, n + 1)];
    withReals((make) => {
      const [r, z, spare] = [make(n * n), make(n), make(n)];
      for (const [first, end] of [
        [0, 4],
        [4, 5],
        [5, rows],
      ] as const) {
        const [slab, errors] = [make(a.subarray(first * n, end * n)), make(e.subarray(first, end))];
        core.foldRows(n, r.address, z.address, end - first, slab.address, errors.address, spare.address);
      }
      const R = r.view().map((v, k) => (k % n < Math.floor(k / n) ? 0 : v)) as Float64Array;
      expect(off(gram(a, rows, n), gram(R, n, n))).toBeLessThan(bound(n));
      const right = Float64Array.from({ length: n }, (_, j) => e.reduce((s, v, i) => s + v * a[i * n + j]!, 0));
      const q = Array.from(z.view());
      const found = Float64Array.from({ length: n }, (_, j) => q.reduce((s, v, i) => s + v * R[i * n + j]!, 0));
      expect(off(right, found)).toBeLessThan(bound(n));
    });
  });

  test('damped steps, of A and of its triangle, solve what they say', () => {
    const rows = n + 5;
    const [a, d, e, mu] = [matrix(rows, n, n + 3), matrix(n, 1, n + 4).map((v) => v * v + 0.1), matrix(rows, 1, n + 5), 0.3];
    const normal = gram(a, rows, n);
    const g = Float64Array.from({ length: n }, (_, j) => e.reduce((s, v, i) => s + v * a[i * n + j]!, 0));
    /** (A + μD)·p + g */
    const residual = (p: ArrayLike<number>) =>
      g.map((v, i) => v + mu * d[i]! * p[i]! + Array.from(p).reduce((s, q, j) => s + normal[i * n + j]! * q, 0));
    withReals((make) => {
      const [A, D, G, U, P] = [make(normal), make(d), make(g), make(n * n), make(n)];
      const scratch = make(core.factorScratch(0, n) / 8 + 1);
      expect(core.dampedStep(n, A.address, mu, D.address, G.address, U.address, P.address, scratch.address)).toBe(0);
      const size = Math.max(...g.map(Math.abs));
      expect(Math.max(...residual(P.view()).map(Math.abs)) / size).toBeLessThan(bound(n));
      const first = P.read();
      const [r, z, spare] = [make(n * n), make(n), make((n + 2) * n)];
      core.foldRows(n, r.address, z.address, rows, make(a).address, make(e).address, spare.address);
      core.dampedTriangularStep(n, r.address, z.address, mu, D.address, U.address, P.address, spare.address);
      // Of the same condition, which is at most |A|/(μ·min d).
      expect(off(first, P.view())).toBeLessThan(bound(n, 100));
    });
  });

  test('the diagonal of an inverse', () => {
    const normal = gram(matrix(n + 9, n, n + 6), n + 9, n, 1);
    withReals((make) => {
      const [u, d, spare] = [make(normal), make(n), make(n)];
      expect(core.cholesky(n, u.address, make(core.factorScratch(0, n) / 8 + 1).address)).toBe(0);
      const factor = u.read();
      core.inverseDiagonal(n, u.address, d.address, spare.address);
      const column = make(n);
      for (const i of new Set([0, n >> 1, n - 1])) {
        column.view().fill(0)[i] = 1;
        core.choleskySolve(n, make(factor).address, column.address, column.address);
        expect(Math.abs(column.view()[i]! / d.view()[i]! - 1)).toBeLessThan(bound(n, 10));
      }
    });
  });
});
