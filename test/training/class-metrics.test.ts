// Precision, recall and F1 as metrics of fits, evaluations and cross-validation: values of scikit-learn 1.5.

import { expect, test } from 'vitest';
import { Classifier, Network, Regressor, crossValidate, dense } from '../../src/index.js';

/** A network that passes its inputs on, so that what it predicts is what it is given. */
async function passing(outputs: number, loss: 'crossEntropy' | 'binaryCrossEntropy' | 'hinge'): Promise<Network> {
  const activation = { crossEntropy: 'softmax', binaryCrossEntropy: 'sigmoid', hinge: 'linear' } as const;
  const layers = [dense(outputs, { activation: activation[loss] })];
  const net = await Network.create({ inputs: outputs, layers, loss, seed: 1 });
  const identity = Array.from({ length: outputs * outputs }, (_, i) => (i % (outputs + 1) === 0 ? 9 : 0));
  net.setWeights([identity, new Array<number>(outputs).fill(0)]);
  return net;
}

// y_true = [0, 1, 2, 2, 0, 1, 2], y_pred = [0, 2, 2, 2, 0, 1, 1]: precision_score(…, average='macro') and so on.
const TRUTHS = [0, 1, 2, 2, 0, 1, 2];
const SAID = [0, 2, 2, 2, 0, 1, 1].map((c) => [0, 1, 2].map((k) => (k === c ? 1 : 0)));
const MULTI = {
  precisionMacro: 13 / 18,
  precisionWeighted: 5 / 7,
  recallMacro: 13 / 18,
  recallWeighted: 5 / 7,
  f1Macro: 13 / 18,
  f1Weighted: 5 / 7,
};

test('several classes: means over classes, alike or by their samples', async () => {
  using net = await passing(3, 'crossEntropy');
  expect(net.evaluate(SAID, TRUTHS)).toMatchObject(
    Object.fromEntries(Object.entries(MULTI).map(([name, value]) => [name, expect.closeTo(value, 12)])),
  );
  const names = ['f1', 'f1Macro', 'f1Weighted', 'precision', 'recallWeighted', 'accuracy'] as const;
  const { metrics } = await net.fit(SAID, TRUTHS, { epochs: 1, metrics: names, validation: [SAID, TRUTHS], goal: 1e9 });
  expect(metrics.f1).toEqual(metrics.f1Macro);
  expect(metrics.f1![0]).toBeCloseTo(MULTI.f1Macro, 12);
  expect(metrics.validationF1Weighted![0]).toBeCloseTo(MULTI.f1Weighted, 12);
  expect(metrics.recallWeighted).toEqual(metrics.accuracy);
});

test.each(['binaryCrossEntropy', 'hinge'] as const)('two classes: those of the positive one (%s)', async (loss) => {
  // y_true = [1, 1, 1, 0, 0, 1], y_pred = [1, 0, 1, 1, 0, 1]: precision 3/4, recall 3/4; class 0 has 1/2 and 1/2.
  using net = await passing(1, loss);
  const x = [1, -1, 1, 1, -1, 1].map((v) => [v]);
  const y = [1, 1, 1, 0, 0, 1].map((t) => (loss === 'hinge' ? 2 * t - 1 : t));
  const { metrics } = await net.fit(x, y, { epochs: 1, metrics: ['precision', 'recall', 'f1', 'f1Macro'], goal: 1e9 });
  expect([metrics.precision![0], metrics.recall![0], metrics.f1![0]]).toEqual([0.75, 0.75, 0.75]);
  expect(metrics.f1Macro![0]).toBeCloseTo(0.625, 12);
});

test('crossValidate has their means: of the second of two classes, else over classes', async () => {
  const X = Array.from({ length: 60 }, (_, r) => [Math.sin(r), Math.cos(3 * r)]);
  const make = () => new Classifier<string>({ hidden: [], weightDecay: 0.01, seed: 1 });
  const two = X.map(([a, b]) => (a! + b! > 0.8 ? 'rare' : 'often'));
  const found = await crossValidate(make, X, two, { folds: 3 });
  const [often, rare] = [0, 1].map((c) => found.folds.reduce((sum, { evaluation }) => sum + evaluation.f1[c]! / 3, 0));
  expect(found.folds[0]!.evaluation.classes).toEqual(['often', 'rare']);
  expect(found.mean['f1']).toBeCloseTo(rare!, 12);
  expect(found.mean['f1Macro']).toBeCloseTo((often! + rare!) / 2, 12);
  const three = await crossValidate(
    make,
    X,
    X.map(([a]) => (a! > 0.5 ? 'c' : a! > -0.5 ? 'b' : 'a')),
    { folds: 3 },
  );
  for (const name of ['precision', 'recall', 'f1']) expect(three.mean[name]).toBeCloseTo(three.mean[`${name}Macro`]!, 12);
  expect(three.deviation['f1Weighted']).toBeGreaterThanOrEqual(0);
});

test('metrics of the other kind are refused; losses’ names will do', async () => {
  using net = await passing(1, 'hinge');
  await expect(net.fit([[1]], [1], { metrics: ['mse'] })).rejects.toThrow(
    /hinge: 'accuracy', 'precision', 'recall', 'f1', 'precisionMacro'/,
  );
  using numbers = await Network.create({ inputs: 1, layers: [dense(1)], loss: 'mse' });
  await expect(numbers.fit([[1]], [1], { metrics: ['f1'] })).rejects.toThrow(/meanSquaredError: 'mse', 'mae', 'r2'/);
  const { metrics } = await numbers.fit([[1]], [1], { epochs: 1, metrics: ['meanSquaredError', 'mae'] });
  expect(Object.keys(metrics)).toEqual(['mse', 'mae']);
  await expect(numbers.fit([[1]], [1], { metrics: ['rmse' as 'mse'] })).rejects.toThrow(/'mse' or 'meanSquaredError'/);
});

test('short names of losses, and Keras’s', async () => {
  for (const [loss, stands] of [
    ['mse', 'meanSquaredError'],
    ['mae', 'meanAbsoluteError'],
    ['mape', 'meanAbsolutePercentageError'],
    ['msle', 'meanSquaredLogarithmicError'],
  ] as const) {
    using net = await Network.create({ inputs: 1, layers: [dense(1)], loss });
    expect(net.loss).toBe(stands);
  }
  using sorted = await Network.create({
    inputs: 1,
    layers: [dense(2, { activation: 'softmax' })],
    loss: 'categoricalCrossentropy',
  });
  expect(sorted.loss).toBe('crossEntropy');
  await expect(Network.create({ inputs: 1, layers: [dense(1)], loss: 'rmse' as 'mse' })).rejects.toThrow(
    /'meanSquaredError' or 'mse', 'meanAbsoluteError' or 'mae'/,
  );
  expect(() => new Classifier({ loss: 'mse', outputActivation: 'softmax' })).toThrow(/with the loss meanSquaredError/);
  expect(() => new Classifier({ loss: 'mae' as 'mse' })).toThrow(
    /'crossEntropy' or 'categoricalCrossentropy', 'meanSquaredError' or 'mse', 'hinge'/,
  );
});

test('times have units', async () => {
  using net = await Network.create({ inputs: 1, layers: [dense(1)], loss: 'mse' });
  const { reason } = await net.fit([[1]], [1], { epochs: 1e9, timeLimit: '20ms' });
  expect(reason).toBe('timeLimit');
  expect((await net.fit([[1]], [1], { epochs: 2, timeLimit: '1.5 h' })).reason).toBe('epochs');
  await expect(net.fit([[1]], [1], { timeLimit: '90' as '90s' })).rejects.toThrow(
    /timeLimit is "90"; expected a number > 0 of milliseconds, or a text such as '90s'/,
  );
  await expect(net.fit([[1]], [1], { timeLimit: '0s' })).rejects.toThrow(/timeLimit/);
  const rows = Array.from({ length: 40 }, (_, r) => [r % 7, r % 5]);
  const late = await Regressor.fit(
    rows,
    rows.map(([a]) => a!),
    { hidden: 3, weightDecay: 0.1, seed: 1, epochs: 1e6, timeLimit: '0.05s' },
  );
  expect(late.history.reason).toBe('timeLimit');
});

test('a single record, or row, is answered by how to ask', async () => {
  using model = await Regressor.fit(
    [
      { a: 1, b: 2 },
      { a: 2, b: 3 },
      { a: 3, b: 5 },
    ],
    [1, 2, 3],
    { hidden: [], weightDecay: 0.1 },
  );
  expect(() => model.predict({ a: 1, b: 2 } as never)).toThrow(/One record is an array of one: \[\{ … \}\]/);
  using rows = await Regressor.fit(
    [
      [1, 2],
      [2, 3],
      [3, 5],
    ],
    [1, 2, 3],
    { hidden: [], weightDecay: 0.1 },
  );
  expect(() => rows.predict([1, 2])).toThrow(/one row is an array in an array/);
  using net = await Network.create({ inputs: 2, layers: [dense(1)], loss: 'mse' });
  expect(() => net.predict([1, 2])).toThrow(/one row is an array in an array/);
});
