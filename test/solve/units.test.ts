// Units: the same answer whatever variables and values are measured in; ends that are none say so.

import { describe, expect, test } from 'vitest';
import { type MinimizeMethod, leastSquares, minimize } from '../../src/index.js';
import { numbers } from '../layers/training.js';

const times = Array.from({ length: 50 }, (_, i) => i * 0.2);

describe.each([1, 1e-4, 1e-6, 1e-9, 1e-12, 1e9])('a decay in units of %d', (unit) => {
  const seen = times.map((t) => unit * (3 * Math.exp(-0.8 * t) + 0.5));
  const residuals = ([a, k, c]: ArrayLike<number> & Iterable<number>) =>
    times.map((t, i) => a! * Math.exp(-k! * t) + c! - seen[i]!);
  const close = (x: Float64Array, digits: number) => {
    expect(x[0]! / unit).toBeCloseTo(3, digits);
    expect(x[1]).toBeCloseTo(0.8, digits);
    expect(x[2]! / unit).toBeCloseTo(0.5, digits);
  };

  test('leastSquares, from a start of that size and from 0', async () => {
    for (const start of [
      [unit, 1, unit / 10],
      [0, 1, 0],
    ]) {
      const fit = await leastSquares(residuals, start);
      close(fit.x, 8);
      expect(['minGradient', 'tolerance']).toContain(fit.reason);
    }
    const bounded = await leastSquares(residuals, [unit / 3, 1, unit / 10], {
      bounds: [
        [0, Infinity],
        [0, Infinity],
        [0, Infinity],
      ],
    });
    close(bounded.x, 8);
  });

  test.each(['bfgs', 'lbfgs', 'newton', 'scaledConjugateGradient'] as const)(
    'minimize by %s, with numeric slopes',
    async (method) => {
      const fit = await minimize((x) => residuals(x).reduce((s, r) => s + r * r, 0), [unit, 1, unit / 10], { method });
      close(fit.x, 4);
      expect(['minGradient', 'tolerance']).toContain(fit.reason);
    },
  );
});

test('units of a power of two change no bit', async () => {
  const next = numbers(2);
  const seen = times.map((t) => 3 * Math.exp(-0.8 * t) + 0.5 + 0.05 * next());
  const fit = (unit: number) =>
    leastSquares(([a, k, c]) => times.map((t, i) => a! * Math.exp(-k! * t) + c! - unit * seen[i]!), [unit, 1, unit / 8]);
  const sum = (unit: number) =>
    minimize(
      ([a, k, c]) => times.reduce((s, t, i) => s + (a! * Math.exp(-k! * t) + c! - unit * seen[i]!) ** 2, 0),
      [unit, 1, unit / 8],
    );
  for (const found of [fit, sum]) {
    const plain = await found(1);
    for (const unit of [2 ** -40, 2 ** 20]) {
      const other = await found(unit);
      expect([other.x[0]! / unit, other.x[1], other.x[2]! / unit]).toEqual([...plain.x]);
      expect([other.reason, other.iterations]).toEqual([plain.reason, plain.iterations]);
    }
  }
});

test('a tiny value is no small gradient', async () => {
  for (const scale of [1, 1e-12, 1e-30, 1e20]) {
    const { x } = await minimize(([a, b]) => scale * ((a! - 3) ** 2 + (b! - 1) ** 2), [0, 0]);
    expect(x[0]).toBeCloseTo(3, 6);
    expect(x[1]).toBeCloseTo(1, 6);
  }
});

describe('a start where nothing depends on the variables', () => {
  test('a peak far away: flat, with advice', async () => {
    const at = Array.from({ length: 100 }, (_, i) => 1300 + i);
    const seen = at.map((v) => 500 * Math.exp(-((v - 1350) ** 2) / 32));
    const peak = ([a, b, c]: ArrayLike<number> & Iterable<number>) =>
      at.map((v, i) => a! * Math.exp(-((v - b!) ** 2) / (2 * c! * c!)) - seen[i]!);
    const fit = await leastSquares(peak, [1, 1, 1]);
    expect(fit.reason).toBe('flat');
    expect(fit.advice).toMatch(/do not change with some of the variables.*begin where/);
    expect((await leastSquares(peak, [100, 1345, 3])).value).toBeLessThan(1e-10);
    const sum = await minimize((x) => peak(x).reduce((s, r) => s + r * r, 0), [1, 1, 1]);
    expect(sum.reason).toBe('flat');
    expect(sum.advice).toMatch(/does not change.*begin where/);
  });

  test('an amplitude that a rate has made nothing of', async () => {
    const at = Array.from({ length: 37 }, (_, i) => 36 + i);
    const seen = at.map((v) => 3 * Math.exp(0.09 * v) - 60);
    const growth = ([a, b, c]: ArrayLike<number> & Iterable<number>) => at.map((v, i) => a! * Math.exp(-b! * v) + c! - seen[i]!);
    const fit = await leastSquares(growth, [1, 1, 1]);
    if (fit.value > 1e-6) expect(fit.reason).toBe('flat');
    expect((await leastSquares(growth, [1, -0.05, 1])).value).toBeLessThan(1e-8);
  });

  test('a maximum and a saddle are no ends, a minimum is one', async () => {
    const saddle = ([a, b]: ArrayLike<number> & Iterable<number>) => (a! * a! - 1) ** 2 + b! * b!;
    expect(Math.abs((await minimize(saddle, [0, 0])).x[0]!)).toBeCloseTo(1, 6);
    expect(Math.abs((await leastSquares(([a, b]) => [a! * a! - 1, b!], [0, 0])).x[0]!)).toBeCloseTo(1, 8);
    const there = await minimize(saddle, [1, 0]);
    expect([there.reason, there.iterations, ...there.x]).toEqual(['tolerance', 0, 1, 0]);
  });
});

describe('limits', () => {
  /** Slow enough for a clock. */
  const slow = (x: Float64Array) => {
    const end = performance.now() + 2;
    while (performance.now() < end);
    return [x[0]! - 1, 10 * (x[1]! - x[0]! ** 2), 1e-3 * x[0]!];
  };
  const sum = (x: Float64Array) => slow(x).reduce((s, r) => s + r * r, 0);

  test('a time limit and a signal end it with what was found', async () => {
    for (const solve of [
      (options: object) => leastSquares(slow, [-1.2, 1], { tolerance: 0, minGradient: 0, ...options }),
      (options: object) => minimize(sum, [-1.2, 1], { tolerance: 0, minGradient: 0, ...options }),
    ]) {
      const limited = await solve({ timeLimit: 10 });
      expect(limited.reason).toBe('timeLimit');
      expect(limited.x).toHaveLength(2);
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 1);
      const aborted = await solve({ signal: stop.signal });
      expect(aborted.reason).toBe('signal');
    }
  });

  test('onIteration is told of every accepted point, in the units of the caller', async () => {
    const unit = 1e-9;
    const told: number[] = [];
    const { value, x } = await leastSquares(([a]) => [(a! / unit) ** 2 - 2, a! / unit - 1], [5 * unit], {
      onIteration: (point) => {
        told.push(point.value);
        expect(point.x[0]! / unit).toBeGreaterThan(0);
      },
    });
    expect(told.at(-1)).toBeCloseTo(value, 12);
    expect(x[0]! / unit).toBeGreaterThan(1);
  });
});

test.each(['bfgs', 'newton'] as MinimizeMethod[])('a gradient or Jacobian that is no number is refused (%s)', async (method) => {
  const f = ([a]: Float64Array) => (a! - 1) ** 2;
  await expect(minimize(f, [3], { method, gradient: () => [Number.NaN] })).rejects.toThrow(
    /x0, row 0: the gradient there is NaN/,
  );
  await expect(leastSquares(([a]) => [a! - 1], [3], { jacobian: () => [[Number.NaN]] })).rejects.toThrow(
    /jacobian, row 0, column 0: NaN/,
  );
});
