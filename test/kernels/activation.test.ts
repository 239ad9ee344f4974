// Activations on vectors of every length, against their definitions in float64, f′ and f″ included; guards around every
// buffer, results in place and beside. The list is the kernels' own: a kind without a definition here does not compile.

import { describe, expect, test } from 'vitest';
import { Activation, type ActivationName, ActivationTraits } from '../../build/codes.js';
import { INSIDE } from './inside.js';
import { PRECISIONS, ROUNDOFF, randoms, same, withKernels } from './support.js';

const SLOPE = 0.25; // exact in float32

type Elementwise = Exclude<ActivationName, 'softmax'>;
const NAMES = (Object.keys(Activation) as ActivationName[]).filter((name): name is Elementwise => name !== 'softmax');

const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** Φ(x) = ½ + φ(x)·Σ x^(2k+1)/(2k+1)!!, to rounding 0 or 1 beyond 9 */
function normal(x: number): number {
  if (Math.abs(x) > 9) return x > 0 ? 1 : 0;
  let sum = x;
  for (let term = x, k = 3; Math.abs(term) > 1e-18 * Math.abs(sum); k += 2) sum += term *= (x * x) / k;
  return 0.5 + density(x) * sum;
}

/** ln(1 + e^y), far out as well */
const softplus = (y: number) => Math.max(0, y) + Math.log1p(Math.exp(-Math.abs(y)));

const logistic = (y: number) => 1 / (1 + Math.exp(-y));

/** f, f′ and f″ of a·tanh(s·y). */
function scaledTanh(y: number, a = 1, s = 1): [number, number, number] {
  const t = Math.tanh(s * y);
  return [a * t, a * s * (1 - t * t), -2 * a * s * s * t * (1 - t * t)];
}

/** f, f′ and f″ of y·σ(q), from those of q. */
function gated(y: number, [q, first, second]: readonly [number, number, number]): [number, number, number] {
  const [s, slope] = [logistic(q), logistic(q) * logistic(-q)];
  const bend = slope * (logistic(-q) - s);
  return [y * s, s + y * slope * first, 2 * slope * first + y * (bend * first ** 2 + slope * second)];
}

/** Where f or f′ jump. */
const KINKS: Partial<Record<Elementwise, readonly number[]>> = {
  hardSigmoid: [-2.5, 2.5],
  relu6: [0, 6],
  thresholdedRelu: [SLOPE],
};

/** f, f′ and f″ */
const DEFINED: Record<Elementwise, (y: number) => [number, number, number]> = {
  linear: (y) => [y, 1, 0],
  tanh: (y) => scaledTanh(y),
  lecunTanh: (y) => scaledTanh(y, 1.7159, 2 / 3),
  twistedTanh: (y) => [Math.tanh(y) + SLOPE * y, scaledTanh(y)[1] + SLOPE, scaledTanh(y)[2]],
  sigmoid: (y) => [logistic(y), logistic(y) * logistic(-y), logistic(y) * logistic(-y) * (logistic(-y) - logistic(y))],
  relu: (y) => [Math.max(0, y), y > 0 ? 1 : 0, 0],
  leakyRelu: (y) => (y > 0 ? [y, 1, 0] : [SLOPE * y, SLOPE, 0]),
  elu: (y) => (y > 0 ? [y, 1, 0] : [SLOPE * Math.expm1(y), SLOPE * Math.exp(y), SLOPE * Math.exp(y)]),
  gelu: (y) => [y * normal(y), normal(y) + y * density(y), (2 - y * y) * density(y)],
  softplus: (y) => [softplus(y), logistic(y), logistic(y) * logistic(-y)],
  mish(y) {
    const [t, first, second] = scaledTanh(softplus(y));
    const [s, slope] = [logistic(y), logistic(y) * logistic(-y)]; // of softplus
    return [y * t, t + y * first * s, 2 * first * s + y * (second * s * s + first * slope)];
  },
  selu(y) {
    const [scale, depth] = [1.0507009873554805, 1.0507009873554805 * 1.6732632423543772];
    return y > 0 ? [scale * y, scale, 0] : [depth * Math.expm1(y), depth * Math.exp(y), depth * Math.exp(y)];
  },
  hardSigmoid: (y) => (Math.abs(y) < 2.5 ? [0.5 + y / 5, 0.2, 0] : [y > 0 ? 1 : 0, 0, 0]),
  softsign: (y) => [y / (1 + Math.abs(y)), (1 + Math.abs(y)) ** -2, -2 * Math.sign(y) * (1 + Math.abs(y)) ** -3],
  swish: (y) => gated(y, [y, 1, 0]),
  relu6: (y) => (y > 0 && y < 6 ? [y, 1, 0] : [y > 0 ? 6 : 0, 0, 0]),
  thresholdedRelu: (y) => (y > SLOPE ? [y, 1, 0] : [0, 0, 0]),
  geluTanh(y) {
    const c = Math.sqrt(8 / Math.PI);
    return gated(y, [c * (y + 0.044715 * y ** 3), c * (1 + 3 * 0.044715 * y * y), c * 6 * 0.044715 * y]);
  },
};

describe.each(NAMES)('%s', (name) => {
  const define = DEFINED[name];
  const code = Activation[name];

  test('the definitions agree with themselves: f′ and f″ are differences of f and f′', () => {
    const next = randoms(41);
    const h = 1e-5;
    for (let repeat = 0; repeat < 40; repeat++) {
      let y = 4 * next();
      if ((KINKS[name] ?? [0]).some((kink) => Math.abs(y - kink) < 0.01)) y += 0.1; // away from the kinks
      for (const order of [0, 1] as const) {
        const difference = (define(y + h)[order]! - define(y - h)[order]!) / (2 * h);
        // The next odd derivative (below 4) times h²/6, and the rounding of numbers up to 4 over h.
        expect(Math.abs(difference - define(y)[order + 1]!)).toBeLessThan(1e-10 + 4e-15 / h);
      }
    }
  });

  describe.each(PRECISIONS)('%s', (precision) => {
    const { activate, needsInput, secondDerivative, timesDerivative } = INSIDE[precision];

    test.each([0, 1, 2, 3, 4, 5, 7, 8, 13, 31])('value, f′ and f″ of %i numbers', (n) =>
      withKernels(precision, (lab) => {
        const next = randoms(42 + n);
        const values = lab.rounded(Array.from({ length: n }, () => 4 * next()));
        const [y, place] = [lab.vector(values), lab.vector(values)];
        const [a, second] = [lab.room(n), lab.room(n)];
        const d = lab.vector(Array.from({ length: n }, (_, i) => 1 + (i & 1)));
        const missing = lab.room(n); // what is not promised to be read
        activate(code, n, y.at, a.at, SLOPE);
        activate(code, n, place.at, place.at, SLOPE);
        expect(same(a.read(), place.read())).toBe(true);
        const takesInput = needsInput(code) !== 0;
        expect(takesInput).toBe(ActivationTraits[name].needsInput);
        const from = takesInput ? ([y.at, missing.at] as const) : ([missing.at, a.at] as const);
        timesDerivative(code, n, ...from, d.at, SLOPE);
        secondDerivative(code, n, ...from, second.at, SLOPE);
        // Elementary functions err by at most 8 units in the last place, 16 roundings; f′ and f″ take a few products of
        // numbers that inherit this, whose factors are at most 4 for |y| ≤ 4.
        const bound = (v: number) => 64 * ROUNDOFF[precision] * (1 + Math.abs(v));
        values.forEach((v, i) => {
          const [value, slope, bend] = define(v);
          const factor = 1 + (i & 1);
          expect(Math.abs(a.read()[i]! - value)).toBeLessThanOrEqual(bound(v));
          expect(Math.abs(d.read()[i]! - factor * slope)).toBeLessThanOrEqual(factor * bound(v));
          expect(Math.abs(second.read()[i]! - bend)).toBeLessThanOrEqual(bound(v));
        });
        for (const guarded of [y, place, a, d, second, missing]) guarded.expectIntact();
      }),
    );

    test('NaN stays in its own lane; far out, values and derivatives are what they should be', () =>
      withKernels(precision, (lab) => {
        const values = [0.5, Number.NaN, 0.5, 0.5, 30, -30, 1e4, -1e4];
        const n = values.length;
        const [y, a, second] = [lab.vector(values), lab.room(n), lab.room(n)];
        const d = lab.vector(new Array<number>(n).fill(1));
        activate(code, n, y.at, a.at, SLOPE);
        timesDerivative(code, n, y.at, a.at, d.at, SLOPE);
        secondDerivative(code, n, y.at, a.at, second.at, SLOPE);
        expect(a.read()[1]).toBeNaN();
        values.forEach((v, i) => {
          if (Number.isNaN(v)) return;
          const [value, slope, bend] = define(v);
          expect(Math.abs(a.read()[i]! - value), `f(${v})`).toBeLessThanOrEqual(64 * ROUNDOFF[precision] * (1 + Math.abs(v)));
          expect(Math.abs(d.read()[i]! - slope), `f′(${v})`).toBeLessThan(1e-5);
          expect(Math.abs(second.read()[i]! - bend), `f″(${v})`).toBeLessThan(1e-5);
        });
      }));
  });
});

describe.each(PRECISIONS)('%s', (precision) => {
  const { activate, secondDerivative, timesDerivative } = INSIDE[precision];

  test("softmax: activate leaves it to the kernel of rows, f′ and f″ are the diagonal's", () =>
    withKernels(precision, (lab) => {
      const eighths = Array.from({ length: 5 }, (_, i) => i / 8); // exact
      const [a, d, second, out] = [lab.vector(eighths), lab.vector([1, 1, 1, 1, 1]), lab.room(5), lab.vector([9, 9, 9, 9, 9])];
      activate(Activation.softmax, 5, a.at, out.at, 0);
      expect([...out.read()]).toEqual([9, 9, 9, 9, 9]);
      timesDerivative(Activation.softmax, 5, 0, a.at, d.at, 0);
      secondDerivative(Activation.softmax, 5, 0, a.at, second.at, 0);
      expect([...d.read()]).toEqual(eighths.map((p) => p * (1 - p)));
      expect([...second.read()]).toEqual(eighths.map((p) => p * (1 - p) * (1 - 2 * p)));
    }));

  test('at 0 rectifiers have slope 0, leakyRelu its own', () =>
    withKernels(precision, (lab) => {
      for (const [name, slope] of [
        ['relu', 0],
        ['leakyRelu', SLOPE],
      ] as const) {
        const [y, a, d] = [lab.vector([0]), lab.room(1), lab.vector([1])];
        activate(Activation[name], 1, y.at, a.at, SLOPE);
        timesDerivative(Activation[name], 1, y.at, a.at, d.at, SLOPE);
        expect([a.read()[0], d.read()[0]]).toEqual([0, slope]);
      }
    }));

  test('mish keeps its relative precision in both tails', () =>
    withKernels(precision, (lab) => {
      const values = lab.rounded([-80, -40, -20, -5, -1e-3, 1e-3, 5, 20, 40, 80]);
      const [y, a] = [lab.vector(values), lab.room(values.length)];
      activate(Activation.mish, values.length, y.at, a.at, 0);
      values.forEach((v, i) => {
        const exact = v * Math.tanh(Math.log1p(Math.exp(v)));
        expect(Math.abs(a.read()[i]! / exact - 1)).toBeLessThan(16 * ROUNDOFF[precision]); // 8 units in the last place
      });
    }));
});
