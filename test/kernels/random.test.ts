// The generator from outside: published answers, distributions, independence of precision and of the length asked for.

import { describe, expect, test } from 'vitest';
import { Words } from '../../bindings/memory.js';
import { Purpose } from '../../src/runtime/random.js';
import { PRECISIONS, type Lab, withKernels } from './support.js';

function wordsOf(lab: Lab, n: number, low: number, high: number, purpose: number, epoch: number, step: number): number[] {
  const out = new Words(lab.arena, n);
  lab.core.words(n, low, high, purpose, epoch, step, out.address);
  return [...out.view()];
}

/** The largest distance of an empirical distribution from a true one (Kolmogorov and Smirnov). */
function distance(values: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let d = 0;
  sorted.forEach((x, i) => {
    const p = cdf(x);
    d = Math.max(d, p - i / n, (i + 1) / n - p);
  });
  return d;
}

/** Φ by its series (|x| < 6), to about 1e-12. */
function normalCdf(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; k < 200; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

const N = 20_000;
/** √n·D exceeds this once in ten million sets: seeds are fixed, so that it cannot happen later either. */
const KOLMOGOROV = 2.9 / Math.sqrt(N);

describe.each(PRECISIONS)('%s', (precision) => {
  test('Philox 4×32-10 gives its published answer for a zero key and counter', () =>
    withKernels(precision, (lab) => {
      expect(wordsOf(lab, 4, 0, 0, 0, 0, 0)).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    }));

  test.each([1, 7, 123_456_789])('uniforms of seed %i are uniform', (seed) =>
    withKernels(precision, (lab) => {
      const u = lab.written(N, (out) => lab.core.uniforms(N, seed, 0, Purpose.weights, 0, 0, -2, 3, out));
      expect(distance(u, (x) => (x + 2) / 5)).toBeLessThan(KOLMOGOROV);
      const mean = u.reduce((s, v) => s + v, 0) / N;
      // Standard error of the mean of N uniforms on an interval of 5; five of them.
      expect(Math.abs(mean - 0.5)).toBeLessThan(5 * (5 / Math.sqrt(12 * N)));
      expect(Math.min(...u)).toBeGreaterThanOrEqual(-2);
      expect(Math.max(...u)).toBeLessThanOrEqual(3);
    }),
  );

  test.each([1, 7, 123_456_789])('normals of seed %i are normal', (seed) =>
    withKernels(precision, (lab) => {
      const z = lab.written(N, (out) => lab.core.normals(N, seed, 0, Purpose.weights, 0, 0, 0, 1, out));
      expect(distance(z, normalCdf)).toBeLessThan(KOLMOGOROV);
      const moment = (k: number) => z.reduce((s, v) => s + v ** k, 0) / N;
      // Standard errors of the moments: √(1/N), √(2/N), √(15/N), √(96/N).
      expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(N));
      expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / N));
      expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / N));
      expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / N));
      // Neighbours know nothing of each other.
      let product = 0;
      for (let i = 1; i < N; i++) product += z[i]! * z[i - 1]!;
      expect(Math.abs(product / N)).toBeLessThan(5 / Math.sqrt(N));
    }),
  );

  test('streams of other seeds, purposes, epochs and steps differ in half of their bits', () =>
    withKernels(precision, (lab) => {
      const base = wordsOf(lab, 64, 5, 0, 1, 2, 3);
      const others = [
        [6, 0, 1, 2, 3],
        [5, 1, 1, 2, 3],
        [5, 0, 2, 2, 3],
        [5, 0, 1, 3, 3],
        [5, 0, 1, 2, 4],
      ] as const;
      for (const [low, high, purpose, epoch, step] of others) {
        const other = wordsOf(lab, 64, low, high, purpose, epoch, step);
        let bits = 0;
        other.forEach((w, i) => {
          for (let x = (w ^ base[i]!) >>> 0; x; x = (x & (x - 1)) >>> 0) bits++;
        });
        // 2048 bits, a standard deviation of 22.6: six of them.
        expect(Math.abs(bits - 1024)).toBeLessThan(136);
      }
    }));

  test('a longer draw begins with a shorter one', () =>
    withKernels(precision, (lab) => {
      const draw = (n: number) => lab.written(n, (out) => lab.core.normals(n, 3, 0, 1, 0, 0, 0, 1, out));
      const all = draw(37);
      for (const n of [0, 1, 2, 3, 5, 8, 36]) expect([...draw(n)]).toEqual([...all.subarray(0, n)]);
    }));

  test('permutations: each element once, every order equally often', () =>
    withKernels(precision, (lab) => {
      for (const n of [0, 1, 2, 3, 17, 1000]) {
        const out = new Words(lab.arena, n + 1);
        out.view()[n] = 4711;
        lab.core.permutation(n, 1, 0, Purpose.order, 0, 0, out.address);
        expect([...out.view()].slice(0, n).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        expect(out.view()[n]).toBe(4711);
      }
      const counts = new Map<string, number>();
      const draws = 24_000;
      const out = new Words(lab.arena, 4);
      for (let epoch = 0; epoch < draws; epoch++) {
        lab.core.permutation(4, 9, 0, Purpose.order, epoch, 0, out.address);
        const key = out.view().join();
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      expect(counts.size).toBe(24);
      const expected = draws / 24;
      let chi = 0;
      for (const n of counts.values()) chi += (n - expected) ** 2 / expected;
      // χ² with 23 degrees of freedom exceeds 71 once in a million.
      expect(chi).toBeLessThan(71);
    }));
});

test('float32 and float64 draw the same numbers, one rounded', async () => {
  const draw = (precision: 'float32' | 'float64') =>
    withKernels(precision, (lab) => lab.written(101, (out) => lab.core.normals(101, 11, 22, Purpose.weights, 3, 0, 0.5, 2, out)));
  const [single, double] = [await draw('float32'), await draw('float64')];
  expect([...single]).toEqual([...double].map(Math.fround));
});

test('orders are the same in both precisions', async () => {
  const draw = (precision: 'float32' | 'float64') =>
    withKernels(precision, (lab) => {
      const out = new Words(lab.arena, 50);
      lab.core.permutation(50, 11, 22, Purpose.order, 3, 0, out.address);
      return [...out.view()];
    });
  expect(await draw('float32')).toEqual(await draw('float64'));
});
