// What common programs take of float32 is a binary of its own; the whole one takes over where more is asked for, with the same
// bits. In one test after another: once the whole one is there, it is taken for the common one as well.

import { expect, test } from 'vitest';
import { Activation, type ActivationName } from '../../build/codes.js';
import { LOSS_NAMES, type Loss } from '../../src/layers/losses.js';
import { engineOf } from '../../bindings/load.js';
import {
  Network,
  type NetworkOptions,
  adam,
  adamax,
  batchNorm,
  dense,
  dropout,
  gaussianNoise,
  layerNorm,
  lion,
  rbf,
  rmsProp,
  schedules,
  sgd,
} from '../../src/index.js';
import { extentFor } from '../../src/plan/extent.js';

const rows = 70;
const X = Array.from({ length: rows }, (_, r) => [Math.sin(r), Math.cos(1.7 * r), Math.sin(0.3 * r * r)]);
const Y = X.map(([a, b]) => (a! * b! > 0 ? [1, 0] : [0, 1]));

const METHODS = [
  { method: sgd({ rate: 0.01 }), batchSize: 8 },
  { method: sgd({ rate: 0.01, momentum: 0 }), batchSize: 1 },
  { method: sgd({ rate: schedules.exponential({ rate: 0.01 }), nesterov: true, weightDecay: 0.01 }), batchSize: 16 },
  { method: sgd({ rate: 'auto' }), batchSize: 16 },
  { method: adam(), batchSize: 'full', l1: 0.001, clip: { norm: 1 } },
  { method: rmsProp({ centered: true }), batchSize: 32, average: 'polyak' },
  { method: adamax(), batchSize: 7, order: 'sequential', validation: 0.2 },
] as const;

const LAST: Partial<Record<Loss, ActivationName>> = {
  crossEntropy: 'softmax',
  kullbackLeiblerDivergence: 'softmax',
  binaryCrossEntropy: 'sigmoid',
  poisson: 'softplus',
  meanSquaredLogarithmicError: 'softplus',
};

function options(activation: ActivationName, loss: Loss, units = 37): NetworkOptions {
  const last = dense(2, { activation: LAST[loss] ?? 'linear' } as object);
  return { inputs: 3, layers: [dense(units, { activation }), dense(5, { activation }), last], loss, seed: 3 };
}

/** What a network predicts after fits by each method, and which binary has trained it. */
async function trained(given: NetworkOptions) {
  const net = await Network.create(given);
  const found: number[] = [];
  for (const each of METHODS) {
    await net.fit(X, Y, { ...each, epochs: 3 });
    found.push(...net.predict(X), net.evaluate(X, Y).loss);
  }
  const { whole } = net.engine;
  net.dispose();
  return { found, whole };
}

const activations = Object.keys(Activation).filter((name) => name !== 'softmax') as ActivationName[];
const losses = LOSS_NAMES;
const all = [
  ...activations.map((name) => options(name, 'meanSquaredError')),
  ...losses.map((loss) => options('tanh', loss, 150)),
];
const common = all.filter((given) => extentFor(given as never) === 'common');
const before: number[][] = [];

test('what is common is trained, predicted and evaluated by the common binary', async () => {
  expect(common.length).toBe(10 + 4);
  for (const given of common) {
    const { found, whole } = await trained(given);
    expect(whole).toBe(false);
    expect(found.every(Number.isFinite)).toBe(true);
    before.push(found);
  }
});

test('a fit that asks for more takes the whole binary, and what was learned stays', async () => {
  const net = await Network.create(options('tanh', 'meanSquaredError'));
  await net.partialFit(X, Y, { method: sgd({ rate: 0.01 }) });
  const weights = net.getWeights();
  const predicted = net.predict(X);
  expect(net.engine.whole).toBe(false);
  await net.fit(X, Y, { method: lion({ rate: 1e-9 }), epochs: 1 });
  expect(net.engine.whole).toBe(true);
  expect(net.precision).toBe('float32');
  net.setWeights(weights);
  expect(net.predict(X)).toEqual(predicted);
  net.dispose();
});

test('the whole binary gives the same bits', async () => {
  await engineOf('float32', 'fast');
  for (const [k, given] of common.entries()) {
    const { found, whole } = await trained(given);
    expect(whole).toBe(true);
    expect(found, JSON.stringify(given)).toEqual(before[k]);
  }
});

test.each([
  ['layers', [rbf(4)]],
  ['layers', [batchNorm()]],
  ['layers', [layerNorm()]],
  ['layers', [dropout(0.1)]],
  ['layers', [gaussianNoise(0.1)]],
])('other %s are whole', (_, layers) => {
  const given = options('tanh', 'meanSquaredError');
  expect(extentFor({ ...given, layers: [...layers, ...given.layers] } as never)).toBe('whole');
});
