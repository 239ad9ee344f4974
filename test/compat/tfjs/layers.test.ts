// Every layer, trained by tfjs and by us from the same weights: weights, losses and outputs agree.

import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { distance, numbers, pair, seeded, tf } from './support.js';

const { layers, regularizers, constraints, initializers } = tf;

type Layer = ReturnType<typeof layers.dense>;

/** A chain around a layer: something to learn before it and behind it. */
const around =
  (make: () => Layer[], shape: number[] = [5]) =>
  () => {
    const model = tf.sequential();
    model.add(layers.dense({ units: 6, inputShape: shape, activation: 'tanh' }));
    for (const layer of make()) model.add(layer);
    if (shape.length > 1) model.add(layers.flatten());
    model.add(layers.dense({ units: 2 }));
    model.compile({ optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError' });
    return model;
  };

const ACTIVATIONS = [
  'elu', 'hardSigmoid', 'linear', 'relu', 'relu6', 'selu', 'sigmoid', 'softmax', 'softplus', 'softsign', 'tanh', 'swish', 'mish',
  'gelu', 'gelu_new',
] as const; // biome-ignore format: a list

const as = (layer: unknown) => layer as Layer;

const CHAINS: Record<string, () => LayersModel> = {
  ...Object.fromEntries(
    ACTIVATIONS.map((name) => [`dense ${name}`, around(() => [layers.dense({ units: 7, activation: name as 'relu' })])]),
  ),
  ...Object.fromEntries(
    ACTIVATIONS.map((name) => [`activation ${name}`, around(() => [as(layers.activation({ activation: name as 'relu' }))])]),
  ),
  'no bias': around(() => [layers.dense({ units: 3, useBias: false })]),
  'dense on three axes': around(() => [layers.dense({ units: 4, activation: 'softmax' })], [3, 5]),
  batchNormalization: around(() => [as(layers.batchNormalization())]),
  'batchNormalization on three axes': around(() => [as(layers.batchNormalization({ momentum: 0.8, epsilon: 0.01 }))], [3, 5]),
  layerNormalization: around(() => [as(layers.layerNormalization())]),
  'layerNormalization over two axes': around(() => [as(layers.layerNormalization({ axis: [1, 2] }))], [3, 5]),
  leakyReLU: around(() => [as(layers.leakyReLU({ alpha: 0.2 }))]),
  prelu: around(() => [as(layers.prelu())]),
  'prelu with shared axes': around(() => [as(layers.prelu({ sharedAxes: [1] } as never))], [3, 5]),
  elu: around(() => [as(layers.elu())]),
  reLU: around(() => [as(layers.reLU())]),
  'reLU up to 0.3': around(() => [as(layers.reLU({ maxValue: 0.3 }))]),
  softmax: around(() => [as(layers.softmax({ axis: -1 }))]),
  'reshape and flatten': around(() => [
    as(layers.reshape({ targetShape: [2, 3] })),
    layers.dense({ units: 2 }),
    as(layers.flatten()),
  ]),
  'dropout of nothing': around(() => [as(layers.dropout({ rate: 0 }))]),
  'l1 and l2': around(() => [
    layers.dense({ units: 4, kernelRegularizer: regularizers.l1l2({ l1: 0.01, l2: 0.02 }), biasRegularizer: 'l1l2' }),
    as(
      layers.batchNormalization({
        gammaRegularizer: regularizers.l2({ l2: 0.1 }),
        betaRegularizer: regularizers.l1({ l1: 0.1 }),
      }),
    ),
  ]),
  'l1 at 0': around(() => [layers.dense({ units: 4, kernelInitializer: initializers.zeros(), kernelRegularizer: 'l1l2' })]),
  constraints: around(() => [
    layers.dense({ units: 4, kernelConstraint: constraints.maxNorm({ maxValue: 0.5 }), biasConstraint: constraints.nonNeg() }),
  ]),
  'frozen layers': around(() => [
    layers.dense({ units: 4, trainable: false, kernelRegularizer: 'l1l2' }),
    as(layers.batchNormalization({ trainable: false })),
  ]),
  'only the last layer learns': () => {
    const model = around(() => [as(layers.batchNormalization())])();
    for (const layer of model.layers.slice(0, -1)) layer.trainable = false;
    model.compile({ optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError' });
    return model;
  },
  'frozen after it was compiled': () => {
    const model = around(() => [layers.dense({ units: 4 })])();
    model.layers[1]!.trainable = false;
    return model;
  },
  'a model in a model': () => {
    const inner = tf.sequential({
      layers: [layers.dense({ units: 4, inputShape: [5], activation: 'relu' }), layers.dense({ units: 3 })],
    });
    const model = tf.sequential({ layers: [inner as never, layers.dense({ units: 2 })] });
    model.compile({ optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError' });
    return model;
  },
  'a functional model': () => {
    const input = tf.input({ shape: [5] });
    const hidden = layers.dense({ units: 4, activation: 'relu' }).apply(layers.batchNormalization().apply(input));
    const output = layers.dense({ units: 2 }).apply(hidden);
    const model = tf.model({ inputs: input, outputs: output as never });
    model.compile({ optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError' });
    return model;
  },
};

describe.each(Object.entries(CHAINS))('%s', (_, make) => {
  test('learns as in tfjs', async () => {
    const [theirs, ours] = pair(make);
    const shape = theirs.inputs[0]!.shape.slice(1) as number[];
    const [x, y] = [numbers([22, ...shape], 1), numbers([22, 2], 2)];
    const before = tf.memory().numTensors;
    const args = { epochs: 5, batchSize: 8, validationSplit: 0.2 };
    const expected = await seeded(3, () => theirs.fit(x, y, args));
    const between = tf.memory().numTensors;
    const found = await seeded(3, () => ours.fit(x, y, args));
    expect(tf.memory().numTensors - between).toBe(between - before);
    expect(distance(theirs, ours)).toBeLessThan(1e-6);
    expect(Object.keys(found.history)).toEqual(Object.keys(expected.history));
    for (const [name, values] of Object.entries(expected.history))
      values.forEach((value, i) => {
        expect(Math.abs((found.history[name]![i] as number) / (value as number) - 1), name).toBeLessThan(2e-6);
      });
    const [a, b] = [theirs.predict(x) as Tensor, ours.predict(x) as Tensor].map((outputs) => outputs.dataSync());
    a!.forEach((value, i) => {
      expect(Math.abs(value - b![i]!)).toBeLessThan(2e-6);
    });
  });
});
