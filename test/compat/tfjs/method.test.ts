// Models that learn by a method of this library, in the place of their optimizer.

import type { Tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { UnsupportedError, accelerate } from '../../../src/compat/tfjs/index.js';
import { LOSSES } from '../../../src/compat/tfjs/losses/losses.js';
import { classes, numbers, tf } from './support.js';

const { layers } = tf;
type Layer = ReturnType<typeof layers.dense>;
type Loss = Parameters<ReturnType<typeof tf.sequential>['compile']>[0]['loss'];

/** A model of so many inputs and these layers, accelerated. */
function modelOf(within: object[], loss: Loss = 'meanSquaredError', inputs = 2) {
  const model = tf.sequential();
  model.add(layers.inputLayer({ inputShape: [inputs] }));
  for (const layer of within) model.add(layer as Layer);
  model.compile({ optimizer: 'sgd', loss });
  return accelerate(model);
}

const X = numbers([40, 2], 3);
const Y = tf.tidy(() => tf.prod(X, 1, true));
const bfgs = { method: 'bfgs', epochs: 6, seed: 1, verbose: 0 };

test('levenbergMarquardt learns a product, epoch by epoch', async () => {
  const model = modelOf([layers.dense({ units: 4, activation: 'tanh' }), layers.dense({ units: 1 })]);
  const epochs: number[] = [];
  const callbacks = { onEpochEnd: async (epoch: number) => void epochs.push(epoch) };
  const { history } = await model.fit(X, Y, { method: 'levenbergMarquardt', epochs: 40, seed: 1, callbacks });
  expect(epochs).toEqual(epochs.map((_, i) => i));
  expect(history['loss']!.at(-1)).toBeLessThan(1e-4);
  expect((model.evaluate(X, Y) as Tensor).dataSync()[0]).toBeLessThan(1e-4);
});

const hidden = () => layers.dense({ units: 4 });

test.each<[string, () => object[]]>([
  ['softsign', () => [layers.dense({ units: 4, activation: 'softsign' })]],
  ['gelu_new', () => [layers.dense({ units: 4, activation: 'gelu_new' })]],
  ['an activation of its own', () => [hidden(), layers.activation({ activation: 'hardSigmoid' })]],
  ['LeakyReLU', () => [hidden(), layers.leakyReLU({ alpha: 0.2 })]],
  ['ELU', () => [hidden(), layers.elu()]],
  ['ReLU up to 6', () => [hidden(), layers.reLU({ maxValue: 6 })]],
  ['ThresholdedReLU', () => [hidden(), layers.thresholdedReLU({ theta: 0.1 })]],
  ['other shapes between', () => [hidden(), layers.reshape({ targetShape: [2, 2] }), layers.flatten()]],
  ['a model within', () => [tf.sequential({ layers: [layers.dense({ units: 4, activation: 'tanh', inputShape: [2] })] })]],
])('%s: the loss that the network found is the model’s', async (_, within) => {
  const model = modelOf([...within(), layers.dense({ units: 1 })]);
  const [before] = (model.evaluate(X, Y) as Tensor).dataSync();
  const { history } = await model.fit(X, Y, bfgs);
  const [after] = tf.tidy(() => tf.losses.meanSquaredError(Y, model.predict(X) as Tensor).dataSync());
  expect(after).toBeCloseTo(history['loss']!.at(-1) as number, 5);
  expect(after).toBeLessThan(before!);
});

/** Targets and outputs that suit a loss. */
const SUITED: Partial<Record<(typeof LOSSES)[number], [Tensor, string]>> = {
  squaredHinge: [tf.sign(Y), 'linear'],
  hinge: [tf.sign(Y), 'linear'],
  categoricalCrossentropy: [classes(40, 3, 2), 'softmax'],
  categoricalHinge: [classes(40, 3, 2), 'linear'],
  sparseCategoricalCrossentropy: [tf.cast(tf.expandDims(tf.argMax(classes(40, 3, 2), 1), 1), 'float32'), 'softmax'],
  kullbackLeiblerDivergence: [classes(40, 3, 2), 'softmax'],
  binaryCrossentropy: [tf.cast(tf.greater(Y, 0), 'float32'), 'sigmoid'],
  poisson: [tf.abs(Y), 'softplus'],
  meanSquaredLogarithmicError: [tf.abs(Y), 'softplus'],
  cosineProximity: [classes(40, 3, 2), 'linear'],
};

test.each(LOSSES)('%s falls, as TensorFlow.js measures it', async (loss) => {
  const [targets, activation] = SUITED[loss] ?? [Y, 'linear'];
  const units = loss.startsWith('sparse') ? 3 : (targets.shape[1] as number);
  const model = modelOf(
    [layers.dense({ units: 4, activation: 'tanh' }), layers.dense({ units, activation: activation as 'linear' })],
    loss,
  );
  const measured = () => ((tf.Sequential.prototype as typeof model).evaluate.call(model, X, targets) as Tensor).dataSync()[0]!;
  const before = measured();
  const { history } = await model.fit(X, targets, bfgs);
  expect(measured()).toBeLessThan(before);
  expect(history['loss']!.at(-1)).toBeCloseTo(measured(), 4);
});

test.each<[string, () => object[], RegExp]>([
  [
    'normalization',
    () => [layers.batchNormalization()],
    /layer batch_normalization\w* \(BatchNormalization\): .*methods of this library/,
  ],
  ['dropout', () => [layers.dropout({ rate: 0.5 })], /\(Dropout\)/],
  ['a regularizer', () => [layers.dense({ units: 2, kernelRegularizer: 'l1l2' })], /\(Dense\): it has a regularizer/],
  ['a frozen layer', () => [layers.dense({ units: 2, trainable: false })], /\(Dense\): it is not trainable/],
  [
    'several axes',
    () => [layers.reshape({ targetShape: [2, 1] }), hidden(), layers.flatten()],
    /fit\.method: .*\(Dense\) takes inputs of several/,
  ],
  [
    'an activation',
    () => [layers.dense({ units: 2, activation: 'logSoftmax' as 'softmax' })],
    /fit\.method: .*\(Dense\) has the activation "logSoftmax"/,
  ],
])('%s is refused by name, and nothing has changed', async (_, within, said) => {
  const model = modelOf([...within(), layers.dense({ units: 1 })]);
  const weights = () => model.getWeights().map((weight) => [...weight.dataSync()]);
  const before = weights();
  const failed = model.fit(X, Y, bfgs);
  await expect(failed).rejects.toThrow(said);
  await expect(failed).rejects.toThrow(UnsupportedError);
  expect(weights()).toEqual(before);
});

test('a method that there is not', async () => {
  const failed = modelOf([layers.dense({ units: 1 })]).fit(X, Y, { method: 'lm' as 'bfgs' });
  await expect(failed).rejects.toThrow(/fit\.method is "lm"; expected one of 'levenbergMarquardt'/);
});
