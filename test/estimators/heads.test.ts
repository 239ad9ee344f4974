// Classifiers with other outputs than probabilities, and the techniques of inputs and fits that estimators pass on.

import { describe, expect, test } from 'vitest';
import { Classifier, type ClassifierOptions, ModelFileError, OptionError, Regressor, loadModel } from '../../src/index.js';
import { randoms } from '../kernels/support.js';
import { unchecked } from '../format/unchecked.js';

const next = randoms(7);
const CENTRES = [
  [1, 0],
  [-1, 0.5],
  [0, -1],
];
const NAMES = ['a', 'b', 'c'];
const labels = Array.from({ length: 240 }, (_, r) => NAMES[r % 3]!);
const rows = labels.map((_, r) => CENTRES[r % 3]!.map((v) => v + 0.5 * (next() + next())));
const held = labels.map((_, r) => CENTRES[r % 3]!.map((v) => v + 0.5 * (next() + next())));

const HEADS: [string, ClassifierOptions][] = [
  ['lecunTanh outputs, ±1', { loss: 'meanSquaredError' }],
  ['logistic outputs', { loss: 'meanSquaredError', outputActivation: 'sigmoid' }],
  ['tanh outputs', { loss: 'meanSquaredError', outputActivation: 'tanh' }],
  ['linear outputs', { loss: 'meanSquaredError', outputActivation: 'linear' }],
  ['targets of one’s own', { loss: 'meanSquaredError', targetValues: { low: -0.5, high: 0.5 } }],
  ['hinge', { loss: 'hinge' }],
];

describe.each(HEADS)('%s', (_, options) => {
  test('labels, calibrated probabilities and metrics; the same from a file', async () => {
    using model = await Classifier.fit(rows, labels, { ...options, hidden: 8, weightDecay: 0.01, seed: 1 });
    const found = model.evaluate(held, labels);
    expect(found.accuracy).toBeGreaterThan(0.75);
    expect(found.classes).toEqual(NAMES);
    const p = model.predictProbabilities(held);
    const predicted = model.predict(held);
    let logLoss = 0;
    let sure = 0;
    p.forEach((row, r) => {
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect(NAMES[row.indexOf(Math.max(...row))]).toBe(predicted[r]);
      logLoss -= Math.log(row[NAMES.indexOf(labels[r]!)]!) / held.length;
      sure += Math.max(...row) / held.length;
    });
    expect(found.logLoss).toBeCloseTo(logLoss, 4);
    // Confidence is about what it claims: 240 rows have a standard error of about 0.025.
    expect(Math.abs(sure - found.accuracy)).toBeLessThan(0.1);
    expect(found.confusionMatrix.flat().reduce((a, b) => a + b)).toBe(240);
    using again = (await loadModel(model.toBytes())) as Classifier;
    expect(again.predictProbabilities(held)).toEqual(p);
    expect(again.evaluate(held, labels)).toEqual(found);
  });
});

test('choosing size and decay works with every head', async () => {
  for (const loss of ['meanSquaredError', 'hinge'] as const) {
    using model = await Classifier.fit(rows, labels, { loss, epochs: 30, seed: 1 });
    expect(model.history.chosen.candidates.length).toBeGreaterThan(2);
    expect(model.evaluate(held, labels).accuracy).toBeGreaterThan(0.75);
  }
});

test('partialFit keeps a scale for a few rows, and fits it again to many', async () => {
  using model = new Classifier({ loss: 'meanSquaredError', classes: NAMES, seed: 1 });
  await model.partialFit(rows, labels, { epochs: 20 });
  const before = model.predictProbabilities(held.slice(0, 1))[0]!;
  await model.partialFit(rows.slice(0, 1), labels.slice(0, 1));
  const after = model.predictProbabilities(held.slice(0, 1))[0]!;
  before.forEach((v, c) => {
    expect(Math.abs(v - after[c]!)).toBeLessThan(0.1);
  });
});

test('sample weights count in the log-loss', async () => {
  using model = await Classifier.fit(rows, labels, { loss: 'hinge', hidden: [], weightDecay: 0.01, seed: 1 });
  const sampleWeights = labels.map((_, r) => (r < 120 ? 1 : 0));
  const some = model.evaluate(held, labels, { sampleWeights });
  const half = model.evaluate(held.slice(0, 120), labels.slice(0, 120));
  expect(some.logLoss).toBeCloseTo(half.logLoss, 6);
  expect(some.accuracy).toBeCloseTo(half.accuracy, 12);
});

test.each([
  [{ outputActivation: 'tanh' }, 'Classifier.outputActivation'],
  [{ loss: 'meanSquaredError', outputActivation: 'softmax' }, 'Classifier.outputActivation'],
  [{ loss: 'hinge', outputActivation: 'tanh' }, 'Classifier.outputActivation'],
  [{ targetValues: { low: 0, high: 1 } }, 'Classifier.targetValues'],
  [{ loss: 'meanSquaredError', targetValues: { low: 1, high: 0 } }, 'Classifier.targetValues'],
  [{ loss: 'meanSquaredError', labelSmoothing: 0.1 }, 'Classifier.labelSmoothing'],
  [{ loss: 'meanAbsoluteError' }, 'Classifier.loss'],
  [{ decorrelate: { by: 'ica' } }, 'normalize.decorrelate.by'],
] as [ClassifierOptions, string][])('refuses %j', (options, option) => {
  expect(() => new Classifier(options)).toThrow(expect.objectContaining({ name: 'OptionError', option }));
});

describe('decorrelated inputs', () => {
  const targets = rows.map(([a, b]) => a! * b! + a!);
  const redundant = rows.map(([a, b]) => [a!, b!, a! + 1e-3 * b!, 2 * a! - b!]);

  test.each([true, { by: 'zca' }, { epsilon: 0.01 }, { components: 1 }] as const)(
    '%j: part of the model',
    async (decorrelate) => {
      using model = await Regressor.fit(redundant, targets, { decorrelate, hidden: 6, weightDecay: 0.001, seed: 1 });
      const kept = model.layers[0]!;
      expect(kept.type).toBe('dense');
      const predicted = model.predict(redundant);
      using again = (await loadModel(model.toBytes())) as Regressor;
      expect(again.predict(redundant)).toEqual(predicted);
      using json = await Regressor.fromJSON(JSON.parse(JSON.stringify(model)));
      expect(json.predict(redundant)).toEqual(predicted);
    },
  );

  test('dependent columns are dropped: two directions of four columns', async () => {
    using model = await Regressor.fit(redundant, targets, { decorrelate: true, hidden: 6, weightDecay: 0.001, seed: 1 });
    const { tensors } = model.toJSON();
    expect(tensors[0]!.shape).toEqual([2, 6]);
    expect(model.evaluate(redundant, targets).r2).toBeGreaterThan(0.9);
  });

  test('a whitening that does not fit its columns is refused', async () => {
    using model = await Regressor.fit(redundant, targets, { decorrelate: true, hidden: [], weightDecay: 0.001, seed: 1 });
    const json = unchecked(model);
    const whitening = json.config['whitening'] as { shift: number[]; factors: number[] };
    for (const damaged of [
      { ...whitening, shift: [...whitening.shift, 0], factors: [...whitening.factors, 1] },
      { ...whitening, factors: ['x'] },
      7,
    ]) {
      const broken = { ...json, config: { ...json.config, whitening: damaged } };
      await expect(Regressor.fromJSON(broken)).rejects.toThrow(ModelFileError);
    }
  });
});

test('label smoothing, L1, clipping and averaging reach the fit', async () => {
  const common = { hidden: 8, weightDecay: 0.001, epochs: 30, seed: 1 };
  using plain = await Classifier.fit(rows, labels, common);
  const surest = (model: Classifier) => Math.max(...model.predictProbabilities(rows).flat());
  using smoothed = await Classifier.fit(rows, labels, { ...common, labelSmoothing: 0.3 });
  expect(surest(smoothed)).toBeLessThan(surest(plain) - 0.05);
  const size = (model: Classifier) => {
    const kernel = model.toJSON().tensors[0]!;
    const floats = new Float32Array(Uint8Array.from(atob(kernel.data), (c) => c.charCodeAt(0)).buffer);
    return floats.reduce((s, w) => s + Math.abs(w), 0);
  };
  using sparse = await Classifier.fit(rows, labels, { ...common, l1: 0.01 });
  expect(size(sparse)).toBeLessThan(0.9 * size(plain));
  using clipped = await Classifier.fit(rows, labels, { ...common, clip: { norm: 0.01 } });
  expect(clipped.history.loss[0]).toBeGreaterThan(plain.history.loss[0]!);
  using averaged = await Classifier.fit(rows, labels, { ...common, average: 'polyak' });
  expect(averaged.predictProbabilities(rows)).not.toEqual(plain.predictProbabilities(rows));
  expect(() => new Regressor({ labelSmoothing: 0.1 } as object)).toThrow(OptionError);
  expect(() => new Regressor({ clip: { norm: -1 } })).toThrow(OptionError);
});
