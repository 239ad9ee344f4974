// Softmax and its logarithm: no overflow, sums of one, the closed form.

import { describe, expect, test } from 'vitest';
import { PRECISIONS, ROUNDOFF, randoms, withKernels } from './support.js';

const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31];

function exactLog(y: readonly number[]): number[] {
  const top = Math.max(...y);
  const sum = Math.log(y.reduce((s, v) => s + Math.exp(v - top), 0));
  return y.map((v) => v - top - sum);
}

describe.each(PRECISIONS)('%s', (precision) => {
  const u = ROUNDOFF[precision];

  test.each(LENGTHS)('of %i: closed form, sum, shifts', (n) =>
    withKernels(precision, (lab) => {
      const next = randoms(n);
      for (const rows of [0, 1, 3]) {
        for (const spread of [1e-3, 1, 10, 80]) {
          const y = lab.rounded(Array.from({ length: rows * n }, () => spread * next()));
          const source = lab.vector(y);
          const a = lab.written(rows * n, (out) => lab.core.softmax(rows, n, source.at, out));
          const log = lab.written(rows * n, (out) => lab.core.logSoftmax(rows, n, source.at, out));
          source.expectIntact();
          for (let r = 0; r < rows; r++) {
            const part = Array.from(y.subarray(r * n, (r + 1) * n));
            const exact = exactLog(part);
            let sum = 0;
            exact.forEach((l, j) => {
              sum += a[r * n + j]!;
              // y − top rounds by u·|y − top|, which e^ turns into a relative error; exp and the sum add a few units.
              const distance = 2 * spread + n + 8;
              expect(Math.abs(a[r * n + j]! - Math.exp(l))).toBeLessThanOrEqual(
                2 * u * distance * Math.exp(l) + (precision === 'float32' ? 2 ** -125 : 2 ** -1021),
              );
              expect(Math.abs(log[r * n + j]! - l)).toBeLessThanOrEqual(2 * u * (distance + Math.abs(l)));
            });
            expect(Math.abs(sum - 1)).toBeLessThanOrEqual(2 * u * (n + 2));
          }
        }
      }
    }),
  );

  test('huge, tiny and equal inputs', () =>
    withKernels(precision, (lab) => {
      const rows: [number[], number[]][] = [
        [
          [1e30, -1e30, 0],
          [1, 0, 0],
        ],
        [
          [-1e30, -1e30, -1e30],
          [1 / 3, 1 / 3, 1 / 3],
        ],
        [
          [1e30, 1e30, 0],
          [0.5, 0.5, 0],
        ],
        [
          [-1e30, -1e30 / 2, -1e30],
          [0, 1, 0],
        ],
        [
          [1e-30, 0, -1e-30],
          [1 / 3, 1 / 3, 1 / 3],
        ],
      ];
      const y = lab.vector(rows.flatMap(([row]) => row));
      const a = lab.written(rows.length * 3, (out) => lab.core.softmax(rows.length, 3, y.at, out));
      const exact = rows.flatMap(([, expected]) => expected);
      for (const [i, p] of exact.entries()) expect(Math.abs(a[i]! - p)).toBeLessThanOrEqual(4 * u);
      const log = lab.written(rows.length * 3, (out) => lab.core.logSoftmax(rows.length, 3, y.at, out));
      for (const v of log) expect(Number.isFinite(v) && v <= 0).toBe(true);
    }));

  test('in place gives the same bits', () =>
    withKernels(precision, (lab) => {
      const next = randoms(3);
      const y = lab.rounded(Array.from({ length: 21 }, () => 5 * next()));
      for (const kernel of [lab.core.softmax, lab.core.logSoftmax]) {
        const apart = lab.written(21, (out) => kernel(3, 7, lab.vector(y).at, out));
        const place = lab.vector(y);
        kernel(3, 7, place.at, place.at);
        expect(place.read()).toEqual(apart);
      }
    }));

  test('a NaN stays in its row, and shows', () =>
    withKernels(precision, (lab) => {
      const y = lab.vector([1, 2, 3, 4, 5, 1, Number.NaN, 3, 4, 5]);
      const a = lab.written(10, (out) => lab.core.softmax(2, 5, y.at, out));
      expect([...a.subarray(0, 5)].every(Number.isFinite)).toBe(true);
      expect([...a.subarray(5)].some(Number.isNaN)).toBe(true);
    }));
});
