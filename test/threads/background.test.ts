// Fits in the background: the same in everything, and this thread is free meanwhile.

import { describe, expect, test } from 'vitest';
import {
  Classifier,
  DisposedError,
  type FitOptions,
  Network,
  type Progress,
  Regressor,
  adam,
  autoRate,
  bfgs,
  conjugateGradient,
  dataset,
  dense,
  emphasize,
  gaussNewton,
  gdx,
  growing,
  lbfgs,
  levenbergMarquardt,
  newton,
  scaledConjugateGradient,
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
  [
    'the rest left out, a rate by the step',
    { batchSize: 97, lastBatch: 'drop', method: sgd({ rate: schedules.cosine({ rate: 0.1 }) }) },
  ],
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

/** How often the event loop goes round until a fit has ended, and what is done each time. */
async function rounds(fit: Promise<unknown>, each = () => {}): Promise<number> {
  let done = false;
  const end = fit.then(() => {
    done = true;
  });
  let count = 0;
  for (; !done; count++) {
    each();
    await turns(1);
  }
  await end;
  return count;
}

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
  const fit = net.fit(data, { epochs: 1, batchSize: 'full', background: true });
  expect(await rounds(fit)).toBeGreaterThan(50); // a fit of one step in this thread leaves it two or three
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

describe('methods of second order', () => {
  const big = problem(3000, 7, 3, 2);
  const numbers = ({ X: { data, shape }, labels: classes }: typeof big) =>
    classes.map((c, r) => c + Math.sin(3 * data[r * shape[1]!]!));
  const small = problem(40, 7, 3, 3);
  /** The last column is the first: JᵀJ has no factor, and the triangle of J takes its place. */
  const singular = { ...small, X: { ...small.X, data: small.X.data.map((e, i) => (i % 7 === 6 ? small.X.data[i - 6]! : e)) } };
  const create = (threads = 1) =>
    Network.create({
      inputs: 7,
      layers: [dense(9, { activation: 'tanh' }), dense(1)],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed: 2,
      threads,
    });
  const CASES: [string, typeof big, FitOptions][] = [
    ['lbfgs', big, { method: lbfgs() }],
    ['bfgs', small, { method: bfgs({ lineSearch: 'armijo', weightDecay: 1e-3 }), epochs: 30 }],
    ['conjugateGradient', big, { method: conjugateGradient(), validation: 0.2 }],
    ['scaledConjugateGradient', big, { method: scaledConjugateGradient() }],
    ['newton', big, { method: newton(), epochs: 3 }],
    ['newton, truncated', small, { method: newton({ truncated: true }) }],
    ['gaussNewton', small, { method: gaussNewton({ weightDecay: 1e-2 }), epochs: 10 }],
    ['levenbergMarquardt', big, { method: levenbergMarquardt() }],
    ['levenbergMarquardt, bayesian', small, { method: levenbergMarquardt({ bayesian: true }), epochs: 30 }],
    ['levenbergMarquardt, singular', singular, { method: levenbergMarquardt({ mu: 1e-40 }), epochs: 10 }],
    ["'auto'", small, { method: 'auto' }],
  ];

  test.each(CASES)('%s', async (_, data, options) => {
    const run = async (threads: number, background: boolean) => {
      using net = await create(threads);
      const { time, ...history } = await net.fit(data.X, numbers(data), { epochs: 6, ...options, background });
      expect(history.loss.length).toBeGreaterThan(1);
      return { history, weights: net.getWeights() };
    };
    const alone = await run(1, false);
    for (const threads of [1, 2, 3]) expect(await run(threads, true)).toEqual(alone);
  });

  test("'auto' chooses them as it does without", async () => {
    using net = await create();
    const { choice } = await net.fit(small.X, numbers(small), { method: 'auto', epochs: 2, background: true });
    expect(choice).toMatch(/^levenbergMarquardt/);
  });

  test.each([lbfgs(), levenbergMarquardt()])(
    '$name: what is seen meanwhile is an accepted step, never a trial',
    async (method) => {
      using net = await create();
      const seen = () => net.getWeights().join();
      const accepted = [seen()];
      const onEpoch = () => accepted.push(seen());
      const looks = new Set<string>();
      await rounds(net.fit(big.X, numbers(big), { method, epochs: 30, background: true, onEpoch }), () => looks.add(seen()));
      expect(looks.size).toBeGreaterThan(3);
      for (const look of looks) expect(accepted).toContain(look);
    },
  );

  test('the event loop goes round while one evaluation takes long', async () => {
    const much = problem(20_000, 40, 2);
    using net = await Network.create({
      inputs: 40,
      layers: [dense(200, { activation: 'tanh' }), dense(2, { activation: 'softmax' })],
      loss: 'crossEntropy',
      precision: 'float64',
      seed: 1,
      threads: 1,
    });
    const data = dataset(much.X, much.labels);
    await net.fit(data, { method: lbfgs(), epochs: 1, background: true }); // whatever is done once has been done
    const fit = net.fit(data, { method: lbfgs(), epochs: 1, background: true });
    expect(await rounds(fit)).toBeGreaterThan(25 * (await fit).evaluations); // in this thread two or three an evaluation
  });

  test('an abort is heard between the products of one direction', async () => {
    using net = await create();
    const abort = new AbortController();
    const fit = net.fit(big.X, numbers(big), {
      method: newton({ truncated: false }),
      epochs: 1e6,
      background: true,
      signal: abort.signal,
    });
    await turns(3);
    abort.abort();
    const { reason, evaluations } = await fit;
    expect(reason).toBe('signal');
    // A direction takes a product for each.
    expect(evaluations).toBeLessThan(net.getWeights().reduce((sum, w) => sum + w.length, 0));
  });

  test('an abort, a time limit, a disposal', async () => {
    const net = await create(2);
    const abort = new AbortController();
    const options = { method: lbfgs(), epochs: 1e6, background: true } as const;
    const onEpoch = ({ epoch }: Progress) => epoch === 3 && setImmediate(() => abort.abort());
    const aborted = await net.fit(big.X, numbers(big), { ...options, signal: abort.signal, onEpoch });
    expect(aborted.reason).toBe('signal');
    expect(aborted.epochs).toBeGreaterThanOrEqual(3);
    expect((await net.fit(big.X, numbers(big), { ...options, timeLimit: 20 })).reason).toBe('timeLimit');
    const refused = expect(net.fit(big.X, numbers(big), options)).rejects.toThrow(DisposedError);
    await turns(30);
    net.dispose();
    await refused;
  });
});
