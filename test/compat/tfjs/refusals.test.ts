// Bad input: what TensorFlow.js refuses is refused in its words, before anything changes; and nothing is left behind.

import { describe, expect, test } from 'vitest';
import { accelerate } from '../../../src/compat/tfjs/index.js';
import { type Accelerate, alike, classes, classifier, inputs, weightsOf } from './beside.js';
import * as tf from './union.js';

const plain = () => tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4] })] });

/** Does something with a classifier. @returns how it went, and that the weights are what they were */
async function attempt(accelerate: Accelerate, act: (model: tf.Sequential) => unknown) {
  const model = accelerate(classifier());
  const before = weightsOf(model);
  const said = await Promise.resolve()
    .then(() => act(model))
    .then(
      () => 'nothing was refused',
      (error: Error) => error.message,
    );
  return { said, changed: weightsOf(model).some((weight, i) => weight !== before[i]) };
}

const disposed = <T extends tf.Tensor>(tensor: T) => {
  tensor.dispose();
  return tensor;
};

const REFUSED: Record<string, (model: tf.Sequential) => unknown> = {
  'inputs of another width': (model) => model.fit(inputs(9, 5), classes(9), {}),
  'targets of another width': (model) => model.fit(inputs(9), classes(9, 4), {}),
  'targets of fewer rows': (model) => model.fit(inputs(9), classes(8), {}),
  'a scalar': (model) => model.fit(tf.scalar(1), tf.scalar(1), {}),
  'text as inputs': (model) => model.fit(tf.tensor2d(['a', 'b', 'c', 'd'], [1, 4]), classes(1), {}),
  'arrays in place of tensors': (model) => model.fit([[1, 2, 3, 4]] as unknown as tf.Tensor, classes(1), {}),
  'nothing as inputs': (model) => model.fit(null as unknown as tf.Tensor, classes(1), {}),
  'a batch size of 0': (model) => model.fit(inputs(9), classes(9), { batchSize: 0 }),
  'a batch size of -1': (model) => model.fit(inputs(9), classes(9), { batchSize: -1 }),
  'a batch size of 2.5': (model) => model.fit(inputs(9), classes(9), { batchSize: 2.5 }),
  'other shapes to validate with': (model) => model.fit(inputs(9), classes(9), { validationData: [inputs(9, 5), classes(9)] }),
  'weights of rows to validate with': (model) =>
    model.fit(inputs(9), classes(9), { validationData: [inputs(9), classes(9), inputs(9)] }),
  'onYield where nothing yields': (model) =>
    model.fit(inputs(9), classes(9), { yieldEvery: 'never', callbacks: { onYield: () => {} } }),
  'a batch of another width': (model) => model.trainOnBatch(inputs(9, 5), classes(9)),
  'predictions of another width': (model) => model.predict(inputs(9, 5)),
  'predictions of a vector': (model) => model.predict(tf.tensor1d([1, 2, 3, 4])),
  'evaluations of other targets': (model) => model.evaluate(inputs(9), classes(9, 4)),
  'what is no dataset': (model) => model.fitDataset([1] as unknown as tf.data.Dataset<tf.TensorContainer>, { epochs: 1 }),
  'a loss of no name': (model) => model.compile({ optimizer: 'sgd', loss: 'nonsense' }),
};

describe('is refused as TensorFlow.js refuses it', () => {
  for (const [name, act] of Object.entries(REFUSED)) {
    alike(
      name,
      (by) => attempt(by, act),
      ({ said, changed }) => {
        expect(said).not.toBe('nothing was refused');
        expect(changed).toBe(false);
      },
    );
  }

  alike('a model that is not compiled', (by) => by(plain()).fit(inputs(9), classes(9), {}));
  alike('the evaluation of one that is not', (by) => void by(plain()).evaluate(inputs(9), classes(9)));
});

describe('is refused before a step, where TensorFlow.js stumbles in it', () => {
  test.each<[string, RegExp, (model: tf.Sequential) => Promise<unknown>]>([
    [
      'a dataset of another width',
      /each example has shape \[4\]/,
      (model) => model.fitDataset(tf.data.array([{ xs: inputs(9, 5), ys: classes(9) }]), { epochs: 1 }),
    ],
    ['disposed inputs', /disposed/, (model) => model.fit(disposed(inputs(9)), classes(9), {})],
    ['disposed targets', /disposed/, (model) => model.fit(inputs(9), disposed(classes(9)), {})],
    ['a disposed batch', /disposed/, (model) => model.trainOnBatch(disposed(inputs(9)), classes(9))],
    ['predictions of a disposed tensor', /disposed/, async (model) => model.predict(disposed(inputs(9)))],
  ])('%s', async (_, words, act) => {
    const { said, changed } = await attempt(accelerate, act);
    expect(said).toMatch(words);
    expect(changed).toBe(false);
  });

  test('a disposed model', async () => {
    const model = accelerate(classifier());
    model.dispose();
    await expect(model.fit(inputs(9), classes(9), {})).rejects.toThrow(/disposed/);
  });
});

describe('is taken as TensorFlow.js takes it', () => {
  const result = async (by: Accelerate, args: tf.ModelFitArgs, x: tf.Tensor = inputs(9), y: tf.Tensor = classes(9)) => {
    const model = by(classifier());
    const { history, epoch } = await model.fit(x, y, args);
    return { history, epoch, weights: weightsOf(model) };
  };
  const none = undefined as never;
  alike('no options', (by) => result(by, {}));
  alike('options of nothing', (by) =>
    result(by, { epochs: none, batchSize: none, shuffle: none, callbacks: none, validationSplit: none, validationData: none }),
  );
  alike('no epoch', (by) => result(by, { epochs: 0 }));
  alike('epochs that begin later', (by) => result(by, { epochs: 4, initialEpoch: 2 }));
  alike('batches that are larger than the rows', (by) => result(by, { batchSize: 1000 }));
  alike('integers', (by) => result(by, {}, tf.cast(tf.mul(inputs(9), 5), 'int32')));
  alike('booleans', (by) => result(by, {}, tf.cast(tf.mul(inputs(9), 5), 'bool')));
  alike('NaN', (by) => result(by, {}, tf.fill([9, 4], Number.NaN)));
  alike('rows to validate with, twice', (by) => result(by, { validationData: [inputs(5), classes(5)], validationSplit: 0.2 }));
  alike('a share for validation that is less than a row', (by) => result(by, { validationSplit: 0.01 }));
  alike('all rows to validate with', (by) => result(by, { validationSplit: 1 }));
  alike('a class without a weight', (by) => result(by, { classWeight: { 0: 1, 1: 2 } }));
});

describe('tensors', () => {
  const counted = async (by: Accelerate, act: (model: tf.Sequential, x: tf.Tensor, y: tf.Tensor) => unknown) => {
    const model = by(classifier());
    const [x, y] = [inputs(9), classes(9)];
    const again = async () => {
      await Promise.resolve(act(model, x, y)).catch(() => {});
      return tf.memory();
    };
    const [before, after] = [await again(), await again()];
    return [after.numTensors - before.numTensors, after.numBytes - before.numBytes];
  };
  class Listening extends tf.Callback {
    override async onBatchEnd() {}
  }
  const LEFT: Record<string, Parameters<typeof counted>[1]> = {
    'a fit': (model, x, y) => model.fit(x, y, { epochs: 3, batchSize: 4, validationSplit: 0.2 }),
    'a fit with a class that listens': (model, x, y) => model.fit(x, y, { epochs: 3, callbacks: new Listening() }),
    'a fit that is refused': (model, x) => model.fit(x, x, {}),
    'a step': (model, x, y) => model.trainOnBatch(x, y),
    predictions: (model, x) => tf.dispose(model.predict(x)),
    evaluations: (model, x, y) => tf.dispose(model.evaluate(x, y)),
    'a dataset': (model) => model.fitDataset(tf.data.array([{ xs: [1, 2, 3, 4], ys: [0, 1, 0] }]).batch(1), { epochs: 2 }),
  };
  for (const [name, act] of Object.entries(LEFT)) {
    alike(
      `that ${name} leaves behind`,
      (by) => counted(by, act),
      (theirs) => expect(theirs).toEqual([0, 0]),
    );
  }

  alike('that a model leaves behind', async (by) => {
    const before = tf.memory().numTensors;
    const optimizer = tf.train.adam(0.1);
    const model = by(classifier({ optimizer }));
    const [x, y] = [inputs(9), classes(9)];
    await model.fit(x, y, { epochs: 2 });
    const { numDisposedVariables } = model.dispose();
    optimizer.dispose();
    tf.dispose([x, y]);
    return [tf.memory().numTensors - before, numDisposedVariables];
  });

  alike('that tidy disposes', (by) => {
    const model = by(classifier());
    const x = inputs(9);
    const before = tf.memory().numTensors;
    tf.tidy(() => void model.predict(x));
    return tf.memory().numTensors - before;
  });
});
