// Metrics of one's own and predictions out of fold: against models whose predictions are known.

import { describe, expect, expectTypeOf, test } from 'vitest';
import { Classifier, Network, OptionError, Regressor, crossValidate, dataset, dense } from '../../src/index.js';
import { accuracy, logLoss, r2, rocAuc } from '../../src/metrics/index.js';

/** Predicts from the row alone, and knows how it was asked. */
class Doubling {
  async fit(): Promise<void> {}
  predict(X: number[][]): number[] {
    return X.map(([x]) => 2 * x!);
  }
  evaluate(X: number[][], Y: number[]) {
    return { loss: Y.reduce((sum, y, i) => sum + (y - 2 * X[i]![0]!) ** 2, 0) / Y.length };
  }
  dispose(): void {}
}

const X = Array.from({ length: 20 }, (_, i) => [i]);
const Y = X.map(([x]) => 2 * x! + (x! % 3));

test('each row has the prediction of the model that had not seen it', async () => {
  const { predictions, folds } = await crossValidate(() => new Doubling(), X, Y, { folds: 4, repeats: 2, predictions: true });
  expect(predictions).toEqual(X.map(([x]) => 2 * x!));
  for (const fold of folds) expect(fold.predictions).toEqual(Array.from(fold.held, (row) => 2 * row));
});

test('rows that are never left out have none', async () => {
  const { predictions } = await crossValidate(() => new Doubling(), X, Y, { folds: 3, order: 'time', predictions: true });
  expect(predictions!.slice(0, 5)).toEqual(new Array(5).fill(undefined));
  expect(predictions!.slice(5)).toEqual(X.slice(5).map(([x]) => 2 * x!));
});

test('nobody pays for what was not asked for', async () => {
  const { predictions, folds } = await crossValidate(() => new Doubling(), X, Y);
  expect(predictions).toBeUndefined();
  expect(folds[0]).not.toHaveProperty('predictions');
});

test('metrics stand among those of the evaluation, with mean and deviation', async () => {
  const bias = (seen: number[], found: number[]) => seen.reduce((sum, y, i) => sum + y - found[i]!, 0) / seen.length;
  const { mean, deviation, folds } = await crossValidate(() => new Doubling(), X, Y, { folds: 5, metrics: { bias, r2 } });
  const each = folds.map(({ held }) => Array.from(held).reduce((sum, row) => sum + (row % 3), 0) / held.length);
  expect(folds.map(({ evaluation }) => (evaluation as unknown as { bias: number }).bias)).toEqual(each);
  const average = each.reduce((a, b) => a + b, 0) / each.length;
  expect(mean['bias']).toBeCloseTo(average, 12);
  expect(deviation['bias']).toBeCloseTo(Math.sqrt(each.reduce((s, b) => s + (b - average) ** 2, 0) / 4), 12);
  expect(mean['loss']).toBeGreaterThan(0);
  expectTypeOf(mean).toEqualTypeOf<Readonly<Record<string, number>>>();
});

describe('models of this library', () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({ width: i % 7, height: i % 5 }));
  const labels = rows.map(({ width, height }) => (width > height ? 'wide' : 'tall'));

  test('classifiers give labels, and probabilities', async () => {
    const make = () => new Classifier({ epochs: 5, hidden: 4, members: 1, seed: 1 });
    const { mean, predictions } = await crossValidate(make, rows, labels, {
      folds: 3,
      predictions: true,
      metrics: { again: accuracy },
      probabilityMetrics: { surprise: logLoss, rocAuc },
    });
    expect(mean['again']).toBeCloseTo(mean['accuracy']!, 12);
    expect(mean['surprise']).toBeCloseTo(mean['logLoss']!, 5);
    expect(mean['rocAuc']).toBeGreaterThan(0.5);
    expect(accuracy(labels, predictions as string[])).toBeCloseTo(mean['accuracy']!, 12); // folds of one size
  });

  test('regressors give numbers, networks as many as they have outputs', async () => {
    const targets = rows.map(({ width, height }) => width * height);
    const make = () => new Regressor({ epochs: 5, hidden: 4, members: 1, seed: 1 });
    const { mean, predictions } = await crossValidate(make, rows, targets, {
      folds: 3,
      predictions: true,
      metrics: { again: r2 },
    });
    expect(mean['again']).toBeCloseTo(mean['r2']!, 10);
    expect(predictions).toHaveLength(60);
    const matrix = rows.map(({ width, height }) => [width, height]);
    const network = () => Network.create({ inputs: 2, layers: [dense(2)], loss: 'meanSquaredError', seed: 1 });
    const found = await crossValidate(network, matrix, matrix, { folds: 3, predictions: true, fit: { epochs: 1 } });
    expect(found.predictions![0]).toEqual([expect.any(Number), expect.any(Number)]);
  });
});

test('refused', async () => {
  const validated = (options: object) => crossValidate(() => new Doubling(), X, Y, options);
  await expect(validated({ metrics: { f: 1 } })).rejects.toThrow(OptionError);
  await expect(validated({ metrics: { f: () => 'much' } })).rejects.toThrow(
    'crossValidate.metrics.f returned "much"; expected a number',
  );
  await expect(validated({ probabilityMetrics: { logLoss } })).rejects.toThrow('none where models are no Classifiers');
  const network = () => Network.create({ inputs: 1, layers: [dense(1)], loss: 'meanSquaredError' });
  await expect(crossValidate(network, dataset(X, Y), { predictions: true })).rejects.toThrow('none with a dataset');
});
