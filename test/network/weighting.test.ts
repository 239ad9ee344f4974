// Weights of samples and classes, and what is set aside for validation: by the laws that they must obey.

import { describe, expect, test } from 'vitest';
import { DataError, type FitOptions, type MatrixLike, Network, OptionError, dataset, dense, sgd } from '../../src/index.js';
import { normals } from '../data/synthetic.js';
import { Twin, batchesOf, distance } from './twin.js';

const ROUNDING = 2 ** -52;

const X = normals(3, 12, 3);
const y = [0, 1, 1, 0, 2, 2, 1, 0, 0, 1, 0, 0];

async function fitted(x: MatrixLike, t: MatrixLike, options: FitOptions, precision: 'float32' | 'float64' = 'float64') {
  const layers = [dense(5, { activation: 'tanh' }), dense(3, { activation: 'softmax' })];
  const net = await Network.create({ inputs: 3, layers, loss: 'crossEntropy', precision, seed: 1 });
  const history = await net.fit(x, t, { method: sgd({ rate: 0.2 }), epochs: 10, batchSize: 'full', ...options });
  const weights = net.getWeights();
  net.dispose();
  return { weights, history };
}

/** Differences of rounding, over ten steps of sums of a dozen terms of order 1. */
const TOLERANCE = 1e4 * ROUNDING;

describe('sample weights', () => {
  test('a weight of 2 is a row that stands there twice', async () => {
    const weighted = await fitted(X, y, { sampleWeights: X.map((_, r) => (r < 4 ? 2 : 1)) });
    const doubled = await fitted([...X, ...X.slice(0, 4)], [...y, ...y.slice(0, 4)], {});
    expect(distance(weighted.weights, doubled.weights)).toBeLessThan(TOLERANCE);
    expect(distance([weighted.history.loss], [doubled.history.loss])).toBeLessThan(TOLERANCE);
  });

  test('a weight of 0 is a row that is not there', async () => {
    const weighted = await fitted(X, y, { sampleWeights: X.map((_, r) => (r % 3 === 0 ? 0 : 1)) });
    const without = await fitted(
      X.filter((_, r) => r % 3 !== 0),
      y.filter((_, r) => r % 3 !== 0),
      {},
    );
    expect(distance(weighted.weights, without.weights)).toBeLessThan(TOLERANCE);
    expect(distance([weighted.history.loss], [without.history.loss])).toBeLessThan(TOLERANCE);
  });

  test('with weights of 0 at batch 1 training goes on', async () => {
    const options: FitOptions = { batchSize: 1, order: 'sequential' };
    const weighted = await fitted(X, y, { ...options, sampleWeights: X.map((_, r) => (r % 3 === 0 ? 0 : 5)) });
    // What is left weighs 3/2 of the mean.
    const without = await fitted(
      X.filter((_, r) => r % 3 !== 0),
      y.filter((_, r) => r % 3 !== 0),
      { ...options, method: sgd({ rate: 0.3 }) },
    );
    expect(distance(weighted.weights, without.weights)).toBeLessThan(TOLERANCE);
    expect(distance([weighted.history.loss], [without.history.loss])).toBeLessThan(TOLERANCE);
  });

  test.each([2 ** -40, 3, 1e6, 1e100])('a common factor (%d) changes nothing', async (factor) => {
    const w = X.map((_, r) => 1 + (r % 4));
    const [a, b] = [
      await fitted(X, y, { sampleWeights: w, batchSize: 5 }),
      await fitted(X, y, { sampleWeights: w.map((v) => v * factor), batchSize: 5 }),
    ];
    expect(distance(a.weights, b.weights)).toBeLessThan(TOLERANCE);
    expect(distance([a.history.loss], [b.history.loss])).toBeLessThan(TOLERANCE);
  });

  test.each([1e-30, 1e30, 1e37])('nor does one near float32’s limits (%d)', async (factor) => {
    const w = X.map((_, r) => 1 + (r % 4));
    const [a, b] = [
      await fitted(X, y, { sampleWeights: w, batchSize: 5 }, 'float32'),
      await fitted(X, y, { sampleWeights: w.map((v) => v * factor), batchSize: 5 }, 'float32'),
    ];
    expect(distance(a.weights, b.weights)).toBeLessThan(1e4 * 2 ** -23);
  });

  test('a step is measured by the mean weight of the set: twin', async () => {
    const w = X.map((_, r) => [0.5, 1, 3][r % 3]!);
    const T = y.map((c) => [0, 1, 2].map((j) => (j === c ? 1 : 0)));
    const net = await Network.create({
      inputs: 3,
      layers: [dense(3, { activation: 'softmax' })],
      loss: 'crossEntropy',
      precision: 'float64',
      seed: 1,
    });
    const twin = new Twin(3, [{ units: 3, activation: 'softmax', bias: true }], 'crossEntropy', net.getWeights());
    const data = dataset(X, y, { weights: w });
    await net.fit(data, { method: sgd({ rate: 0.1, momentum: 0 }), epochs: 1, batchSize: 5, order: 'sequential' });
    for (const [from, to] of batchesOf(12, 5)) {
      const at = <E>(list: E[]) => list.slice(from, to);
      twin.step(twin.gradient(at(X), at(T), at(w), ((to - from) * 4.5) / 3), 0.1);
    }
    expect(distance(net.getWeights(), twin.weights)).toBeLessThan(TOLERANCE);
    // Evaluation weighs as well, and by the dataset's weights as by the option.
    const found = net.evaluate(data);
    expect(Math.abs(found.loss - twin.meanLoss(X, T, w))).toBeLessThan(TOLERANCE);
    expect(net.evaluate(X, y, { sampleWeights: w })).toEqual(found);
    net.dispose();
    data.dispose();
  });

  test.each([
    ['too few', [1, 1]],
    ['negative', X.map((_, r) => (r === 4 ? -1 : 1))],
    ['not a number', X.map((_, r) => (r === 4 ? Number.NaN : 1))],
    ['infinite', X.map((_, r) => (r === 4 ? Infinity : 1))],
    ['all zero', X.map(() => 0)],
    ['a matrix', X.map(() => [1, 1])],
    ['strings', X.map(() => '1')],
    ['bigints', X.map(() => 1n)],
  ])('refused: %s', async (_, w) => {
    await expect(fitted(X, y, { sampleWeights: w as number[] })).rejects.toThrow(DataError);
    expect(() => dataset(X, y, { weights: w as number[] })).toThrow(DataError);
  });

  test('refused beside a dataset, which has its own', async () => {
    const data = dataset(X, y);
    await expect(fitted(data as never, { sampleWeights: X.map(() => 1) } as never, {})).rejects.toThrow(OptionError);
    data.dispose();
  });
});

describe('class weights', () => {
  test('weigh each row by its class', async () => {
    const byClass = [1, 2.5, 0.25];
    const [a, b] = [
      await fitted(X, y, { classWeights: byClass, batchSize: 5 }),
      await fitted(X, y, { sampleWeights: y.map((c) => byClass[c]!), batchSize: 5 }),
    ];
    expect(distance(a.weights, b.weights)).toBeLessThan(TOLERANCE);
  });

  test("'balanced' is N/(classes·members)", async () => {
    const members = [0, 1, 2].map((c) => y.filter((v) => v === c).length);
    const [a, b] = [
      await fitted(X, y, { classWeights: 'balanced' }),
      await fitted(X, y, { classWeights: members.map((n) => y.length / (3 * n)) }),
    ];
    expect(distance(a.weights, b.weights)).toBeLessThan(TOLERANCE);
  });

  test('multiply sample weights', async () => {
    const w = X.map((_, r) => 1 + (r % 4));
    const [a, b] = [
      await fitted(X, y, { sampleWeights: w, classWeights: [3, 1, 2] }),
      await fitted(X, y, { sampleWeights: w.map((v, r) => v * [3, 1, 2][y[r]!]!) }),
    ];
    expect(distance(a.weights, b.weights)).toBeLessThan(TOLERANCE);
  });

  test('go by the sign of hinge targets and the halves of probabilities', async () => {
    for (const [loss, activation, low] of [
      ['hinge', 'linear', -1],
      ['binaryCrossEntropy', 'sigmoid', 0],
    ] as const) {
      const t = y.map((c) => (c === 0 ? low : 1));
      const weights = [];
      for (const options of [{ classWeights: [2, 0.5] }, { sampleWeights: y.map((c) => (c === 0 ? 2 : 0.5)) }]) {
        const net = await Network.create({ inputs: 3, layers: [dense(1, { activation })], loss, precision: 'float64', seed: 1 });
        await net.fit(X, t, { epochs: 5, ...options });
        weights.push(net.getWeights());
        net.dispose();
      }
      expect(distance(weights[0]!, weights[1]!)).toBeLessThan(TOLERANCE);
    }
  });

  test('a class may weigh nothing, but not all of them', async () => {
    const [a, b] = [
      await fitted(X, y, { classWeights: [1, 1, 0] }),
      await fitted(
        X.filter((_, r) => y[r] !== 2),
        y.filter((c) => c !== 2),
        {},
      ),
    ];
    expect(distance(a.weights, b.weights)).toBeLessThan(TOLERANCE);
    await expect(fitted(X, y, { classWeights: [0, 0, 0] })).rejects.toThrow(OptionError);
  });

  test.each([[[1, 2]], [[1, 2, -1]], [[1, 2, Number.NaN]], [[1, 2, Infinity]], ['equal'], [{ 0: 1 }]])(
    'refused: %j',
    async (classWeights) => {
      await expect(fitted(X, y, { classWeights: classWeights as number[] })).rejects.toThrow(OptionError);
    },
  );

  test('refused where there are no classes', async () => {
    const net = await Network.create({ inputs: 3, layers: [dense(1)], loss: 'meanSquaredError', seed: 1 });
    await expect(net.fit(X, y, { classWeights: [1, 1, 1] })).rejects.toThrow(OptionError);
    net.dispose();
  });
});

describe('validation', () => {
  // Inputs are the rows of the identity and there is no bias, so that training moves exactly the weights of the rows it sees.
  const N = 60;
  const identity = Array.from({ length: N }, (_, r) => Array.from({ length: N }, (_, c) => (r === c ? 1 : 0)));
  const classes = identity.map((_, r) => (r % 5 === 0 ? 2 : r % 2));

  async function seen(validation: number, seed: number, batchSize: number | 'full' = 7) {
    const net = await Network.create({
      inputs: N,
      layers: [dense(3, { activation: 'softmax', bias: false })],
      loss: 'crossEntropy',
      precision: 'float64',
      seed: 1,
    });
    const before = net.getWeights()[0]!;
    const history = await net.fit(identity, classes, { validation, seed, epochs: 2, batchSize });
    const after = net.getWeights()[0]!;
    const rows = identity.map((_, r) => r).filter((r) => after[3 * r] !== before[3 * r]);
    // The validation loss is that of the other rows alone.
    const held = identity.map((_, r) => r).filter((r) => !rows.includes(r));
    const { loss } = net.evaluate(
      held.map((r) => identity[r]!),
      held.map((r) => classes[r]!),
    );
    expect(history.validationLoss.at(-1)).toBeCloseTo(loss, 12);
    net.dispose();
    return { rows, held };
  }

  test('a share is set aside: never trained on, stratified, by the seed', async () => {
    for (const share of [0.1, 0.2, 0.25, 0.5, 0.9]) {
      for (const batchSize of [7, 'full'] as const) {
        const { held } = await seen(share, 3, batchSize);
        expect(Math.abs(held.length - share * N)).toBeLessThanOrEqual(1);
        for (const c of [0, 1, 2]) {
          const members = classes.filter((v) => v === c).length;
          const kept = held.filter((r) => classes[r] === c).length;
          expect(Math.abs(kept - share * members)).toBeLessThanOrEqual(1);
        }
      }
    }
    const [a, same, other] = [await seen(0.25, 3), await seen(0.25, 3), await seen(0.25, 4)];
    expect(same.held).toEqual(a.held);
    expect(other.held).not.toEqual(a.held);
  });

  test('the training part knows every class, even one with a single member', async () => {
    const lone = classes.map((_, r) => (r === 17 ? 1 : 0));
    for (let seed = 0; seed < 10; seed++) {
      const net = await Network.create({
        inputs: N,
        layers: [dense(1, { activation: 'sigmoid', bias: false })],
        loss: 'binaryCrossEntropy',
        precision: 'float64',
        seed: 1,
      });
      const before = net.getWeights()[0]![17];
      await net.fit(identity, lone, { validation: 0.45, seed, epochs: 1 });
      expect(net.getWeights()[0]![17]).not.toBe(before);
      net.dispose();
    }
  });

  test('a set of its own: a dataset or [X, Y]', async () => {
    const other: [number[][], number[]] = [normals(99, 9, 3), [0, 1, 2, 0, 1, 2, 0, 1, 2]];
    const data = dataset(...other);
    const layers = [dense(3, { activation: 'softmax' })];
    const net = await Network.create({ inputs: 3, layers, loss: 'crossEntropy', seed: 1 });
    const weights = net.getWeights();
    const a = await net.fit(X, y, { validation: other, epochs: 3 });
    const { loss } = net.evaluate(data);
    expect(a.validationLoss.at(-1)).toBe(loss);
    net.setWeights(weights);
    const b = await net.fit(X, y, { validation: data, epochs: 3 });
    expect(b.validationLoss).toEqual(a.validationLoss);
    // And training does not depend on whether somebody watches.
    net.setWeights(weights);
    const c = await net.fit(X, y, { epochs: 3 });
    expect(c.loss).toEqual(a.loss);
    expect(net.evaluate(data).loss).toBe(loss);
    await expect(net.fit(X, y, { validation: [normals(1, 3, 2), [0, 1, 2]] })).rejects.toThrow(DataError);
    await expect(net.fit(X, y, { validation: [normals(1, 3, 3), [0, 1]] })).rejects.toThrow(DataError);
    await expect(net.fit(X, y, { validation: [normals(1, 3, 3), [0, 1, 3]] })).rejects.toThrow(DataError);
    net.dispose();
    data.dispose();
  });

  test('sample weights count in the validation loss, class weights do not', async () => {
    const net = await Network.create({
      inputs: 3,
      layers: [dense(3, { activation: 'softmax' })],
      loss: 'crossEntropy',
      seed: 1,
    });
    const weights = net.getWeights();
    const w = X.map((_, r) => 1 + r);
    const data = dataset(X, y, { weights: w });
    // A rate this small leaves the weights where they are.
    const still: FitOptions = { method: sgd({ rate: 1e-300, momentum: 0 }), epochs: 1, classWeights: [5, 1, 1] };
    const { validationLoss } = await net.fit(X, y, { ...still, validation: data });
    expect(net.getWeights()).toEqual(weights);
    expect(validationLoss).toEqual([net.evaluate(X, y, { sampleWeights: w }).loss]);
    net.dispose();
    data.dispose();
  });

  test('refused where a side would be empty, or weigh nothing', async () => {
    await expect(fitted(X.slice(0, 1), y.slice(0, 1), { validation: 0.5 })).rejects.toThrow(OptionError);
    await expect(fitted(X, y, { validation: 0.001 })).rejects.toThrow(OptionError);
    // One weight only: whichever side it falls on, the other has none.
    for (let seed = 0; seed < 4; seed++) {
      const sampleWeights = X.map((_, r) => (r === 0 ? 1 : 0));
      await expect(fitted(X, y, { validation: 0.3, sampleWeights, seed })).rejects.toThrow(/weigh|weight/);
    }
  });
});
