// Initial weights: their distribution (Efficient BackProp 4.6), closed forms, and who gets which.

import { describe, expect, test } from 'vitest';
import { type Activation, type Initializer, Network, OptionError, dense, initializers, sgd } from '../../src/index.js';
import { matrixOf, numbers } from '../layers/training.js';

async function weights(
  inputs: number,
  units: number,
  init: Initializer | undefined,
  more: { activation?: Activation; seed?: number } = {},
) {
  using net = await Network.create({
    inputs,
    layers: [dense(units, { ...(init && { init: init as 'zeros' }), activation: more.activation ?? 'tanh' })],
    loss: 'meanSquaredError',
    precision: 'float64',
    seed: more.seed ?? 1,
  });
  const [kernel, bias] = net.getWeights();
  return { kernel: [...kernel!], bias: [...bias!] };
}

/** [name, variance for fan-in m and units u, whether uniform] */
const SPREADS: [Initializer, (m: number, u: number) => number, boolean][] = [
  ['lecunNormal', (m) => 1 / m, false],
  ['lecunUniform', (m) => 1 / m, true],
  ['lenet5', (m) => (2.4 / m) ** 2 / 3, true],
  ['glorotNormal', (m, u) => 2 / (m + u), false],
  ['glorotUniform', (m, u) => 2 / (m + u), true],
  ['heNormal', (m) => 2 / m, false],
  ['heUniform', (m) => 2 / m, true],
];

describe.each(SPREADS)('%s', (init, varianceOf, uniform) => {
  test.each([
    [1, 2000],
    [7, 900],
    [64, 300],
    [200, 100],
  ])('mean 0 and the right deviation, within 4 standard errors (%i inputs, %i units)', async (m, u) => {
    const { kernel, bias } = await weights(m, u, init);
    const n = kernel.length;
    const variance = varianceOf(m, u);
    const mean = kernel.reduce((a, b) => a + b) / n;
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / n));
    const second = kernel.reduce((s, w) => s + w * w, 0) / n;
    // Var(w²) is 2σ⁴ of normal numbers, 4σ⁴/5 of uniform ones.
    expect(Math.abs(second - variance)).toBeLessThan(4 * variance * Math.sqrt((uniform ? 0.8 : 2) / n));
    if (uniform) expect(Math.max(...kernel.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(3 * variance));
    expect(bias.every((b) => b === 0)).toBe(true);
  });
});

/** Of normal numbers that are cut off at ±2: 1 − 4·φ(2)/(2Φ(2) − 1). */
const CUT_VARIANCE = 1 - (4 * Math.exp(-2)) / Math.sqrt(2 * Math.PI) / 0.9544997361036416;

/** [name, maker, variance, the largest number in deviations, how many times σ⁴ Var(w²) is] */
const SCALED: [string, Initializer, (m: number, u: number) => number, number, number][] = [
  ['varianceScaling', initializers.varianceScaling(), (m) => 1 / m, 2 / Math.sqrt(CUT_VARIANCE), 1.2],
  ['by units', initializers.varianceScaling({ scale: 2, mode: 'fanOut', distribution: 'normal' }), (_, u) => 2 / u, 7, 2],
  [
    'by both',
    initializers.varianceScaling({ scale: 0.5, mode: 'fanAvg', distribution: 'uniform' }),
    (m, u) => 1 / (m + u),
    Math.sqrt(3),
    0.8,
  ],
  [
    'truncatedNormal',
    initializers.truncatedNormal({ deviation: 0.3 }),
    () => 0.09 * CUT_VARIANCE,
    2 / Math.sqrt(CUT_VARIANCE),
    1.2,
  ],
  ['truncatedNormal as it comes', initializers.truncatedNormal(), () => 0.0025 * CUT_VARIANCE, 2 / Math.sqrt(CUT_VARIANCE), 1.2],
];

describe.each(SCALED)('%s', (_, init, varianceOf, most, spread) => {
  test.each([
    [1, 2000],
    [64, 300],
    [200, 100],
  ])(
    'mean 0 and the right deviation, within 4 standard errors, and nothing beyond its bound (%i inputs, %i units)',
    async (m, u) => {
      const { kernel } = await weights(m, u, init);
      const n = kernel.length;
      const variance = varianceOf(m, u);
      expect(Math.abs(kernel.reduce((a, b) => a + b) / n)).toBeLessThan(4 * Math.sqrt(variance / n));
      const second = kernel.reduce((s, w) => s + w * w, 0) / n;
      expect(Math.abs(second - variance)).toBeLessThan(4 * variance * Math.sqrt(spread / n));
      const largest = Math.max(...kernel.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(most * Math.sqrt(variance) * (1 + 1e-9));
      expect(new Set(kernel).size).toBe(n);
    },
  );

  test('the same seed, the same weights, in both precisions but for rounding', async () => {
    const kernels = async (precision: 'float32' | 'float64', seed: number) => {
      using net = await Network.create({ inputs: 9, layers: [dense(11, { init })], loss: 'meanSquaredError', precision, seed });
      return [...net.getWeights()[0]!];
    };
    const [single, double] = [await kernels('float32', 5), await kernels('float64', 5)];
    expect(await kernels('float32', 5)).toEqual(single);
    expect(await kernels('float32', 6)).not.toEqual(single);
    for (const [i, w] of single.entries()) expect(Math.abs(w - double[i]!)).toBeLessThan(1e-6);
  });
});

describe('closed forms', () => {
  test('identity, with a gain; refused where there are not as many units as inputs', async () => {
    expect((await weights(3, 3, initializers.identity())).kernel).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect((await weights(2, 2, initializers.identity({ gain: -0.5 }))).kernel).toEqual([-0.5, 0, 0, -0.5]);
    await expect(weights(3, 2, initializers.identity())).rejects.toThrow(/dense\.init.*as many units as inputs/);
  });

  test.each([
    [() => initializers.varianceScaling({ scale: 0 }), /initializers\.varianceScaling\.scale/],
    [() => initializers.varianceScaling({ mode: 'fan' as never }), /mode.*fanIn/],
    [() => initializers.truncatedNormal({ deviation: -1 }), /truncatedNormal\.deviation/],
    [() => initializers.identity({ gain: Number.NaN }), /identity\.gain/],
  ])('%s is refused', (build, message) => {
    expect(build).toThrow(OptionError);
    expect(build).toThrow(message);
  });

  test.each([
    [6, 6],
    [12, 5],
    [5, 12],
    [1, 3],
    [3, 1],
  ])(
    'orthogonal, %i inputs, %i units: products of columns (or rows) are those of the identity, times one scale',
    async (m, u) => {
      const { kernel } = await weights(m, u, 'orthogonal');
      const at = (i: number, o: number) => kernel[i * u + o]!;
      const few = Math.min(m, u);
      const many = Math.max(m, u);
      const vector = (k: number) => Array.from({ length: many }, (_, j) => (u <= m ? at(j, k) : at(k, j)));
      const product = (a: number[], b: number[]) => a.reduce((s, v, j) => s + v * b[j]!, 0);
      const scale = product(vector(0), vector(0));
      for (let a = 0; a < few; a++) {
        for (let b = 0; b < few; b++) {
          expect(Math.abs(product(vector(a), vector(b)) - (a === b ? scale : 0))).toBeLessThan(1e-13 * many * Math.max(scale, 1));
        }
      }
      // Variances are kept as by lecunNormal: Σw²·(units of variance in) = units out.
      expect(kernel.reduce((s, w) => s + w * w, 0)).toBeCloseTo(u, 10);
    },
  );

  test.each([
    [1, 4],
    [3, 10],
    [8, 30],
  ])(
    'nguyenWidrow, %i inputs, %i units: weights of length 0.7·units^(1/inputs), biases within it, times what makes tanh units of it',
    async (m, u) => {
      const { kernel, bias } = await weights(m, u, 'nguyenWidrow');
      const length = 0.7 * u ** (1 / m);
      for (let o = 0; o < u; o++) {
        const own = Math.sqrt(Array.from({ length: m }, (_, i) => kernel[i * u + o]! ** 2).reduce((a, b) => a + b));
        expect(own).toBeCloseTo(length, 10);
        expect(Math.abs(bias[o]!)).toBeLessThanOrEqual(length);
      }
      expect(new Set(bias).size).toBe(u);
    },
  );

  test('zeros; a function of one’s own, with its shape and seeded numbers', async () => {
    expect((await weights(3, 2, 'zeros')).kernel).toEqual([0, 0, 0, 0, 0, 0]);
    const shapes: object[] = [];
    const own: Initializer = (shape, random) => {
      shapes.push(shape);
      return Array.from({ length: shape.inputs * shape.units }, (_, i) => i + random());
    };
    const first = await weights(3, 2, own);
    expect(shapes).toEqual([{ inputs: 3, units: 2 }]);
    expect(first.kernel.map(Math.floor)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await weights(3, 2, own)).toEqual(first);
    expect(await weights(3, 2, own, { seed: 2 })).not.toEqual(first);
    for (const bad of [() => [1], () => Array(6).fill(Number.NaN), () => 'x']) {
      await expect(weights(3, 2, bad as unknown as Initializer)).rejects.toThrow(OptionError);
    }
  });

  test('leastSquares: the residual of the first fit is orthogonal to what the layer is fed', async () => {
    const X = matrixOf(40, 3, numbers(1));
    const Y = matrixOf(40, 2, numbers(2));
    using net = await Network.create({
      inputs: 3,
      layers: [dense(6, { activation: 'tanh' }), dense(2, { init: 'leastSquares' })],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed: 1,
    });
    // A rate next to nothing leaves the start as it is.
    await net.fit(X, Y, { method: sgd({ rate: 1e-300, momentum: 0 }), batchSize: 'full', epochs: 1 });
    const outputs = net.predict(X);
    const [kernel, bias, ...rest] = net.getWeights();
    using below = await Network.create({
      inputs: 3,
      layers: [dense(6, { activation: 'tanh' })],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed: 1,
    });
    below.setWeights([kernel!, bias!]);
    const fed = below.predict(X);
    expect(rest).toHaveLength(2);
    for (let o = 0; o < 2; o++) {
      const residual = X.map((_, r) => outputs[r * 2 + o]! - Y[r]![o]!);
      for (let i = 0; i < 6; i++) {
        expect(Math.abs(residual.reduce((s, e, r) => s + e * fed[r * 6 + i]!, 0))).toBeLessThan(1e-10);
      }
      expect(Math.abs(residual.reduce((s, e) => s + e, 0))).toBeLessThan(1e-10);
    }
  });
});

test('by the activation when not given: half of what rectifiers get is cut off', async () => {
  const of = async (activation: Activation) =>
    (await weights(50, 400, undefined, { activation })).kernel.reduce((s, w) => s + w * w, 0) / 400;
  for (const activation of ['tanh', 'lecunTanh', 'sigmoid', 'linear', 'twistedTanh'] as const)
    expect(await of(activation)).toBeCloseTo(1, 1);
  for (const activation of ['relu', 'leakyRelu', 'elu', 'gelu', 'softplus'] as const)
    expect(await of(activation)).toBeCloseTo(2, 1);
});

test('the same seed, the same weights; a layer has a stream of its own', async () => {
  const kernels = async (units: number, seed: number) => {
    using net = await Network.create({
      inputs: 4,
      layers: [dense(units), dense(5), dense(2)],
      loss: 'meanSquaredError',
      seed,
    });
    return net.getWeights();
  };
  expect(await kernels(3, 1)).toEqual(await kernels(3, 1));
  expect((await kernels(3, 1))[4]).toEqual((await kernels(8, 1))[4]);
  expect((await kernels(3, 1))[0]).not.toEqual((await kernels(3, 2))[0]);
});

test('sums of unit-variance inputs have unit variance under lecunNormal (16)', async () => {
  const { kernel } = await weights(100, 200, 'lecunNormal');
  const X = matrixOf(50, 100, numbers(8));
  let square = 0;
  for (const x of X) for (let o = 0; o < 200; o++) square += x.reduce((s, v, i) => s + v * kernel[i * 200 + o]!, 0) ** 2 / 10_000;
  expect(square).toBeGreaterThan(0.85);
  expect(square).toBeLessThan(1.15);
});
