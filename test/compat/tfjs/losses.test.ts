// Every loss and every optimizer, in steps on batches of tfjs's and of ours.

import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { Arena } from '../../../bindings/memory.js';
import { tensors } from '../../../bindings/tensors.js';
import { LOSSES } from '../../../src/compat/tfjs/losses/losses.js';
import { classes, distance, numbers, pair, seeded, tf } from './support.js';

const { layers, train } = tf;
const ROWS = 24;

/** Targets that each loss is meant for, and the activation of outputs that go with it. */
const DATA: Record<(typeof LOSSES)[number], [activation: string, targets: () => Tensor]> = {
  meanSquaredError: ['linear', () => numbers([ROWS, 3], 4)],
  meanAbsoluteError: ['linear', () => numbers([ROWS, 3], 4)],
  meanAbsolutePercentageError: ['linear', () => numbers([ROWS, 3], 4, 0.5, 2)],
  meanSquaredLogarithmicError: ['relu', () => numbers([ROWS, 3], 4, 0, 2)],
  squaredHinge: ['tanh', () => tf.tidy(() => tf.sign(numbers([ROWS, 3], 4)))],
  hinge: ['linear', () => tf.tidy(() => tf.sign(numbers([ROWS, 3], 4)))],
  categoricalHinge: ['linear', () => classes(ROWS, 3, 4)],
  logcosh: ['linear', () => numbers([ROWS, 3], 4, -3, 3)],
  categoricalCrossentropy: ['softmax', () => classes(ROWS, 3, 4)],
  sparseCategoricalCrossentropy: ['softmax', () => tf.tidy(() => tf.floor(numbers([ROWS, 1], 4, 0, 3)))],
  binaryCrossentropy: ['sigmoid', () => classes(ROWS, 3, 4)],
  kullbackLeiblerDivergence: ['softmax', () => tf.tidy(() => tf.softmax(numbers([ROWS, 3], 4)))],
  poisson: ['softplus', () => numbers([ROWS, 3], 4, 0, 3)],
  cosineProximity: ['linear', () => numbers([ROWS, 3], 4)],
};

function model(loss: string, activation: string, optimizer: () => ReturnType<typeof train.sgd> | string, metrics: string[] = []) {
  return () => {
    const made = tf.sequential();
    made.add(layers.dense({ units: 5, activation: 'tanh', inputShape: [4] }));
    made.add(layers.dense({ units: 3, activation: activation as 'relu' }));
    made.compile({ optimizer: optimizer() as string, loss, metrics });
    return made;
  };
}

describe.each(LOSSES)('%s', (loss) => {
  const [activation, targets] = DATA[loss];

  test('steps, losses and accuracies are those of tfjs', async () => {
    const [theirs, ours] = pair(
      model(loss, activation, () => train.sgd(0.05), ['accuracy', 'mse'].slice(0, loss.startsWith('sparse') ? 1 : 2)),
    );
    const [x, y] = [numbers([ROWS, 4], 1), targets()];
    for (let step = 0; step < 5; step++) {
      const expected = (await theirs.trainOnBatch(x, y)) as number[];
      const found = (await ours.trainOnBatch(x, y)) as number[];
      expect(found).toHaveLength(expected.length);
      found.forEach((value, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-6 * (1 + Math.abs(expected[i]!)));
      });
    }
    expect(distance(theirs, ours)).toBeLessThan(1e-6);
    const [a, b] = [theirs, ours].map((each) =>
      (each.evaluate(x, y, { batchSize: 7 }) as Tensor[]).map((value) => value.dataSync()[0]!),
    );
    b!.forEach((value, i) => {
      expect(Math.abs(value - a![i]!)).toBeLessThan(2e-6 * (1 + Math.abs(a![i]!)));
    });
  });

  test('weights of classes or samples scale each row’s loss', async () => {
    if (loss === 'sparseCategoricalCrossentropy') return;
    const [theirs, ours] = pair(model(loss, activation, () => train.sgd(0.05)));
    const [x, y] = [numbers([ROWS, 4], 1), targets()];
    const classWeight = { 0: 0.5, 1: 2, 2: 3 };
    const args = { batchSize: 7, epochs: 2, shuffle: false };
    const expected = await theirs.fit(x, y, { ...args, classWeight });
    const [, bySample] = pair(model(loss, activation, () => train.sgd(0.05)));
    const found = await ours.fit(x, y, { ...args, classWeight });
    const sampleWeight = Array.from(tf.argMax(y, -1).dataSync(), (k) => classWeight[k as 0]);
    await bySample.fit(x, y, { ...args, sampleWeight });
    expect(distance(theirs, ours)).toBeLessThan(3e-6);
    expect(distance(ours, bySample)).toBe(0);
    expect((found.history['loss']![1] as number) / (expected.history['loss']![1] as number)).toBeCloseTo(1, 5);
  });
});

test('what optimizers accumulate of units that are dead never becomes subnormal', () => {
  const { core, heap } = tensors();
  const arena = new Arena(heap);
  const [w, g, first, second] = [0.5, 0, 1e-37, 1e-37].map((value) => {
    const address = arena.allocate(16);
    new Float32Array(heap.buffer, address, 4).fill(value);
    return address;
  });
  for (let step = 0; step < 40; step++) {
    core.adam(4, w!, g!, first!, second!, 0.1, 0.9, 0.9, 1e-7, 1, 1);
    for (const address of [first, second])
      for (const value of new Float32Array(heap.buffer, address!, 4)) expect(value === 0 || value >= 2 ** -126).toBe(true);
  }
  expect([...new Float32Array(heap.buffer, w!, 4)]).toEqual([0.5, 0.5, 0.5, 0.5]);
  arena.dispose();
});

const OPTIMIZERS: Record<string, () => ReturnType<typeof train.sgd>> = {
  sgd: () => train.sgd(0.1),
  momentum: () => train.momentum(0.05, 0.9),
  nesterov: () => train.momentum(0.05, 0.8, true),
  adagrad: () => train.adagrad(0.1) as never,
  adadelta: () => train.adadelta(1, 0.9) as never,
  rmsprop: () => train.rmsprop(0.01) as never,
  'rmsprop with momentum': () => train.rmsprop(0.01, 0.8, 0.5) as never,
  'rmsprop centred': () => train.rmsprop(0.001, 0.9, 0.3, 1e-12, true) as never,
  adam: () => train.adam(0.01) as never,
  adamax: () => train.adamax(0.01) as never,
  'adamax with decay': () => train.adamax(0.01, 0.8, 0.99, 1e-7, 0.1) as never,
};

describe.each(Object.entries(OPTIMIZERS))('%s', (name, make) => {
  const [x, y] = [numbers([ROWS, 4], 1), numbers([ROWS, 3], 2)];
  const args = { epochs: 3, batchSize: 9 };

  test('a fit, and what the optimizer remembers after it, are those of tfjs', async () => {
    const [theirs, ours] = pair(model('meanSquaredError', 'linear', make));
    const start = tf.memory().numTensors;
    await seeded(1, () => theirs.fit(x, y, args));
    const between = tf.memory().numTensors;
    await seeded(1, () => ours.fit(x, y, args));
    expect(tf.memory().numTensors - between).toBe(between - start);
    // Centred, tfjs subtracts nearly equal numbers under the root.
    expect(distance(theirs, ours)).toBeLessThan(name.endsWith('centred') ? 1e-5 : 2e-6);
    if (name.startsWith('adamax')) return; // tfjs's own cannot say
    const remembered = await Promise.all([ours.optimizer.getWeights(), theirs.optimizer.getWeights()]);
    expect(remembered[0]!.map((each) => each.tensor.shape)).toEqual(remembered[1]!.map((each) => each.tensor.shape));
    remembered[0]!.forEach(({ tensor }, i) => {
      const [a, b] = [tensor.dataSync(), remembered[1]![i]!.tensor.dataSync()];
      a.forEach((value, k) => {
        expect(Math.abs((value as number) - (b[k] as number))).toBeLessThan(1e-5 * (Math.abs(value as number) + 1e-3));
      });
    });
  });

  test('tfjs goes on where we stop, and we where it stops', async () => {
    const [theirs, ours] = pair(model('meanSquaredError', 'linear', make));
    const [, alternating] = pair(model('meanSquaredError', 'linear', make));
    const own = Object.getPrototypeOf(alternating).fit.bind(alternating) as typeof theirs.fit;
    const once = { epochs: 1, batchSize: 9, shuffle: false };
    for (let k = 0; k < 4; k++) {
      await theirs.fit(x, y, once);
      await ours.fit(x, y, once);
      await (k % 2 ? own(x, y, once) : alternating.fit(x, y, once));
    }
    const most = name.endsWith('centred') ? 1e-5 : 2e-6;
    expect(distance(theirs, ours)).toBeLessThan(most);
    expect(distance(theirs, alternating)).toBeLessThan(most);
  });
});
