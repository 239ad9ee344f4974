// What people see of a training: the order of events, logs, records, weights in callbacks, ends, errors; and what tfjs refuses.

import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import { UnsupportedError, accelerate, earlyStopping, fitLayersModel } from '../../../src/compat/tfjs/index.js';
import { classes, distance, numbers, pair, seeded, tf } from './support.js';

const { layers, train } = tf;

const ROWS = 20;
const X = numbers([ROWS, 4], 1);
const Y = classes(ROWS, 3, 2);

const classifier = () => {
  const model = tf.sequential();
  model.add(layers.batchNormalization({ inputShape: [4] }));
  model.add(layers.dense({ units: 5, activation: 'relu' }));
  model.add(layers.dense({ units: 3, activation: 'softmax' }));
  model.compile({ optimizer: train.adam(0.05), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
};

/** The same steps by both, from the same random numbers; what each says of them must be the same. */
async function both(said: (model: ReturnType<typeof classifier>) => Promise<unknown>): Promise<unknown> {
  const [theirs, ours] = pair(classifier);
  const expected = await seeded(4, () => said(theirs));
  const found = await seeded(4, () => said(ours));
  expect(found).toEqual(expected);
  return found;
}

/** Numbers to six digits. */
const rounded = (logs: object = {}) =>
  Object.entries(logs).map(([name, value]) => [name, typeof value === 'number' ? value.toFixed(5) : typeof value]);

const EVENTS = ['onTrainBegin', 'onTrainEnd', 'onEpochBegin', 'onEpochEnd', 'onBatchBegin', 'onBatchEnd'] as const;

/** Callbacks that write down what they are told. */
function recorder(events: unknown[], name = '') {
  return Object.fromEntries(
    EVENTS.map((event) => [
      event,
      async (...args: (number | object)[]) => {
        events.push([name + event, ...args.map((arg) => (typeof arg === 'number' ? arg : rounded(arg)))]);
        await Promise.resolve();
        events.push(`${name}after`);
      },
    ]),
  );
}

describe('events', () => {
  test('come in the order of tfjs, with its logs, and are waited for', async () => {
    const args = { epochs: 3, batchSize: 8, validationSplit: 0.2, initialEpoch: 1 };
    const found = (await both(async (model) => {
      const events: unknown[] = [];
      const history = await model.fit(X, Y, { ...args, callbacks: [recorder(events, 'a '), recorder(events, 'b ')] });
      return [...events, history.epoch, Object.keys(history.history), history.params];
    })) as unknown[];
    expect(found.length).toBeGreaterThan(50);
  });

  test('of a dataset’s batches too', async () => {
    await both(async (model) => {
      const events: unknown[] = [];
      const batches = [0, 1, 2].map((k) => [tf.slice(X, [6 * k, 0], [6, 4]), tf.slice(Y, [6 * k, 0], [6, 3])]);
      const iterator = async () => {
        let k = 0;
        return {
          next: async () => {
            const [xs, ys] = batches[k++] ?? [];
            return xs && ys ? { value: { xs: xs.clone(), ys: ys.clone() }, done: false } : { value: null, done: true };
          },
        };
      };
      const before = tf.memory().numTensors;
      const args = { epochs: 2, callbacks: recorder(events) as never, validationData: [X, Y] as never };
      const history = await model.fitDataset({ iterator, size: 3 } as never, args);
      expect(tf.memory().numTensors - before).toBeLessThan(20); // the optimizer's
      return [events, Object.entries(history.history).map(([name, values]) => [name, rounded(values)])];
    });
  });

  test('of classes see tensors, and tfjs’s earlyStopping ends a training', async () => {
    class Watching extends tf.Callback {
      readonly seen: string[] = [];
      override async onBatchEnd(_: number, logs?: Record<string, unknown>) {
        this.seen.push((logs!['loss'] as Tensor).dataSync()[0]!.toFixed(5));
      }
      override async onEpochEnd(_: number, logs?: Record<string, unknown>) {
        this.seen.push((logs!['acc'] as Tensor).dataSync()[0]!.toFixed(5));
      }
    }
    await both(async (model) => {
      const [watching, stopping] = [new Watching(), tf.callbacks.earlyStopping({ monitor: 'loss', patience: 0, minDelta: 0.2 })];
      await model.fit(X, Y, { epochs: 3 });
      const before = tf.memory().numTensors;
      const { epoch } = await model.fit(X, Y, { epochs: 30, callbacks: [watching, stopping] });
      expect(tf.memory().numTensors).toBe(before);
      return [watching.seen, epoch];
    });
  });

  test('onYield hears of turns of the event loop', async () => {
    const [, ours] = pair(classifier);
    const turns: number[] = [];
    await ours.fit(X, Y, {
      epochs: 2,
      batchSize: 10,
      yieldEvery: 1e-9 as never,
      callbacks: { onYield: async (epoch) => void turns.push(epoch) },
    });
    expect(turns).toEqual([0, 0, 1, 1]);
    const never = ours.fit(X, Y, { yieldEvery: 'never', callbacks: { onYield: async () => {} } });
    await expect(never).rejects.toThrow('yieldEvery is `never` but you provided an `onYield` callback.');
  });
});

describe('in callbacks', () => {
  test('weights and optimizers are as they are then, also in copies that somebody keeps', async () => {
    await both(async (model) => {
      const seen: string[] = [];
      const kept: Tensor[] = [];
      const arrays: ArrayLike<number>[] = [];
      const onBatchEnd = async () => {
        const [gamma] = model.getWeights();
        seen.push(gamma!.dataSync()[0]!.toFixed(5));
        kept.push(gamma!.clone());
        arrays.push(gamma!.dataSync());
        const saved = await model.optimizer.getWeights();
        seen.push(saved.map(({ tensor }) => tensor.dataSync()[0]!.toFixed(4)).join());
      };
      await model.fit(X, Y, { epochs: 2, batchSize: 8, shuffle: false, callbacks: { onBatchEnd } });
      return [seen, kept.map((tensor) => tensor.dataSync()[0]!.toFixed(5)), arrays.map((array) => array[0]!.toFixed(5))];
    });
  });

  test('weights that are set, rates that change and stopTraining count', async () => {
    await both(async (model) => {
      const onEpochEnd = async (epoch: number) => {
        if (epoch === 0) tf.tidy(() => model.setWeights(model.getWeights().map((weight) => tf.mul(weight, 0.5))));
        (model.optimizer as unknown as { learningRate: number }).learningRate = 0.01;
        if (epoch === 3) model.stopTraining = true;
      };
      const history = await model.fit(X, Y, { epochs: 9, batchSize: 8, callbacks: { onEpochEnd } });
      return [history.epoch, ...model.getWeights().map((weight) => weight.dataSync()[0]!.toFixed(4))];
    });
  });

  test('a model can be saved with its optimizer, and goes on elsewhere', async () => {
    const [, ours] = pair(classifier);
    let saved: unknown;
    const handler = tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    });
    const onEpochEnd = async (epoch: number) => void (epoch === 1 && (await ours.save(handler, { includeOptimizer: true })));
    await ours.fit(X, Y, { epochs: 4, shuffle: false, callbacks: { onEpochEnd } });
    const loaded = accelerate(await tf.loadLayersModel(tf.io.fromMemory(saved as never)));
    await loaded.fit(X, Y, { epochs: 2, shuffle: false });
    expect(distance(ours, loaded)).toBeLessThan(1e-5); // βᵗ is found anew
  });
});

describe('what tfjs refuses', () => {
  test('a seed fixes the order and what random layers draw', async () => {
    const make = () => {
      const model = tf.sequential();
      model.add(layers.dense({ units: 6, inputShape: [4] }));
      for (const layer of [
        layers.dropout({ rate: 0.3 }),
        layers.alphaDropout({ rate: 0.2 }),
        layers.gaussianNoise({ stddev: 0.1 }),
        layers.gaussianDropout({ rate: 0.2 }),
      ])
        model.add(layer);
      model.add(layers.dense({ units: 3, activation: 'softmax' }));
      model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
      return model;
    };
    const [, first] = pair(make);
    const [, second] = pair(make);
    const [, third] = pair(make);
    await first.fit(X, Y, { epochs: 2, batchSize: 5, seed: 7 });
    await second.fit(X, Y, { epochs: 2, batchSize: 5, seed: 7 });
    await third.fit(X, Y, { epochs: 2, batchSize: 5, seed: 8 });
    expect(distance(first, second)).toBe(0);
    expect(distance(first, third)).toBeGreaterThan(1e-4);
  });

  test('the best weights come back', async () => {
    const [, ours] = pair(classifier);
    const losses: number[] = [];
    const watch = { onEpochEnd: async (_: number, logs?: Record<string, number>) => void losses.push(logs!['val_loss']!) };
    const held: [Tensor, Tensor] = [numbers([9, 4], 8), classes(9, 3, 9)];
    const callbacks = [earlyStopping({ patience: 4, restoreBestWeights: true }), watch];
    await ours.fit(X, Y, { epochs: 60, validationData: held, callbacks });
    expect(losses.length).toBeLessThan(60);
    const [loss] = ours.evaluate(...held) as Tensor[];
    expect(loss!.dataSync()[0]).toBeCloseTo(Math.min(...losses), 6);
    expect(losses.at(-1)!).toBeGreaterThan(Math.min(...losses));
  });
});

describe('what cannot be trained here', () => {
  const convolutional = () => {
    const model = tf.sequential();
    model.add(layers.reshape({ targetShape: [4, 1], inputShape: [4] }));
    model.add(layers.conv1d({ filters: 2, kernelSize: 2 }));
    model.add(layers.flatten());
    model.add(layers.dense({ units: 3 }));
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    return model;
  };

  test('is refused by name before anything changes, or trained by tfjs, which is said once', async () => {
    const [theirs, ours] = pair(convolutional);
    await expect(ours.fit(X, Y)).rejects.toThrow(/layer conv1d\w* \(Conv1D\): layers of this class are not known here/);
    await expect(ours.trainOnBatch(X, Y)).rejects.toThrow(UnsupportedError);
    const unheard = { epochs: 1, callbacks: { onTrainBegin: async () => expect.unreachable() } };
    const untouched = { iterator: async () => expect.unreachable() };
    await expect(ours.fitDataset(untouched as never, unheard)).rejects.toThrow(/Conv1D/);
    expect(distance(theirs, ours)).toBe(0);
    expect((ours.predict(X) as Tensor).dataSync()).toEqual((theirs.predict(X) as Tensor).dataSync());
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    accelerate(ours, { fallback: 'tfjs' });
    await theirs.fit(X, Y, { shuffle: false });
    await ours.fit(X, Y, { shuffle: false });
    await ours.fit(X, Y, { epochs: 0 });
    expect(distance(theirs, ours)).toBe(0);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  test('a loss of one’s own goes to tfjs, even one with a name of tfjs’s; tfjs’s own functions are known', async () => {
    const meanSquaredError = (t: Tensor, p: Tensor) => tf.mean(tf.pow(tf.sub(t, p), 4), -1);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    for (const [loss, times] of [
      [tf.metrics.meanSquaredError, 0],
      [tf.losses.meanSquaredError, 0],
      [meanSquaredError, 1],
    ] as const) {
      const make = () => {
        const model = tf.sequential({ layers: [layers.dense({ units: 3, inputShape: [4] })] });
        model.compile({ optimizer: 'sgd', loss: loss as never });
        return model;
      };
      warn.mockClear();
      const [theirs, ours] = pair(make);
      await theirs.fit(X, Y, { epochs: 2, shuffle: false });
      await ours.fit(X, Y, { epochs: 2, shuffle: false });
      expect(distance(theirs, ours)).toBeLessThan(1e-6);
      expect(warn).toHaveBeenCalledTimes(times);
    }
    warn.mockRestore();
  });

  test('class weights of a loss that is one number for all rows mean what they mean in tfjs', async () => {
    const make = () => {
      const model = tf.sequential({ layers: [layers.dense({ units: 3, inputShape: [4] })] });
      model.compile({ optimizer: 'sgd', loss: tf.losses.absoluteDifference as never });
      return model;
    };
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const [theirs, ours] = pair(make);
    const args = { epochs: 2, shuffle: false, batchSize: 7 };
    for (const more of [{}, { classWeight: { 0: 1, 1: 2, 2: 5 } }]) {
      await theirs.fit(X, Y, { ...args, ...more });
      await ours.fit(X, Y, { ...args, ...more });
      expect(distance(theirs, ours)).toBeLessThan(1e-6);
      expect(warn).toHaveBeenCalledTimes('classWeight' in more ? 1 : 0);
    }
    warn.mockRestore();
  });

  test('bad input is refused in tfjs’s words, and the model stays as it was', async () => {
    const CASES: [x: Tensor, y: Tensor, args?: object][] = [
      [numbers([ROWS, 5], 1), Y],
      [X, classes(ROWS, 2, 1)],
      [X, classes(ROWS - 1, 3, 1)],
      [X, Y, { batchSize: 0 }],
      [X, Y, { validationData: [X, Y, X] }],
      [X, Y, { classWeight: { 0: 1 } }],
    ];
    const [theirs, ours] = pair(classifier);
    const before = tf.memory().numTensors;
    for (const [x, y, args] of CASES) {
      const words = await theirs.fit(x, y, args).catch((error: Error) => error.message);
      await expect(ours.fit(x, y, args)).rejects.toThrow(words as string);
    }
    expect(distance(theirs, ours)).toBe(0);
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 12);
    ours.dispose();
    await expect(ours.fit(X, Y)).rejects.toThrow(/LayersVariable \S+ is already disposed\./);
    await expect(fitLayersModel(tf.sequential(), X, Y)).rejects.toThrow('The model needs to be compiled before being used.');
    expect(() => accelerate(ours, { fallBack: 'tfjs' } as never)).toThrow(
      'accelerate.fallBack: no such option; did you mean fallback?',
    );
  });
});

test('metrics that are functions see the outputs', async () => {
  const largest = (_: Tensor, p: Tensor) => tf.max(p, -1);
  const make = () => {
    const model = tf.sequential({ layers: [layers.dense({ units: 3, activation: 'softmax', inputShape: [4] })] });
    model.compile({
      optimizer: 'sgd',
      loss: 'categoricalCrossentropy',
      metrics: [largest, 'precision', tf.metrics.categoricalAccuracy],
    });
    return model;
  };
  const [theirs, ours] = pair(make);
  const args = { epochs: 2, batchSize: 8, shuffle: false, validationSplit: 0.3 };
  const [expected, found] = [await theirs.fit(X, Y, args), await ours.fit(X, Y, args)];
  expect(Object.keys(found.history)).toEqual(Object.keys(expected.history));
  for (const [name, values] of Object.entries(expected.history)) expect(rounded(found.history[name])).toEqual(rounded(values));
});

test('predict within gradients is tfjs’s, whose tape must not be cut', async () => {
  const [, ours] = pair(classifier);
  const { grads } = tf.variableGrads(() => tf.mean(ours.predict(X) as Tensor));
  expect(Object.keys(grads).length).toBeGreaterThan(3);
  const before = tf.memory().numTensors;
  tf.tidy(() => void ours.predict(X));
  expect(tf.memory().numTensors).toBe(before);
});
