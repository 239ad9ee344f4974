// What `fit` does where neither a method nor epochs are given.

import { describe, expect, test } from 'vitest';
import { type FitOptions, Network, batchNorm, dense, growing, sgd } from '../../src/index.js';
import { draws, normals } from '../data/synthetic.js';

const XOR = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const ODD = [[0], [1], [1], [0]];

test.each(['float32', 'float64'] as const)(
  'XOR is learned from each of ten seeds (%s), and the precision stays',
  async (precision) => {
    for (let seed = 0; seed < 10; seed++) {
      const layers = [dense(4, { activation: 'tanh' }), dense(1, { activation: 'sigmoid' })];
      using net = await Network.create({ inputs: 2, layers, loss: 'binaryCrossEntropy', precision, seed });
      const history = await net.fit(XOR, ODD);
      net.predict(XOR).forEach((p, i) => {
        expect(Math.abs(p - ODD[i]![0]!)).toBeLessThan(0.25);
      });
      expect(net.precision).toBe(precision);
      expect(history).toMatchObject({ reason: 'epochs', epochs: 2000 });
      expect(history.choice).toMatch(/sgd, rate 0\.03 falling to 0, .*, 2000 epochs, batches of 1: 4 rows are a small set/);
    }
  },
);

const X = normals(7, 80, 4);
const noise = draws(8);
const Y = X.map(([a, b, c]) => [a! - b! * c! + 0.1 * noise.normal()]);

const network = (units = 8, seed = 1) =>
  Network.create({ inputs: 4, layers: [dense(units, { activation: 'tanh' }), dense(1)], loss: 'meanSquaredError', seed });

describe('options beside it mean what they mean', () => {
  const options: [string, FitOptions][] = [
    ['validation and early stopping', { validation: 0.2, earlyStopping: true }],
    ['emphasis', { order: 'emphasize' }],
    ['a gradient to stop at', { minGradient: 1e-3 }],
    ['full batches', { batchSize: 'full' }],
    ['growing batches', { batchSize: growing() }],
    ['l1 and clipping', { l1: 1e-3, clip: { norm: 1 } }],
    ['averages', { average: { decay: 0.99 } }],
    ['a goal', { goal: 0.2 }],
    ['metrics', { metrics: ['r2'] }],
  ];
  test.each(options)('%s', async (_, given) => {
    using net = await network();
    let told = 0;
    const history = await net.fit(X, Y, { ...given, onEpoch: () => told++ });
    expect(told).toBe(history.epochs);
    expect(history.choice).toMatch(/a small set/);
    expect(net.evaluate(X, Y).loss).toBeLessThan(0.5);
  });

  test('norms over batches', async () => {
    const layers = [dense(8, { activation: 'tanh' }), batchNorm(), dense(1)];
    using net = await Network.create({ inputs: 4, layers, loss: 'meanSquaredError', seed: 1 });
    const { choice } = await net.fit(X.slice(0, 12), Y.slice(0, 12));
    expect(choice).toMatch(/batches of 8/);
  });
});

test.each([
  [4, '0.0003'],
  [11, '0.0003'],
  [12, '0.0045'],
  [30, '0.011'],
  [40, '0.015'],
  [80, '0.015'],
])('weight decay of %i rows is %s, as documented', async (rows, decay) => {
  using net = await network();
  const { choice } = await net.fit(X.slice(0, rows), Y.slice(0, rows), { timeLimit: 1 });
  expect(choice).toContain(`weight decay ${decay}, `);
});

test('a method, or epochs, or more rows, or a continued fit: as before', async () => {
  const many = normals(9, 1001, 4);
  for (const [x, y, given] of [
    [X, Y, { epochs: 3 }],
    [X, Y, { method: sgd(), epochs: 3 }],
    [many, many.map(([a]) => [a!]), undefined],
  ] as [number[][], number[][], FitOptions | undefined][]) {
    using one = await network();
    using other = await network();
    const found = await one.fit(x, y, given);
    const { history } = await other.fitWithState(x, y, { method: sgd(), epochs: 100, ...given });
    expect(found.choice).toBeUndefined();
    expect(found.loss).toEqual(history.loss);
  }
  using net = await network();
  expect((await net.partialFit(X, Y)).choice).toBeUndefined();
});

test('wide layers and raw targets: the rate is lowered until nothing diverges', async () => {
  using net = await network(64);
  const raw = X.map((row) => row.map((v) => 30 * v));
  const { reason, choice } = await net.fit(
    raw,
    Y.map(([v]) => [300 * v!]),
  );
  expect(reason).toBe('epochs');
  expect(choice).toMatch(/rate /);
});

test('noisy targets: no worse than a hundred epochs', async () => {
  const [x, held] = [normals(11, 100, 4), normals(12, 1000, 4)];
  const truth = ([a, b]: number[]) => [a! - b!];
  const y = x.map((row) => truth(row).map((v) => v + noise.normal()));
  const [chosen, plain] = [[], []] as [number[], number[]];
  for (const seed of [1, 2, 3, 4, 5]) {
    using one = await network(8, seed);
    using other = await network(8, seed);
    await one.fit(x, y);
    await other.fit(x, y, { method: sgd(), epochs: 100 });
    chosen.push(one.evaluate(held, held.map(truth)).loss);
    plain.push(other.evaluate(held, held.map(truth)).loss);
  }
  const mean = (v: number[]) => v.reduce((a, b) => a + b) / v.length;
  expect(mean(chosen)).toBeLessThan(1.5 * mean(plain));
});
