// What a fit is told when it went badly: that there is a word, what it says, and that following it works.

import { describe, expect, test } from 'vitest';
import {
  type Activation,
  DataError,
  type FitOptions,
  type History,
  Network,
  type NetworkOptions,
  adam,
  bfgs,
  dense,
  normalize,
  rprop,
  schedules,
  sgd,
} from '../../src/index.js';
import { draws, normals } from '../data/synthetic.js';

const X = normals(3, 160, 4);
const noise = draws(4);
const Y = X.map(([a, b, c]) => [a! - 2 * b! * c! + 0.1 * noise.normal()]);
const XOR = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const ODD = [[0], [1], [1], [0]];

const regression = (units: number, activation: Activation, seed = 1): NetworkOptions => ({
  inputs: 4,
  layers: [dense(units, { activation }), dense(1)],
  loss: 'meanSquaredError',
  seed,
});

/** A fit of a fresh network: its record, and the loss before and after. */
async function outcome(made: NetworkOptions, x: number[][], y: number[][], fit: FitOptions) {
  using net = await Network.create(made);
  const before = net.evaluate(x, y).loss;
  const history = await net.fit(x, y, fit);
  return { history, before, after: net.evaluate(x, y).loss, weights: net.getWeights() };
}

/** The mean squared error of the mean. */
function variance(y: number[][]): number {
  const mean = y.reduce((sum, [v]) => sum + v!, 0) / y.length;
  return y.reduce((sum, [v]) => sum + (v! - mean) ** 2, 0) / y.length;
}

function advisedRate({ advice }: History): number {
  return Number(/rate of ([\d.e+-]+) or less/.exec(advice!)![1]);
}

describe('a divergence', () => {
  const cases: [string, NetworkOptions, FitOptions, (rate: number) => FitOptions][] = [
    ...[0.3, 1, 100].map((rate): (typeof cases)[number] => [
      `sgd ${rate}`,
      regression(16, 'tanh'),
      { method: sgd({ rate }), epochs: 60 },
      (r) => ({ method: sgd({ rate: r }), epochs: 60 }),
    ]),
    [
      'row by row',
      regression(16, 'relu'),
      { method: sgd({ rate: 0.3 }), epochs: 30, batchSize: 1 },
      (rate) => ({ method: sgd({ rate }), epochs: 30, batchSize: 1 }),
    ],
    [
      'without momentum, full batches',
      regression(48, 'relu'),
      { method: sgd({ rate: 1, momentum: 0 }), epochs: 100, batchSize: 'full' },
      (rate) => ({ method: sgd({ rate, momentum: 0 }), epochs: 100, batchSize: 'full' }),
    ],
    [
      'on a schedule',
      regression(16, 'relu'),
      { method: sgd({ rate: schedules.cosine({ rate: 0.5 }) }), epochs: 60 },
      (rate) => ({ method: sgd({ rate }), epochs: 60 }),
    ],
    [
      'adam',
      regression(16, 'relu'),
      { method: adam({ rate: 10 }), epochs: 60 },
      (rate) => ({ method: adam({ rate }), epochs: 60 }),
    ],
  ];

  test.each(cases)(
    '%s: the best weights are back, and the advised rate trains from them and anew',
    async (_, made, fit, taken) => {
      for (const seed of [1, 2, 3]) {
        const bad = await outcome({ ...made, seed }, X, Y, fit);
        expect(bad.history.reason).toBe('diverged');
        expect(bad.after).toBeLessThanOrEqual(bad.before);
        const good = await outcome({ ...made, seed }, X, Y, taken(advisedRate(bad.history)));
        expect(good.history.reason).toBe('epochs');
        expect(good.after).toBeLessThan(0.5 * variance(Y));
        using net = await Network.create({ ...made, seed });
        net.setWeights(bad.weights);
        const again = await net.fit(X, Y, taken(advisedRate(bad.history)));
        expect(again.reason).toBe('epochs');
        expect(net.evaluate(X, Y).loss).toBeLessThan(0.5 * variance(Y));
      }
    },
  );

  test('finite, but grown: the fit ends soon, and says from what to what', async () => {
    const { history, before } = await outcome(regression(16, 'tanh'), X, Y, { method: sgd({ rate: 0.3 }), epochs: 500 });
    expect(history.epochs).toBeLessThan(20);
    expect(history.loss.every(Number.isFinite)).toBe(true);
    expect(history.loss.at(-1)).toBeGreaterThan(5 * before);
    expect(history.advice).toMatch(/the loss grew from .* to .* by epoch \d+; try a rate of/);
  });

  test('with validation, of the epochs that one with the least validation loss', async () => {
    using net = await Network.create(regression(16, 'relu'));
    const held: [number[][], number[][]] = [X.slice(120), Y.slice(120)];
    const method = sgd({ rate: schedules.cosine({ rate: 0.5, warmup: 0.2 }) });
    const h = await net.fit(X.slice(0, 120), Y.slice(0, 120), { method, epochs: 100, validation: held });
    expect(h.reason).toBe('diverged');
    const least = Math.min(...h.validationLoss);
    expect(h.validationLoss.indexOf(least) + 1).toBe(h.bestEpoch);
    expect(net.evaluate(...held).loss).toBe(least);
  });

  test('a method without a rate is told of one that has', async () => {
    const raw = X.map((row) => row.map((v, i) => 50 + 30 * v * (i + 1)));
    const { history } = await outcome(regression(16, 'relu'), raw, Y, { method: rprop({ first: 1e4, most: 1e6 }), epochs: 50 });
    expect(history.reason).toBe('diverged');
    const rate = Number(/method: sgd\(\{ rate: ([\d.e+-]+) \}\)/.exec(history.advice!)![1]);
    const good = await outcome(regression(16, 'relu'), raw, Y, { method: sgd({ rate }), epochs: 50 });
    expect(good.history.reason).toBe('epochs');
    expect(good.after).toBeLessThan(good.before);
  });

  test('partialFit: reported where the loss has grown, and momenta are forgotten', async () => {
    using net = await Network.create(regression(16, 'tanh'));
    for (let k = 0; k < 30; k++) expect((await net.partialFit(X, Y)).reason).toBe('epochs');
    const learned = net.evaluate(X, Y).loss;
    const bad = await net.partialFit(X, Y, { method: sgd({ rate: 1 }), epochs: 5 });
    expect(bad.reason).toBe('diverged');
    expect(net.evaluate(X, Y).loss).toBeLessThanOrEqual(learned);
    const good = await net.partialFit(X, Y, { method: sgd(), epochs: 5 });
    expect(good.reason).toBe('epochs');
    expect(net.evaluate(X, Y).loss).toBeLessThan(2 * learned);
  });
});

describe('no divergence', () => {
  const fits: [string, FitOptions][] = [
    ['row by row', { method: sgd({ rate: 0.003 }), batchSize: 1 }],
    ['emphasis', { method: sgd({ rate: 0.01 }), order: 'emphasize' }],
    ['weight decay', { method: sgd({ rate: 0.01, weightDecay: 0.1 }) }],
    ['a falling rate', { method: sgd({ rate: schedules.exponential({ rate: 0.02 }) }) }],
    ['adam', { method: adam({ rate: 0.05 }), batchSize: 4 }],
  ];
  test.each(fits)('%s', async (_, fit) => {
    for (const seed of [1, 2, 3]) {
      const { history } = await outcome(regression(16, 'tanh', seed), X, Y, { epochs: 30, ...fit });
      expect(history.reason).toBe('epochs');
    }
  });

  test('a fit that goes on from next to nothing, and rows that change their scale', async () => {
    using net = await Network.create(regression(16, 'tanh'));
    const few: [number[][], number[][]] = [X.slice(0, 12), Y.slice(0, 12)];
    await net.fit(...few, { method: rprop(), epochs: 2000 });
    expect(net.evaluate(...few).loss).toBeLessThan(1e-6);
    expect((await net.partialFit(...few, { method: adam({ rate: 0.01 }), epochs: 20 })).reason).toBe('epochs');
    for (const scale of [1, 3, 10, 30]) {
      const grown = Y.map(([v]) => [scale * v!]);
      expect((await net.partialFit(X, grown, { method: adam({ rate: 0.01 }), epochs: 3 })).reason).toBe('epochs');
    }
  });
});

describe('nothing was learned', () => {
  const sigmoids = (
    hidden: number[],
    loss: 'meanSquaredError' | 'binaryCrossEntropy',
    activation: Activation,
  ): NetworkOptions => ({
    inputs: 2,
    layers: [...hidden.map((units) => dense(units, { activation })), dense(1, { activation: 'sigmoid' })],
    loss,
    seed: 3,
  });

  test.each(['meanSquaredError', 'binaryCrossEntropy'] as const)(
    'layers of sigmoids, %s: taken, the advice learns',
    async (loss) => {
      for (const hidden of [[10], [10, 10], [10, 10, 10]]) {
        const constant = loss === 'meanSquaredError' ? 0.25 : Math.log(2);
        const bad = await outcome(sigmoids(hidden, loss, 'sigmoid'), XOR, ODD, { method: sgd(), epochs: 100 });
        expect(bad.after).toBeGreaterThan(0.9 * constant);
        const { advice } = bad.history;
        expect(advice).toMatch(/nothing was learned.*; try .*tried/);
        const activation = advice!.includes("activation: 'lecunTanh' for hidden layers") ? 'lecunTanh' : 'sigmoid';
        const fit: FitOptions = advice!.includes('method: rprop() for 1000 epochs')
          ? { method: rprop(), epochs: 1000 }
          : { method: sgd(), epochs: 100 };
        const good = await outcome(sigmoids(hidden, loss, activation), XOR, ODD, fit);
        expect(good.after).toBeLessThan(0.5 * constant);
        expect(good.history.advice).toBeUndefined();
      }
    },
  );

  test('raw inputs and targets: both are to be scaled, by name', async () => {
    const x = Array.from({ length: 100 }, (_, i) => [i]);
    const y = x.map(([v]) => [200 + 50 * Math.sin(v! / 16)]);
    const made: NetworkOptions = {
      inputs: 1,
      layers: [dense(10, { activation: 'tanh' }), dense(1)],
      loss: 'meanSquaredError',
      seed: 1,
    };
    for (const method of [sgd(), adam()]) {
      const fit: FitOptions = { method, epochs: 500 };
      const bad = await outcome(made, x, y, fit);
      expect(bad.after).toBeGreaterThan(0.9 * variance(y));
      expect(bad.history.advice).toMatch(
        /inputs of mean 0 and variance 1, by normalize\.scale\(\) \(column 0 .*targets of mean 0/,
      );
      const [mx, my] = [await normalize.scale().fit(x), await normalize.scale().fit(y)];
      using net = await Network.create(made);
      await net.fit(mx.apply(x), my.apply(y), fit);
      expect(net.evaluate(mx.apply(x), my.apply(y)).loss).toBeLessThan(0.5);
    }
  });

  test('a rate that is too low: another method learns', async () => {
    const bad = await outcome(regression(16, 'tanh'), X, Y, { method: sgd({ rate: 1e-9 }), epochs: 30 });
    expect(bad.history.advice).toMatch(/try method: rprop\(\) for 1000 epochs/);
    const good = await outcome(regression(16, 'tanh'), X, Y, { method: rprop(), epochs: 1000 });
    expect(good.after).toBeLessThan(0.5 * variance(Y));
  });

  test('targets that have nothing to do with the inputs: it says that others do no better', async () => {
    const dice = Array.from({ length: 160 }, () => [noise.normal()]);
    const { history } = await outcome(regression(2, 'tanh'), X, dice, { method: sgd(), epochs: 20 });
    expect(history.advice).toMatch(/nothing was learned.*do no better/);
  });

  test('the trials leave weights, and the bits of what follows, alone', async () => {
    using told = await Network.create(regression(4, 'tanh'));
    using twin = await Network.create(regression(4, 'tanh'));
    const one = await told.fit(X, Y, { method: sgd({ rate: 1e-6 }), epochs: 20 });
    expect(one.advice).toBeDefined();
    for (let k = 0; k < 20; k++) await twin.partialFit(X, Y, { method: sgd({ rate: 1e-6 }) });
    expect(told.getWeights()).toEqual(twin.getWeights());
  });
});

test('a fit of a few epochs on a few rows, one of many in a loop, is not looked at', async () => {
  const { history } = await outcome(regression(4, 'tanh'), X, Y, { method: sgd({ rate: 1e-6 }), epochs: 3 });
  expect(history.advice).toBeUndefined();
});

describe('targets beyond the last layer', () => {
  const net = (activation: Activation, loss: 'meanSquaredError' | 'meanAbsoluteError' = 'meanSquaredError'): NetworkOptions => ({
    inputs: 1,
    layers: [dense(5, { activation: 'tanh' }), dense(1, { activation })],
    loss,
    seed: 1,
  });
  const x = [[0], [0.5], [1]];

  test.each([
    ['sigmoid', [3, 4, 6]],
    ['tanh', [2, 3, 4]],
    ['lecunTanh', [-2, -3, 2]],
    ['relu', [-1, -2, -3]],
    ['elu', [-1.5, -2, -3]],
  ] as [Activation, number[]][])('%s: an error where not one is within, and nothing has changed', async (activation, y) => {
    using one = await Network.create(net(activation));
    const before = one.getWeights();
    await expect(one.fit(x, y, { epochs: 5 })).rejects.toThrow(DataError);
    await expect(one.fit(x, y, { epochs: 5 })).rejects.toThrow(new RegExp(`${activation} of the last layer.*dense\\(1\\)`));
    expect(one.getWeights()).toEqual(before);
  });

  test('one on the bound is within: advice instead, which learns', async () => {
    for (const [activation, y] of [
      ['tanh', [0, 2, 4]],
      ['sigmoid', [1, 3, 5]],
      ['relu', [-3, -1, 0]],
    ] as [Activation, number[]][]) {
      for (const fit of [
        { epochs: 2000, method: sgd() },
        { epochs: 100, method: bfgs() },
      ] satisfies FitOptions[]) {
        const targets = y.map((v) => [v]);
        const bad = await outcome(net(activation), x, targets, fit);
        expect(bad.history.advice).toMatch(/linear/);
        const good = await outcome(net('linear'), x, targets, fit);
        expect(good.after).toBeLessThan(0.5 * variance(targets));
        expect(good.history.advice).toBeUndefined();
      }
    }
  });

  test('smoothed and absolute ones count as numbers, labels do not', async () => {
    using one = await Network.create(net('tanh', 'meanAbsoluteError'));
    await expect(one.fit(x, [5, 6, 7], { epochs: 1 })).rejects.toThrow(DataError);
    using signs = await Network.create({ inputs: 1, layers: [dense(1, { activation: 'relu' })], loss: 'hinge', seed: 1 });
    expect((await signs.fit(x, [-1, -1, -1], { epochs: 1 })).reason).toBe('epochs');
  });
});

describe('no false alarms, and suggestions', () => {
  test('a fit that went well hears nothing', async () => {
    for (const seed of [1, 2, 3]) {
      const { history } = await outcome(regression(16, 'tanh', seed), X, Y, { method: sgd(), epochs: 100 });
      expect(history.advice).toBeUndefined();
    }
  });

  test('one that went well on raw columns hears of scaling, as a suggestion', async () => {
    const raw = X.map((row) => row.map((v) => 40 * v));
    const { history, after } = await outcome({ ...regression(16, 'tanh'), precision: 'float64' }, raw, Y, {
      method: rprop(),
      epochs: 600,
    });
    expect(after).toBeLessThan(0.5 * variance(Y));
    expect(history.advice).toMatch(/^column \d of the inputs has .*faster and more reliable/);
  });

  test('dead units are counted', async () => {
    using net = await Network.create(regression(6, 'relu'));
    const [kernel, bias, ...rest] = net.getWeights();
    for (const unit of [0, 1, 3, 5]) bias![unit] = -1000;
    net.setWeights([kernel!, bias!, ...rest]);
    const { advice } = await net.fit(X, Y, { method: sgd(), epochs: 100 });
    expect(advice).toMatch(/4 of the 6 relu units of layer 0 give the same output for all samples/);
  });

  test('in chunks, the last one at hand speaks; methods of the whole set are not advised', async () => {
    using net = await Network.create(regression(8, 'tanh'));
    const { advice } = await net.fit(() => [{ X, Y }], { method: sgd({ rate: 1e-9 }), epochs: 5 });
    expect(advice).toMatch(/nothing was learned.*try method: adam\(\{ rate: 0\.01 \}\) for 100 epochs \(tried/);
    expect(advice).not.toMatch(/rprop/);
  });
});

describe('a few rows', () => {
  const tanh2 = (seed: number): NetworkOptions => ({
    inputs: 2,
    layers: [dense(2, { activation: 'tanh' }), dense(1, { activation: 'sigmoid' })],
    loss: 'binaryCrossEntropy',
    seed,
  });

  test('of which some were not learned: another seed, and it does', async () => {
    let told = 0;
    for (const seed of [1, 2, 3, 13, 14, 15]) {
      const { history, after } = await outcome(tanh2(seed), XOR, ODD, {});
      const stuck = after > 0.1 * Math.log(2);
      if (!stuck) expect(history.advice).toBeUndefined();
      const other = /local minimum; try seed: (\d+) \(tried/.exec(history.advice ?? '')?.[1];
      if (other === undefined) continue;
      expect(stuck).toBe(true);
      told++;
      expect((await outcome(tanh2(Number(other)), XOR, ODD, {})).after).toBeLessThan(0.5 * after);
    }
    expect(told).toBeGreaterThan(1);
  });

  test('and hidden layers without an activation: that they are linear, and one that learns', async () => {
    const linear = { ...tanh2(1), layers: [dense(8), dense(1, { activation: 'sigmoid' })] };
    const { history } = await outcome(linear, XOR, ODD, {});
    expect(history.advice).toMatch(
      /no hidden layer has an activation: the network is a linear one; try activation: 'lecunTanh' for hidden layers, instead of linear/,
    );
  });

  test('that say nothing of their targets: no other seed is named', async () => {
    const twice = [...XOR, ...XOR];
    const both = [...ODD, ...ODD.map(([y]) => [1 - y!])];
    const half = twice.map((row, i) => [...row, i < 2 ? 1 : 0]);
    const made = { ...tanh2(2), inputs: 3 };
    const { history } = await outcome(made, half, both, {});
    expect(history.advice ?? '').not.toMatch(/local minimum/);
  });
});

test('targets that are all the same are told, of numbers and of classes', async () => {
  const said = /^all targets are the same, so that there is nothing to learn but that constant$/;
  for (const [loss, activation, outputs, target] of [
    ['meanSquaredError', 'linear', 2, [3, -1]],
    ['crossEntropy', 'softmax', 2, [0, 1]],
    ['binaryCrossEntropy', 'sigmoid', 1, [1]],
  ] as const) {
    const layers = [dense(3, { activation: 'tanh' }), dense(outputs, { activation })];
    using net = await Network.create({ inputs: 4, layers, loss, seed: 1 });
    const same = X.map((): number[] => [...target]);
    expect((await net.fit(X, same)).advice).toMatch(said);
    const other = same.with(
      7,
      same[7]!.map((t) => 1 - t),
    );
    expect((await net.fit(X, other)).advice ?? '').not.toMatch(said);
  }
});
