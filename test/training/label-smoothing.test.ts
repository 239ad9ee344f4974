// Label smoothing: the same as training on smoothed targets, for training only.

import { expect, test } from 'vitest';
import { type Loss, Network, OptionError, dense } from '../../src/index.js';
import { randoms } from '../kernels/support.js';

const next = randoms(3);
const X = Array.from({ length: 40 }, () => [next(), next()]);

async function trained(loss: Loss, outputs: number, Y: number[][], options: object) {
  const activation = loss === 'crossEntropy' ? 'softmax' : loss === 'binaryCrossEntropy' ? 'sigmoid' : 'linear';
  const net = await Network.create({
    inputs: 2,
    layers: [dense(5, { activation: 'tanh' }), dense(outputs, { activation })],
    loss,
    precision: 'float64',
    seed: 1,
  });
  // Two even batches of 20 end where both losses happen to agree.
  const history = await net.fit(X, Y, { epochs: 5, lastBatch: 'short', ...options });
  const result = { weights: net.getWeights().map((w) => [...w]), history, evaluation: net.evaluate(X, Y) };
  net.dispose();
  return result;
}

test.each([
  ['crossEntropy', 3, 3],
  ['binaryCrossEntropy', 1, 2],
  ['binaryCrossEntropy', 2, 2],
] as const)('%s, %i outputs: (1 − ε)·t + ε/%i', async (loss, outputs, outcomes) => {
  const ε = 0.2;
  const Y = X.map((x, r) =>
    Array.from({ length: outputs }, (_, o) => (loss === 'crossEntropy' ? Number(o === r % outputs) : Number(x[o % 2]! > 0))),
  );
  const by = await trained(loss, outputs, Y, { labelSmoothing: ε, validation: [X, Y] });
  const own = await trained(
    loss,
    outputs,
    Y.map((t) => t.map((v) => (1 - ε) * v + ε / outcomes)),
    {},
  );
  expect(by.weights).toEqual(own.weights);
  expect(by.history.loss).toEqual(own.history.loss);
  // Validation is on the targets as they are.
  expect(by.history.validationLoss.at(-1)).toBeCloseTo(by.evaluation.loss, 12);
  expect(by.history.validationLoss.at(-1)).not.toBeCloseTo(by.history.loss.at(-1)!, 3);
});

test('a smoothed class index, and an order that needs classes', async () => {
  const Y = X.map((_, r) => [r % 3]);
  const { history } = await trained('crossEntropy', 3, Y, { labelSmoothing: 0.1, order: 'interleave' });
  expect(history.loss.every(Number.isFinite)).toBe(true);
});

test('refused where there are no labels, and out of range', async () => {
  const Y = X.map(() => [0.5]);
  await expect(trained('meanSquaredError', 1, Y, { labelSmoothing: 0.1 })).rejects.toThrow(
    expect.objectContaining({ name: 'OptionError', option: 'fit.labelSmoothing' }),
  );
  for (const labelSmoothing of [-0.1, 1, Number.NaN]) {
    await expect(trained('meanSquaredError', 1, Y, { labelSmoothing })).rejects.toThrow(OptionError);
  }
});
