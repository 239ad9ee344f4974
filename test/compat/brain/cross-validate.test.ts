// Cross-validation of both lines.

import { describe, expect, test } from 'vitest';
import * as v2 from '../../../src/compat/brain/index.js';
import * as v1 from '../../../src/compat/brain/v1/index.js';
import { XOR, filed, seeded, uniform } from './support.js';

const data = () => [...XOR, ...XOR];
const CASES: [string, () => v1.CrossValidate | v2.CrossValidate<() => v2.NeuralNetwork<number[], number[]>>][] = [
  ['1.x', () => new v1.CrossValidate(v1.NeuralNetwork, { hiddenLayers: [3] })],
  ['2.x', () => new v2.CrossValidate(() => new v2.NeuralNetwork<number[], number[]>({ hiddenLayers: [3] }))],
];

describe.each(CASES)('%s', (line, make) => {
  test('each row is tested once, by a network that has not seen its fold', () => {
    const cv = make();
    // biome-ignore lint/suspicious/noExplicitAny: a field of binary results
    const { avgs, stats, sets } = cv.train(data(), { iterations: 50 }) as any;
    expect(sets).toHaveLength(4);
    expect(stats).toMatchObject({ total: 8, testSize: 2, trainSize: 6 });
    expect(stats.truePos + stats.trueNeg + stats.falsePos + stats.falseNeg).toBe(8);
    expect(stats.accuracy).toBe((stats.truePos + stats.trueNeg) / 8);
    const mean = (name: string) => sets.reduce((sum: number, set: Record<string, number>) => sum + set[name]!, 0) / 4;
    for (const name of ['error', 'testError', 'iterations']) expect(avgs[name]).toBeCloseTo(mean(name), 12);
    for (const set of sets)
      expect(Object.keys(set)).toEqual(expect.arrayContaining(['trainTime', 'testTime', 'network', 'total', 'misclasses']));
    if (line === '1.x') expect(sets[0]).toMatchObject({ learningRate: 0.3, hiddenLayers: [3] });
    expect(cv.toJSON()).toBe(cv.json);
  });

  test('shuffles by Math.random, in place, as Durstenfeld does', () => {
    const rows = data();
    const expected = [...rows];
    const draw = uniform(13);
    for (let i = 7; i > 0; i--) {
      const j = Math.floor(draw() * (i + 1));
      [expected[i], expected[j]] = [expected[j]!, expected[i]!];
    }
    seeded(13, () => make().shuffleArray(rows));
    expect(rows).toEqual(expected);
  });

  test('takes the network that did best on rows it was not trained on', () => {
    const cv = make();
    cv.train(data(), { iterations: 20 });
    const json = filed(cv.toJSON())!;
    const [first, second] = json.sets;
    Object.assign(first!, { error: 0.001, testError: 0.4 });
    Object.assign(second!, { error: 0.01, testError: 0.0001 });
    const best = cv.fromJSON(json as never);
    expect(filed(best.toJSON().layers)).toEqual((second!.network as { layers: unknown }).layers);
    for (const set of json.sets) delete set.testError; // brain.js's own files have none
    expect(filed(cv.fromJSON(json as never).toJSON().layers)).toEqual((first!.network as { layers: unknown }).layers);
  });

  test('toNeuralNetwork is the best of the last training', () => {
    const cv = make();
    cv.train(data(), { iterations: 20 });
    const errors = cv.json!.sets.map(({ testError }) => testError!);
    const best = cv.json!.sets[errors.indexOf(Math.min(...errors))]!;
    expect(cv.toNeuralNetwork().run([0, 1])).toEqual(
      make()
        .fromJSON({ sets: [best] } as never)
        .run([0, 1]),
    );
  });

  test('too few rows, and JSON without folds, are refused', () => {
    expect(() => make().train(XOR.slice(0, 3))).toThrow('Training set size is too small for 3 k folds of 4');
    expect(() => make().fromJSON({ sets: [] } as never)).toThrow(/sets is not an array of folds/);
    expect(() => make().fromJSON({} as never)).toThrow(/sets/);
  });

  test('several outputs are classes', () => {
    const rows = [0, 1, 0, 1].map((k) => ({ input: [k], output: [k, 1 - k] }));
    const { stats, sets } = make().train(rows, { iterations: 5 });
    expect(stats).toEqual({ total: 4, testSize: 1, trainSize: 3 });
    expect(sets[0]).not.toHaveProperty('accuracy');
  });
});

test('what tells binary results', () => {
  const cv = CASES[1]![1]() as v2.CrossValidate<() => v2.NeuralNetwork<number[], number[]>>;
  const result = cv.train(data(), { iterations: 5 });
  expect(v2.CrossValidate.isBinaryResults(result)).toBe(true);
  expect(v2.CrossValidate.isBinaryStats(result.stats)).toBe(true);
  expect(v2.CrossValidate.isBinaryPartitionResults(result.sets[0]!)).toBe(true);
  expect(v2.CrossValidate.isBinaryStats({ total: 1, testSize: 1, trainSize: 0 })).toBe(false);
});
