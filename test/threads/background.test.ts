// Fits in the background: the same in everything, and this thread is free meanwhile.

import { describe, expect, test } from 'vitest';
import {
  Classifier,
  DisposedError,
  type FitOptions,
  Network,
  OptionError,
  type Progress,
  Regressor,
  adam,
  autoRate,
  dataset,
  dense,
  emphasize,
  gdx,
  growing,
  lbfgs,
  levenbergMarquardt,
  schedules,
  sgd,
  sophia,
  stochasticDiagonalLM,
} from '../../src/index.js';
import { LAYERS, fitted, problem } from './support.js';

const { X, labels } = problem(1100, 7, 3);

const FITS: [string, FitOptions][] = [
  ['one at a time', { batchSize: 1, epochs: 2 }],
  ['batches', { batchSize: 32 }],
  ['a full batch', { batchSize: 'full', method: gdx(), epochs: 40 }],
  ['a rate by the step', { method: sgd({ rate: schedules.cosine({ rate: 0.1, warmup: 0.1 }) }) }],
  ['a rate of one’s own', { method: sgd({ rate: (epoch) => 0.1 / (1 + epoch) }) }],
  ['a measured rate', { method: sgd({ rate: autoRate({ every: 2, samples: 200 }) }) }],
  ['a sampled diagonal', { method: stochasticDiagonalLM() }],
  ['diagonals of batches', { method: sophia() }],
  ['growing by variance', { batchSize: growing({ start: 8, by: 'variance' }) }],
  ['emphasize', { order: emphasize({ importance: true }) }],
  ['interleave, clipped, averaged', { order: 'interleave', clip: { norm: 0.1 }, average: 'polyak' }],
  [
    'early stopping and metrics',
    { method: adam({ rate: 0.03 }), validation: 0.3, earlyStopping: { patience: 2 }, metrics: ['accuracy'], epochs: 60 },
  ],
  ['a goal', { goal: 1, epochs: 60 }],
];

describe.each([1, 2, 3])('on %i threads', (threads) => {
  test.each(FITS)('%s', async (_, options) => {
    const run = async (background: boolean) => {
      const progress: Omit<Progress, 'time'>[] = [];
      const onEpoch = ({ time: _time, ...said }: Progress) => progress.push(said);
      const { epochs = 5, ...rest } = options;
      return { progress, ...(await fitted({ threads }, X, labels, { ...rest, epochs, onEpoch, background })) };
    };
    expect(await run(true)).toEqual(await run(false));
  });

  test('continued', async () => {
    const run = async (background: boolean) => {
      using net = await Network.create({
        inputs: 7,
        layers: LAYERS,
        loss: 'crossEntropy',
        seed: 1,
        threads,
        precision: 'float64',
      });
      for (let k = 0; k < 3; k++) await net.partialFit(X, labels, { method: adam(), background });
      return net.getWeights();
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

/** Much work: seconds of it, if nobody ends it. */
const long = async (threads = 1) => ({
  net: await Network.create({
    inputs: 7,
    layers: [dense(400, { activation: 'tanh' }), dense(3, { activation: 'softmax' })],
    loss: 'crossEntropy',
    seed: 1,
    threads,
  }),
  options: { epochs: 100_000, background: true } satisfies FitOptions,
});

const turns = async (count: number) => {
  for (let k = 0; k < count; k++) await new Promise((resolve) => setImmediate(resolve));
};

test('the event loop goes round while a single step is taken', async () => {
  const big = problem(20_000, 40, 2);
  using net = await Network.create({
    inputs: 40,
    layers: [dense(300, { activation: 'tanh' }), dense(2, { activation: 'softmax' })],
    loss: 'crossEntropy',
    seed: 1,
    threads: 1,
  });
  const data = dataset(big.X, big.labels);
  await net.fit(data, { epochs: 1, batchSize: 'full', background: true }); // whatever is done once has been done
  let done = false;
  const fit = net.fit(data, { epochs: 1, batchSize: 'full', background: true }).then(() => {
    done = true;
  });
  let rounds = 0;
  for (; !done; rounds++) await turns(1);
  await fit;
  expect(rounds).toBeGreaterThan(50); // a fit of one step in this thread leaves it two or three
});

test('an abort ends it, in the midst of an epoch', async () => {
  const big = problem(30_000, 7, 3);
  const { net, options } = await long();
  const abort = new AbortController();
  const onEpoch = () => setImmediate(() => abort.abort());
  const { reason, evaluations } = await net.fit(big.X, big.labels, { ...options, signal: abort.signal, batchSize: 1, onEpoch });
  expect(reason).toBe('signal');
  expect(evaluations).toBeGreaterThan(1);
  expect(evaluations).toBeLessThan(2);
  expect(net.predict(X).every(Number.isFinite)).toBe(true);
  net.dispose();
});

test('a time limit ends it', async () => {
  const { net, options } = await long(2);
  expect((await net.fit(X, labels, { ...options, timeLimit: 50 })).reason).toBe('timeLimit');
  net.dispose();
});

test.each([1, 2])('a network that is disposed of ends its fit, and its memory is given back (%i threads)', async (threads) => {
  const { heap } = await import('../../bindings/memory.js');
  const before = heap.used;
  const { net, options } = await long(threads);
  const fit = net.fit(X, labels, options);
  const refused = expect(fit).rejects.toThrow(DisposedError);
  await turns(30);
  net.dispose();
  expect(() => net.predict(X)).toThrow(DisposedError);
  await refused;
  expect(heap.used).toBe(before);
});

test('data that are disposed of end it too', async () => {
  const { net, options } = await long();
  const data = dataset(X, labels);
  const refused = expect(net.fit(data, options)).rejects.toThrow(DisposedError);
  await turns(30);
  data.dispose();
  await refused;
  net.dispose();
});

test('meanwhile weights can be looked at but not set', async () => {
  const { net, options } = await long();
  const abort = new AbortController();
  const fit = net.fit(X, labels, { ...options, signal: abort.signal });
  await turns(30);
  expect(net.predict(X).every(Number.isFinite)).toBe(true);
  expect(net.evaluate(X, labels).loss).toBeGreaterThan(0);
  expect(() => net.setWeights(net.getWeights())).toThrow(/fitted in the background/);
  await expect(net.fit(X, labels)).rejects.toThrow(/being fitted already/);
  abort.abort();
  await fit;
  net.setWeights(net.getWeights());
  net.dispose();
});

test('an error in a callback comes out, and the worker is there for the next fit', async () => {
  const { net, options } = await long();
  const onEpoch = () => {
    throw new RangeError('enough');
  };
  await expect(net.fit(X, labels, { ...options, onEpoch })).rejects.toThrow(new RangeError('enough'));
  expect((await net.fit(X, labels, { ...options, epochs: 2 })).epochs).toBe(2);
  net.dispose();
});

test('several at once, with others in the foreground: the bits of each alone', async () => {
  const run = (seed: number, threads: number, background: boolean) =>
    fitted({ seed, threads, precision: seed % 2 ? 'float32' : 'float64' }, X, labels, { epochs: 6, validation: 0.2, background });
  const alone = [];
  for (let seed = 1; seed <= 6; seed++) alone.push(await run(seed, 1, false));
  const together = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => run(seed, 1 + (seed % 3), seed > 2)));
  expect(together).toEqual(alone);
});

test('estimators', async () => {
  const rows = Array.from({ length: 300 }, (_, r) => [...X.data.subarray(7 * r, 7 * r + 7)]);
  const train = async (background: boolean) => {
    using model = await Classifier.fit(rows, labels.slice(0, 300), { epochs: 5, seed: 1, background });
    using other = await Regressor.fit(rows, labels.slice(0, 300), { hidden: 5, epochs: 5, seed: 1, background });
    await other.partialFit(rows, labels.slice(0, 300), { background });
    return { classes: model.predictProbabilities(rows), numbers: other.predict(rows) };
  };
  expect(await train(true)).toEqual(await train(false));
});

test("method: 'auto' chooses one of first order", async () => {
  using net = await Network.create({ inputs: 7, layers: [dense(1)], loss: 'meanSquaredError', seed: 1 });
  const { choice } = await net.fit(X, labels, { method: 'auto', epochs: 2, background: true });
  expect(choice).toMatch(/^adam.*background/);
});

test.each([lbfgs(), levenbergMarquardt()])('$name is refused, before anything has changed', async (method) => {
  using net = await Network.create({ inputs: 7, layers: [dense(1)], loss: 'meanSquaredError', seed: 1 });
  const before = net.getWeights();
  const fit = net.fit(X, labels, { method, background: true });
  await expect(fit).rejects.toThrow(OptionError);
  await expect(fit).rejects.toThrow(/fit\.background.*second order/);
  expect(net.getWeights().map((w) => [...w])).toEqual(before.map((w) => [...w]));
});
