// Level-1 operations against float64 twins, between guard words.

import { describe, expect, test } from 'vitest';
import { type Lab, PRECISIONS, gamma, randoms, withKernels } from './support.js';

/** Around a vector, around the 256 elements that are summed at a time, and far beyond. */
const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 255, 256, 257, 511, 1031];

describe.each(PRECISIONS)('level 1 in %s', (precision) => {
  const each = (body: (lab: Lab, n: number, next: () => number) => void) =>
    withKernels(precision, (lab) => {
      for (const n of LENGTHS) body(lab, n, randoms(n + 1));
    });

  test('copy, also where the vectors overlap', () =>
    each((lab, n, next) => {
      const x = lab.matrix(1, n, n, 2).random(next);
      const before = x.read();
      const y = lab.room(n);
      lab.core.copy(n, x.at, y.at);
      expect(y.read()).toEqual(before);
      y.expectIntact();
      if (n > 2) {
        const size = x.stride / n;
        lab.core.copy(n - 1, x.at, x.at + size);
        expect(x.read()).toEqual(Float64Array.from(before, (v, i) => (i ? before[i - 1]! : v)));
        x.expectIntact();
      }
    }));

  test('fill', () =>
    each((lab, n) => {
      expect(lab.written(n, (out) => lab.core.fill(n, 0.625, out))).toEqual(new Float64Array(n).fill(0.625));
    }));

  test('scale: one rounding', () =>
    each((lab, n, next) => {
      const x = lab.matrix(1, n).random(next);
      const before = x.read();
      const [a] = lab.rounded([0.3]);
      lab.core.scale(n, 0.3, x.at);
      x.expectIntact();
      const exact = lab.rounded(before.map((v) => v * a!));
      expect(x.read()).toEqual(Float64Array.from(exact));
    }));

  test('axpy: two roundings', () =>
    each((lab, n, next) => {
      const x = lab.matrix(1, n, n, 3).random(next);
      const y = lab.matrix(1, n).random(next);
      const before = y.read();
      const [a] = lab.rounded([-1.7]);
      lab.core.axpy(n, -1.7, x.at, y.at);
      x.expectIntact();
      y.expectIntact();
      const X = x.read();
      y.read().forEach((v, i) => {
        const product = a! * X[i]!;
        expect(Math.abs(v - (before[i]! + product))).toBeLessThanOrEqual(
          gamma(precision, 2) * (Math.abs(product) + Math.abs(before[i]!)),
        );
      });
    }));

  // A block's lane passes its product's rounding, up to 64 (float32) or 128 (float64) additions and those of the lanes; the
  // blocks' sums are added in float64.
  const inBlock = (precision === 'float32' ? 64 : 128) + 3;

  test('dot', () =>
    each((lab, n, next) => {
      const x = lab.matrix(1, n, n, 3).random(next);
      const y = lab.matrix(1, n).random(next);
      const [X, Y] = [x.read(), y.read()];
      const terms = X.map((v, i) => v * Y[i]!);
      const size = terms.reduce((s, v) => s + Math.abs(v), 0);
      const bound = (gamma(precision, inBlock) + gamma('float64', n)) * size;
      expect(Math.abs(lab.core.dot(n, x.at, y.at) - terms.reduce((s, v) => s + v, 0))).toBeLessThanOrEqual(bound);
    }));

  test('total', () =>
    each((lab, n, next) => {
      const x = lab.matrix(1, n).random(next);
      const X = x.read();
      const size = X.reduce((s, v) => s + Math.abs(v), 0);
      const bound = (gamma(precision, inBlock) + gamma('float64', n)) * size;
      expect(Math.abs(lab.core.total(n, x.at) - X.reduce((s, v) => s + v, 0))).toBeLessThanOrEqual(bound);
    }));

  test('sums of small whole numbers are exact', () =>
    withKernels(precision, (lab) => {
      const n = 5003;
      const x = lab.vector(Array.from({ length: n }, (_, i) => (i % 17) - 8));
      const exact = x.read().reduce((s, v) => s + v, 0);
      const squares = x.read().reduce((s, v) => s + v * v, 0);
      expect(lab.core.total(n, x.at)).toBe(exact);
      expect(lab.core.dot(n, x.at, x.at)).toBe(squares);
    }));

  test('largestMagnitude, wherever it is', () =>
    each((lab, n, next) => {
      const x = lab.matrix(1, n).random(next);
      const X = x.read();
      expect(lab.core.largestMagnitude(n, x.at)).toBe(X.reduce((m, v) => Math.max(m, Math.abs(v)), 0));
      for (const i of new Set([0, n >> 1, n - 1].filter((i) => i >= 0 && i < n))) {
        expect(lab.core.largestMagnitude(n, x.set(X.with(i, -3)).at)).toBe(3);
        expect(lab.core.largestMagnitude(n, x.set(X.with(i, Number.NaN)).at)).toBeNaN();
      }
    }));

  test('norm', () =>
    each((lab, n, next) => {
      const x = lab.matrix(1, n).random(next);
      const exact = Math.hypot(...x.read());
      expect(Math.abs(lab.core.norm(n, x.at) - exact)).toBeLessThanOrEqual(gamma('float64', n + 4) * exact);
    }));

  test('norm neither overflows nor loses tiny numbers', () =>
    withKernels(precision, (lab) => {
      const large = precision === 'float32' ? 2 ** 127 : 2 ** 1020;
      const tiny = precision === 'float32' ? 2 ** -149 : 2 ** -1070;
      expect(lab.core.norm(2, lab.vector([3 * 2 ** -3 * large, large / 2]).at)).toBe(large * 0.625);
      expect(lab.core.norm(2, lab.vector([3 * tiny, -4 * tiny]).at)).toBe(5 * tiny);
      expect(lab.core.norm(2, lab.vector([1, Number.NaN]).at)).toBeNaN();
      expect(lab.core.norm(2, lab.vector([1, -Infinity]).at)).toBe(Infinity);
    }));

  test('columnSums, alone, onto an addend and in place', () =>
    withKernels(precision, (lab) => {
      for (const rows of [0, 1, 2, 7, 33]) {
        for (const n of [1, 2, 3, 4, 5, 8, 13]) {
          const next = randoms(rows * 100 + n);
          const x = lab.matrix(rows, n).random(next);
          const e = lab.matrix(1, n, n, 3).random(next);
          const [X, E] = [x.read(), e.read()];
          const check = (got: Float64Array, start: (j: number) => number) => {
            got.forEach((v, j) => {
              let exact = start(j);
              let size = Math.abs(exact);
              for (let r = 0; r < rows; r++) {
                exact += X[r * n + j]!;
                size += Math.abs(X[r * n + j]!);
              }
              expect(Math.abs(v - exact)).toBeLessThanOrEqual(gamma(precision, rows + 1) * size);
            });
          };
          check(
            lab.written(n, (out) => lab.core.columnSums(rows, n, x.at, out, 0)),
            () => 0,
          );
          check(
            lab.written(n, (out) => lab.core.columnSums(rows, n, x.at, out, e.at)),
            (j) => E[j]!,
          );
          lab.core.columnSums(rows, n, x.at, e.at, e.at);
          e.expectIntact();
          check(e.read(), (j) => E[j]!);
        }
      }
    }));

  test('long sums do not lose what is small', () =>
    withKernels(precision, (lab) => {
      // Beside `large`, a 1 is lost to rounding: in one long sum all of them would be, so only those of the first 256 may.
      const n = 2 ** 16;
      const large = precision === 'float32' ? 2 ** 25 : 2 ** 54;
      const x = lab.room(n);
      lab.core.fill(n, 1, x.at);
      const ones = lab.vector(x.read());
      x.set(x.read().fill(large, 0, 4));
      for (const sum of [lab.core.total(n, x.at), lab.core.dot(n, x.at, ones.at)]) {
        expect(Math.abs(sum - 4 * large - (n - 4))).toBeLessThanOrEqual(256);
      }
    }));
});
