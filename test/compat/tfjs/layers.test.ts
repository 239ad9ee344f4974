// Every layer, trained by tfjs and by us from the same weights: weights, losses and outputs agree.

import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test, vi } from 'vitest';
import { accelerate } from '../../../src/compat/tfjs/index.js';
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
  'layerNormalization over the first axis': around(() => [as(layers.layerNormalization({ axis: 1 }))], [3, 5]),
  'layerNormalization over axes before the last': around(() => [as(layers.layerNormalization({ axis: [1, 2] }))], [2, 3, 5]),
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

/** Rows of [a, b] as rows of [b, a]. */
const turned = (x: Tensor) => tf.transpose(x, [0, 2, 1]);

const farthest = (a: Tensor, b: ArrayLike<number>) => Math.max(...Array.from(a.dataSync(), (v, i) => Math.abs(v - b[i]!)));

// TensorFlow.js fails to train these: it reshapes all of a batch to the shape of the variances.
test('batchNormalization over another axis is that over the last one of turned rows', async () => {
  const make = (shape: number[], axis: number) => {
    const model = tf.sequential();
    model.add(layers.inputLayer({ inputShape: shape }));
    model.add(layers.batchNormalization({ axis, momentum: 0.7 }));
    model.add(layers.layerNormalization({ axis: [1, 2], center: true }));
    model.add(layers.batchNormalization({ axis, momentum: 0.9 }));
    model.add(layers.flatten());
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
    return model;
  };
  const [theirs, ours] = [make([5, 3], 2), accelerate(make([3, 5], 1))];
  const x = numbers([20, 5, 3], 1);
  const y = numbers([20, 5, 3], 2);
  const args = { epochs: 6, batchSize: 8, shuffle: false, verbose: 0 };
  await theirs.fit(x, tf.reshape(y, [20, 15]), args);
  await ours.fit(turned(x), tf.reshape(turned(y), [20, 15]), args);
  ours.weights.forEach((weight, i) => {
    const value = weight.read();
    const found = (value.rank === 2 ? tf.transpose(value) : value).dataSync();
    expect(farthest(theirs.weights[i]!.read(), found), weight.name).toBeLessThan(1e-6);
  });
  const said = turned(tf.reshape(ours.predict(turned(x)) as Tensor, [20, 3, 5])).dataSync();
  expect(farthest(theirs.predict(x) as Tensor, said)).toBeLessThan(2e-6);
});

test.each<[(number | null)[], (row: number, i: number, j: number) => string]>([
  [[null, 1, 5], (row, _, j) => `${row} ${j}`],
  [[null, 3, 1], (row, i) => `${row} ${i}`],
  [[1, 3, 5], (_, i, j) => `${i} ${j}`],
  [[1, null, 1], (_, i) => `${i}`],
  [[null, 1, 1], (row) => `${row}`],
])('dropout with the noiseShape %j draws once for all that share', async (noiseShape, owner) => {
  const rows = 40;
  const model = tf.sequential();
  model.add(layers.dropout({ rate: 0.4, noiseShape: noiseShape as number[], inputShape: [3, 5] }));
  const seen: number[][] = [];
  const metric = (_: Tensor, outputs: Tensor) => {
    seen.push([...outputs.dataSync()]);
    return tf.mean(outputs);
  };
  model.add(layers.prelu({ alphaInitializer: 'ones' }));
  model.compile({ optimizer: tf.train.sgd(1e-9), loss: 'meanSquaredError', metrics: [metric] });
  const ones = tf.ones([rows, 3, 5]);
  await accelerate(model).fit(ones, ones, { batchSize: rows, epochs: 2, seed: 3, verbose: 0 });
  const [first, second] = seen as [number[], number[]];
  expect(first).not.toEqual(second);
  const drawn = new Map<string, number>();
  first.forEach((v, at) => {
    const [row, i, j] = [Math.floor(at / 15), Math.floor(at / 5) % 3, at % 5];
    expect(
      [0, 1 / 0.6].some((value) => Math.abs(v - value) < 1e-6),
      `${v}`,
    ).toBe(true);
    const name = owner(row, i, j);
    expect(drawn.get(name) ?? v).toBe(v);
    drawn.set(name, v);
  });
  const kept = [...drawn.values()].filter(Boolean).length / drawn.size;
  expect(Math.abs(kept - 0.6)).toBeLessThan(3 * Math.sqrt(0.24 / drawn.size)); // three standard deviations
  const again = model.predict(ones) as Tensor;
  expect([...again.dataSync()].every((v) => Math.abs(v - 1) < 1e-4)).toBe(true);
});

test.each<[string, Layer, RegExp]>([
  ['softmax over another axis', as(layers.softmax({ axis: 1 })), /\(Softmax\): its axis is not the last one/],
  ['axes that are apart', as(layers.layerNormalization({ axis: [1, 3] })), /\(LayerNormalization\): its axes are not next/],
  [
    'noise for other rows',
    as(layers.dropout({ rate: 0.5, noiseShape: [4, 3, 5, 2] })),
    /\(Dropout\): its noiseShape, \[4,3,5,2\]/,
  ],
  ['alphaDropout with a noiseShape', as(layers.alphaDropout({ rate: 0.5, noiseShape: [4, 3, 1, 2] })), /\(AlphaDropout\)/],
])('%s is refused by name, unless TensorFlow.js may train it', async (_, layer, said) => {
  const model = tf.sequential();
  model.add(layers.dense({ units: 2, inputShape: [3, 5, 2] }));
  model.add(layer);
  model.add(layers.flatten());
  model.add(layers.dense({ units: 1 }));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const [x, y] = [numbers([4, 3, 5, 2], 1), numbers([4, 1], 2)];
  const args = { epochs: 1, verbose: 0 };
  await expect(accelerate(model).fit(x, y, args)).rejects.toThrow(said);
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const theirs = accelerate(model, { fallback: 'tfjs' }).fit(x, y, args);
  if (/softmax/i.test(layer.name)) await expect(theirs).rejects.toThrow(/Softmax along a non-last dimension/);
  else expect((await theirs).history['loss']).toHaveLength(1);
  expect(warned.mock.calls.flat().join()).toMatch(said);
  warned.mockRestore();
});
