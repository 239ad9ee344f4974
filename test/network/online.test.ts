// Steps on one sample that begin the next: many in one call against calls of one step each, which have no next.

import { expect, test } from 'vitest';
import { type Method, Network, dense, sgd } from '../../src/index.js';
import { normals } from '../data/synthetic.js';

const METHODS: readonly (readonly [string, Method])[] = [
  ['plain', sgd({ rate: 0.01, momentum: 0 })],
  ['momentum', sgd({ rate: 0.01, momentum: 0.9 })],
  ['Nesterov', sgd({ rate: 0.01, momentum: 0.9, nesterov: true })],
];

// Whole lines of the cache or not; one layer or more; parameters of more than 16 KiB, which are not for the step of small
// networks.
const top = dense(5, { activation: 'softmax' });
const NETWORKS: readonly (readonly [string, number, ReturnType<typeof dense>[]])[] = [
  ['331-16-5', 331, [dense(16, { activation: 'tanh' }), top]],
  ['131-48-7-5', 131, [dense(48, { activation: 'relu' }), dense(7, { activation: 'tanh' }), top]],
  ['without a bias', 97, [dense(64, { activation: 'twistedTanh', bias: false }), top]],
  ['units that fill no line', 211, [dense(37, { activation: 'tanh' }), top]],
  ['one layer', 331, [dense(16, { activation: 'softmax' })]],
];

const ROWS = 23;

test.each(NETWORKS)('the same bits: %s', async (_, inputs, layers) => {
  const X = normals(5, ROWS, inputs);
  const classes = Array.from({ length: ROWS }, (_, r) => (r * 7) % 5);
  const create = (precision: 'float32' | 'float64') =>
    Network.create({ inputs, layers, loss: 'crossEntropy', precision, seed: 8, threads: 1 });
  for (const precision of ['float32', 'float64'] as const) {
    for (const [name, method] of METHODS) {
      // Samples without weight are passed over, also those that a step has begun.
      for (const sampleWeights of [undefined, classes.map((c) => (c % 3) / 2)]) {
        using whole = await create(precision);
        using pieces = await create(precision);
        await whole.fit(X, classes, {
          method,
          epochs: 1,
          batchSize: 1,
          order: 'sequential',
          weighting: 'samples', // a call with one row has that row's weight for its mean
          ...(sampleWeights && { sampleWeights }),
        });
        for (const [r, row] of X.entries()) {
          const w = sampleWeights?.[r];
          if (w === 0) continue;
          const options = { method, batchSize: 1, weighting: 'samples' } as const;
          await pieces.partialFit([row], [classes[r]!], { ...options, ...(w && { sampleWeights: [w] }) });
        }
        expect(pieces.getWeights(), `${precision}, ${name}`).toEqual(whole.getWeights());
      }
    }
  }
});

// Large, and small ones, whose steps are one function: layers of whole vectors, and of some more.
test.each([
  [131, 64],
  [5, 32, 48],
  [7, 21, 13, 9],
])('the same bits as steps that write their gradient, shuffled: %j', async (...sizes) => {
  const [inputs, ...hidden] = sizes as [number, ...number[]];
  const X = normals(6, ROWS, inputs);
  const Y = Array.from({ length: ROWS }, (_, r) => Math.sin(r));
  // A rate that is a power of 2: it does not matter what it is multiplied with first.
  const method = sgd({ rate: 2 ** -7, momentum: 0.9 });
  const train = async (precision: 'float32' | 'float64', options: object) => {
    const layers = [...hidden.map((n) => dense(n, { activation: 'tanh' })), dense(1)];
    using net = await Network.create({ inputs, layers, loss: 'meanSquaredError', precision, seed: 8, threads: 1 });
    const { loss } = await net.fit(X, Y, { method, epochs: 3, batchSize: 1, ...options });
    return { loss, weights: net.getWeights() };
  };
  for (const precision of ['float32', 'float64'] as const)
    expect(await train(precision, {}), precision).toEqual(await train(precision, { clip: { value: 1e30 } }));
});
