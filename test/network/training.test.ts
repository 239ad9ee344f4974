// What training does to the weights, against twins in plain float64, closed forms and laws.

import { describe, expect, test } from 'vitest';
import {
  type Activation,
  type LastBatch,
  type Loss,
  Network,
  type NetworkOptions,
  dataset,
  dense,
  sgd,
} from '../../src/index.js';
import { draws, normals } from '../data/synthetic.js';
import { Twin, type TwinLayer, batchesOf, distance } from './twin.js';

const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 };

const XOR = {
  X: [
    [-1, -1],
    [-1, 1],
    [1, -1],
    [1, 1],
  ],
  y: [0, 1, 1, 0],
};

function flat(weights: readonly ArrayLike<number>[]): number[] {
  return weights.flatMap((w) => Array.from(w));
}

test.each(['float32', 'float64'] as const)('XOR is learned in %s', async (precision) => {
  const layers = [dense(8, { activation: 'lecunTanh' }), dense(2, { activation: 'softmax' })];
  const net = await Network.create({ inputs: 2, layers, loss: 'crossEntropy', precision, seed: 3 });
  const history = await net.fit(XOR.X, XOR.y, { method: sgd({ rate: 0.1 }), epochs: 300, batchSize: 'full' });
  expect(net.evaluate(XOR.X, XOR.y)).toMatchObject({ accuracy: 1 });
  expect(history).toMatchObject({ reason: 'epochs', epochs: 300, bestEpoch: 300, evaluations: 300, seed: 3, validationLoss: [] });
  expect(history.loss).toHaveLength(300);
  expect(history.loss.at(-1)).toBeLessThan(history.loss[0]! / 10);
  net.dispose();
});

test('a linear network trained to the end is the least squares solution', async () => {
  // Design [1 x₁ x₂] with orthogonal columns, so that the solution is (Xᵀt)/(column's square).
  const X = [
    [-2, 1],
    [-1, -1],
    [1, -1],
    [2, 1],
    [0, 2],
    [0, -2],
  ];
  const T = [1, -3, 2.5, 4, 0.25, -2].map((t) => [t, 2 - 3 * t]);
  const columns = [X.map(() => 1), X.map((x) => x[0]!), X.map((x) => x[1]!)];
  const solve = (o: number) => columns.map((c) => c.reduce((s, v, r) => s + v * T[r]![o]!, 0) / c.reduce((s, v) => s + v * v, 0));
  const [first, second] = [solve(0), solve(1)] as [number[], number[]];
  const net = await Network.create({ inputs: 2, layers: [dense(2)], loss: 'meanSquaredError', precision: 'float64', seed: 1 });
  const history = await net.fit(X, T, {
    method: sgd({ rate: 0.2, momentum: 0.5 }),
    epochs: 2000,
    batchSize: 'full',
    minGradient: 1e-13,
  });
  expect(history.reason).toBe('minGradient');
  // |w − w*| ≤ |g|/λ_min, the least eigenvalue of the Hessian (2/2 outputs)·XᵀX/N being 1.
  const solution = [
    [first[1]!, second[1]!, first[2]!, second[2]!],
    [first[0]!, second[0]!],
  ];
  expect(distance(net.getWeights(), solution)).toBeLessThan(1e-11);
  net.dispose();
});

describe('steps are those of a twin in plain numbers', () => {
  const rules = [
    { name: 'plain', rate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 },
    { name: 'momentum', rate: 0.05, momentum: 0.8, nesterov: false, weightDecay: 0 },
    { name: 'Nesterov', rate: 0.05, momentum: 0.8, nesterov: true, weightDecay: 0 },
    { name: 'plain with decay', rate: 0.1, momentum: 0, nesterov: false, weightDecay: 0.3 },
    { name: 'momentum with decay', rate: 0.05, momentum: 0.8, nesterov: false, weightDecay: 0.3 },
    { name: 'Nesterov with decay', rate: 0.05, momentum: 0.8, nesterov: true, weightDecay: 0.3 },
  ];
  const nets: { hidden: Activation; out: Activation; loss: Loss; outputs: number; bias: boolean }[] = [
    { hidden: 'tanh', out: 'linear', loss: 'meanSquaredError', outputs: 2, bias: true },
    { hidden: 'lecunTanh', out: 'softmax', loss: 'crossEntropy', outputs: 3, bias: true },
    { hidden: 'relu', out: 'sigmoid', loss: 'binaryCrossEntropy', outputs: 2, bias: false },
    { hidden: 'sigmoid', out: 'linear', loss: 'hinge', outputs: 1, bias: true },
    { hidden: 'tanh', out: 'tanh', loss: 'meanAbsoluteError', outputs: 2, bias: false },
  ];

  function targetsFor(loss: Loss, rows: number, outputs: number): number[][] {
    const draw = draws(11);
    return Array.from({ length: rows }, () => {
      const c = draw.below(Math.max(outputs, 2));
      return Array.from({ length: outputs }, (_, j) => {
        if (loss === 'crossEntropy') return j === c ? 1 : 0;
        if (loss === 'binaryCrossEntropy') return draw.below(2);
        return loss === 'hinge' ? (c === 1 ? 1 : -1) : draw.normal();
      });
    });
  }

  // 13 rows in batches of 5 are 5, 4, 4, or 5, 5 and a rest of 3; batch 1 takes the path of one sample at a time; a wide layer
  // (over 16 KiB of parameters) has others, which take a kernel block by block.
  for (const { hidden, out, loss, outputs, bias } of nets) {
    for (const { name, ...rule } of rules) {
      test(`${loss}, ${name}`, async () => {
        const X = normals(5, 13, 3);
        const T = targetsFor(loss, 13, outputs);
        for (const [batchSize, units, lastBatch] of [
          [13, 4],
          [5, 4],
          [5, 4, 'short'],
          [5, 4, 'drop'],
          [1, 4],
          [1, 64],
          [13, 500],
          [5, 500],
          [5, 500, 'short'],
          [5, 500, 'drop'],
          [1, 500],
        ] as [number, number, LastBatch?][]) {
          const twinLayers: TwinLayer[] = [
            { units, activation: hidden, bias },
            { units: outputs, activation: out, bias },
          ];
          const layers = twinLayers.map((layer) => dense(layer.units, { activation: layer.activation, bias }));
          const rate = (rule.rate * 4) / units; // the wider, the more curved
          const net = await Network.create({ inputs: 3, layers, loss, precision: 'float64', seed: 2 });
          const twin = new Twin(3, twinLayers, loss, net.getWeights());
          const epochs = 3;
          const history = await net.fit(X, T, {
            method: sgd({ ...rule, rate }),
            epochs,
            batchSize,
            ...(lastBatch && { lastBatch }),
            order: 'sequential',
          });
          const batches = batchesOf(13, batchSize, lastBatch);
          const used = batches.at(-1)![1];
          const losses: number[] = [];
          for (let e = 0; e < epochs; e++) {
            let sum = 0;
            for (const [from, to] of batches) {
              const [x, t] = [X.slice(from, to), T.slice(from, to)];
              sum += twin.meanLoss(x, t) * x.length;
              twin.step(twin.gradient(x, t), rate, rule.momentum, rule.nesterov, rule.weightDecay);
            }
            losses.push(sum / used);
          }
          // Up to 39 steps, each with sums of at most 500 terms of order 1: some 10^4 roundings at worst, times the growth of
          // a difference along the way, which is below 100 at these rates.
          const tolerance = 1e6 * EPSILON.float64;
          expect(distance(net.getWeights(), twin.weights)).toBeLessThan(tolerance);
          expect(distance([history.loss], [losses])).toBeLessThan(tolerance);
          expect(history.evaluations).toBeCloseTo((epochs * used) / 13, 12);
          net.dispose();
        }
      });
    }
  }
});

test('a step by hand: one weight, one bias, two samples', async () => {
  // a = w·x + b with w = 2, b = 1; samples (1 → 0), (3 → 5): errors 3 and 2, loss (9 + 4)/2.
  // ∂/∂w = 2(3·1 + 2·3)/2 = 9, ∂/∂b = 2(3 + 2)/2 = 5. Powers of two make every number exact.
  const net = await Network.create({ inputs: 1, layers: [dense(1)], loss: 'meanSquaredError', seed: 1 });
  const once = async (options: Parameters<typeof sgd>[0]) => {
    net.setWeights([[2], [1]]);
    const { loss } = await net.fit([1, 3], [0, 5], { method: sgd(options), epochs: 1, batchSize: 2 });
    expect(loss).toEqual([6.5]);
    return flat(net.getWeights());
  };
  expect(await once({ rate: 0.125, momentum: 0 })).toEqual([2 - 9 / 8, 1 - 5 / 8]);
  expect(await once({ rate: 0.125, momentum: 0.5 })).toEqual([2 - 9 / 8, 1 - 5 / 8]);
  expect(await once({ rate: 0.125, momentum: 0.5, nesterov: true })).toEqual([2 - (1.5 * 9) / 8, 1 - (1.5 * 5) / 8]);
  // The decay adds λ·w to the kernel's gradient, not to the bias's.
  expect(await once({ rate: 0.125, momentum: 0, weightDecay: 0.25 })).toEqual([2 - 9.5 / 8, 1 - 5 / 8]);
  net.dispose();
});

test('a rate that depends on the epoch is asked for each epoch, from 0', async () => {
  const net = await Network.create({ inputs: 1, layers: [dense(1)], loss: 'meanSquaredError', precision: 'float64', seed: 1 });
  const twin = new Twin(1, [{ units: 1, activation: 'linear', bias: true }], 'meanSquaredError', net.getWeights());
  const [X, T] = [
    [[1], [-2], [0.5]],
    [[2], [0], [1]],
  ];
  const asked: number[] = [];
  const told: number[] = [];
  const rate = (epoch: number) => {
    asked.push(epoch);
    return 0.1 / (1 + epoch);
  };
  await net.fit(X, T, { method: sgd({ rate, momentum: 0 }), epochs: 4, batchSize: 'full', onEpoch: (p) => told.push(p.rate) });
  for (let e = 0; e < 4; e++) twin.step(twin.gradient(X, T), 0.1 / (1 + e));
  expect(asked).toEqual([0, 1, 2, 3]);
  expect(told).toEqual([0.1, 0.05, 0.1 / 3, 0.025]);
  expect(distance(net.getWeights(), twin.weights)).toBeLessThan(1e-13);
  net.dispose();
});

describe('one seed', () => {
  const options = (more: Partial<NetworkOptions>): NetworkOptions => ({
    inputs: 3,
    layers: [dense(7, { activation: 'tanh' }), dense(2, { activation: 'softmax' })],
    loss: 'crossEntropy',
    seed: 5,
    ...more,
  });
  const X = normals(9, 50, 3);
  const Y = X.map(([a, b]) => (a! + b! > 0 ? 1 : 0));
  const trained = async (more: Partial<NetworkOptions> = {}, fitSeed?: number) => {
    const net = await Network.create(options(more));
    const initial = flat(net.getWeights());
    const seed = fitSeed === undefined ? {} : { seed: fitSeed };
    const history = await net.fit(X, Y, { epochs: 5, batchSize: 8, validation: 0.2, ...seed });
    const result = { initial, final: flat(net.getWeights()), history };
    net.dispose();
    return result;
  };

  test('gives the same bits, another one others', async () => {
    for (const precision of ['float32', 'float64'] as const) {
      const [a, b, c] = [await trained({ precision }), await trained({ precision }), await trained({ precision, seed: 6 })];
      expect(b.initial).toEqual(a.initial);
      expect(b.final).toEqual(a.final);
      expect(b.history.loss).toEqual(a.history.loss);
      expect(b.history.validationLoss).toEqual(a.history.validationLoss);
      expect(c.initial).not.toEqual(a.initial);
      expect(c.final).not.toEqual(a.final);
    }
  });

  test('the seed of fit changes order and split, not the initial weights; by default it is the network’s', async () => {
    const [a, same, other] = [await trained(), await trained({}, 5), await trained({}, 6)];
    expect(same.final).toEqual(a.final);
    expect(other.initial).toEqual(a.initial);
    expect(other.final).not.toEqual(a.final);
    expect([a.history.seed, other.history.seed]).toEqual([5, 6]);
  });

  test('a seed beyond 32 bits counts as a whole', async () => {
    const [a, b] = [await trained({ seed: 5 }), await trained({ seed: 5 + 2 ** 32 })];
    expect(b.initial).not.toEqual(a.initial);
    await trained({ seed: Number.MAX_SAFE_INTEGER });
  });

  test('float32 starts where float64 does, but for rounding', async () => {
    const [single, double] = [await trained({ precision: 'float32' }), await trained({ precision: 'float64' })];
    double.initial.forEach((w, i) => {
      // The generator's logarithm and root, in float32, are good to a few units in the last place.
      expect(Math.abs(single.initial[i]! - w)).toBeLessThanOrEqual(16 * EPSILON.float32 * Math.max(Math.abs(w), 2 ** -6));
    });
    expect(single.initial.filter((w) => w !== 0).length).toBe(3 * 7 + 7 + 7 * 2); // biases of the last layer begin at 0
  });

  test('without a seed one is drawn, and repeats the run', async () => {
    const { seed: _, ...unseeded } = options({});
    const [a, b] = [await Network.create(unseeded), await Network.create(unseeded)];
    expect(a.seed).not.toBe(b.seed);
    const again = await Network.create({ ...unseeded, seed: a.seed });
    expect(again.getWeights()).toEqual(a.getWeights());
    for (const net of [a, b, again]) net.dispose();
  });

  test('one layer’s size leaves the first weights of the others alone', async () => {
    const a = await Network.create({ inputs: 3, layers: [dense(4), dense(5), dense(1)], loss: 'meanSquaredError', seed: 8 });
    const b = await Network.create({ inputs: 3, layers: [dense(4), dense(6), dense(1)], loss: 'meanSquaredError', seed: 8 });
    expect(b.getWeights()[0]).toEqual(a.getWeights()[0]);
    a.dispose();
    b.dispose();
  });
});

describe('batches', () => {
  const X = normals(21, 23, 2);
  const T = X.map(([a, b]) => [a! * b!]);
  const fitted = async (batchSize: number | 'full', order: 'shuffle' | 'sequential' = 'shuffle') => {
    const layers = [dense(6, { activation: 'tanh' }), dense(1)];
    const net = await Network.create({ inputs: 2, layers, loss: 'meanSquaredError', seed: 4 });
    const history = await net.fit(X, T, { epochs: 4, batchSize, order });
    const weights = flat(net.getWeights());
    net.dispose();
    return { weights, history };
  };

  test('every size from 1 to N learns, in either order', async () => {
    for (const order of ['shuffle', 'sequential'] as const) {
      for (let batchSize = 1; batchSize <= 23; batchSize++) {
        const { history, weights } = await fitted(batchSize, order);
        expect(history.loss.at(-1)).toBeLessThan(history.loss[0]!);
        expect(history.evaluations).toBe(4);
        expect(weights.every(Number.isFinite)).toBe(true);
      }
    }
  });

  test('more than there are samples counts as full, and full is never shuffled', async () => {
    const full = await fitted('full');
    expect((await fitted(24)).weights).toEqual(full.weights);
    expect((await fitted(1e9)).weights).toEqual(full.weights);
    expect((await fitted(23)).weights).toEqual(full.weights);
    expect((await fitted('full', 'sequential')).weights).toEqual(full.weights);
  });

  test('shuffling takes another order each epoch, and every sample once', async () => {
    // Inputs are rows of the identity and there is no bias: the loss is 0 for samples that were learned already, so a rate
    // that solves a sample in one step makes the order visible: each row's weight moves once, when its turn comes.
    const N = 12;
    const identity = Array.from({ length: N }, (_, r) => Array.from({ length: N }, (_, c) => (r === c ? 1 : 0)));
    const net = await Network.create({
      inputs: N,
      layers: [dense(1, { bias: false })],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed: 1,
    });
    net.setWeights([new Array(N).fill(0)]);
    // One step on row r with rate ½ sets w_r to t_r exactly.
    const { loss } = await net.fit(
      identity,
      identity.map((_, r) => [r + 1]),
      { method: sgd({ rate: 0.5, momentum: 0 }), epochs: 1, batchSize: 1 },
    );
    expect(flat(net.getWeights())).toEqual(identity.map((_, r) => r + 1));
    expect(loss[0]).toBeCloseTo(
      identity.reduce((s, _, r) => s + (r + 1) ** 2 / N, 0),
      12,
    );
    net.dispose();
    // And two epochs differ in order: with a target that batch order matters for, one epoch twice is not the same as two.
    const [shuffled, sequential] = [await fitted(5), await fitted(5, 'sequential')];
    expect(shuffled.weights).not.toEqual(sequential.weights);
  });

  test('a fit that goes on does not repeat the order of its first epoch', async () => {
    // Rows whose order decides where descent ends: alternate targets on one input.
    const x = Array.from({ length: 8 }, () => [1]);
    const t = Array.from({ length: 8 }, (_, r) => [2 ** r]);
    const net = await Network.create({
      inputs: 1,
      layers: [dense(1, { bias: false })],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed: 1,
    });
    const ends = new Set<number>();
    await net.fit(x, t, {
      method: sgd({ rate: 0.5, momentum: 0 }), // after a step the weight is the last target
      epochs: 10,
      batchSize: 1,
      onEpoch: () => ends.add(net.getWeights()[0]![0]!),
    });
    expect(ends.size).toBeGreaterThan(1);
    for (const end of ends) expect(t.map(([v]) => v)).toContain(end);
    net.dispose();
  });
});

test('a dataset serves several fits and networks, in either precision, and is left as it was', async () => {
  const X = normals(31, 40, 2);
  const y = X.map(([a]) => (a! > 0 ? 1 : 0));
  const data = dataset(X, y);
  for (const precision of ['float32', 'float64'] as const) {
    const create = () =>
      Network.create({
        inputs: 2,
        layers: [dense(4, { activation: 'tanh' }), dense(2, { activation: 'softmax' })],
        loss: 'crossEntropy',
        precision,
        seed: 1,
      });
    const [a, b] = [await create(), await create()];
    const ha = await a.fit(data, { epochs: 3 });
    const hb = await b.fit(X, y, { epochs: 3 });
    expect(ha.loss).toEqual(hb.loss);
    expect(a.getWeights()).toEqual(b.getWeights());
    expect(a.evaluate(data)).toEqual(b.evaluate(X, y));
    a.dispose();
    b.dispose();
  }
  // The same targets as numbers.
  const net = await Network.create({ inputs: 2, layers: [dense(1)], loss: 'meanSquaredError', seed: 1 });
  await net.fit(data, { epochs: 2 });
  net.dispose();
  data.dispose();
  expect(() => net.evaluate(data)).toThrow();
});
