// The ends of spectra, also where one is next to minus the other: against whole spectra, on matrices and on networks at saddles.

import { describe, expect, test } from 'vitest';
import { engineOf } from '../../bindings/load.js';
import { Arena, type Reals, heap } from '../../bindings/memory.js';
import { extremeEigenvalue } from '../../src/eigen/lanczos.js';
import { Network, OptionError, autoRate, dense, init, sgd } from '../../src/index.js';
import { type Work, workHere } from '../../src/runtime/work.js';
import { matrixOf, numbers } from '../layers/training.js';

await init({ precision: 'float64' });
const engine = await engineOf('float64');

/** Q·diag(λ)·Qᵀ·v by three Householder reflections. */
function operator(values: readonly number[], seed: number) {
  const n = values.length;
  const next = numbers(seed);
  const mirrors = Array.from({ length: 3 }, () => {
    const u = Array.from({ length: n }, next);
    const square = u.reduce((s, e) => s + e * e, 0);
    return (v: number[]) => {
      const along = (2 * u.reduce((s, e, i) => s + e * v[i]!, 0)) / square;
      return v.map((e, i) => e - along * u[i]!);
    };
  });
  const there = (v: number[]) => mirrors.reduce((w, m) => m(w), v);
  const back = (v: number[]) => mirrors.reduceRight((w, m) => m(w), v);
  const times = (v: ArrayLike<number>) => there(back(Array.from(v)).map((e, i) => e * values[i]!));
  // biome-ignore lint/correctness/useYield: there is nothing to wait for
  const apply = function* (v: Reals, out: Reals): Work<void> {
    out.view().set(times(v.view()));
  };
  const start = (v: Reals) => v.view().set(Array.from({ length: n }, next));
  return { apply, times, start, n };
}

const spread = (n: number, of: (k: number) => number) => Array.from({ length: n }, (_, k) => of(k));
const SPECTRA: [string, number[]][] = [
  ['one', [-3]],
  ['zero', [0, 0, 0]],
  ['two', [2, -2]],
  ['plus and minus', [5, -5, 1, 0.5, 0]],
  ['next to each other', [5, -4.9999, ...spread(60, (k) => Math.sin(k))]],
  ['the negative one larger', [5, -5.0001, ...spread(60, (k) => Math.cos(k))]],
  ['pairs', spread(120, (k) => (k % 2 ? -1 : 1) / (1 + (k >> 1)))],
  ['far below 0', [0.01, -8, ...spread(40, (k) => -k / 10)]],
  ['negative only', spread(35, (k) => -1 - k)],
  ['positive only', spread(200, (k) => 1 / (k + 1))],
  ['several times', [7, 7, 7, -7, -7, ...spread(95, (k) => k / 20)]],
  ['evenly', spread(200, (k) => k - 99.5)],
];

describe.each(SPECTRA)('matrices: %s', (_, values) => {
  test.each([4, 32])('a basis of %d vectors', (capacity) => {
    const { apply, times, start, n } = operator(values, values.length);
    const size = Math.max(...values.map(Math.abs));
    for (const which of ['magnitude', 'algebraic'] as const) {
      const arena = new Arena();
      const search = { which, tolerance: 1e-6, most: 3000, capacity, start };
      const { value, vector, residual } = workHere(engine, extremeEigenvalue(engine, arena, n, apply, search));
      arena.dispose();
      expect(residual).toBeLessThanOrEqual(which === 'magnitude' ? 1e-6 : 1e-5);
      // Rayleigh's quotient errs by the square of the residual, or where ends can hardly be told apart by as much as they differ.
      const right = which === 'magnitude' ? size : Math.max(...values);
      expect(Math.abs((which === 'magnitude' ? Math.abs(value) : value) - right)).toBeLessThanOrEqual(1e-9 * size);
      const off = times(vector).map((e, i) => e - value * vector[i]!);
      expect(Math.sqrt(off.reduce((s, e) => s + e * e, 0))).toBeLessThanOrEqual(
        2e-6 * Math.max(Math.abs(value), 1e-3 * size) + 1e-14,
      );
    }
  });
});

test('what is not finite is said to be; what does not converge has its residual', () => {
  const { apply, start, n } = operator(
    spread(200, (k) => k - 99.5),
    1,
  );
  const arena = new Arena();
  const search = { which: 'magnitude', tolerance: 1e-6, most: 5, capacity: 32, start } as const;
  const { residual, products } = workHere(engine, extremeEigenvalue(engine, arena, n, apply, search));
  expect(products).toBe(5);
  expect(residual).toBeGreaterThan(1e-3);
  // biome-ignore lint/correctness/useYield: there is nothing to wait for
  const bad = function* (_: Reals, out: Reals): Work<void> {
    out.view().fill(Number.NaN);
  };
  expect(workHere(engine, extremeEigenvalue(engine, arena, n, bad, search)).value).toBeNaN();
  arena.dispose();
});

/** A network whose weights are all times k: near 0 a saddle, with eigenvalues in pairs λ and −λ. */
async function saddle(
  k: number,
  seed: number,
  activation: 'linear' | 'tanh' = 'tanh',
  precision: 'float32' | 'float64' = 'float64',
) {
  const next = numbers(seed);
  const X = matrixOf(60, 6, next);
  const Y = X.map((x) => [x[0]! * 1.5 - x[1]!, x[2]! + x[3]!, 0.3 * x[4]!]);
  const layers = [dense(12, { activation, bias: false }), dense(3, { bias: false })];
  const net = await Network.create({ inputs: 6, layers, loss: 'meanSquaredError', precision, seed });
  net.setWeights(net.getWeights().map((w) => w.map((e) => e * k)));
  return { net, X, Y };
}

describe('networks at saddles', () => {
  test.each([0, 1e-9, 1e-4, 1e-2, 0.3, 1])('weights times %d: both ends are those of the whole spectrum', async (k) => {
    for (let seed = 1; seed <= 10; seed++) {
      const { net, X, Y } = await saddle(k, seed);
      using c = net.curvature(X, Y);
      const { eigenvalues } = c.spectrum();
      const [most, least] = [eigenvalues[0]!, eigenvalues.at(-1)!];
      const size = Math.max(most, -least);
      const { value, vector, residual } = c.principalEigenvalue();
      expect(residual).toBeLessThanOrEqual(1e-10);
      expect(Math.abs(Math.abs(value) - size)).toBeLessThan(1e-9 * size);
      const off = c.hessianVector(vector).map((e, i) => e - value * vector[i]!);
      expect(Math.sqrt(off.reduce((s, e) => s + e * e, 0))).toBeLessThan(1.1e-6 * size);
      expect(Math.abs(c.largestEigenvalue() - most)).toBeLessThan(1e-9 * size);
      expect(c.optimalRate()).toBeCloseTo(1 / most, 6);
      const algebraic = c.principalEigenvalue({ which: 'algebraic' });
      expect(algebraic.value).toBe(c.largestEigenvalue());
      expect(algebraic.residual).toBeLessThanOrEqual(1e-6);
      // Differences err by their step times a third derivative, and by rounding.
      expect(Math.abs(c.largestEigenvalue({ by: 'finiteDifference', tolerance: 1e-3, products: 100 }) - most)).toBeLessThan(
        2e-3 * size,
      );
      net.dispose();
    }
  });

  test('memory is given back', async () => {
    const { net, X, Y } = await saddle(0.1, 1);
    using c = net.curvature(X, Y);
    c.principalEigenvalue();
    const before = heap.used;
    c.largestEigenvalue();
    c.spectrum({ k: 3 });
    await net.fit(X, Y, { method: sgd({ rate: 'auto' }), epochs: 1 });
    expect(heap.used).toBe(before);
    expect(() => c.principalEigenvalue({ by: 'online', which: 'algebraic' })).toThrow(OptionError);
    expect(c.largestEigenvalue({ by: 'online' })).toBe(c.principalEigenvalue({ by: 'online' }).value);
    net.dispose();
  });

  test.each(['float32', 'float64'] as const)(
    'rate: auto is the largest eigenvalue’s, not that of a larger negative one (%s)',
    async (precision) => {
      for (const k of [1e-3, 0.3, 1]) {
        for (let seed = 1; seed <= 5; seed++) {
          const { net, X, Y } = await saddle(k, seed, 'tanh', precision);
          const c = net.curvature(X, Y);
          const most = c.spectrum().eigenvalues[0]!;
          c.dispose();
          const rates: number[] = [];
          const onEpoch = ({ rate }: { rate: number }) => rates.push(rate);
          await net.fit(X, Y, { method: sgd({ rate: autoRate(), momentum: 0 }), epochs: 1, onEpoch });
          expect(rates[0]! * most).toBeGreaterThan(0.97);
          expect(rates[0]! * most).toBeLessThan(1.05);
          net.dispose();
        }
      }
      // Far from its target on the other side a saturated unit curves mainly downwards: λ = −0.9 and 0.1 or so, by two samples.
      using down = await Network.create({
        inputs: 2,
        layers: [dense(1, { activation: 'tanh', bias: false })],
        loss: 'meanSquaredError',
        precision,
        seed: 1,
      });
      down.setWeights([[1, 0.5]]);
      const [X, Y] = [
        [
          [1, 0],
          [0, 0.4],
        ],
        [[-3], [0.5]],
      ];
      const c = down.curvature(X, Y);
      const [most, least] = c.spectrum().eigenvalues;
      expect(-least!).toBeGreaterThan(5 * most!);
      expect(c.largestEigenvalue()).toBeCloseTo(most!, 10);
      expect(c.principalEigenvalue().value).toBeCloseTo(least!, 10);
      c.dispose();
      let found = 0;
      const onEpoch = ({ rate }: { rate: number }) => {
        found = rate;
      };
      await down.fit(X, Y, { method: sgd({ rate: 'auto', momentum: 0 }), epochs: 1, onEpoch });
      expect(found * most!).toBeGreaterThan(0.97);
      expect(found * most!).toBeLessThan(1.05);
    },
  );
});
