// What weights mean in batches: a step goes along Σ w·g/(rows of the batch × mean weight of the set), whatever its size and path.

import { describe, expect, test } from 'vitest';
import {
  type FitOptions,
  Network,
  type NetworkOptions,
  adam,
  autoRate,
  dense,
  emphasize,
  growing,
  init,
  schedules,
  sgd,
  stochasticDiagonalLM,
} from '../../src/index.js';
import { normals } from '../data/synthetic.js';
import { workersFor } from '../threads/support.js';
import { Twin, batchesOf, distance } from './twin.js';

const N = 40;
const X = normals(17, N, 3);
const T = X.map(([a, b, c]) => [a! * b!, Math.sin(c!)]);
// Some weigh nothing: all of a batch of four do, and single ones.
const W = X.map((_, r) => (r < 4 || r % 7 === 0 ? 0 : (r % 5) + 0.25));
const MEAN = W.reduce((a, b) => a + b) / N;
const RATE = 0.01;

const twinLayers = (units: number) =>
  [
    { units, activation: 'tanh', bias: true },
    { units: 2, activation: 'linear', bias: true },
  ] as const;

const create = (units: number, options: Partial<NetworkOptions> = {}) =>
  Network.create({
    inputs: 3,
    layers: twinLayers(units).map((layer) => dense(layer.units, { activation: layer.activation })),
    loss: 'meanSquaredError',
    precision: 'float64',
    seed: 3,
    threads: 1,
    ...options,
  });

/** Steps of the twin through an epoch, rows in their order. */
function learn(twin: Twin, rate: number, momentum: number, batchSize: number, mean = MEAN, from = 0, to = N): void {
  for (const [a, b] of batchesOf(to - from, batchSize)) {
    const at = <E>(list: E[]) => list.slice(from + a, from + b);
    if (at(W).every((w) => w === 0)) continue; // teaches nothing
    twin.step(twin.gradient(at(X), at(T), at(W), (b - a) * mean), rate, momentum);
  }
}

/**
 * Paths of a step: small networks, large ones of which a step is fused or goes on one sample, steps that write their gradient
 * first.
 */
const PATHS: [string, number, FitOptions][] = [
  ['a small network', 5, {}],
  ['a small network, the gradient first', 5, { clip: { norm: 1e9 } }],
  ['a large network', 700, {}],
  ['a large network, the gradient first', 700, { clip: { value: 1e9 } }],
];

describe.each(PATHS)('the gradient of a step: %s', (_, units, around) => {
  test.each([1, 2, 3, 4, 8, 16, N])('batches of %i', async (batchSize) => {
    for (const momentum of [0, 0.9]) {
      const net = await create(units);
      const twin = new Twin(3, twinLayers(units), 'meanSquaredError', net.getWeights());
      const rate = (RATE * 5) / units;
      const options = { ...around, method: sgd({ rate, momentum }), epochs: 2, batchSize, order: 'sequential' } as const;
      const history = await net.fit(X, T, { ...options, sampleWeights: W });
      for (let e = 0; e < 2; e++) learn(twin, rate, momentum, batchSize);
      expect(distance(net.getWeights(), twin.weights)).toBeLessThan(1e-11);
      // Losses divide by the weights that were seen.
      if (batchSize === N) expect(history.loss[0]).toBeGreaterThan(0);
      net.dispose();
    }
  });
});

test('threads that share a step', async () => {
  await workersFor(2);
  for (const batchSize of [16, 20, N]) {
    const net = await create(90, { threads: 2 });
    const twin = new Twin(3, twinLayers(90), 'meanSquaredError', net.getWeights());
    await net.fit(X, T, { method: sgd({ rate: RATE / 18 }), epochs: 2, batchSize, order: 'sequential', sampleWeights: W });
    for (let e = 0; e < 2; e++) learn(twin, RATE / 18, 0.9, batchSize);
    expect(distance(net.getWeights(), twin.weights)).toBeLessThan(1e-11);
    net.dispose();
  }
});

describe('the mean of an epoch’s steps is the gradient of the set’s loss', () => {
  // Steps too small to change anything: in float64 twelve digits of them are left.
  const tiny = 1e-6;
  const moved = async (options: FitOptions, epochs: number) => {
    const net = await create(5);
    const before = net.getWeights();
    await net.fit(X, T, { method: sgd({ rate: tiny, momentum: 0 }), epochs, sampleWeights: W, ...options });
    const after = net.getWeights();
    net.dispose();
    return before.map((w, i) => Array.from(w, (v, j) => (v - after[i]![j]!) / tiny / epochs));
  };

  test.each([1, 2, 4, 5, 8, 10, 20])('batches of %i', async (batchSize) => {
    const full = await moved({ batchSize: 'full' }, 1);
    const steps = N / batchSize;
    for (const order of ['sequential', 'shuffle'] as const) {
      const found = (await moved({ batchSize, order }, 1)).map((g) => g.map((v) => v / steps));
      expect(distance(found, full)).toBeLessThan(1e-4);
    }
  });

  test('emphasis with importance weights: in the mean over epochs', async () => {
    const full = await moved({ batchSize: 'full' }, 1);
    const found = await moved({ batchSize: 4, order: emphasize({ importance: true, exponent: 0.5 }) }, 2000);
    const size = Math.max(...full.flat().map(Math.abs));
    expect(
      distance(
        found.map((g) => g.map((v) => v / 10)),
        full,
      ),
    ).toBeLessThan(0.05 * size);
  });
});

describe("classWeights 'balanced' on a constant input gives p = ½", () => {
  const labels = Array.from({ length: 64 }, (_, i) => Number(i % 8 === 3));
  const rows = labels.map(() => [1]);

  test.each([1, 2, 8, 32, 'full'] as const)('batches of %s', async (batchSize) => {
    for (const [method, loss] of [
      [sgd({ rate: schedules.cosine({ rate: 0.1 }), momentum: 0 }), 'binaryCrossEntropy'],
      [sgd({ rate: schedules.cosine({ rate: 0.02 }) }), 'crossEntropy'],
      [adam({ rate: schedules.cosine({ rate: 0.02 }) }), 'binaryCrossEntropy'],
      [adam({ rate: schedules.cosine({ rate: 0.02 }) }), 'crossEntropy'],
    ] as const) {
      const top = loss === 'crossEntropy' ? dense(2, { activation: 'softmax' }) : dense(1, { activation: 'sigmoid' });
      const net = await Network.create({ inputs: 1, layers: [top], loss, seed: 1 });
      await net.fit(rows, labels, { method, batchSize, epochs: batchSize === 'full' ? 2000 : 300, classWeights: 'balanced' });
      expect(Math.abs(net.predict([[1]]).at(-1)! - 0.5), `${method.name}, ${loss}`).toBeLessThan(0.05);
      net.dispose();
    }
  });
});

describe('chunks', () => {
  test('are measured by the mean of the rows so far, from the second epoch on by that of all', async () => {
    const net = await create(5);
    const twin = new Twin(3, twinLayers(5), 'meanSquaredError', net.getWeights());
    const cuts = [0, 12, 28, N];
    const chunks = () =>
      [0, 1, 2].map((i) => {
        const at = <E>(list: E[]) => list.slice(cuts[i]!, cuts[i + 1]);
        return { X: at(X), Y: at(T), sampleWeights: at(W) };
      });
    await net.fit(chunks, { method: sgd({ rate: RATE }), epochs: 3, batchSize: 4, order: 'sequential' });
    for (let e = 0; e < 3; e++) {
      for (let i = 0; i < 3; i++) {
        const to = cuts[i + 1]!;
        const far = e === 0 ? to : N;
        learn(twin, RATE, 0.9, 4, W.slice(0, far).reduce((a, b) => a + b) / far, cuts[i]!, to);
      }
    }
    expect(distance(net.getWeights(), twin.weights)).toBeLessThan(1e-12);
    net.dispose();
  });
});

test("weighting 'samples': a common factor counts, at every size", async () => {
  for (const batchSize of [1, 3, 8, 'full'] as const) {
    const [by, plain] = [await create(5), await create(5)];
    const options = { batchSize, epochs: 2 } as const;
    const sampleWeights = X.map(() => 3);
    await by.fit(X, T, { ...options, method: sgd({ rate: RATE, momentum: 0 }), sampleWeights, weighting: 'samples' });
    await plain.fit(X, T, { ...options, method: sgd({ rate: 3 * RATE, momentum: 0 }) });
    expect(distance(by.getWeights(), plain.getWeights())).toBeLessThan(1e-12);
    by.dispose();
    plain.dispose();
  }
});

describe('curvature of a sample is measured as steps are', () => {
  // a = w·x: the second derivative on a row is 2·x²·weight/mean.
  const rows = Array.from({ length: 8 }, (_, i) => [1 + i / 4]);
  const targets = rows.map(() => [0.5]);
  const weights = [0, 1, 2, 3, 4, 1, 0.5, 2];
  const mean = weights.reduce((a, b) => a + b) / 8;
  const single = (i: number) => (2 * rows[i]![0]! ** 2 * weights[i]!) / mean;
  const one = () =>
    Network.create({ inputs: 1, layers: [dense(1, { bias: false })], loss: 'meanSquaredError', precision: 'float64', seed: 1 });

  test('the diagonal of stochasticDiagonalLM, the eigenvalue of autoRate', async () => {
    await init({ precision: 'float64' });
    const seen = new Set<number>();
    for (let seed = 1; seed <= 30; seed++) {
      const common = { epochs: 1, batchSize: 4, sampleWeights: weights, seed };
      const net = await one();
      const { state } = await net.fitWithState(rows, targets, {
        ...common,
        method: stochasticDiagonalLM({ samples: 1, rate: 1e-9 }),
      });
      const h = state!.vectors.curvature![0]!;
      const row = rows.findIndex((_, i) => Math.abs(h - single(i)) < 1e-9 * (1 + h));
      expect(row, `curvature ${h}`).toBeGreaterThanOrEqual(0);
      seen.add(row);
      if (weights[row] === 0) continue;
      const again = await one();
      let rate = 0;
      const method = sgd({ rate: autoRate({ samples: 1 }), momentum: 0 });
      await again.fit(rows, targets, { ...common, method, onEpoch: (p) => (rate = p.rate) });
      expect(rate * single(row)).toBeCloseTo(1, 6);
      net.dispose();
      again.dispose();
    }
    expect(seen.size).toBeGreaterThan(4);
  });

  test('growing by variance: common factors of weights change nothing', async () => {
    const sizes = [];
    for (const factor of [1, 1000]) {
      const net = await create(5);
      const options = { batchSize: growing({ start: 2, by: 'variance' }), epochs: 6, sampleWeights: W.map((w) => w * factor) };
      sizes.push((await net.fitWithState(X, T, { ...options, method: sgd({ rate: 1e-3 }) })).state!.batchSize);
      net.dispose();
    }
    expect(sizes[1]).toBe(sizes[0]);
    expect(sizes[0]).toBeGreaterThan(2);
  });
});
