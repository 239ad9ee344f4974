// Methods of second order on networks: they reach goals in few steps, stationary points of what they minimise, and keep the rules
// of every fit.

import { describe, expect, test } from 'vitest';
import { heap } from '../../bindings/memory.js';
import {
  Network,
  OptionError,
  batchNorm,
  bfgs,
  conjugateGradient,
  dense,
  dropout,
  gaussNewton,
  layerNorm,
  lbfgs,
  levenbergMarquardt,
  loadModel,
  newton,
  oneStepSecant,
  rbf,
  scaledConjugateGradient,
} from '../../src/index.js';
import { matrixOf, numbers } from '../layers/training.js';

const X = Array.from({ length: 41 }, (_, i) => [-1 + i / 20]);
const Y = X.map(([x]) => [Math.sin(Math.PI * x!)]);
const make = (precision: 'float32' | 'float64' = 'float64', seed = 3) =>
  Network.create({ inputs: 1, layers: [dense(5, { activation: 'tanh' }), dense(1)], loss: 'meanSquaredError', precision, seed });

/**
 * Methods, and within how many accepted steps they get a 1-5-1 network to a mean squared error of 0.002 on a sine
 * (docs/experiments/sin-nine-trainers.md), with a margin of two.
 */
const METHODS = [
  [levenbergMarquardt(), 25],
  [levenbergMarquardt({ scaling: 'more', rule: 'nielsen' }), 25],
  [levenbergMarquardt({ scaling: 'marquardt' }), 60],
  [bfgs(), 80],
  [lbfgs(), 80],
  [conjugateGradient(), 160],
  [conjugateGradient({ beta: 'fletcherReeves' }), 400],
  [conjugateGradient({ beta: 'hestenesStiefel' }), 160],
  [conjugateGradient({ beta: 'powellBeale' }), 300],
  [scaledConjugateGradient(), 180],
  [newton(), 40],
  [newton({ truncated: true }), 40],
  [gaussNewton(), 120], // nothing damps it: near a singular Jacobian rounding decides, 12 to 62 steps over twelve seeds
  [oneStepSecant(), 320],
] as const;

describe.each(METHODS)('$name', (method, most) => {
  test('reaches its goal in few steps; the loss never rises; weights are those of the last step', async () => {
    using net = await make();
    const h = await net.fit(X, Y, { method, epochs: most, goal: 0.002 });
    expect(h.reason).toBe('goal');
    expect(h.evaluations).toBeGreaterThanOrEqual(h.epochs);
    for (let k = 1; k < h.loss.length; k++) expect(h.loss[k]!).toBeLessThanOrEqual(h.loss[k - 1]!);
    expect(net.evaluate(X, Y).loss).toBeCloseTo(h.loss.at(-1)!, 12);
  });

  test('what it kept in linear memory is given back, wherever it ends', async () => {
    using net = await make();
    const before = heap.used;
    await net.fit(X, Y, { method, epochs: 2 });
    await net.fit(X, Y, { method, timeLimit: 1 });
    const onEpoch = () => {
      throw new RangeError('enough');
    };
    await expect(net.fit(X, Y, { method, onEpoch })).rejects.toThrow(RangeError);
    expect(heap.used).toBe(before);
  });

  test('with decay it ends where loss and decay balance', async () => {
    const weightDecay = 0.01;
    using net = await Network.create({ inputs: 2, layers: [dense(1)], loss: 'meanSquaredError', precision: 'float64', seed: 1 });
    const next = numbers(2);
    const A = matrixOf(30, 2, next);
    const b = A.map(([p, q]) => [p! - 2 * q! + 0.3 + 0.1 * next()]);
    // The settings of the method at hand, with a decay.
    const { name, ...own } = method as unknown as { name: string; weightDecay: number; scaling?: 'more'; truncated?: boolean };
    const again = {
      levenbergMarquardt: () => levenbergMarquardt({ weightDecay, ...(own.scaling && { scaling: own.scaling }) }),
      bfgs: () => bfgs({ weightDecay }),
      lbfgs: () => lbfgs({ weightDecay }),
      conjugateGradient: () => conjugateGradient({ weightDecay }),
      scaledConjugateGradient: () => scaledConjugateGradient({ weightDecay }),
      newton: () => newton({ weightDecay }),
      gaussNewton: () => gaussNewton({ weightDecay }),
      oneStepSecant: () => oneStepSecant({ weightDecay }),
    }[name]!();
    const h = await net.fit(A, b, { method: again, epochs: 200 });
    using c = net.curvature(A, b);
    const kernel = net.getWeights()[0]!;
    const gradient = c.gradient().map((g, i) => g + (i < 2 ? weightDecay * kernel[i]! : 0));
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-6);
    // What is reported is the loss, without decay.
    expect(h.loss.at(-1)).toBeCloseTo(net.evaluate(A, b).loss, 10);
  });
});

test('linear least squares: Newton, Gauss-Newton and Levenberg-Marquardt are there in a step or two', async () => {
  const next = numbers(6);
  const A = matrixOf(50, 4, next);
  const b = matrixOf(50, 2, next);
  for (const method of [newton(), gaussNewton(), levenbergMarquardt({ mu: 1e-12 })]) {
    using net = await Network.create({ inputs: 4, layers: [dense(2)], loss: 'meanSquaredError', precision: 'float64', seed: 1 });
    await net.fit(A, b, { method, epochs: 2 });
    using c = net.curvature(A, b);
    expect(Math.max(...c.gradient().map(Math.abs))).toBeLessThan(1e-9);
  }
});

describe('as in every fit', () => {
  test('a float32 network becomes float64, keeps its weights, and stays so in its file', async () => {
    using net = await make('float32');
    const before = net.getWeights();
    expect(net.precision).toBe('float32');
    await net.fit(X, Y, { method: lbfgs(), epochs: 1, goal: Infinity });
    expect(net.precision).toBe('float64');
    expect(net.predict(X)).toBeInstanceOf(Float64Array);
    using twin = await make('float64');
    twin.setWeights(before);
    await twin.fit(X, Y, { method: lbfgs(), epochs: 1, goal: Infinity });
    expect(net.getWeights()).toEqual(twin.getWeights());
    using again = (await loadModel(net.toBytes())) as Network;
    expect(again.precision).toBe('float64');
    expect(again.predict(X)).toEqual(net.predict(X));
  });

  test('the same fit gives the same bits; partialFit goes on with the damping', async () => {
    using a = await make();
    using b = await make();
    const method = levenbergMarquardt();
    const first = await a.fit(X, Y, { method, epochs: 12 });
    expect(await b.fit(X, Y, { method, epochs: 12 })).toMatchObject({ loss: first.loss });
    expect(a.getWeights()).toEqual(b.getWeights());
    using pieces = await make();
    await pieces.partialFit(X, Y, { method, epochs: 6 });
    const rest = await pieces.partialFit(X, Y, { method, epochs: 6 });
    expect(rest.loss.at(-1)).toBeLessThan(first.loss[5]!);
  });

  test('sample weights count as repeated rows', async () => {
    const weights = X.map((_, i) => (i % 3 === 0 ? 2 : 1));
    const [XX, YY] = [X, Y].map((rows) => [...rows, ...rows.filter((_, i) => i % 3 === 0)]);
    for (const method of [levenbergMarquardt(), lbfgs(), newton()]) {
      using weighted = await make();
      using repeated = await make();
      await weighted.fit(X, Y, { method, epochs: 5, sampleWeights: weights });
      await repeated.fit(XX!, YY!, { method, epochs: 5 });
      weighted.getWeights()[0]!.forEach((w, i) => {
        expect(w).toBeCloseTo(repeated.getWeights()[0]![i]!, 6);
      });
    }
  });

  test('validation, early stopping, progress, a signal, a time limit, minGradient', async () => {
    const next = numbers(4);
    const noisy = Y.map(([y]) => [y! + 0.3 * next()]);
    using net = await Network.create({
      inputs: 1,
      layers: [dense(30, { activation: 'tanh' }), dense(1)],
      loss: 'meanSquaredError',
      seed: 1,
    });
    const told: number[] = [];
    const h = await net.fit(X, noisy, {
      method: levenbergMarquardt(),
      epochs: 200,
      validation: 0.3,
      earlyStopping: { patience: 8 },
      onEpoch: ({ epoch }) => told.push(epoch),
    });
    expect(h.reason).toBe('earlyStopping');
    expect(told).toEqual(Array.from({ length: h.epochs }, (_, k) => k + 1));
    expect(h.validationLoss[h.bestEpoch - 1]).toBe(Math.min(...h.validationLoss));
    using other = await make();
    const start = other.getWeights();
    expect((await other.fit(X, Y, { method: bfgs(), epochs: 9, signal: AbortSignal.abort() })).reason).toBe('signal');
    expect(other.getWeights()).toEqual(start);
    expect((await other.fit(X, Y, { method: bfgs(), epochs: 1e6, timeLimit: 30 })).reason).toBe('timeLimit');
    const small = await other.fit(X, Y, { method: lbfgs(), epochs: 3000, minGradient: 1e-3 });
    expect(small.reason).toBe('minGradient');
  });

  test('an exact fit ends by itself, not in an error: singular systems, nothing left to do', async () => {
    using net = await make();
    const h = await net.fit([[0], [0], [0]], [[1], [1], [1]], { method: levenbergMarquardt(), epochs: 500 });
    expect(['minGradient', 'noProgress', 'muMax']).toContain(h.reason);
    expect(net.evaluate([[0]], [[1]]).loss).toBeLessThan(1e-12);
    for (const method of [bfgs(), newton(), conjugateGradient(), scaledConjugateGradient()]) {
      using one = await make();
      const done = await one.fit([[0], [0]], [[1], [1]], { method, epochs: 2000 });
      expect(done.loss.at(-1)).toBeLessThan(1e-12);
    }
  });

  test('rbf and layerNorm layers, cross-entropy', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => [Math.cos(i), Math.sin(3 * i)]);
    const classes = rows.map(([a, b]) => (a! * b! > 0 ? 1 : 0));
    for (const layers of [
      [rbf(12), dense(2, { activation: 'softmax' as const })],
      [dense(8, { activation: 'tanh' as const }), layerNorm(), dense(2, { activation: 'softmax' as const })],
    ]) {
      using net = await Network.create({ inputs: 2, layers, loss: 'crossEntropy', seed: 1 });
      await net.fit(rows, classes, { method: lbfgs({ weightDecay: 1e-4 }), epochs: 150 });
      const { accuracy } = net.evaluate(rows, classes) as { accuracy: number };
      expect(accuracy).toBeGreaterThan(0.95);
    }
  });

  test('refusals say what would be right', async () => {
    using net = await make();
    const fits: [object, string][] = [
      [{ method: lbfgs(), batchSize: 8 }, 'fit.batchSize'],
      [{ method: lbfgs(), l1: 0.1 }, 'fit.l1'],
      [{ method: lbfgs(), clip: { norm: 1 } }, 'fit.clip'],
      [{ method: lbfgs(), average: 'polyak' }, 'fit.average'],
    ];
    for (const [options, option] of fits) {
      await expect(net.fit(X, Y, options)).rejects.toThrow(expect.objectContaining({ name: 'OptionError', option }));
    }
    for (const layer of [dropout(0.1), batchNorm()]) {
      using noisy = await Network.create({ inputs: 1, layers: [dense(3), layer, dense(1)], loss: 'meanSquaredError', seed: 1 });
      await expect(noisy.fit(X, Y, { method: newton() })).rejects.toThrow(/first order/);
    }
    using soft = await Network.create({
      inputs: 1,
      layers: [dense(2, { activation: 'softmax' })],
      loss: 'crossEntropy',
      seed: 1,
    });
    await expect(
      soft.fit(
        X,
        X.map((_, i) => [i % 2]),
        { method: levenbergMarquardt() },
      ),
    ).rejects.toThrow(/gaussNewton/);
    using wide = await Network.create({ inputs: 1, layers: [dense(8000), dense(1)], loss: 'meanSquaredError', seed: 1 });
    for (const method of [bfgs(), levenbergMarquardt(), newton({ truncated: false })]) {
      await expect(wide.fit(X, Y, { method })).rejects.toThrow(/lbfgs\(\) or .* for 24001 parameters, .* \d\.\d GiB/);
    }
    for (const bad of [
      () => levenbergMarquardt({ mu: 0 }),
      () => lbfgs({ memory: 0 }),
      () => conjugateGradient({ beta: 'x' as 'polakRibiere' }),
    ]) {
      expect(bad).toThrow(OptionError);
    }
  });
});

test('more parameters than a block of products is deep: each step falls', async () => {
  for (const method of [newton(), levenbergMarquardt()]) {
    const layers = [dense(40, { activation: 'tanh' }), dense(1)];
    const net = await Network.create({ inputs: 5, layers, loss: 'meanSquaredError', precision: 'float64', seed: 4 });
    expect(net.parameters).toBe(281);
    const inputs = Array.from({ length: 100 }, (_, r) => Array.from({ length: 5 }, (_, i) => Math.sin(r * (i + 1))));
    const targets = inputs.map((x) => [x[0]! * x[1]! - x[2]!]);
    const { loss } = await net.fit(inputs, targets, { method, epochs: 5 });
    for (let i = 1; i < loss.length; i++) expect(loss[i]!).toBeLessThan(loss[i - 1]!);
    net.dispose();
  }
});

test.each([lbfgs(), bfgs()])(
  '$name: weights that somebody sets meanwhile do not outlive a search that finds nothing',
  async (method) => {
    const next = numbers(5);
    const inputs = matrixOf(30, 2, next);
    const targets = inputs.map(([a, b]) => [2 * a! - b! + 0.1 * next()]);
    using net = await Network.create({ inputs: 2, layers: [dense(1)], loss: 'meanSquaredError', precision: 'float64', seed: 1 });
    const onEpoch = () => net.setWeights(net.getWeights().map((w) => w.map(() => 7)));
    const { reason, loss } = await net.fit(inputs, targets, { method, epochs: 1000, onEpoch });
    expect(reason).toBe('noProgress');
    expect(net.evaluate(inputs, targets).loss).toBeCloseTo(loss.at(-1)!, 12);
  },
);
