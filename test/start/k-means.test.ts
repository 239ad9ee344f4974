// Clusters: laws of Lloyd's iteration, and cases that trap it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DataError, Network, dense, rbf } from '../../src/index.js';
import { type PointSet, distinct, kMeans, widthsOf } from '../../src/start/k-means.js';
import { randoms } from '../kernels/support.js';

const uniform = (seed: number) => {
  const next = randoms(seed);
  return () => (next() + 1) / 2;
};

const points = (rows: number[][]): PointSet => ({ data: Float64Array.from(rows.flat()), n: rows.length, d: rows[0]!.length });

const grid = fc
  .integer({ min: 1, max: 3 })
  .chain((d) =>
    fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: d, maxLength: d }), { minLength: 1, maxLength: 40 }),
  );

describe('kMeans', () => {
  test('inertia never rises, every point is with its nearest centre, duplicates and all', () => {
    fc.assert(
      fc.property(grid, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 99 }), (rows, wanted, seed) => {
        const given = points(rows);
        const k = Math.min(wanted, distinct(given, wanted));
        const { centres, assignments, inertia } = kMeans(given, k, uniform(seed));
        for (let i = 1; i < inertia.length; i++) expect(inertia[i]!).toBeLessThanOrEqual(inertia[i - 1]! * (1 + 1e-12));
        const square = (r: number, c: number) => rows[r]!.reduce((s, v, j) => s + (v - centres[c * given.d + j]!) ** 2, 0);
        let total = 0;
        rows.forEach((_, r) => {
          const own = square(r, assignments[r]!);
          total += own;
          for (let c = 0; c < k; c++) expect(own).toBeLessThanOrEqual(square(r, c) + 1e-12);
        });
        expect(total).toBeCloseTo(inertia.at(-1)!, 9);
      }),
    );
  });

  test('as many centres as different points: each gets one, and nothing is left', () => {
    const rows = [[0], [5], [5], [9], [0], [-4]];
    const { centres, inertia } = kMeans(points(rows), 4, uniform(3));
    expect([...centres].sort((a, b) => a - b)).toEqual([-4, 0, 5, 9]);
    expect(inertia.at(-1)).toBe(0);
  });

  test('clusters far apart are found from any start: their means', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const next = randoms(seed);
      const places = [0, 100, 200, 300, 400];
      const rows = places.flatMap((p) => Array.from({ length: 10 }, () => [p + next(), next()]));
      const { centres } = kMeans(points(rows), 5, uniform(seed));
      const found = Array.from({ length: 5 }, (_, c) => centres[2 * c]!).sort((a, b) => a - b);
      places.forEach((_, i) => {
        const own = rows.slice(10 * i, 10 * i + 10).map(([x]) => x!);
        expect(found[i]).toBeCloseTo(own.reduce((a, b) => a + b) / 10, 9);
      });
    }
  });

  test('one centre is the mean', () => {
    expect([
      ...kMeans(
        points([
          [1, 2],
          [3, 6],
          [5, 1],
        ]),
        1,
        uniform(1),
      ).centres,
    ]).toEqual([3, 3]);
  });
});

test('widths: the mean distance to the two nearest centres; never 0', () => {
  const given = points([[0], [1], [3], [7]]);
  expect([...widthsOf(given, Float64Array.of(0, 1, 3, 7))]).toEqual([2, 1.5, 2.5, 5]);
  expect([...widthsOf(given, Float64Array.of(0, 3))]).toEqual([3, 3]);
  const deviation = Math.sqrt(((0 - 2.75) ** 2 + (1 - 2.75) ** 2 + (3 - 2.75) ** 2 + (7 - 2.75) ** 2) / 4);
  expect(widthsOf(given, Float64Array.of(3))[0]).toBeCloseTo(deviation, 12);
  expect(widthsOf(given, Float64Array.of(3, 3, 3))[0]).toBeCloseTo(1e-3 * deviation, 12);
});

test('an rbf layer starts at the clusters of its first fit; too few different rows are refused', async () => {
  const next = randoms(2);
  const X = Array.from({ length: 60 }, (_, r) => [10 * (r % 3) + 0.1 * next()]);
  const make = (units: number) =>
    Network.create({
      inputs: 1,
      layers: [rbf(units), dense(1, { init: 'leastSquares' })],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed: 1,
    });
  const Y = X.map(([x]) => [Math.round(x! / 10) % 2]);
  using net = await make(3);
  const { loss } = await net.fit(X, Y, { epochs: 1 });
  // Least squares on units at three clusters tells them apart at once.
  expect(loss[0]!).toBeLessThan(0.01);
  using many = await make(4);
  await expect(many.fit([[1], [2], [1], [2]], [[0], [1], [0], [1]])).rejects.toThrow(DataError);
});
