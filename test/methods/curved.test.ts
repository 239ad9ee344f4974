// Methods that divide by a diagonal of the Hessian: against a twin built from `curvature`, by their laws, and resumed to the same
// bits.

import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Curvature,
  type Method,
  Network,
  OptionError,
  adaHessian,
  autoRate,
  dense,
  dropout,
  init,
  schedules,
  sgd,
  sophia,
  stochasticDiagonalLM,
} from '../../src/index.js';

const ROWS = 12;
const BATCH = 4;
const X = Array.from({ length: ROWS }, (_, r) => Array.from({ length: 3 }, (_, i) => Math.sin(1 + r * 1.7 + i * 0.9)));
const Y = X.map((x) => [Math.cos(2 * x[0]!) + x[1]!, x[2]! * x[0]!]);
const W = Array.from({ length: ROWS }, (_, r) => 1 + (r % 3) * (r % 5));

const create = (precision: 'float32' | 'float64' = 'float64') =>
  Network.create({
    inputs: 3,
    layers: [dense(5, { activation: 'tanh' }), dense(2)],
    loss: 'meanSquaredError',
    precision,
    seed: 3,
  });

const flat = (net: Network) => Float64Array.from(net.getWeights().flatMap((w) => [...w]));
const set = (net: Network, w: Float64Array) => {
  let at = 0;
  net.setWeights(net.weightShapes.map(({ size }) => w.subarray(at, (at += size))));
};

beforeAll(() => init({ precision: 'float64' }));

/** One step of a rule: state and weights change in place. d is the diagonal, where the step has one. */
type Step = (p: { w: number; m: number; h: number }, g: number, d: number | undefined, t: number, decays: boolean) => void;

const METHODS: [name: string, method: Method, every: number, step: Step][] = [
  [
    'stochasticDiagonalLM, a falling share',
    stochasticDiagonalLM({ rate: 0.1, gamma: 'falling' }),
    1,
    (p, g, d, t) => {
      const share = t === 1 ? 1 : t <= 20 ? 0.1 : t <= 80 ? 0.03 : 0.01;
      p.h += share * (d! - p.h);
      p.w -= (0.1 * g) / (p.h + 0.02);
    },
  ],
  [
    'stochasticDiagonalLM, with momentum and decay',
    stochasticDiagonalLM({ rate: 0.02, gamma: 0.3, momentum: 0.8, mu: 0.1, weightDecay: 0.05 }),
    1,
    (p, g, d, t, decays) => {
      const decay = decays ? 0.05 : 0;
      p.h += (t === 1 ? 1 : 0.3) * (d! - p.h);
      p.m = 0.8 * p.m - (0.02 * (g + decay * p.w)) / (p.h + 0.1 + decay);
      p.w += p.m;
    },
  ],
  [
    'adaHessian',
    adaHessian({ rate: 0.05, weightDecay: 0.1, every: 2 }),
    2,
    (p, g, d, t, decays) => {
      p.m = 0.9 * p.m + 0.1 * g;
      if (d !== undefined) p.h = 0.999 * p.h + 0.001 * d * d;
      const root = Math.sqrt(p.h / (1 - 0.999 ** Math.ceil(t / 2))) + 0.01;
      p.w -= (decays ? 0.05 * 0.1 * p.w : 0) + (0.05 * (p.m / (1 - 0.9 ** t))) / root;
    },
  ],
  [
    'sophia',
    sophia({ rate: 0.02, every: 3, rho: 2, beta2: 0.5 }),
    3,
    (p, g, d) => {
      p.m = 0.965 * p.m + 0.035 * g;
      if (d !== undefined) p.h = 0.5 * p.h + 0.5 * d;
      p.w -= 0.02 * Math.max(-1, Math.min(1, p.m / Math.max(2 * p.h, 1e-12)));
    },
  ],
];

const EPOCHS = 9; // 27 steps: the falling share falls

/** A fit with the method written out, in the order of the rows. */
function twin(net: Network, every: number, step: Step, weights?: number[]): Float64Array {
  const start = flat(net);
  const states = Array.from(start, (w) => ({ w, m: 0, h: 0 }));
  const kernels = net.weightShapes.flatMap(({ name, size }) => new Array<boolean>(size).fill(name.endsWith('kernel')));
  let t = 0;
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (let first = 0; first < ROWS; first += BATCH) {
      set(
        net,
        Float64Array.from(states, ({ w }) => w),
      );
      const part = <T>(list: T[]) => list.slice(first, first + BATCH);
      using c = net.curvature(part(X), part(Y), weights && { sampleWeights: part(weights) });
      const g = c.gradient();
      const d = t % every === 0 ? c.hessianDiagonal({ kind: 'lecun' }) : undefined;
      t++;
      // Both are divided by the weights of the batch; a step divides by what so many rows weigh in the mean.
      const share = weights ? part(weights).reduce((a, b) => a + b) / (BATCH * (weights.reduce((a, b) => a + b) / ROWS)) : 1;
      for (const [i, p] of states.entries()) step(p, share * g[i]!, d && share * d[i]!, t, kernels[i]!);
    }
  }
  return Float64Array.from(states, ({ w }) => w);
}

describe.each(METHODS)('%s', (_, method, every, step) => {
  test.each([
    ['plain', undefined],
    ['weighted', W],
  ])('is its twin: %s', async (_, weights) => {
    const net = await create();
    const expected = twin(await create(), every, step, weights);
    await net.fit(X, Y, {
      method,
      epochs: EPOCHS,
      batchSize: BATCH,
      order: 'sequential',
      ...(weights && { sampleWeights: weights }),
    });
    // Roundings of 27 steps, each some dozens of operations on numbers of order 1.
    flat(net).forEach((w, i) => {
      expect(Math.abs(w - expected[i]!)).toBeLessThan(1e-12);
    });
  });

  test('goes on with the same bits', async () => {
    const whole = await create('float32');
    const parts = await create('float32');
    const options = { method, batchSize: BATCH, seed: 5 };
    await whole.partialFit(X, Y, { ...options, epochs: 6 });
    await parts.partialFit(X, Y, { ...options, epochs: 1 });
    await parts.partialFit(X, Y, { ...options, epochs: 5 });
    expect(flat(parts)).toEqual(flat(whole));
  });

  test('lowers the loss in float32, and stays there', async () => {
    const net = await create('float32');
    const { loss } = await net.fit(X, Y, { method, epochs: 60, batchSize: BATCH, seed: 1 });
    expect(loss.at(-1)!).toBeLessThan(loss[0]! / 2);
    expect(net.precision).toBe('float32');
  });
});

describe('stochasticDiagonalLM with averages', () => {
  test('takes the diagonal of the whole set where samples suffice', async () => {
    const net = await create();
    const start = await create();
    using c = start.curvature(X, Y);
    const [g, h, w] = [c.gradient(), c.hessianDiagonal({ kind: 'lecun' }), flat(start)];
    await net.fit(X, Y, { method: stochasticDiagonalLM({ rate: 0.3, mu: 0.05 }), epochs: 1, batchSize: 'full' });
    flat(net).forEach((found, i) => {
      expect(Math.abs(found - (w[i]! - (0.3 * g[i]!) / (h[i]! + 0.05)))).toBeLessThan(1e-13);
    });
  });

  test('keeps it until it is due again', async () => {
    const rates = async (every: number) => {
      const net = await create();
      await net.fit(X, Y, { method: stochasticDiagonalLM({ rate: 0.3, every }), epochs: 4, batchSize: 'full' });
      return flat(net);
    };
    const [each, never, often] = await Promise.all([rates(1), rates(100), rates(4)]);
    expect(never).toEqual(often);
    expect(each).not.toEqual(never);
  });

  test('goes on with the same bits', async () => {
    const method = stochasticDiagonalLM({ rate: 0.05, samples: 5, every: 3, momentum: 0.5 });
    const [whole, parts] = [await create('float32'), await create('float32')];
    await whole.partialFit(X, Y, { method, batchSize: BATCH, seed: 5, epochs: 7 });
    for (const epochs of [1, 1, 3, 2]) await parts.partialFit(X, Y, { method, batchSize: BATCH, seed: 5, epochs });
    expect(flat(parts)).toEqual(flat(whole));
  });

  test('no weight runs away where an input is dead', async () => {
    const net = await create();
    const dead = X.map(([a, b]) => [a!, b!, 0]);
    const before = net.getWeights()[0]!;
    await net.fit(dead, Y, { method: stochasticDiagonalLM(), epochs: 3, batchSize: 1 });
    expect([...net.getWeights()[0]!.slice(10)]).toEqual([...before.slice(10)]);
  });
});

test('dropout goes through the diagonal as the square of its mask', async () => {
  // a = v·m·u·x, m = 0 or 2: with one sample a step, w ← w − ε·g/(h + μ) has h = 2·(v·m·x)² and so g = 0 where h = 0, for u; a
  // step of u is the plain one for m = 2, or none.
  const net = await Network.create({
    inputs: 1,
    layers: [dense(1, { bias: false }), dropout(0.5), dense(1, { bias: false })],
    loss: 'meanSquaredError',
    precision: 'float64',
    seed: 1,
  });
  const outcomes = new Set<string>();
  for (let seed = 0; seed < 12; seed++) {
    net.setWeights([[0.7], [0.4]]);
    await net.fit([[1.5]], [[1]], { method: stochasticDiagonalLM({ rate: 0.5, gamma: 1 }), epochs: 1, batchSize: 1, seed });
    const [u, v, x, m] = [0.7, 0.4, 1.5, 2];
    const kept = u - (0.5 * 2 * (v * m * u * x - 1) * v * m * x) / (2 * (v * m * x) ** 2 + 0.02);
    const found = net.getWeights()[0]![0]!;
    const outcome = Math.abs(found - kept) < 1e-12 ? 'kept' : found === u ? 'dropped' : `neither: ${found}, not ${kept} or ${u}`;
    outcomes.add(outcome);
  }
  expect([...outcomes].sort()).toEqual(['dropped', 'kept']);
});

describe('rate: auto', () => {
  const linear = () => Network.create({ inputs: 3, layers: [dense(2)], loss: 'meanSquaredError', precision: 'float64', seed: 3 });

  test('is (1 − μ)/λmax', async () => {
    for (const momentum of [0, 0.9]) {
      for (const make of [linear, create]) {
        const net = await make();
        using c = net.curvature(X, Y) as Curvature;
        const { value } = c.principalEigenvalue();
        const rates: number[] = [];
        await net.fit(X, Y, { method: sgd({ rate: 'auto', momentum }), epochs: 2, onEpoch: ({ rate }) => rates.push(rate) });
        // The sweeps end where λ changes by less than 1 %: from below, by up to a few of those.
        expect(rates[0]! * value).toBeGreaterThan((1 - momentum) * 0.99);
        expect(rates[0]! * value).toBeLessThan((1 - momentum) * 1.1);
        expect(rates[1]).toBe(rates[0]);
      }
    }
  });

  test('a batch converges at 1.9 of it and diverges at 2.1, on a quadratic', async () => {
    const losses = async (factor: number) => {
      const net = await linear();
      const { loss } = await net.fit(X, Y, {
        method: sgd({ rate: autoRate({ factor }), momentum: 0 }),
        epochs: 400,
        batchSize: 'full',
      });
      return loss;
    };
    const [low, high] = [await losses(1.9), await losses(2.2)];
    expect(low.at(-1)!).toBeLessThan(low[0]!);
    expect(high.at(-1)!).toBeGreaterThan(high[0]!);
  });

  test('is measured again every so many epochs', async () => {
    const net = await create('float32');
    const rates: number[] = [];
    await net.fit(X, Y, {
      method: sgd({ rate: autoRate({ every: 2, factor: 0.5, samples: 100 }) }),
      epochs: 5,
      onEpoch: ({ rate }) => rates.push(rate),
    });
    expect(rates[1]).toBe(rates[0]);
    expect(rates[2]).not.toBe(rates[1]);
    expect(rates[3]).toBe(rates[2]);
  });

  test('falls back to the default where the loss is flat', async () => {
    const net = await Network.create({ inputs: 3, layers: [dense(1)], loss: 'hinge', precision: 'float64' });
    net.setWeights([[0, 0, 0], [5]]); // every margin is far beyond 1
    let rate = Number.NaN;
    const onEpoch = (p: { rate: number }) => {
      rate = p.rate;
    };
    await net.fit(X, Array<number[]>(ROWS).fill([1]), { method: sgd({ rate: 'auto' }), epochs: 1, onEpoch });
    expect(rate).toBe(0.01);
  });
});

test('bad options are refused by name', () => {
  for (const make of [
    () => stochasticDiagonalLM({ mu: 0 }),
    () => stochasticDiagonalLM({ gamma: 2 }),
    () => stochasticDiagonalLM({ gamma: 'rising' as never }),
    () => stochasticDiagonalLM({ gamma: 0.1, samples: 10 }),
    () => stochasticDiagonalLM({ rate: -1 }),
    () => adaHessian({ beta1: 1 }),
    () => sophia({ every: 0 }),
    () => autoRate({ factor: 0 }),
    () => sgd({ rate: 'fast' as never }),
  ]) {
    expect(make).toThrow(OptionError);
  }
});

test('schedules are shares of a Newton step too', async () => {
  const [fixed, scheduled] = [await create(), await create()];
  await fixed.fit(X, Y, { method: stochasticDiagonalLM({ rate: 0.03 }), epochs: 3 });
  await scheduled.fit(X, Y, { method: stochasticDiagonalLM({ rate: schedules.constant(0.03) }), epochs: 3 });
  expect(flat(scheduled)).toEqual(flat(fixed));
});
