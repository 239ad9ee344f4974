// What columns are worth, and how predictions follow them: of models whose every number is known, and of the library's.

import { describe, expect, test } from 'vitest';
import {
  Classifier,
  Network,
  OptionError,
  Regressor,
  dense,
  partialDependence,
  permutationImportance,
  sgd,
} from '../../src/index.js';

/** Predicts 2·a + b. */
const linear = {
  async fit(): Promise<void> {},
  predict: (X: number[][]) => X.map(([a, b]) => 2 * a! + b!),
  evaluate: (X: number[][], Y: number[]) => ({
    loss: X.reduce((sum, [a, b], i) => sum + (2 * a! + b! - Y[i]!) ** 2, 0) / X.length,
    share: X.filter(([a, b], i) => 2 * a! + b! === Y[i]).length / X.length,
  }),
  dispose(): void {},
};

// Columns that do not depend on each other: all pairs.
const X = Array.from({ length: 100 }, (_, i) => [i % 10, Math.floor(i / 10), i % 3]);
const Y = X.map(([a, b]) => 2 * a! + b!);

describe('importance', () => {
  test('a column is worth twice its variance times the square of its slope', async () => {
    // E (2·a − 2·a')² = 2·4·var a for a' independent of a; 8.25 is the variance of 0 … 9.
    const found = await permutationImportance(linear, X, Y, { repeats: 60, seed: 3 });
    expect(found.map(({ column }) => column)).toEqual([0, 1, 2]);
    expect(found[0]!.drop / (2 * 4 * 8.25)).toBeCloseTo(1, 1);
    expect(found[1]!.drop / (2 * 8.25)).toBeCloseTo(1, 1);
    expect(found[2]).toEqual({ column: 2, drop: 0, deviation: 0 });
  });

  test('of some columns, by another metric, the same for a seed', async () => {
    const options = { columns: [1, 2], metric: 'share', seed: 5 };
    const found = await permutationImportance(linear, X, Y, options);
    expect(found.map(({ column }) => column)).toEqual([1, 2]);
    expect(found[0]!.drop).toBeGreaterThan(0.7); // nine of ten are no longer right
    expect(await permutationImportance(linear, X, Y, options)).toEqual(found);
  });

  test('records of classifiers, by their names', async () => {
    const rows = X.map(([a, b, c]) => ({ width: a!, height: b!, colour: ['red', 'green', 'blue'][c!]! }));
    const labels = rows.map(({ width, height }) => (width > height ? 'wide' : 'tall'));
    const model = await Classifier.fit(rows, labels, { hidden: 8, epochs: 60, members: 1, seed: 1 });
    const found = await permutationImportance(model, rows, labels);
    expect(
      found
        .slice(0, 2)
        .map(({ column }) => column)
        .sort(),
    ).toEqual(['height', 'width']);
    expect(found[2]!.column).toBe('colour');
    expect(found[2]!.drop).toBeLessThan(0.1);
    expect(found[1]!.drop).toBeGreaterThan(0.15);
    await expect(permutationImportance(model, rows, labels, { columns: ['depth'] })).rejects.toThrow(
      'one of "width", "height", "colour"',
    );
    model.dispose();
  });

  test('networks', async () => {
    const network = await Network.create({ inputs: 3, layers: [dense(1)], loss: 'meanSquaredError', seed: 1 });
    await network.fit(X, Y, { method: sgd({ rate: 0.01 }), epochs: 200 });
    const found = await permutationImportance(network, X, Y);
    expect(found[0]!.column).toBe(0);
    network.dispose();
  });
});

describe('partial dependence', () => {
  test('of a linear model, its line', () => {
    const { values, predictions } = partialDependence(linear, X, 0, { values: [0, 1, 20] });
    expect(values).toEqual([0, 1, 20]);
    expect(predictions).toEqual([[4.5], [6.5], [44.5]]);
    const found = partialDependence(linear, X, 1, { points: 4 });
    expect(found.values).toEqual([0, 3, 6, 9]);
    expect(found.predictions.map(([p]) => p)).toEqual([9, 12, 15, 18]);
  });

  test('probabilities of classes, of categories too', async () => {
    const rows = X.map(([a, , c]) => ({ size: a!, colour: ['red', 'green', 'blue'][c!]! }));
    const labels = rows.map(({ colour }) => colour === 'red');
    const model = await Classifier.fit(rows, labels, { hidden: 4, epochs: 60, members: 1, seed: 1 });
    const { values, predictions, classes } = partialDependence(model, rows, 'colour');
    expect(values).toEqual(['blue', 'green', 'red']);
    expect(classes).toEqual([false, true]);
    expect(predictions.map(([, red]) => red! > 0.5)).toEqual([false, false, true]);
    for (const [no, yes] of predictions) expect(no! + yes!).toBeCloseTo(1, 5);
    model.dispose();
  });

  test('numbers of regressors rise with what they depend on', async () => {
    const rows = X.map(([a, b]) => ({ a: a!, b: b! }));
    const model = await Regressor.fit(rows, Y, { hidden: 4, epochs: 100, members: 1, seed: 1 });
    const slopes = partialDependence(model, rows, 'a').predictions.map(([p]) => p!);
    expect(slopes.at(-1)! - slopes[0]!).toBeGreaterThan(14); // 18
    expect(slopes.at(-1)! - slopes[0]!).toBeLessThan(22);
    model.dispose();
  });

  test('refused', () => {
    expect(() => partialDependence(linear, X, 3)).toThrow(OptionError);
    expect(() => partialDependence(linear, X, 'a')).toThrow('an index from 0 to 2');
    expect(() => partialDependence(linear, X, 0, { points: 1 })).toThrow('points');
    expect(() => partialDependence(linear, X, 0, { values: [1, 'many'] })).toThrow('partialDependence.values');
    expect(() => partialDependence(linear, X, 0, { values: [1, null as never] })).toThrow('partialDependence.values');
    const named = { ...linear, predict: (rows: number[][]) => rows.map(() => 'yes') };
    expect(() => partialDependence(named as never, X, 0)).toThrow('a model that predicts numbers');
  });
});
