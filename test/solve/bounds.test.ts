// Bounds: the constrained minimum from every start, points inside only, what stands at a bound is said.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bounds, leastSquares, minimize } from '../../src/index.js';
import { numbers } from '../layers/training.js';
import { MINIMIZE_METHODS } from '../../src/solve/choices.js';

const times = [0, 1, 2, 3, 4, 5, 6];
const seen = times.map((t) => 5 * Math.exp(-0.7 * t));
const decay = ([a, b]: ArrayLike<number> & Iterable<number>) => times.map((t, i) => a! * Math.exp(-b! * t) - seen[i]!);

/**
 * argmin |A·x − b|² in the box, by trying all ways in which variables may stand at bounds: the one whose free part is optimal and
 * whose gradient holds the others.
 */
function boxedLinear(a: number[][], b: number[], low: number[], high: number[]): number[] {
  const n = low.length;
  let best: { x: number[]; value: number } | undefined;
  for (let way = 0; way < 3 ** n; way++) {
    const where = low.map((_, i) => Math.floor(way / 3 ** i) % 3);
    const x = where.map((w, i) => (w === 1 ? low[i]! : w === 2 ? high[i]! : 0));
    if (!x.every(Number.isFinite)) continue;
    const free = [...where.keys()].filter((i) => where[i] === 0);
    // Normal equations of the free part, by Gauss's elimination with pivots.
    const rows = free.map((i) => [
      ...free.map((j) => a.reduce((s, row) => s + row[i]! * row[j]!, 0)),
      a.reduce((s, row, r) => s + row[i]! * (b[r]! - row.reduce((t, e, j) => t + (where[j] === 0 ? 0 : e * x[j]!), 0)), 0),
    ]);
    for (let k = 0; k < free.length; k++) {
      const pivot = rows.slice(k).reduce((p, row, r) => (Math.abs(row[k]!) > Math.abs(rows[p]![k]!) ? k + r : p), k);
      [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
      for (let r = 0; r < free.length; r++) {
        if (r === k) continue;
        const f = rows[r]![k]! / rows[k]![k]!;
        rows[r] = rows[r]!.map((e, c) => e - f * rows[k]![c]!);
      }
    }
    free.forEach((i, k) => {
      x[i] = rows[k]!.at(-1)! / rows[k]![k]!;
    });
    if (!x.every((e, i) => e >= low[i]! - 1e-12 && e <= high[i]! + 1e-12)) continue;
    const value = a.reduce((s, row, r) => s + (row.reduce((t, e, j) => t + e * x[j]!, 0) - b[r]!) ** 2, 0);
    if (!best || value < best.value) best = { x, value };
  }
  return best!.x;
}

describe('a decay in a wide box', () => {
  const bounds: Bounds = [
    [0, 100],
    [0, 10],
  ];

  test.each([
    [100, 1],
    [0, 1],
    [200, 1],
    [-5, 1],
    [0, 0],
    [100, 0],
    [0, 10],
    [50, 5],
  ])('leastSquares comes from [%d, %d] to the minimum', async (...start) => {
    const { x, value, reason, active } = await leastSquares(decay, start, { bounds });
    expect(value).toBeLessThan(1e-20);
    expect(Math.abs(x[0]! - 5)).toBeLessThan(1e-9);
    expect(Math.abs(x[1]! - 0.7)).toBeLessThan(1e-9);
    expect(['minGradient', 'tolerance']).toContain(reason);
    expect([...active]).toEqual([0, 0]);
  });

  test('from 200 random starts in the box, all come to it', async () => {
    const next = numbers(5);
    for (let k = 0; k < 200; k++) {
      const start = [50 + 50 * next(), 5 + 5 * next()];
      expect((await leastSquares(decay, start, { bounds })).value).toBeLessThan(1e-10);
    }
  });
});

describe('a convex problem', () => {
  /** A tall random matrix and a right-hand side: the same problem for everyone. */
  function problem(n: number, seed: number) {
    const next = numbers(seed);
    const a = Array.from({ length: 2 * n + 1 }, () => Array.from({ length: n }, next));
    const b = a.map(() => 3 * next());
    const residuals = (x: ArrayLike<number>) => a.map((row, r) => row.reduce((s, e, i) => s + e * x[i]!, 0) - b[r]!);
    return { a, b, residuals };
  }
  const low = [-0.5, 0.2, -Infinity, 0];
  const high = [0.4, Infinity, 0.3, 0];
  const bounds = low.map((l, i): [number, number] => [l, high[i]!]);

  test('every corner is a start from which leastSquares finds the constrained minimum, in one step or two', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const { a, b, residuals } = problem(4, seed);
      const right = boxedLinear(a, b, low, high);
      for (let corner = 0; corner < 16; corner++) {
        const start = low.map((l, i) => {
          const end = (corner >> i) & 1 ? high[i]! : l;
          return Number.isFinite(end) ? end : Math.sign(end) * 50;
        });
        const { x, active, standardErrors, degreesOfFreedom } = await leastSquares(residuals, start, { bounds });
        right.forEach((e, i) => {
          expect(Math.abs(x[i]! - e)).toBeLessThan(1e-9);
          // An error of a variable at a bound has no meaning.
          expect(Number.isNaN(standardErrors![i])).toBe(active[i] !== 0);
        });
        expect(active[3]).toBe(-1); // frozen
        expect(degreesOfFreedom).toBe(9 - active.filter((e) => e === 0).length);
      }
    }
  });

  test.each(MINIMIZE_METHODS)('minimize by %s finds it from every corner', async (method) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { a, b, residuals } = problem(4, seed);
      const right = boxedLinear(a, b, low, high);
      const f = (x: Float64Array) => residuals(x).reduce((s, e) => s + e * e, 0);
      for (let corner = 0; corner < 16; corner += 3) {
        const start = low.map((l, i) => {
          const end = (corner >> i) & 1 ? high[i]! : l;
          return Number.isFinite(end) ? end : Math.sign(end) * 5;
        });
        const { x, reason } = await minimize(f, start, { bounds, method });
        right.forEach((e, i) => {
          expect(Math.abs(x[i]! - e)).toBeLessThan(1e-4);
        });
        expect(['minGradient', 'tolerance']).toContain(reason);
      }
    }
  });
});

test('the standard errors of free variables are those of a fit without the pinned ones', async () => {
  const next = numbers(4);
  const noisy = times.map((t) => 5 * Math.exp(-0.7 * t) + 0.1 * next());
  const residuals = (b: number) => (x: ArrayLike<number>) => times.map((t, i) => x[0]! * Math.exp(-b * t) - noisy[i]!);
  const pinned = await leastSquares((x) => residuals(x[1]!)(x), [4, 0.5], { bounds: [null, [0, 0.6]] });
  expect([...pinned.active]).toEqual([0, 1]);
  const alone = await leastSquares(residuals(0.6), [4]);
  expect(pinned.standardErrors![0]! / alone.standardErrors![0]!).toBeCloseTo(1, 8);
  expect(pinned.standardErrors![1]).toBeNaN();
  expect(pinned.covariance![1]).toBeNaN();
});

test('equal bounds freeze a variable; bounds that exclude each other are refused', async () => {
  const { x, active } = await leastSquares(decay, [1, 3], {
    bounds: [null, [0.7, 0.7]],
  });
  expect(x[1]).toBe(0.7);
  expect(x[0]).toBeCloseTo(5, 10);
  expect([...active]).toEqual([0, -1]);
  for (const pair of [[1, 0], [Number.NaN, 1], [Infinity, Infinity], [0]]) {
    await expect(leastSquares(decay, [1, 3], { bounds: [null, pair as [number, number]] })).rejects.toThrow(/low ≤ high/);
    await expect(minimize(([a]) => a! ** 2, [1], { bounds: [pair as [number, number]] })).rejects.toThrow(/low ≤ high/);
  }
});

describe('starts inside stay where they are', () => {
  test.each([1, 1e-4, 1e-9, 1e-12, 1e6])('in units of %d', async (unit) => {
    const starts: number[][] = [];
    const noted = (x: Float64Array) => {
      starts.push([...x]);
      return x;
    };
    const start = [1.1 * unit, 0.9e-5 * unit];
    const bounds: Bounds = [
      [0, Infinity],
      [0, 1e9],
    ];
    const f = ([a, b]: Float64Array) => (a! / unit - 1) ** 2 + (b! / unit - 1e-5) ** 2;
    await minimize((x) => f(noted(x)), start, { bounds });
    expect(starts[0]).toEqual(start);
    starts.length = 0;
    const { x } = await leastSquares((v) => [noted(v)[0]! / unit - 1, v[1]! / unit - 1e-5], start, { bounds });
    expect(starts[0]).toEqual(start);
    expect(x[0]! / unit).toBeCloseTo(1, 12);
    expect(x[1]! / unit).toBeCloseTo(1e-5, 12);
  });

  test('next to a bound, a minimum at 1e-12 is found', async () => {
    const { x } = await leastSquares(([v]) => [(v! - 1e-12) ** 2], [1.1e-12], { bounds: [[0, Infinity]] });
    expect(x[0]! / 1e-12).toBeCloseTo(1, 6);
  });
});

test('functions are never asked outside the box, whatever the method, and for derivatives neither', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true })), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.constantFrom(...MINIMIZE_METHODS, 'leastSquares' as const),
      async (ranges, start, method) => {
        const bounds = ranges.map(([low, width]): [number, number] => [low, low + width]);
        let outside = 0;
        const watched = (x: ArrayLike<number>) => {
          for (const [i, [low, high]] of bounds.entries()) if (!(x[i]! >= low && x[i]! <= high)) outside++;
        };
        const residuals = (x: ArrayLike<number>) => {
          watched(x);
          return bounds.flatMap((_, i) => [x[i]! - Math.sin(2 * i), 0.3 * x[i]! * x[(i + 1) % bounds.length]!]);
        };
        const x0 = bounds.map(() => start);
        const options = { bounds, iterations: 50 };
        if (method === 'leastSquares') await leastSquares(residuals, x0, options);
        else await minimize((x) => residuals(x).reduce((s, r) => s + r * r, 0), x0, { ...options, method });
        expect(outside).toBe(0);
      },
    ),
    { numRuns: 150, seed: 1 },
  );
});
