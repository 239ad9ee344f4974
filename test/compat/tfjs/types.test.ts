// Programs typed for TensorFlow.js's models compile unchanged where the model is accelerated: that tsc has nothing to say of this
// file is the test. It is run as well, so that it stays a program.

import { expect, expectTypeOf, test } from 'vitest';
import { type Accelerated, OptionError, accelerate, fitLayersModel } from '../../../src/compat/tfjs/index.js';
import { levenbergMarquardt } from '../../../src/methods/levenberg-marquardt.js';
import { classes, inputs } from './beside.js';
import * as tf from './union.js';

/** A trainer as applications have it: a class with a field for the model, and options of its own made from TensorFlow.js's. */
class Trainer {
  readonly model: tf.Sequential = accelerate(tf.sequential());
  history: tf.History | null = null;
  private readonly losses: number[] = [];

  constructor(private readonly options: Pick<tf.ModelFitArgs, 'epochs' | 'batchSize'> & { rate: number }) {
    this.model.add(tf.layers.dense({ units: 3, activation: 'softmax', inputShape: [4] }));
    this.model.compile({ optimizer: tf.train.adam(options.rate), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  }

  async train(xs: tf.Tensor2D, ys: tf.Tensor2D, callbacks: tf.CustomCallbackArgs = {}): Promise<tf.History> {
    const args: tf.ModelFitArgs = {
      epochs: this.options.epochs ?? 1,
      batchSize: this.options.batchSize ?? 32,
      validationData: [xs, ys],
      callbacks: { ...callbacks, onEpochEnd: async (_, logs?: tf.Logs) => void this.losses.push(logs?.['loss'] ?? 0) },
    };
    this.history = await this.model.fit(xs, ys, args);
    return this.history;
  }

  get lastLoss(): number | undefined {
    return this.losses.at(-1);
  }
}

/** What takes any model takes an accelerated one. */
const parametersOf = (model: tf.LayersModel): number => model.countParams();

test('a class with a model', async () => {
  const trainer = new Trainer({ epochs: 2, rate: 0.01 });
  const { history, epoch }: tf.History = await trainer.train(inputs(9), classes(9) as tf.Tensor2D);
  const losses: (number | tf.Tensor)[] = history['loss']!;
  expect(losses.at(-1)).toBe(trainer.lastLoss);
  expect(epoch satisfies number[]).toEqual([0, 1]);
  expect(parametersOf(trainer.model)).toBe(15);
});

test('a model keeps its type', () => {
  const sequential = accelerate(tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] }));
  expectTypeOf(sequential).toExtend<tf.Sequential>();
  expectTypeOf(sequential).toExtend<tf.LayersModel>();
  expectTypeOf(sequential).toExtend<Accelerated>();
  const input = tf.input({ shape: [1] });
  const output = tf.layers.dense({ units: 1 }).apply(input) as tf.SymbolicTensor;
  let model: tf.LayersModel | undefined;
  model = accelerate(tf.model({ inputs: input, outputs: output }));
  model = accelerate(model);
  expect(model.layers).toHaveLength(2);
});

test('methods keep theirs, and callbacks know what they are told', async () => {
  const model = accelerate(tf.sequential({ layers: [tf.layers.dense({ units: 3, activation: 'softmax', inputShape: [4] })] }));
  model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const [x, y] = [inputs(9), classes(9)];
  const fitted = await model.fit(x, y, {
    callbacks: {
      onBatchEnd: (batch, logs) => {
        expectTypeOf(batch).toEqualTypeOf<number>();
        expectTypeOf(logs).toEqualTypeOf<tf.Logs | undefined>();
      },
    },
  });
  expectTypeOf(fitted).toEqualTypeOf<tf.History>();
  expectTypeOf(model.predict(x)).toEqualTypeOf<tf.Tensor | tf.Tensor[]>();
  expectTypeOf(model.evaluate(x, y)).toEqualTypeOf<tf.Scalar | tf.Scalar[]>();
  expectTypeOf(await model.trainOnBatch(x, y)).toEqualTypeOf<number | number[]>();
  const dataset = tf.data.zip({ xs: tf.data.array([[1, 2, 3, 4]]), ys: tf.data.array([[0, 1, 0]]) }).batch(1);
  expectTypeOf(await model.fitDataset(dataset, { epochs: 1, verbose: 0 })).toEqualTypeOf<tf.History>();
  const callback = new tf.CustomCallback({ onEpochEnd: async () => {} });
  await model.fit(x, y, { epochs: 1, callbacks: [callback, tf.callbacks.earlyStopping({ monitor: 'loss' })] });
});

test('what is ours is typed, too', async () => {
  const model = accelerate(tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [4] })] }), { fallback: 'tfjs' });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const [x, y] = [inputs(9), inputs(9, 1)];
  const sampleWeight = Float32Array.from({ length: 9 }, (_, i) => i % 2);
  expectTypeOf(await model.fit(x, y, { epochs: 1, sampleWeight, seed: 3 })).toEqualTypeOf<tf.History>();
  expectTypeOf(await fitLayersModel(model, x, y, { epochs: 1 })).toEqualTypeOf<tf.History>();
  await model.fit(x, y, { epochs: 1, method: 'levenbergMarquardt' });
  await model.fit(x, y, { epochs: 1, method: levenbergMarquardt({ mu: 0.1 }) });
  // @ts-expect-error: there is no such method
  await expect(model.fit(x, y, { method: 'lm' })).rejects.toThrow(OptionError);
  // @ts-expect-error: a method has a name
  await expect(model.fit(x, y, { method: { foo: 1 } })).rejects.toThrow(OptionError);
  // @ts-expect-error: there is no such fallback
  expect(() => accelerate(model, { fallback: 'keras' })).toThrow(/fallback/);
  // @ts-expect-error: inputs are tensors
  await expect(model.fit([[1, 2, 3, 4]], y)).rejects.toThrow();
});
