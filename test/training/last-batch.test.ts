// How the rows of an epoch are divided into batches: no row count is special.

import { afterAll, describe, expect, test } from 'vitest';
import { engineOf } from '../../bindings/load.js';
import { Arena, Reals } from '../../bindings/memory.js';
import {
  Classifier,
  type FitOptions,
  type LastBatch,
  type Moment,
  Network,
  OptionError,
  Regressor,
  crossValidate,
  dense,
  emphasize,
  growing,
  schedules,
  sgd,
} from '../../src/index.js';
import { deal, permutation } from '../../src/data/split.js';
import { Plan } from '../../src/plan/plan.js';
import { normals } from '../data/synthetic.js';
import { Twin, batchesOf, distance } from '../network/twin.js';

const engine = await engineOf('float64');
const { core } = engine;
const arena = new Arena();
afterAll(() => arena.dispose());

const CODES = { even: 0, short: 1, drop: 2 } as const;

/** Sizes of batches as a run divides its rows, and how many rows it leaves out. */
function divided(rows: number, batch: number, last: LastBatch) {
  const run = arena.allocate(core.runBytes());
  core.runOpen(run, plan.address, rows, batch, CODES[last], 0, 0, 0, 0, 0, 0, 0);
  const sizes: number[] = [];
  for (let k = 0, before = 0; k < core.runBatches(run); k++) {
    const after = core.runPositionAfter(run, k + 1);
    sizes.push(after - before);
    before = after;
  }
  const dropped = core.runDropped(run);
  const end = core.runPositionAfter(run, 2 ** 31 - 1);
  arena.release(run);
  return { sizes, dropped, end };
}

const theta = new Reals(arena, 'float64', 2);
const plan = new Plan(engine, arena, { inputs: 1, layers: [dense(1)], loss: 'meanSquaredError' }, theta, 1, true);

const PAIRS: [rows: number, batch: number][] = [];
for (let rows = 1; rows <= 70; rows++) for (let batch = 1; batch <= rows + 2; batch++) PAIRS.push([rows, batch]);
for (const rows of [97, 1009, 99_991, 2 ** 31 - 1])
  for (const batch of [1, 2, 31, 32, 96, 1000, 2 ** 31 - 1]) PAIRS.push([rows, batch]);

describe('sizes of batches', () => {
  test('even: they sum to N, number ⌈N/B⌉ and differ by one at most, larger ones first', () => {
    for (const [rows, batch] of PAIRS) {
      if (rows / batch > 2000) continue;
      const { sizes, dropped, end } = divided(rows, batch, 'even');
      const what = `${rows} rows, batches of ${batch}`;
      expect(
        sizes.reduce((a, b) => a + b),
        what,
      ).toBe(rows);
      expect(sizes.length, what).toBe(Math.ceil(rows / batch));
      expect(sizes[0]! - sizes.at(-1)!, what).toBeLessThanOrEqual(1);
      expect(sizes, what).toEqual([...sizes].sort((a, b) => b - a));
      expect(sizes[0]!, what).toBeLessThanOrEqual(batch);
      expect([dropped, end], what).toEqual([0, rows]);
    }
  });

  test('short and drop: whole batches, then what is left or nothing', () => {
    for (const [rows, batch] of PAIRS) {
      if (rows / batch > 2000) continue;
      const what = `${rows} rows, batches of ${batch}`;
      const whole = new Array<number>(Math.floor(rows / batch)).fill(batch);
      const rest = rows % batch;
      expect(divided(rows, batch, 'short'), what).toEqual({ sizes: rest ? [...whole, rest] : whole, dropped: 0, end: rows });
      expect(divided(rows, batch, 'drop'), what).toEqual({ sizes: whole, dropped: rest, end: rows - rest });
    }
  });

  test('those of the twin in plain numbers', () => {
    for (const last of ['even', 'short', 'drop'] as const) {
      for (const [rows, batch] of PAIRS.slice(0, 800)) {
        expect(batchesOf(rows, batch, last).map(([from, to]) => to - from)).toEqual(divided(rows, batch, last).sizes);
      }
    }
  });

  test('parts of a selection differ by one at most, with classes and without', () => {
    for (let rows = 2; rows <= 60; rows++) {
      const order = permutation(engine, rows, rows, 1);
      const classes = Array.from(order, (_, i) => (i % 7 < 3 ? 0 : i % 5));
      for (let parts = 2; parts <= Math.min(rows, 10); parts++) {
        for (const by of [undefined, classes]) {
          const sizes = deal(order, new Array<number>(parts).fill(1 / parts), by).map((part) => part.length);
          expect(sizes.reduce((a, b) => a + b)).toBe(rows);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }
      }
    }
  });
});

const X = normals(31, 37, 3);
const T = X.map(([a, b, c]) => [a! * b! - c!]);

async function network() {
  const layers = [dense(5, { activation: 'tanh' }), dense(1)];
  return Network.create({ inputs: 3, layers, loss: 'meanSquaredError', precision: 'float64', seed: 6 });
}

/** Samples before each step of a fit, as a schedule is told, and what the fit came to. */
async function watched(options: FitOptions, chunks?: () => [number[][], number[][]][]) {
  const net = await network();
  const moments: Moment[] = [];
  const rate = {
    name: 'watch',
    every: 'step' as const,
    rate: (moment: Moment) => {
      moments[moment.step] = moment;
      return 0.02;
    },
  };
  const given = { method: sgd({ rate, momentum: 0.5 }), ...options };
  const history = chunks ? await net.fit(chunks, { ...given, rows: 37 }) : await net.fit(X, T, given);
  const weights = net.getWeights();
  net.dispose();
  const before = moments.map(({ samples }) => samples);
  return { before, shares: moments.map(({ share }) => share), history, weights };
}

const begins = (rows: number, batch: number, last: LastBatch, epochs: number) => {
  const batches = batchesOf(rows, batch, last);
  const used = batches.at(-1)![1];
  return Array.from({ length: epochs }, (_, e) => batches.map(([from]) => e * used + from)).flat();
};

describe.each(['even', 'short', 'drop'] as const)('lastBatch %s', (lastBatch) => {
  test.each([
    ['shuffled', {}],
    ['sequential', { order: 'sequential' }],
    ['emphasised', { order: emphasize() }],
    ['with a validation part', { validation: 0.2 }],
    ['in the background', { background: true }],
  ] satisfies [string, FitOptions][])('a rate of the step is told the samples before it: %s', async (_, options) => {
    const rows = 'validation' in options ? 30 : 37;
    for (const batchSize of [4, 9, 16]) {
      const { before, shares, history } = await watched({ batchSize, lastBatch, epochs: 3, ...options });
      expect(before).toEqual(begins(rows, batchSize, lastBatch, 3));
      const used = batchesOf(rows, batchSize, lastBatch).at(-1)![1];
      expect(history.evaluations).toBeCloseTo((3 * used) / rows, 12);
      // An epoch is a third of the fit, whatever is left out of it.
      const steps = shares.length / 3;
      for (let e = 0; e < 3; e++) expect(shares[e * steps]).toBeCloseTo(e / 3, 12);
    }
  });

  test('growing batches', async () => {
    const { before, history } = await watched({ batchSize: growing({ start: 5, factor: 2 }), lastBatch, epochs: 5 });
    const sizes = [5, 10, 20, 37, 37];
    const expected: number[] = [];
    let presented = 0;
    for (const size of sizes) {
      const batches = batchesOf(37, size, lastBatch);
      for (const [from] of batches) expected.push(presented + from);
      presented += batches.at(-1)![1];
    }
    expect(before).toEqual(expected);
    expect(history.evaluations).toBeCloseTo(presented / 37, 12);
  });

  test('chunks are divided each by itself', async () => {
    const cuts = [0, 11, 14, 37];
    const chunks = [0, 1, 2].map((i) => [X, T].map((all) => all.slice(cuts[i]!, cuts[i + 1])) as [number[][], number[][]]);
    const { before, history, weights } = await watched({ batchSize: 4, lastBatch, epochs: 2, order: 'sequential' }, () => chunks);
    const whole = await network();
    const twin = new Twin(3, TWIN, 'meanSquaredError', whole.getWeights());
    whole.dispose();
    const expected: number[] = [];
    let presented = 0;
    const losses: number[] = [];
    for (let e = 0; e < 2; e++) {
      let [sum, used] = [0, 0];
      for (const [x, t] of chunks) {
        for (const [from, to] of batchesOf(x.length, 4, lastBatch)) {
          const [ownX, ownT] = [x.slice(from, to), t.slice(from, to)];
          sum += (to - from) * twin.meanLoss(ownX, ownT);
          used += to - from;
          twin.step(twin.gradient(ownX, ownT), 0.02, 0.5);
          expected.push(presented);
          presented += to - from;
        }
      }
      losses.push(sum / used);
    }
    expect(before).toEqual(expected);
    expect(distance(weights, twin.weights)).toBeLessThan(1e-12);
    expect(distance([history.loss], [losses])).toBeLessThan(1e-12);
    expect(history.evaluations).toBeCloseTo(presented / 37, 12);
  });
});

const TWIN = [
  { units: 5, activation: 'tanh', bias: true },
  { units: 1, activation: 'linear', bias: true },
] as const;

describe('drop', () => {
  test('a fit that falls to nothing over its epochs ends there', async () => {
    const net = await network();
    const rates: number[] = [];
    const method = sgd({ rate: schedules.cosine({ rate: 0.1 }) });
    await net.fit(X, T, { method, batchSize: 36, lastBatch: 'drop', epochs: 10, onEpoch: ({ rate }) => rates.push(rate) });
    for (const [e, rate] of rates.entries()) expect(rate).toBeCloseTo(0.05 * (1 + Math.cos((Math.PI * e) / 10)), 12);
    net.dispose();
  });

  test('other rows are left out in each epoch', async () => {
    // Inputs are the rows of the identity, without a bias: a weight moves where its row is used.
    const identity = Array.from({ length: 7 }, (_, r) => Array.from({ length: 7 }, (_, c) => Number(r === c)));
    const layers = [dense(1, { bias: false })];
    const net = await Network.create({ inputs: 7, layers, loss: 'meanSquaredError', precision: 'float64', seed: 1 });
    const left = new Set<number>();
    let before = net.getWeights()[0]!;
    await net.fit(identity, new Array(7).fill(100), {
      method: sgd({ rate: 1e-3, momentum: 0 }),
      batchSize: 3,
      lastBatch: 'drop',
      epochs: 60,
      onEpoch: () => {
        const now = net.getWeights()[0]!;
        const still = [...now.keys()].filter((i) => now[i] === before[i]);
        expect(still).toHaveLength(1);
        left.add(still[0]!);
        before = now;
      },
    });
    expect(left.size).toBe(7);
    net.dispose();
  });

  test('with no batch at all there is nothing to learn from, which is an error; a full batch is always one', async () => {
    const net = await network();
    const before = net.getWeights();
    const refused = expect.objectContaining({ name: 'OptionError', option: 'fit.lastBatch' });
    await expect(net.fit(X, T, { lastBatch: 'drop', batchSize: 38 })).rejects.toThrow(refused);
    await expect(net.fit(X.slice(0, 9), T.slice(0, 9), { lastBatch: 'drop', batchSize: 32 })).rejects.toThrow(refused);
    const small = () => [0, 5, 10].map((from) => [X.slice(from, from + 5), T.slice(from, from + 5)] as [number[][], number[][]]);
    await expect(net.fit(small, { lastBatch: 'drop', batchSize: 6, epochs: 2 })).rejects.toThrow(refused);
    expect(net.getWeights()).toEqual(before);
    expect((await net.fit(X, T, { lastBatch: 'drop', batchSize: 'full', epochs: 2 })).evaluations).toBe(2);
    expect((await net.fit(small, { lastBatch: 'drop', batchSize: 5, epochs: 2 })).evaluations).toBe(2);
    await expect(net.fit(X, T, { lastBatch: 'keep' as 'drop' })).rejects.toThrow(OptionError);
    net.dispose();
  });
});

describe('estimators', () => {
  test.each([8, 9, 17, 25])('%i rows are learned whatever their number leaves over', async (rows) => {
    const inputs = normals(7, rows, 1).map(([x]) => [x!]);
    const targets = inputs.map(([x]) => x! * x!);
    for (let seed = 0; seed < 12; seed++) {
      const model = await Regressor.fit(inputs, targets, { seed, hidden: 16, weightDecay: 0.01 });
      expect(model.evaluate(inputs, targets).r2, `seed ${seed}`).toBeGreaterThan(0.8);
      model.dispose();
    }
  });

  test('one row more than a batch, with folds', async () => {
    const inputs = normals(8, 33, 2);
    const targets = inputs.map(([a, b]) => (a! + b! > 0 ? 'up' : 'down'));
    const make = () => new Classifier({ seed: 1, hidden: 8, batchSize: 16, weightDecay: 0.01 });
    expect((await crossValidate(make, inputs, targets, { folds: 3 })).mean.accuracy).toBeGreaterThan(0.8);
  });
});
