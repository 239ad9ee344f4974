// Results have the same bits for any number of threads, and in every run.

import { beforeAll, describe, expect, test, vi } from 'vitest';
import {
  Classifier,
  type Layer,
  Network,
  type NetworkOptions,
  Regressor,
  type FitOptions,
  adam,
  adamax,
  batchNorm,
  bfgs,
  dense,
  dropout,
  emphasize,
  gaussNewton,
  gaussianNoise,
  gdx,
  growing,
  layerNorm,
  lbfgs,
  levenbergMarquardt,
  murata,
  newton,
  rbf,
  rmsProp,
  rprop,
  scaledConjugateGradient,
  sgd,
  sophia,
  stochasticDiagonalLM,
  superSAB,
} from '../../src/index.js';
import { begun } from './late-leader.js';
import { LAYERS, fitted, problem, workersFor } from './support.js';
import { some } from '../thorough.js';

vi.mock('../../bindings/team.js', () => import('./late-leader.js'));

const THREADS = some(1, [3, 2, 4]);

beforeAll(() => workersFor(4));

const { X, labels } = problem(1100, 7, 3);
const weights = labels.map((label, r) => ((r * 7 + label) % 5) / 2);
const numbers: Partial<NetworkOptions> = { layers: [dense(5, { activation: 'lecunTanh' }), dense(1)], loss: 'meanSquaredError' };
const around = (...layers: Layer[]): Partial<NetworkOptions> => ({ layers: [...layers, dense(3, { activation: 'softmax' })] });

/** Fits, and whether threads share them. */
const FITS: [string, Partial<NetworkOptions>, FitOptions, boolean?][] = [
  ...[16, 17, 31, 64, 100, 333, 1000].map((batchSize): [string, object, FitOptions] => [
    `batches of ${batchSize}`,
    {},
    { batchSize },
  ]),
  ['a full batch', {}, { batchSize: 'full' }],
  ['even batches of 550 and 550, slab by slab', around(dropout(0.2)), { batchSize: 1099 }],
  ['the rest left out', {}, { batchSize: 48, lastBatch: 'drop' }],
  ['the rest left out, emphasize', {}, { order: emphasize({ importance: true }), batchSize: 157, lastBatch: 'drop' }],
  // 1100 = 7·157 + 1: the last step of an epoch has one sample.
  ...(
    [
      ['momentum', sgd()],
      ['no momentum', sgd({ momentum: 0 })],
      ['Nesterov', sgd({ nesterov: true })],
      ['decay', sgd({ weightDecay: 1e-2 })],
    ] as const
  ).flatMap(([name, method]): [string, Partial<NetworkOptions>, FitOptions][] => [
    [`a rest of one, ${name}`, {}, { method, batchSize: 157, lastBatch: 'short' }],
    [
      `a rest of one, ${name}, a small network`,
      around(dense(16, { activation: 'tanh' })),
      { method, batchSize: 157, lastBatch: 'short' },
    ],
    [
      `a rest of one, ${name}, sample weights`,
      {},
      { method, batchSize: 157, lastBatch: 'short', sampleWeights: weights.map((w) => w + 0.1) },
    ],
  ]),
  ['adam, decay', {}, { method: adam({ weightDecay: 1e-3 }), batchSize: 48 }],
  ['nesterov', {}, { method: sgd({ nesterov: true, weightDecay: 1e-3 }), batchSize: 48 }],
  ['without momentum', {}, { method: sgd({ momentum: 0 }), batchSize: 48 }],
  ['rates by fan-in', {}, { method: sgd({ perWeight: true }), batchSize: 48 }],
  ['rprop', {}, { method: rprop({ variant: 'iRprop+' }) }],
  ['gdx', {}, { method: gdx() }],
  ['gdx as MATLAB', {}, { method: gdx({ matlab: true }) }],
  ['sgd as MATLAB', {}, { method: sgd({ matlab: true }), batchSize: 48 }],
  ['superSAB', {}, { method: superSAB() }],
  ['murata', {}, { method: murata({ rate: 0.05, alpha: 0.1 }), batchSize: 48 }],
  ['murata, rate measured', {}, { method: murata(), batchSize: 48 }],
  ['a sampled diagonal', {}, { method: stochasticDiagonalLM(), batchSize: 48 }],
  ['a diagonal of each batch', {}, { method: sophia(), batchSize: 48 }, false],
  ['interleave', {}, { order: 'interleave', batchSize: 48 }],
  ['emphasize', {}, { order: emphasize({ importance: true }), batchSize: 48 }],
  ['emphasize, slab by slab', around(dropout(0.2)), { order: emphasize(), batchSize: 550 }],
  ['growing', {}, { batchSize: growing({ start: 24, by: 'epoch', factor: 3 }) }],
  ['growing from one', {}, { batchSize: growing({ start: 1, by: 'epoch', factor: 40 }) }],
  ['clipped, averaged, L1', {}, { clip: { norm: 0.1 }, average: { decay: 0.9 }, l1: 1e-3, batchSize: 48 }],
  ['sample weights', {}, { sampleWeights: weights, batchSize: 48 }],
  ['class weights, validation, metrics', {}, { classWeights: 'balanced', validation: 0.3, metrics: ['accuracy'], batchSize: 48 }],
  ['dropout', around(dense(30, { activation: 'tanh' }), dropout(0.3)), { batchSize: 48 }],
  ['noise', around(gaussianNoise(0.2), dense(30, { activation: 'gelu' })), { batchSize: 48 }],
  ['noise, a full batch', around(gaussianNoise(0.2), dense(30, { activation: 'gelu' }), dropout(0.3)), { batchSize: 'full' }],
  ['layerNorm', around(dense(30, { activation: 'relu' }), layerNorm(), dense(8, { activation: 'elu' })), { batchSize: 48 }],
  ['batchNorm', around(dense(30), batchNorm(), dense(8, { activation: 'elu' })), { batchSize: 48 }, false],
  ['rbf', around(rbf(20)), { batchSize: 48 }],
  ['divergence', { loss: 'kullbackLeiblerDivergence' }, { batchSize: 48 }],
  [
    'categoricalHinge, swish, adamax',
    { layers: [dense(60, { activation: 'swish' }), dense(3)], loss: 'categoricalHinge' },
    { method: adamax(), batchSize: 48 },
  ],
  [
    'rmsProp, centred, with momentum; selu',
    around(dense(60, { activation: 'selu' })),
    { method: rmsProp({ rate: 1e-4, centered: true, momentum: 0.5 }), batchSize: 48 },
  ],
];

const SECOND: [string, FitOptions['method']][] = [
  ['levenbergMarquardt', levenbergMarquardt()],
  ['levenbergMarquardt, bayesian', levenbergMarquardt({ bayesian: true })],
  ['bfgs', bfgs()],
  ['lbfgs, decay', lbfgs({ weightDecay: 1e-3 })],
  ['scaledConjugateGradient', scaledConjugateGradient()],
  ['newton', newton()],
  ['newton, truncated', newton({ truncated: true })],
  ['gaussNewton', gaussNewton()],
];

describe.each(['float32', 'float64'] as const)('%s', (precision) => {
  test.each(FITS)('%s', async (_, network, options, shared = true) => {
    const run = (threads: number) => fitted({ ...network, precision, threads }, X, labels, { epochs: 3, ...options });
    const alone = await run(1);
    expect(alone.loss).toHaveLength(3);
    for (const threads of THREADS) {
      const before = begun.jobs;
      expect(await run(threads)).toEqual(alone);
      if (shared) expect(begun.jobs).toBeGreaterThan(before);
    }
    expect(await run(2)).toEqual(alone);
  });

  test('predict and evaluate', async () => {
    const big = problem(2500, 300, 3);
    const layers = [dense(1400, { activation: 'relu' }), dense(3, { activation: 'softmax' })];
    const measure = async (threads: number) => {
      using net = await Network.create({ inputs: 300, layers, loss: 'crossEntropy', precision, threads, seed: 1 });
      return { outputs: net.predict(big.X), found: net.evaluate(big.X, big.labels) };
    };
    const alone = await measure(1);
    for (const threads of THREADS) {
      const before = begun.jobs;
      expect(await measure(threads)).toEqual(alone);
      expect(begun.jobs).toBeGreaterThan(before + 1);
    }
  });

  test('estimators', async () => {
    const rows = Array.from({ length: 500 }, (_, r) => [...X.data.subarray(7 * r, 7 * r + 7)]);
    const some = labels.slice(0, 500);
    const options = { hidden: [12], epochs: 5, batchSize: 32, seed: 1, precision } as const;
    const train = async (threads: number) => {
      using model = await Classifier.fit(rows, some, { ...options, threads });
      using other = await Regressor.fit(rows, some, { ...options, threads });
      return { classes: model.predictProbabilities(rows), numbers: other.predict(rows) };
    };
    const alone = await train(1);
    const before = begun.jobs;
    for (const threads of THREADS) expect(await train(threads)).toEqual(alone);
    expect(begun.jobs).toBeGreaterThan(before);
  });
});

// Kernels that are cut into parts, and packed for all: widths that are no whole panels, batches that are no whole tiles, a rest;
// kernels deeper than a block, in both directions.
test.each([
  ['float32', 131, 97, 128],
  ['float32', 131, 130, 100],
  ['float32', 131, 64, 256],
  ['float32', 531, 301, 128],
  ['float64', 131, 97, 128],
  ['float64', 131, 50, 190],
  ['float64', 401, 203, 70],
] as const)('kernels in parts, %s, %i inputs, %i units, batches of %i', async (precision, inputs, units, batchSize) => {
  const wide = problem(2 * batchSize + 37, inputs, 3);
  const network: Partial<NetworkOptions> = { ...around(dense(units, { activation: 'tanh' }), dense(120)), precision };
  const options: FitOptions = { batchSize, epochs: 3 };
  const alone = await fitted({ ...network, threads: 1 }, wide.X, wide.labels, options);
  const jobs = begun.jobs;
  for (const threads of THREADS) expect(await fitted({ ...network, threads }, wide.X, wide.labels, options)).toEqual(alone);
  expect(begun.jobs).toBeGreaterThan(jobs);
});

// Products of few samples go other ways than those that kernels are packed for.
test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('kernels in parts, a rest of %i', async (rest) => {
  const wide = problem(64 + rest, 131, 3);
  const network = around(dense(97, { activation: 'tanh' }), dense(120));
  const alone = await fitted({ ...network, threads: 1 }, wide.X, wide.labels, { batchSize: 32, epochs: 2 });
  for (const threads of some(1, [7, 2, 3])) {
    expect(await fitted({ ...network, threads }, wide.X, wide.labels, { batchSize: 32, epochs: 2 })).toEqual(alone);
  }
});

test('kernels in parts, batches that grow from one', async () => {
  const wide = problem(500, 131, 3);
  const network = around(dense(97, { activation: 'tanh' }), dense(120));
  const options: FitOptions = { batchSize: growing({ start: 1, by: 'epoch', factor: 3 }), epochs: 6 };
  const alone = await fitted({ ...network, threads: 1 }, wide.X, wide.labels, options);
  for (const threads of [2, 5]) expect(await fitted({ ...network, threads }, wide.X, wide.labels, options)).toEqual(alone);
});

test.each(SECOND)('%s', async (_, method) => {
  const big = problem(3000, 7, 3);
  const Y = big.labels.map((label, r) => label - big.X.data[7 * r + 2]!);
  const run = (threads: number) => fitted({ ...numbers, threads }, big.X, Y, { method: method!, epochs: 4 });
  const alone = await run(1);
  expect(alone.loss.length).toBeGreaterThan(1);
  for (const threads of THREADS) {
    const before = begun.jobs;
    expect(await run(threads)).toEqual(alone);
    expect(begun.jobs).toBeGreaterThan(before);
  }
});

test('curvature', async () => {
  const big = problem(3000, 7, 3);
  const measure = async (threads: number) => {
    using net = await Network.create({ inputs: 7, layers: LAYERS, loss: 'crossEntropy', precision: 'float64', seed: 1, threads });
    const c = net.curvature(big.X, big.labels);
    const v = Float64Array.from({ length: net.parameters }, (_, i) => (i % 7) - 3);
    return {
      loss: c.loss,
      gradient: c.gradient(),
      lecun: c.hessianDiagonal({ kind: 'lecun' }),
      exact: c.hessianDiagonal({ kind: 'gaussNewton' }),
      product: c.hessianVector(v),
      gaussNewton: c.gaussNewtonVector(v),
    };
  };
  const alone = await measure(1);
  for (const threads of THREADS) {
    const before = begun.jobs;
    expect(await measure(threads)).toEqual(alone);
    expect(begun.jobs).toBeGreaterThan(before + 3);
  }
});

test("'auto', whatever it chooses", async () => {
  const run = (threads: number | 'auto') => fitted({ threads }, X, labels, { epochs: 400, batchSize: 100 });
  expect(await run('auto')).toEqual(await run(1));
});
