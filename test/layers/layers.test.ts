// What layers compute, in training and in use, against float64 twins.

import { describe, expect, test } from 'vitest';
import {
  type Layer,
  Network,
  OptionError,
  batchNorm,
  dense,
  dropout,
  gaussianNoise,
  layerNorm,
  rbf,
  sgd,
} from '../../src/index.js';
import { PRECISIONS, ROUNDOFF } from '../kernels/support.js';
import { matrixOf, numbers } from './training.js';

const mean = (v: readonly number[]) => v.reduce((a, b) => a + b, 0) / v.length;
const variance = (v: readonly number[]) => mean(v.map((x) => (x - mean(v)) ** 2));
const column = (X: readonly number[][], j: number) => X.map((x) => x[j]!);

/** A last layer that passes on what it gets: the identity, without bias. */
async function through(layers: Layer[], width: number, precision: 'float32' | 'float64' = 'float64', seed = 1): Promise<Network> {
  const net = await Network.create({
    inputs: width,
    layers: [...layers, dense(width, { bias: false })],
    loss: 'meanSquaredError',
    precision,
    seed,
  });
  const identity = Float64Array.from({ length: width * width }, (_, i) => Number(i % (width + 1) === 0));
  net.setWeights([...net.getWeights().slice(0, -1), identity]);
  return net;
}

const still = { method: sgd({ rate: 1e-300, momentum: 0 }) };

describe('batchNorm', () => {
  const X = matrixOf(24, 3, numbers(1)).map((x) => x.map((v, j) => (j + 1) * v + j));

  test('in use: by the running mean and variance', async () => {
    using net = await through([batchNorm({ epsilon: 0.01 })], 3);
    const [scale, shift, , , identity] = net.getWeights();
    net.setWeights([[1, 2, 3], [4, 5, 6], [0.5, -1, 2], [4, 9, 0.25], identity!]);
    expect(scale).toEqual(Float64Array.of(1, 1, 1));
    expect(shift).toEqual(Float64Array.of(0, 0, 0));
    const means = [0.5, -1, 2];
    const variances = [4, 9, 0.25];
    net.predict(X).forEach((v, i) => {
      const j = i % 3;
      const x = X[Math.floor(i / 3)]![j]!;
      expect(v).toBeCloseTo((j + 1) * ((x - means[j]!) / Math.sqrt(variances[j]! + 0.01)) + 4 + j, 12);
    });
  });

  test.each([8, 'full'] as const)(
    'in training: by the batch, and running statistics follow with the momentum (batches of %s)',
    async (batchSize) => {
      const keep = 0.7;
      using net = await through([batchNorm({ momentum: keep, epsilon: 1e-5 })], 3);
      const Y = matrixOf(24, 3, numbers(2));
      const { loss } = await net.fit(X, Y, { ...still, batchSize, order: 'sequential', epochs: 1 });
      const size = batchSize === 'full' ? 24 : batchSize;
      const [means, variances] = [
        [0, 0, 0],
        [1, 1, 1],
      ] as [number[], number[]];
      let error = 0;
      for (let first = 0; first < 24; first += size) {
        const batch = X.slice(first, first + size);
        for (let j = 0; j < 3; j++) {
          const v = column(batch, j);
          means[j] = keep * means[j]! + (1 - keep) * mean(v);
          // The running variance estimates that of all samples: divisor n − 1, as everywhere else.
          variances[j] = keep * variances[j]! + ((1 - keep) * variance(v) * size) / (size - 1);
          v.forEach((x, r) => {
            error += ((x - mean(v)) / Math.sqrt(variance(v) + 1e-5) - Y[first + r]![j]!) ** 2 / 72;
          });
        }
      }
      expect(loss[0]).toBeCloseTo(error, 12);
      const [, , foundMeans, foundVariances] = net.getWeights();
      for (const [j, v] of foundMeans!.entries()) expect(v).toBeCloseTo(means[j]!, 12);
      for (const [j, v] of foundVariances!.entries()) expect(v).toBeCloseTo(variances[j]!, 12);
    },
  );

  test('the last sample alone is normalised by the running statistics; batches of 1 are refused', async () => {
    using net = await through([batchNorm()], 3);
    const Y = matrixOf(9, 3, numbers(2));
    const { loss } = await net.fit(X.slice(0, 9), Y, { ...still, batchSize: 4, epochs: 2 });
    expect(loss.every(Number.isFinite)).toBe(true);
    await expect(net.fit(X, matrixOf(24, 3, numbers(2)), { batchSize: 1 })).rejects.toThrow(
      expect.objectContaining({ name: 'OptionError', option: 'fit.batchSize' }),
    );
  });
});

describe.each(PRECISIONS)('layerNorm, %s', (precision) => {
  test.each([1, 2, 3, 4, 5, 8, 17])('%i units: each sample centred and scaled', async (width) => {
    const epsilon = 1e-3;
    using net = await through([layerNorm({ epsilon })], width, precision);
    const next = numbers(width);
    const [scale, shift] = [0, 1].map(() => Array.from({ length: width }, next));
    net.setWeights([scale!, shift!, net.getWeights()[2]!]);
    const X = matrixOf(6, width, next);
    X[5]!.fill(3); // no variance at all
    const bound = 32 * width * ROUNDOFF[precision];
    net.predict(X).forEach((v, i) => {
      const x = X[Math.floor(i / width)]!;
      const j = i % width;
      const wanted = (scale![j]! * (x[j]! - mean(x))) / Math.sqrt(variance(x) + epsilon) + shift![j]!;
      expect(Math.abs(v - wanted)).toBeLessThan(bound * (1 + Math.abs(wanted)));
    });
  });
});

describe('dropout', () => {
  const X = matrixOf(400, 8, numbers(3)).map((x) => x.map((v) => v + 2));
  const Y = X.map((x) => x.map(() => 0));

  test('in use it does nothing; at rate 0 it does nothing at all', async () => {
    using plain = await through([], 8);
    using net = await through([dropout(0.5)], 8);
    using none = await through([dropout(0)], 8);
    expect(net.predict(X)).toEqual(plain.predict(X));
    const train = (one: Network) => one.fit(X, Y, { epochs: 2, method: sgd({ rate: 0.01 }) });
    expect((await train(none)).loss).toEqual((await train(plain)).loss);
    expect(none.getWeights()).toEqual(plain.getWeights());
  });

  test.each([0.2, 0.5, 0.8])('rate %d: inverted, the mean kept, the right share left out', async (rate) => {
    using net = await through([dropout(rate)], 8);
    // With targets 0 and nothing learned the loss is the mean of (x·m/(1 − p))²: Σx²/(1 − p) on average.
    const squares = mean(X.flat().map((v) => v * v));
    const losses = [];
    for (let seed = 1; seed <= 20; seed++) losses.push((await net.fit(X, Y, { ...still, epochs: 1, seed })).loss[0]!);
    const spread = (squares / (1 - rate)) * Math.sqrt((rate / (1 - rate) + 0.5) / 3200);
    expect(Math.abs(mean(losses) - squares / (1 - rate))).toBeLessThan((4 * spread) / Math.sqrt(20) + 1e-12);
    expect(new Set(losses).size).toBe(20);
  });

  test('the same seed leaves out the same units, whatever the slabs and batches are; epochs and steps differ', async () => {
    const losses = async (options: object) => {
      using net = await through([dropout(0.3)], 8);
      return (await net.fit(X, Y, { ...still, order: 'sequential', epochs: 3, seed: 5, ...options })).loss;
    };
    const [a, b] = [await losses({}), await losses({})];
    expect(a).toEqual(b);
    expect(new Set(a).size).toBe(3);
  });
});

describe('gaussianNoise', () => {
  test('only in training, with the deviation asked for', async () => {
    const X = matrixOf(500, 4, numbers(3));
    using plain = await through([], 4);
    using net = await through([gaussianNoise(0.4)], 4);
    expect(net.predict(X)).toEqual(plain.predict(X));
    const losses = [];
    for (let seed = 1; seed <= 10; seed++) losses.push((await net.fit(X, X, { ...still, epochs: 1, seed })).loss[0]!);
    // The mean of 20,000 squares of normal numbers: relative standard error √(2/20000).
    expect(Math.abs(mean(losses) / 0.16 - 1)).toBeLessThan(4 * Math.sqrt(2 / 20_000));
  });
});

describe.each(PRECISIONS)('rbf, %s', (precision) => {
  test.each([
    [1, 1],
    [2, 3],
    [3, 4],
    [5, 9],
  ])('%i inputs, %i units: e^{−‖x − c‖²/(2σ²)}', async (inputs, units) => {
    const next = numbers(inputs + units);
    using net = await Network.create({
      inputs,
      layers: [rbf(units, { init: 'normal' }), dense(units, { bias: false })],
      loss: 'meanSquaredError',
      precision,
      seed: 1,
    });
    const centres = Float32Array.from({ length: inputs * units }, next);
    const logs = Float32Array.from({ length: units }, () => next() / 2);
    net.setWeights([centres, logs, Float32Array.from({ length: units * units }, (_, i) => Number(i % (units + 1) === 0))]);
    const X = matrixOf(7, inputs, next).map((x) => x.map(Math.fround));
    net.predict(X).forEach((v, i) => {
      const x = X[Math.floor(i / units)]!;
      const j = i % units;
      const square = x.reduce((s, e, k) => s + (e - centres[k * units + j]!) ** 2, 0);
      const wanted = Math.exp(-square / (2 * Math.exp(logs[j]!) ** 2));
      // An error in the exponent is one in the result times the exponent.
      expect(Math.abs(v - wanted)).toBeLessThan(16 * (inputs + 4) * ROUNDOFF[precision] * (1 + square));
    });
  });
});

describe('bad options', () => {
  test.each([
    [() => dropout(1), 'dropout.rate'],
    [() => dropout(-0.1), 'dropout.rate'],
    [() => gaussianNoise(-1), 'gaussianNoise.deviation'],
    [() => gaussianNoise(Number.NaN), 'gaussianNoise.deviation'],
    [() => batchNorm({ momentum: 1 }), 'batchNorm.momentum'],
    [() => batchNorm({ epsilon: 0 }), 'batchNorm.epsilon'],
    [() => layerNorm({ epsilon: -1 }), 'layerNorm.epsilon'],
    [() => rbf(0), 'rbf.units'],
    [() => rbf(3, { width: -1 }), 'rbf.width'],
    [() => rbf(3, { init: 'grid' as 'normal' }), 'rbf.init'],
  ])('%#: %s', (make, option) => {
    expect(make).toThrow(OptionError);
    expect(make).toThrow(expect.objectContaining({ option }));
  });

  test('a layer without units cannot be the last', async () => {
    for (const layer of [batchNorm(), layerNorm(), dropout(0.5), gaussianNoise(1)]) {
      await expect(Network.create({ inputs: 2, layers: [dense(2), layer], loss: 'meanSquaredError' })).rejects.toThrow(
        OptionError,
      );
    }
  });
});

test('a batch that is the rest of an epoch, behind larger ones deeper than a block of products', async () => {
  const losses = async (precision: 'float32' | 'float64') => {
    const layers = [dense(64), batchNorm(), dense(64, { activation: 'tanh' }), dense(1)];
    const net = await Network.create({ inputs: 130, layers, loss: 'meanSquaredError', precision, seed: 1 });
    const inputs = Array.from({ length: 513 }, (_, r) => Array.from({ length: 130 }, (_, i) => Math.sin(r * (i + 1))));
    const { loss } = await net.fit(
      inputs,
      inputs.map(([x]) => [x!]),
      { epochs: 3, batchSize: 257, method: sgd({ rate: 0.05 }) },
    );
    net.dispose();
    return loss;
  };
  const [single, double] = [await losses('float32'), await losses('float64')];
  // Some ten steps, each of which rounds sums of up to 257 terms to 2⁻²⁴.
  for (const [i, loss] of double.entries()) expect(Math.abs(single[i]! / loss - 1)).toBeLessThan(10 * 257 * 2 ** -24);
});

test('layerNorm of numbers whose squares overflow is that of the same numbers at any size', async () => {
  for (const precision of ['float32', 'float64'] as const) {
    for (const inputs of [3, 4, 5, 33]) {
      const net = await Network.create({ inputs, layers: [layerNorm(), dense(inputs)], loss: 'meanSquaredError', precision });
      const kernel = Array.from({ length: inputs * inputs }, (_, i) => (i % (inputs + 1) === 0 ? 1 : 0));
      net.setWeights([new Array(inputs).fill(2), new Array(inputs).fill(0.5), kernel, new Array(inputs).fill(0)]);
      const row = Array.from({ length: inputs }, (_, i) => Math.sin(i + 1) + 0.3);
      const expected = net.predict([row.map((v) => 1e4 * v)]); // where ε no longer counts
      for (const unit of precision === 'float32' ? [1e20, 1e37] : [1e20, 1e160, 1e307]) {
        net.predict([row.map((v) => unit * v)]).forEach((v, i) => {
          expect(v).toBeCloseTo(expected[i]!, 5);
        });
      }
      net.dispose();
    }
  }
});
