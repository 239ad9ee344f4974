// Losses as functions of JavaScript: what built-in ones say, written by hand, trains the same.

import { describe, expect, test } from 'vitest';
import {
  type CustomLoss,
  type FitOptions,
  type Loss,
  Network,
  OptionError,
  UnsupportedError,
  adaHessian,
  adam,
  batchNorm,
  bfgs,
  conjugateGradient,
  dense,
  dropout,
  gaussNewton,
  lbfgs,
  levenbergMarquardt,
  loadModel,
  newton,
  rprop,
  scaledConjugateGradient,
  sgd,
  sophia,
  stochasticDiagonalLM,
} from '../../src/index.js';
import { numbers } from '../training/methods.js';

const squares: CustomLoss = {
  name: 'squares by hand',
  value: (a, t) => a.reduce((sum, v, j) => sum + (v - t[j]!) ** 2, 0) / a.length,
  gradient: (a, t) => a.map((v, j) => (2 * (v - t[j]!)) / a.length),
};

const logCosh: CustomLoss = {
  value: (a, t) => a.reduce((sum, v, j) => sum + Math.log(Math.cosh(v - t[j]!)), 0) / a.length,
  gradient: (a, t) => Array.from(a, (v, j) => Math.tanh(v - t[j]!) / a.length),
};

/** Of two outputs together: nothing that a sum over outputs could say. */
const coupled: CustomLoss = {
  value: ([a, b], [s, t]) => (a! * b! - s! * t!) ** 2 + Math.exp(a! - s!) - a!,
  gradient: ([a, b], [s, t]) => [2 * b! * (a! * b! - s! * t!) + Math.exp(a! - s!) - 1, 2 * a! * (a! * b! - s! * t!)],
};

function samples(rows: number, seed = 5) {
  const next = numbers(seed);
  const X = Array.from({ length: rows }, () => [next(), next(), next()]);
  return { X, Y: X.map(([x, y, z]) => [x! * y!, z! - x!]), weights: X.map(() => 1 + next()) };
}

interface Made {
  hidden?: number;
  precision?: 'float32' | 'float64';
  middle?: Parameters<typeof Network.create>[0]['layers'];
}

const made = (loss: Loss | CustomLoss, { hidden = 7, precision = 'float64', middle = [] }: Made = {}) =>
  Network.create({
    inputs: 3,
    layers: [dense(hidden, { activation: 'tanh' }), ...middle, dense(2, { activation: 'lecunTanh' })],
    loss,
    precision,
    seed: 11,
  });

/** Weights and losses of two fits that only differ in who wrote the loss. */
async function both(loss: [Loss, CustomLoss], options: FitOptions, made_: Made = {}, rows = 37) {
  const { X, Y, weights } = samples(rows);
  return Promise.all(
    loss.map(async (own) => {
      const net = await made(own, made_);
      const history = await net.fit(X, Y, { ...options, sampleWeights: weights });
      return { history, weights: net.getWeights().flatMap((w) => [...w]), loss: net.evaluate(X, Y).loss };
    }),
  );
}

function expectSame([a, b]: Awaited<ReturnType<typeof both>>, digits: number) {
  expect(b!.history.loss.length).toBe(a!.history.loss.length);
  b!.history.loss.forEach((loss, i) => {
    expect(loss).toBeCloseTo(a!.history.loss[i]!, digits);
  });
  b!.weights.forEach((w, i) => {
    expect(w).toBeCloseTo(a!.weights[i]!, digits);
  });
  expect(b!.loss).toBeCloseTo(a!.loss, digits);
}

describe('a built-in loss written by hand trains as the built-in one', () => {
  const methods: [string, FitOptions][] = [
    ['one sample a step', { method: sgd({ rate: 0.05, momentum: 0.5 }), batchSize: 1, epochs: 4 }],
    ['batches', { method: adam({ rate: 0.01 }), batchSize: 8, epochs: 6, validation: 0.2 }],
    ['a measured rate', { method: sgd({ rate: 'auto' }), batchSize: 8, epochs: 3 }],
    ['rprop', { method: rprop(), batchSize: 'full', epochs: 8 }],
    ['lbfgs', { method: lbfgs(), epochs: 10 }],
    ['bfgs', { method: bfgs(), epochs: 10 }],
    ['conjugateGradient', { method: conjugateGradient(), epochs: 8 }],
  ];
  test.each(methods)('%s', async (_, options) => {
    expectSame(await both(['logCosh', logCosh], options), 7);
  });

  test('several slabs, a wide hidden layer, and float32', async () => {
    expectSame(await both(['meanSquaredError', squares], { method: lbfgs(), epochs: 3 }, { hidden: 300 }, 700), 7);
    const options = { method: sgd({ rate: 0.05 }), epochs: 3 };
    for (const batchSize of [1, 8]) {
      expectSame(await both(['meanSquaredError', squares], { ...options, batchSize }, { precision: 'float32' }), 5);
    }
  });

  test('dropout and batchNorm', async () => {
    const middle = [batchNorm(), dropout(0.3)];
    expectSame(
      await both(['meanSquaredError', squares], { method: sgd({ rate: 0.05 }), batchSize: 9, epochs: 4 }, { middle }),
      7,
    );
  });
});

test('the gradient of a loss that couples outputs is that of its differences', async () => {
  const { X, Y } = samples(20);
  const net = await made(coupled);
  const theta = () => net.getWeights();
  const before = theta();
  const rate = 1e-6;
  await net.fit(X, Y, { method: sgd({ rate }), batchSize: 'full', epochs: 1 });
  const slopes = theta().map((w, i) => [...w].map((v, k) => (before[i]![k]! - v) / rate));
  const at = (i: number, k: number, h: number) => {
    const moved = before.map((w) => w.slice());
    moved[i]![k]! += h;
    net.setWeights(moved);
    return net.evaluate(X, Y).loss;
  };
  for (const [i, k] of [
    [0, 0],
    [0, 5],
    [1, 2],
    [2, 0],
    [2, 9],
    [3, 1],
  ] as const) {
    const difference = (at(i, k, 1e-5) - at(i, k, -1e-5)) / 2e-5;
    expect(slopes[i]![k]).toBeCloseTo(difference, 6);
    expect(Math.abs(difference)).toBeGreaterThan(1e-4);
  }
});

test('the history, evaluate and metrics tell of it, and a fit by default learns', async () => {
  const { X, Y, weights } = samples(40);
  const net = await made(squares);
  expect(net.loss).toBe('custom');
  expect(net.threads).toBe(1);
  const history = await net.fit(X, Y, { method: lbfgs(), epochs: 40, metrics: ['mae'] });
  const { loss, mse } = net.evaluate(X, Y);
  expect(loss).toBeCloseTo(mse!, 12);
  expect(history.loss.at(-1)).toBeLessThan(0.02);
  const weighted = net.evaluate(X, Y, { sampleWeights: weights });
  expect(weighted.loss).toBeCloseTo(weighted.mse!, 12);
  expect(net.summary()).toContain('custom loss "squares by hand"');
  const other = await made(logCosh);
  expect((await other.fit(X, Y)).reason).toBe('epochs');
  expect((await (await made(logCosh)).fit(X, Y, { method: 'auto', epochs: 3 })).choice).toMatch(/^adam.*custom loss/);
});

test('what needs second derivatives, threads or a worker is refused by name, and nothing has changed', async () => {
  const { X, Y } = samples(12);
  const net = await made(squares);
  const before = net.getWeights();
  for (const method of [
    adaHessian(),
    gaussNewton(),
    levenbergMarquardt(),
    newton(),
    scaledConjugateGradient(),
    sophia(),
    stochasticDiagonalLM(),
  ]) {
    const fit = net.fit(X, Y, { method, epochs: 2 });
    await expect(fit).rejects.toThrow(UnsupportedError);
    await expect(fit).rejects.toThrow(new RegExp(`^${method.name} needs second derivatives.*squares by hand`));
  }
  expect(() => net.curvature(X, Y)).toThrow(/^curvature needs second derivatives/);
  await expect(net.fit(X, Y, { background: true })).rejects.toThrow(/fit.background is true; expected false with a custom loss/);
  expect(net.getWeights()).toEqual(before);
  const layers = [dense(1)];
  await expect(Network.create({ inputs: 3, layers, loss: squares, threads: 2 })).rejects.toThrow(/threads is 2.*custom loss/);
});

test('functions that are missing, or return what is no loss or gradient, are errors', async () => {
  const { X, Y } = samples(12);
  const layers = [dense(2)];
  const create = (loss: unknown) => Network.create({ inputs: 3, layers, loss: loss as CustomLoss, seed: 1 });
  await expect(create({ value: squares.value })).rejects.toThrow(/loss\.gradient is undefined; expected a function/);
  await expect(create({ ...squares, name: '' })).rejects.toThrow(OptionError);
  await expect(create({ ...squares, hessian: 1 })).rejects.toThrow(/no such option/);
  await expect(create('squares')).rejects.toThrow(/or \{ value, gradient \}/);
  const softmax = [dense(2, { activation: 'softmax' })];
  await expect(Network.create({ inputs: 3, layers: softmax, loss: squares })).rejects.toThrow(/softmax goes with/);
  const wrong: [Partial<CustomLoss>, RegExp][] = [
    [{ value: () => Number.NaN }, /loss\.value of squares by hand is NaN; expected a number/],
    [{ value: () => '1' as never }, /loss\.value of squares by hand is "1"/],
    [{ gradient: () => [1] }, /loss\.gradient of squares by hand is \[1\]; expected an array of 2/],
    [{ gradient: () => 3 as never }, /loss\.gradient of squares by hand is 3/],
    [{ gradient: () => [1, Number.NaN] }, /has NaN for output 1/],
    [{ gradient: () => [1, undefined] as never }, /has undefined for output 1/],
  ];
  for (const [part, message] of wrong) {
    const net = await create({ ...squares, ...part });
    for (const batchSize of [1, 4]) {
      const fit = net.fit(X, Y, { method: sgd(), epochs: 1, batchSize });
      await expect(fit).rejects.toThrow(OptionError);
      await expect(fit).rejects.toThrow(message);
    }
    expect(net.getWeights().every((w) => w.every(Number.isFinite))).toBe(true);
  }
  const thrown = new RangeError('mine');
  const own = await create({
    ...squares,
    value() {
      throw thrown;
    },
  });
  expect(() => own.evaluate(X, Y)).toThrow(thrown);
});

test('a fit that explodes diverges, as with any loss', async () => {
  const { X, Y } = samples(12);
  const net = await Network.create({ inputs: 3, layers: [dense(2)], loss: squares, seed: 1 });
  const { reason } = await net.fit(X, Y, { method: sgd({ rate: 1e6 }), epochs: 400, batchSize: 4 });
  expect(reason).toBe('diverged');
});

test('a file keeps its name; predict works at once, fit and evaluate once the function is there again', async () => {
  const { X, Y } = samples(12);
  const net = await made(squares);
  await net.fit(X, Y, { method: adam(), epochs: 2 });
  for (const copy of [await Network.load(net.toBytes()), await Network.fromJSON(net.toJSON()), await loadModel(net.toBytes())]) {
    if (copy.kind !== 'network') throw new Error('another kind');
    expect(copy.predict(X)).toEqual(net.predict(X));
    expect(copy.threads).toBe(1);
    expect(copy.summary()).toContain('custom loss "squares by hand"');
    expect(() => copy.evaluate(X, Y)).toThrow(/setLoss/);
    await expect(copy.fit(X, Y, { method: sgd(), epochs: 1 })).rejects.toThrow(/setLoss/);
    await expect(copy.setLoss(logCosh)).rejects.toThrow(/setLoss\.name is "custom"; expected "squares by hand"/);
    await copy.setLoss(squares);
    expect(copy.evaluate(X, Y)).toEqual(net.evaluate(X, Y));
    expect(copy.toBytes()).toEqual(net.toBytes());
  }
  await expect((await made('logCosh')).setLoss(squares)).rejects.toThrow(/not a custom one/);
});
