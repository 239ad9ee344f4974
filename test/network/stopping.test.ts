// How fits end, what they report, and that they leave nothing behind.

import { afterEach, describe, expect, test } from 'vitest';
import { heap } from '../../bindings/memory.js';
import {
  type Dataset,
  DisposedError,
  EfficientBackpropError,
  type FitOptions,
  Network,
  OptionError,
  type Progress,
  dataset,
  dense,
  sgd,
} from '../../src/index.js';
import { draws, normals } from '../data/synthetic.js';

const X = normals(7, 120, 4);
const noise = draws(8);
const T = X.map(([a, b]) => [a! - 2 * b! + 3 * noise.normal()]);

const living: (Network | Dataset)[] = [];
afterEach(() => {
  for (const one of living.splice(0)) one.dispose();
});

async function network(units = 12, precision: 'float32' | 'float64' = 'float32'): Promise<Network> {
  const layers = [dense(units, { activation: 'tanh' }), dense(1)];
  const net = await Network.create({ inputs: 4, layers, loss: 'meanSquaredError', precision, seed: 2 });
  living.push(net);
  return net;
}

/** Goes on for far longer than any test waits. */
const ENDLESS = { epochs: 1e9, batchSize: 4 } satisfies FitOptions;

describe('early stopping', () => {
  // A big network on few noisy rows overfits: the validation loss turns up.
  const overfitting: FitOptions = { method: sgd({ rate: 0.05 }), epochs: 400, batchSize: 8, validation: 0.4 };
  const held = normals(17, 80, 4);
  const validation: [number[][], number[][]] = [held, held.map(([a, b]) => [a! - 2 * b! + 3 * noise.normal()])];

  test('restores the best weights', async () => {
    const net = await network(64);
    const h = await net.fit(X.slice(0, 30), T.slice(0, 30), { ...overfitting, validation, earlyStopping: { patience: 15 } });
    expect(h.reason).toBe('earlyStopping');
    expect(h.epochs).toBeLessThan(400);
    expect(h.validationLoss).toHaveLength(h.epochs);
    expect(net.evaluate(...validation).loss).toBe(Math.min(...h.validationLoss));
    expect(h.validationLoss.indexOf(Math.min(...h.validationLoss)) + 1).toBe(h.bestEpoch);
    expect(h.epochs - h.bestEpoch).toBe(15);
  });

  test('without restoreBest keeps the last', async () => {
    const net = await network(64);
    const earlyStopping = { patience: 15, restoreBest: false };
    const h = await net.fit(X.slice(0, 30), T.slice(0, 30), { ...overfitting, validation, earlyStopping });
    expect(h.reason).toBe('earlyStopping');
    expect(h.bestEpoch).toBe(h.epochs);
    expect(net.evaluate(...validation).loss).toBe(h.validationLoss.at(-1));
  });

  test('also where the epochs run out', async () => {
    const net = await network(64);
    const options: FitOptions = { ...overfitting, validation, epochs: 60, earlyStopping: { patience: 1000 } };
    const h = await net.fit(X.slice(0, 30), T.slice(0, 30), options);
    expect(h).toMatchObject({ reason: 'epochs', epochs: 60 });
    expect(h.bestEpoch).toBeLessThan(60);
    expect(net.evaluate(...validation).loss).toBe(Math.min(...h.validationLoss));
  });

  test('a fall of minDelta or less is none', async () => {
    const net = await network();
    const h = await net.fit(X, T, { ...overfitting, earlyStopping: { patience: 3, minDelta: 1e6 } });
    // The first loss beats Infinity; none after it falls by a million.
    expect(h).toMatchObject({ reason: 'earlyStopping', epochs: 4, bestEpoch: 1 });
  });

  test('true means the documented patience of 6', async () => {
    const net = await network(64);
    const h = await net.fit(X.slice(0, 30), T.slice(0, 30), { ...overfitting, validation, earlyStopping: true });
    expect(h.epochs - h.bestEpoch).toBe(6);
  });

  test('needs validation', async () => {
    const net = await network();
    await expect(net.fit(X, T, { earlyStopping: true })).rejects.toThrow(OptionError);
    await expect(net.fit(X, T, { earlyStopping: { patience: 0 }, validation: 0.2 })).rejects.toThrow(
      'fit.earlyStopping.patience',
    );
    await expect(net.fit(X, T, { earlyStopping: { patients: 3 } as never, validation: 0.2 })).rejects.toThrow('patience?');
  });
});

describe('other ends', () => {
  test('goal: the first loss at or below it', async () => {
    const net = await network();
    const weights = net.getWeights();
    const { loss } = await net.fit(X, T, { epochs: 30 });
    net.setWeights(weights);
    const h = await net.fit(X, T, { epochs: 30, goal: loss[9]! });
    expect(h.reason).toBe('goal');
    expect(h.epochs).toBe(loss.findIndex((v) => v <= loss[9]!) + 1);
  });

  test.each([1, 600])('minGradient of a single row, %i units', async (units) => {
    // A linear unit's gradient on one row shrinks by the same factor every step: it falls below any bound, but does not begin
    // there.
    using net = await Network.create({ inputs: 8, layers: [dense(units)], loss: 'meanSquaredError', seed: 5 });
    const [x, t] = [normals(3, 1, 8), [Array.from({ length: units }, (_, o) => o % 3)]];
    const method = sgd({ rate: 0.02 * units, momentum: 0 });
    const h = await net.fit(x, t, { method, batchSize: 'full', epochs: 2000, minGradient: 1e-4 });
    expect(h.reason).toBe('minGradient');
    expect(h.epochs).toBeGreaterThan(5);
    expect(h.loss.at(-1)).toBeLessThan(1e-2);
  });

  test('minGradient: needs the gradient of the whole set', async () => {
    const net = await network();
    await expect(net.fit(X, T, { batchSize: 8, minGradient: 1e-3 })).rejects.toThrow(OptionError);
    const h = await net.fit(X, T, { batchSize: 'full', minGradient: 1e6 });
    expect(h).toMatchObject({ reason: 'minGradient', epochs: 1 });
  });

  test('timeLimit ends a fit that would go on for ages', async () => {
    const net = await network();
    const before = net.getWeights();
    const h = await net.fit(X, T, { ...ENDLESS, timeLimit: 30 });
    expect(h.reason).toBe('timeLimit');
    expect(h.time).toBeGreaterThanOrEqual(30);
    expect(net.getWeights()).not.toEqual(before);
  });

  test('a signal that fired already: nothing is done', async () => {
    const net = await network();
    const before = net.getWeights();
    const h = await net.fit(X, T, { signal: AbortSignal.abort(), validation: 0.2, earlyStopping: true });
    expect(h).toMatchObject({ reason: 'signal', epochs: 0, bestEpoch: 0, evaluations: 0, loss: [], validationLoss: [] });
    expect(net.getWeights()).toEqual(before);
  });

  test('a signal in an epoch’s report: what was learned is kept', async () => {
    const net = await network();
    const controller = new AbortController();
    const onEpoch = ({ epoch }: Progress) => {
      if (epoch === 5) controller.abort();
    };
    const h = await net.fit(X, T, { epochs: 50, signal: controller.signal, onEpoch });
    expect(h).toMatchObject({ reason: 'signal', epochs: 5, bestEpoch: 5, evaluations: 5 });
    const twin = await network();
    await twin.fit(X, T, { epochs: 5 });
    expect(net.getWeights()).toEqual(twin.getWeights());
  });

  test('a signal from outside, midway', async () => {
    const net = await network();
    const before = net.getWeights();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 5);
    const h = await net.fit(X, T, { ...ENDLESS, signal: controller.signal });
    expect(h.reason).toBe('signal');
    expect(net.getWeights()).not.toEqual(before);
    expect(h.evaluations).toBeGreaterThanOrEqual(h.epochs);
    expect(h.evaluations).toBeLessThan(h.epochs + 1);
  });

  test.each([1, 8, 'full'] as const)('divergence (batch %s) leaves finite weights', async (batchSize) => {
    for (const precision of ['float32', 'float64'] as const) {
      const net = await network(12, precision);
      const h = await net.fit(X, T, { method: sgd({ rate: 1e30, momentum: 0.9 }), epochs: 2000, batchSize });
      expect(h.reason).toBe('diverged');
      expect(h.advice).toMatch(/epoch \d+; try .*rate of .* or less/);
      // The last epoch that went well began with these weights.
      expect(h.bestEpoch).toBe(Math.max(0, h.epochs - 1));
      expect(h.loss.every(Number.isFinite)).toBe(true);
      if (batchSize === 'full') expect(Array.from(net.predict(X)).every(Number.isFinite)).toBe(true);
      for (const w of net.getWeights()) expect(w.every(Number.isFinite)).toBe(true);
      expect(Array.from(net.predict(X)).some(Number.isNaN)).toBe(false);
    }
  });
});

test('a fit of a few steps that leaves its network out of range says so, or goes back', async () => {
  const rates = [1, 1e4, 1e8, 1e12, 1e20, 1e35];
  const ends: Pick<FitOptions, 'goal' | 'timeLimit'>[] = [{}, { goal: 1e30 }, { timeLimit: 1 }];
  let diverged = 0;
  for (const activation of ['relu', 'elu', 'mish', 'softplus'] as const)
    for (const rate of rates)
      for (const way of ['fit', 'partialFit'] as const)
        for (const end of ends)
          for (const batchSize of [4, 'full'] as const) {
            const layers = [dense(3, { activation }), dense(1)];
            const net = await Network.create({ inputs: 4, layers, loss: 'meanSquaredError', seed: 1 });
            const h = await net[way](X, T, { method: sgd({ rate }), epochs: 1, batchSize, ...end });
            net.predict(X); // which throws where an output is not finite
            if (h.reason === 'diverged') {
              diverged++;
              expect(h.advice).toMatch(/rate/);
            }
            net.dispose();
          }
  expect(diverged).toBeGreaterThan(20);
});

test('inputs as large as the precision holds: a fit ends, with finite weights, and the network can start anew', async () => {
  const outputs = {
    crossEntropy: 'softmax',
    binaryCrossEntropy: 'sigmoid',
    meanSquaredError: 'linear',
    hinge: 'linear',
  } as const;
  for (const precision of ['float32', 'float64'] as const) {
    for (const [loss, activation] of Object.entries(outputs) as [keyof typeof outputs, 'linear'][]) {
      for (const size of [1e10, 1e20, 1e30, 1e37]) {
        const layers = [dense(4, { activation: 'relu' }), dense(loss === 'crossEntropy' ? 2 : 1, { activation })];
        const net = await Network.create({ inputs: 4, layers, loss, precision, seed: 1 });
        living.push(net);
        const fresh = net.getWeights();
        const y = X.map(([a]) => (a! > 0 ? 1 : loss === 'hinge' ? -1 : 0));
        const huge = X.map((row) => row.map((v) => v * size));
        const h = await net.fit(huge, y, { epochs: 5 });
        expect(['epochs', 'diverged']).toContain(h.reason);
        expect(h.loss.every(Number.isFinite)).toBe(true);
        for (const w of net.getWeights()) expect(w.every(Number.isFinite)).toBe(true);
        net.setWeights(fresh);
        const again = await net.fit(X, y, { epochs: 5 });
        expect(again.loss.at(-1)).toBeLessThan(again.loss[0]!);
      }
    }
  }
});

describe('reports', () => {
  test('onEpoch tells what the history will say', async () => {
    const net = await network();
    const told: Progress[] = [];
    const h = await net.fit(X, T, { epochs: 7, validation: 0.25, onEpoch: (p) => told.push(p), method: sgd({ rate: 0.02 }) });
    expect(told.map((p) => p.epoch)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(told.map((p) => p.loss)).toEqual(h.loss);
    expect(told.map((p) => p.validationLoss)).toEqual(h.validationLoss);
    expect(told.every((p) => p.epochs === 7 && p.rate === 0.02)).toBe(true);
    told.reduce((time, p) => {
      expect(p.time).toBeGreaterThanOrEqual(time);
      return p.time;
    }, 0);
    expect(h.time).toBeGreaterThanOrEqual(told.at(-1)!.time);
  });

  test('metrics are measured after each epoch, on both sets', async () => {
    const net = await network(6, 'float64');
    const other: [number[][], number[][]] = [normals(27, 11, 4), normals(28, 11, 1)];
    const found: unknown[] = [];
    const h = await net.fit(X, T, {
      epochs: 3,
      validation: other,
      metrics: ['mae', 'r2', 'mse'],
      onEpoch: () => {
        const [a, b] = [net.evaluate(X, T), net.evaluate(...other)] as { mae: number; mse: number; r2: number }[];
        found.push([a!.mae, a!.r2, a!.mse, b!.mae, b!.r2, b!.mse]);
      },
    });
    const m = h.metrics;
    const recorded = [0, 1, 2].map((e) =>
      [m.mae, m.r2, m.mse, m.validationMae, m.validationR2, m.validationMse].map((list) => list![e]),
    );
    expect(recorded).toEqual(found);
    // The loss adds up the same squares in another order.
    h.validationLoss.forEach((v, e) => {
      expect(v).toBeCloseTo(m.validationMse![e]!, 12);
    });
  });

  test('metrics on a split are those of its rows', async () => {
    const layers = [dense(3, { activation: 'softmax' })];
    const net = await Network.create({ inputs: 4, layers, loss: 'crossEntropy', seed: 1 });
    living.push(net);
    const y = X.map(([a]) => (a! > 0.5 ? 2 : a! < -0.5 ? 0 : 1));
    const w = X.map((_, r) => 1 + (r % 3));
    const h = await net.fit(X, y, { epochs: 2, validation: 0.25, metrics: ['accuracy'], sampleWeights: w });
    const all = (net.evaluate(X, y, { sampleWeights: w }) as { accuracy: number }).accuracy;
    const [train, held] = [h.metrics.accuracy![1]!, h.metrics.validationAccuracy![1]!];
    // The whole is a mean of the parts.
    expect(Math.min(train, held)).toBeLessThanOrEqual(all + 1e-12);
    expect(Math.max(train, held)).toBeGreaterThanOrEqual(all - 1e-12);
  });

  test('metrics that do not go with the loss are refused', async () => {
    const net = await network();
    await expect(net.fit(X, T, { metrics: ['accuracy'] })).rejects.toThrow(OptionError);
    await expect(net.fit(X, T, { metrics: ['rmse' as 'mse'] })).rejects.toThrow(OptionError);
  });
});

describe('accidents', () => {
  test('onEpoch throws: fit rejects with it, memory is freed, the network goes on', async () => {
    const net = await network();
    net.predict(X);
    const used = heap.used;
    const mishap = new Error('mine');
    const onEpoch = () => {
      throw mishap;
    };
    await expect(net.fit(X, T, { validation: 0.2, metrics: ['mse'], onEpoch })).rejects.toBe(mishap);
    expect(heap.used).toBeLessThanOrEqual(used);
    expect((await net.fit(X, T, { epochs: 2 })).reason).toBe('epochs');
  });

  test('a rate function that throws, or gives nonsense', async () => {
    const net = await network();
    const used = heap.used;
    const mishap = new Error('mine');
    const fit = (rate: (epoch: number) => number) => net.fit(X, T, { method: sgd({ rate }), epochs: 3 });
    await expect(
      fit(() => {
        throw mishap;
      }),
    ).rejects.toBe(mishap);
    for (const bad of [-1, Number.NaN, Infinity, '0.1' as never, undefined as never]) {
      await expect(fit((epoch) => (epoch === 1 ? bad : 0.01))).rejects.toThrow(OptionError);
    }
    expect(heap.used).toBeLessThanOrEqual(used);
    for (const w of net.getWeights()) expect(w.every(Number.isFinite)).toBe(true);
    expect((await fit(() => 0.01)).reason).toBe('epochs');
  });

  test('a second fit at the same time is refused, the first goes on', async () => {
    const net = await network();
    const first = net.fit(X, T, { epochs: 20 });
    await expect(net.fit(X, T)).rejects.toThrow(EfficientBackpropError);
    await expect(net.fit(X, T)).rejects.toThrow(/await/);
    expect((await first).epochs).toBe(20);
    expect((await net.fit(X, T, { epochs: 1 })).epochs).toBe(1);
  });

  test('two networks train at the same time as they would alone', async () => {
    const [a, b, alone] = [await network(), await network(), await network()];
    const options: FitOptions = { epochs: 200, batchSize: 2 };
    const [ha, hb] = await Promise.all([a.fit(X, T, options), b.fit(X, T, { ...options, seed: 77 })]);
    const h = await alone.fit(X, T, options);
    expect(ha.loss).toEqual(h.loss);
    expect(hb.loss).not.toEqual(h.loss);
    expect(a.getWeights()).toEqual(alone.getWeights());
  });

  test.each(['in a report', 'in the rate', 'from outside'])('dispose %s ends the fit with a DisposedError', async (where) => {
    const used = heap.used;
    const net = await network();
    const dispose = () => {
      net.dispose();
      return 0.01;
    };
    if (where === 'from outside') setTimeout(dispose, 5);
    const options: FitOptions =
      where === 'in a report'
        ? { ...ENDLESS, onEpoch: dispose }
        : where === 'in the rate'
          ? { epochs: 1, method: sgd({ rate: dispose }) }
          : ENDLESS;
    await expect(net.fit(X, T, options)).rejects.toThrow(DisposedError);
    expect(heap.used).toBeLessThanOrEqual(used);
    await expect(net.fit(X, T)).rejects.toThrow(DisposedError);
    for (const use of [() => net.predict(X), () => net.evaluate(X, T), () => net.getWeights(), () => net.setWeights([])]) {
      expect(use).toThrow(DisposedError);
    }
    expect(() => net.toBytes()).toThrow(DisposedError);
    net.dispose(); // twice is once
  });

  test.each(['training', 'validation'])('a %s dataset disposed of midway ends the fit', async (which) => {
    const net = await network();
    const data = dataset(X, T);
    living.push(data);
    const onEpoch = ({ epoch }: Progress) => {
      if (epoch === 2) data.dispose();
    };
    const fit =
      which === 'training' ? net.fit(data, { epochs: 5, onEpoch }) : net.fit(X, T, { epochs: 5, onEpoch, validation: data });
    await expect(fit).rejects.toThrow(DisposedError);
    expect((await net.fit(X, T, { epochs: 1 })).reason).toBe('epochs');
  });

  test('predict and getWeights in a report see the weights of that epoch', async () => {
    const net = await network();
    const seen: number[] = [];
    const h = await net.fit(X, T, {
      epochs: 4,
      validation: [X, T],
      onEpoch: () => seen.push(net.evaluate(X, T).loss, net.predict(X).length),
    });
    expect(seen).toEqual(h.validationLoss.flatMap((v) => [v, 120]));
  });
});

test('the event loop stays alive during a fit', async () => {
  const net = await network();
  let turns = 0;
  let timers = 0;
  const controller = new AbortController();
  const timer = setInterval(() => {
    // Ends the fit from inside the loop: were it blocked, the test would not end.
    if (++timers === 5) controller.abort();
  }, 1);
  const count = () => {
    turns++;
    if (!controller.signal.aborted) setImmediate(count);
  };
  setImmediate(count);
  const h = await net.fit(X, T, { ...ENDLESS, signal: controller.signal });
  clearInterval(timer);
  expect(h.reason).toBe('signal');
  expect(timers).toBe(5);
  expect(turns).toBeGreaterThanOrEqual(5);
});

test('create, fit, predict, dispose, 200 times: memory does not grow', async () => {
  const round = async () => {
    const net = await Network.create({
      inputs: 4,
      layers: [dense(32, { activation: 'relu' }), dense(1)],
      loss: 'meanSquaredError',
      seed: 1,
    });
    const data = dataset(X, T);
    await net.fit(data, { epochs: 2, validation: 0.2, earlyStopping: true, metrics: ['mae'] });
    net.predict(X);
    net.evaluate(X, T);
    net.dispose();
    data.dispose();
  };
  await round();
  const { used, size } = heap;
  for (let i = 0; i < 200; i++) await round();
  expect(heap.used).toBeLessThanOrEqual(used);
  expect(heap.size).toBe(size);
});
