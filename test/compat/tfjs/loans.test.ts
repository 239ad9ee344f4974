// Weights that several have at once: a fit, a fit within its callbacks or beside it, a method, and whoever reads or assigns them,
// on whatever backend. TensorFlow.js says what comes of it.

import type { LayersModel, Sequential } from '@tensorflow/tfjs-layers';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { accelerate } from '../../../src/compat/tfjs/index.js';
import { BACKEND, register } from '../../../src/compat/tfjs-backend/index.js';
import { distance, numbers, pair, tf } from './support.js';

const { layers } = tf;
const [X, Y] = [numbers([20, 3], 1), numbers([20, 2], 2)];
const [X2, Y2] = [numbers([7, 3], 3), numbers([7, 2], 4, 2, 4)];
const OPTIMIZERS = ['sgd', 'adam'] as const;

const make = (optimizer: string) => () => {
  const model = tf.sequential({
    layers: [layers.dense({ units: 4, activation: 'tanh', inputShape: [3] }), layers.dense({ units: 2 })],
  });
  model.compile({ optimizer: optimizer as 'sgd', loss: 'meanSquaredError' });
  return model;
};

/** Numbers of all weights, as somebody sees them who reads. */
const seen = (model: LayersModel) => model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));

const closeTo = (expected: readonly number[]) => expected.map((value) => expect.closeTo(value, 4));

describe.each(OPTIMIZERS)('with %s', (optimizer) => {
  test('training in a callback counts, and is seen', async () => {
    const [theirs, ours] = pair(make(optimizer));
    const run = async (model: LayersModel) => {
      const read: number[] = [];
      const onBatchEnd = async (batch: number) => {
        if (batch === 1) await model.trainOnBatch(X2, Y2);
        read.push(...seen(model));
      };
      const onEpochEnd = async (epoch: number) => {
        if (epoch === 0) for (let i = 0; i < 3; i++) await model.trainOnBatch(X2, Y2);
        read.push(...seen(model), ...Array.from((model.predict(X2) as Tensor).dataSync()));
      };
      await model.fit(X, Y, { epochs: 3, batchSize: 8, shuffle: false, callbacks: { onBatchEnd, onEpochEnd } });
      return read;
    };
    expect(await run(ours)).toEqual(closeTo(await run(theirs)));
    expect(distance(theirs, ours)).toBeLessThan(1e-5);
  });

  test('a fit of another model with the same layer counts, within a callback', async () => {
    const run = async (accelerated: (model: Sequential) => LayersModel) => {
      const a = make(optimizer)();
      const b = tf.sequential({ layers: [a.layers[0]!, layers.dense({ units: 2 })] });
      b.compile({ optimizer, loss: 'meanSquaredError' });
      const drawn = [...a.weights, ...b.weights].map((weight, i) => [weight, numbers(weight.shape as number[], i + 5)] as const);
      for (const [weight, values] of drawn) weight.write(values);
      const [ours, other] = [accelerated(a), accelerated(b)];
      const args = { epochs: 2, batchSize: 8, shuffle: false };
      const onEpochBegin = async () =>
        void (await other.fit(X2, Y2, { ...args, callbacks: { onEpochEnd: async () => void seen(ours) } }));
      await ours.fit(X, Y, { ...args, callbacks: { onEpochBegin } });
      return [...seen(ours), ...seen(other)];
    };
    expect(await run(accelerate)).toEqual(closeTo(await run((model) => model)));
  });

  test('the state of an optimizer that is set in a callback counts', async () => {
    const [theirs, ours] = pair(make(optimizer));
    for (const model of [theirs, ours]) {
      let kept: { name: string; tensor: Tensor }[] = [];
      const onEpochEnd = async (epoch: number) => {
        const saved = await model.optimizer.getWeights();
        if (epoch === 0) kept = saved.map(({ name, tensor }) => ({ name, tensor: tensor.clone() }));
        if (epoch === 2) await model.optimizer.setWeights(kept);
      };
      await model.fit(X, Y, { epochs: 5, batchSize: 8, shuffle: false, callbacks: { onEpochEnd } });
    }
    expect(distance(theirs, ours)).toBeLessThan(1e-5);
  });
});

test('two models that share a layer train side by side', async () => {
  const run = async (accelerated: (model: Sequential) => LayersModel) => {
    const common = layers.dense({ units: 2, inputShape: [3] });
    const models = [0, 1].map(() => {
      const model = tf.sequential({ layers: [common] });
      model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanAbsoluteError' }); // whose slope is the same everywhere below
      return accelerated(model);
    });
    common.setWeights([tf.zeros([3, 2]), tf.zeros([2])]);
    const high = tf.fill([20, 2], 9);
    const args = { epochs: 4, batchSize: 5, shuffle: false, yieldEvery: 'batch' as const };
    await Promise.all(models.map((model) => model.fit(X, high, args)));
    return seen(models[0]!);
  };
  const expected = await run((model) => model);
  expect(await run(accelerate)).toEqual(closeTo(expected));
});

describe('on this library’s own backend', () => {
  beforeAll(register);
  afterEach(async () => void (await tf.setBackend('cpu')));

  test.each(OPTIMIZERS)('a fit with %s is that on tfjs’s, in callbacks and after it', async (optimizer) => {
    const run = async (backend: string, accelerated: boolean) => {
      await tf.setBackend(backend);
      const [theirs, ours] = pair(make(optimizer));
      const model = accelerated ? ours : theirs;
      const shared = model.weights[0]!.read().clone();
      const read: number[] = [];
      const onEpochEnd = async () => void read.push(...seen(model));
      await model.fit(X.clone(), Y.clone(), { epochs: 3, batchSize: 8, shuffle: false, callbacks: { onEpochEnd } });
      await model.trainOnBatch(X.clone(), Y.clone());
      read.push(...seen(model), ...Array.from((model.predict(X.clone()) as Tensor).dataSync()), ...Array.from(shared.dataSync()));
      model.dispose();
      return read;
    };
    const expected = closeTo(await run('cpu', false));
    expect(await run(BACKEND, true)).toEqual(expected);
    expect(await run(BACKEND, false)).toEqual(expected);
  });

  test('variables of one backend are trained on another', async () => {
    const [theirs, ours] = pair(make('sgd'));
    await theirs.fit(X, Y, { epochs: 2, shuffle: false });
    await tf.setBackend(BACKEND);
    const onEpochBegin = async (epoch: number) => void (await tf.setBackend(epoch === 0 ? BACKEND : 'cpu'));
    await ours.fit(X, Y, { epochs: 2, shuffle: false, callbacks: { onEpochBegin } });
    expect(distance(theirs, ours)).toBeLessThan(1e-5);
  });
});

describe('by a method', () => {
  const lm = { method: 'levenbergMarquardt', seed: 1 } as const;

  test('weights that are set in a callback count', async () => {
    const [other, ours] = pair(make('sgd'));
    const start = ours.getWeights().map((weight) => tf.mul(weight, 0.5));
    let after: number[] = [];
    const onEpochEnd = async (epoch: number) => {
      if (epoch === 1) ours.setWeights(start);
      if (epoch === 1) after = seen(ours);
    };
    const { epoch } = await ours.fit(X, Y, { ...lm, epochs: 5, callbacks: { onEpochEnd } });
    expect(epoch).toEqual([0, 1, 2, 3, 4]);
    expect(after).toEqual(start.flatMap((weight) => Array.from(weight.dataSync())));
    other.setWeights(start);
    await accelerate(other).fit(X, Y, { ...lm, epochs: 3 });
    expect(distance(other, ours)).toBeLessThan(1e-6);
    await ours.fit(X, Y, { ...lm, epochs: 1, callbacks: { onEpochEnd: async () => ours.setWeights(start) } });
    expect(seen(ours)).toEqual(after);
  });

  test('training in a callback counts', async () => {
    const [, ours] = pair(make('sgd'));
    let after: number[] = [];
    const callbacks = {
      onEpochEnd: async () => {
        for (let i = 0; i < 3; i++) await ours.trainOnBatch(X2, Y2);
        after = seen(ours);
      },
    };
    await ours.fit(X, Y, { ...lm, epochs: 2, callbacks });
    expect(seen(ours)).toEqual(after);
  });

  test('initialEpoch, and weights of samples', async () => {
    const [some, all] = pair(make('sgd'));
    const began: number[] = [];
    const onEpochBegin = async (epoch: number) => void began.push(epoch);
    const sampleWeight = Array.from({ length: 20 }, (_, i) => (i < 12 ? 2 : 0));
    const { params, history } = await all.fit(X, Y, {
      ...lm,
      initialEpoch: 3,
      epochs: 9,
      sampleWeight,
      callbacks: { onEpochBegin },
    });
    expect(began).toEqual([3, 4, 5, 6, 7, 8]);
    expect(params['initialEpoch']).toBe(3);
    const [x, y] = [tf.slice(X, 0, 12), tf.slice(Y, 0, 12)];
    const found = await accelerate(some).fit(x, y, { ...lm, epochs: 6 });
    expect(distance(some, all)).toBeLessThan(1e-5);
    const last = (losses: Record<string, unknown[]>) => losses['loss']!.at(-1) as number;
    expect(last(history as never)).toBeCloseTo((2 * 12 * last(found.history as never)) / 20, 6);
  });
});
