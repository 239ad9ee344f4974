// murata with its defaults: it adapts, it is safe, and it measures the rate that it starts with.

import { describe, expect, it } from 'vitest';
import { type FitOptions, Network, dense, gaussianNoise, growing, loadModel, murata, sgd } from '../../src/index.js';
import { OptionError } from '../../src/runtime/errors.js';

/** Normal numbers (Box-Muller on a linear congruential generator). */
function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  for (let k = 0; k < 10; k++) uniform();
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

const filled = <T>(n: number, one: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => one(i));
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((s, v, i) => s + v * b[i]!, 0);

interface Set {
  readonly X: number[][];
  readonly Y: number[];
}

/** A linear function of six normal inputs, and noise. */
function linear(seed: number, noise: number, rows = 1000): Set {
  const normal = normals(seed);
  const w = filled(6, normal);
  const X = filled(rows, () => filled(6, normal));
  return { X, Y: X.map((x) => dot(x, w) + noise * normal()) };
}

/** One that needs hidden units. */
function curved(seed: number): Set {
  const { X } = linear(seed, 0);
  const normal = normals(seed + 1000);
  const w = filled(6, normal);
  return { X, Y: X.map((x) => Math.sin(dot(x, w)) + x[0]! * x[1]! + 0.1 * normal()) };
}

const unit = [dense(1)] as const;
const net610 = [dense(10, { activation: 'tanh' }), dense(1)] as const;
const SEEDS = [1, 2, 3, 4, 5];

async function fitted(
  { X, Y }: Set,
  layers: readonly Parameters<typeof Network.create>[0]['layers'][number][],
  seed: number,
  options: FitOptions,
) {
  const net = await Network.create({ inputs: X[0]!.length, layers, loss: 'meanSquaredError', seed });
  const rates: number[] = [];
  const onEpoch = ({ rate }: { rate: number }) => {
    rates.push(rate);
  };
  const { reason } = await net.fit(X, Y, { ...options, onEpoch });
  const { loss } = net.evaluate(X, Y);
  net.dispose();
  return { loss, rates, reason };
}

describe('murata with its defaults', () => {
  it.each([0.7, 0.1])('leaves no more than descent on single samples, with noise of %d', async (noise) => {
    for (const seed of SEEDS) {
      const set = linear(seed, noise);
      for (const epochs of [2, 10]) {
        const own = await fitted(set, unit, seed, { method: murata(), batchSize: 1, epochs });
        const plain = await fitted(set, unit, seed, { method: sgd({ rate: 0.01, momentum: 0 }), batchSize: 1, epochs });
        expect(own.loss).toBeLessThan(plain.loss);
        // The least squares leave about the noise, less what 7 parameters of 1000 rows take.
        expect(own.loss).toBeLessThan(1.15 * noise * noise);
      }
    }
  });

  it.each([1, 8, 'full'] as const)('does not diverge in batches of %s, and learns', async (batchSize) => {
    for (const seed of SEEDS) {
      const set = curved(seed);
      const mean = set.Y.reduce((a, b) => a + b) / set.Y.length;
      const variance = set.Y.reduce((s, y) => s + (y - mean) ** 2, 0) / set.Y.length;
      const { loss, reason, rates } = await fitted(set, net610, seed, { method: murata(), batchSize, epochs: 20 });
      expect(reason).toBe('epochs');
      expect(loss).toBeLessThan(batchSize === 1 ? 0.6 * variance : variance);
      expect(Math.max(...rates)).toBeLessThan(0.5);
    }
  });

  it('is safe where inputs are large, many, or of different sizes', async () => {
    for (const seed of SEEDS) {
      const normal = normals(seed);
      const X = filled(300, () => filled(30, (i) => 10 ** (i % 3) * normal()));
      const Y = X.map((x) => x[0]! + 0.1 * x[1]! + 0.01 * x[2]!);
      const start = await fitted({ X, Y }, unit, seed, { method: sgd({ rate: 1e-300, momentum: 0 }), epochs: 1, batchSize: 1 });
      const { loss, reason } = await fitted({ X, Y }, unit, seed, { method: murata(), batchSize: 1, epochs: 10 });
      expect(reason).toBe('epochs');
      expect(loss).toBeLessThan(start.loss / 10);
    }
  });

  it('anneals near the minimum, rises after the target has moved, and anneals again', async () => {
    for (const seed of SEEDS) {
      const [first, second] = [linear(seed, 0.7, 6000), linear(seed + 50, 0.7, 6000)];
      const net = await Network.create({ inputs: 6, layers: unit, loss: 'meanSquaredError', seed });
      const rates: number[] = [];
      const options = {
        method: murata(),
        batchSize: 1,
        order: 'sequential',
        onEpoch: ({ rate }: { rate: number }) => {
          rates.push(rate);
        },
      } as const;
      for (const { X, Y } of [first, second]) {
        for (let t = 0; t < 6000; t += 100) await net.partialFit(X.slice(t, t + 100), Y.slice(t, t + 100), options);
      }
      const [start, before, after, end] = [
        rates[0]!,
        ...[
          [50, 60],
          [60, 66],
          [110, 120],
        ].map(([a, b]) => Math.max(...rates.slice(a, b))),
      ] as const;
      expect(before!).toBeLessThan(0.7 * start);
      expect(after!).toBeGreaterThan(1.4 * before!);
      expect(end!).toBeLessThan(0.8 * after!);
      net.dispose();
    }
  });

  it('measures its first rate: 1/λmax of the most curved batch, which one linear unit has in closed form', async () => {
    const { X, Y } = linear(3, 0.5, 5);
    const curvature = (rows: number[][]) => {
      // The largest eigenvalue of 2/N·Σ (x, 1)(x, 1)ᵀ by the power method.
      let v = filled(7, (i) => 1 + i / 10);
      let lambda = 0;
      for (let k = 0; k < 20_000; k++) {
        const next = filled(7, () => 0);
        for (const x of rows) {
          const z = [...x, 1];
          const s = (2 * dot(z, v)) / rows.length;
          z.forEach((c, i) => {
            next[i]! += s * c;
          });
        }
        lambda = Math.hypot(...next);
        v = next.map((c) => c / lambda);
      }
      return lambda;
    };
    const single = X.map((x) => 2 * (1 + dot(x, x)));
    for (const [batchSize, expected] of [
      [1, single],
      ['full', [curvature(X)]],
    ] as const) {
      const { rates } = await fitted({ X, Y }, unit, 1, { method: murata(), batchSize, epochs: 1 });
      // Up to eight batches are drawn, and may be the same ones again: one of them, at least, is as curved as the rate says.
      const ratios = expected.map((lambda) => rates[0]! * lambda);
      expect(Math.min(...ratios.map((r) => Math.abs(r - 1)))).toBeLessThan(0.02);
    }
  });

  it('keeps the lowest rate of the first calls, where rows come one at a time', async () => {
    const net = await Network.create({ inputs: 6, layers: unit, loss: 'meanSquaredError', seed: 1 });
    const { X, Y } = linear(9, 0.3, 60);
    const rates: number[] = [];
    const onEpoch = ({ rate }: { rate: number }) => {
      rates.push(rate);
    };
    for (const [t, x] of X.entries()) await net.partialFit([x], [Y[t]!], { method: murata(), batchSize: 1, onEpoch });
    let lowest = Infinity;
    for (let t = 0; t < 18; t++) {
      lowest = Math.min(lowest, 1 / (2 * (1 + dot(X[t]!, X[t]!))));
      expect(Math.abs(rates[t]! / lowest - 1)).toBeLessThan(0.02);
    }
    expect(rates.at(-1)!).toBeLessThan(lowest);
    expect(net.evaluate(X, Y).loss).toBeLessThan(1);
  });

  it.each(['float32', 'float64'] as const)('gives the same bits in pieces, in %s', async (precision) => {
    const { X, Y } = linear(4, 0.5, 200);
    const make = () => Network.create({ inputs: 6, layers: net610, loss: 'meanSquaredError', precision, seed: 5 });
    const [whole, pieces] = [await make(), await make()];
    const options = { method: murata(), batchSize: 4 };
    await whole.fit(X, Y, { ...options, epochs: 9 });
    for (const epochs of [1, 3, 5]) await pieces.partialFit(X, Y, { ...options, epochs });
    expect(pieces.getWeights()).toEqual(whole.getWeights());
  });

  it.each([
    ['full batches', { batchSize: 'full' }],
    ['one step an epoch', { batchSize: 64 }],
    ['a few steps', { batchSize: 7 }],
    ['batches that grow', { batchSize: growing({ start: 8 }) }],
    ['weights', { batchSize: 16, sampleWeights: Array.from({ length: 40 }, (_, i) => i % 3) }],
    ['a validation set', { batchSize: 16, validation: 0.2 }],
  ] as const)('measures once where the same rows come again: %s', async (_, options) => {
    const { X, Y } = linear(4, 0.5, 40);
    const make = () => Network.create({ inputs: 6, layers: net610, loss: 'meanSquaredError', seed: 5 });
    let [whole, pieces] = [await make(), await make()];
    const given = { ...options, method: murata() } as FitOptions;
    const { loss } = await whole.fit(X, Y, { ...given, epochs: 25 });
    const losses: number[] = [];
    for (let k = 0; k < 25; k++) {
      losses.push(...(await pieces.partialFit(X, Y, given)).loss);
      pieces = (await loadModel(pieces.toBytes({ state: true }))) as Network;
    }
    expect(losses).toEqual(loss);
    expect(pieces.getWeights()).toEqual(whole.getWeights());
    // Other rows tell more: the lowest rate counts.
    const rate = async (net: Network, rows: readonly (readonly number[])[]) => {
      let found = 0;
      await net.partialFit(rows, Y, { ...given, onEpoch: (now) => void (found = now.rate) });
      return found;
    };
    whole = await make();
    const first = await rate(whole, X);
    expect(
      await rate(
        whole,
        X.map((x) => x.map((v) => 10 * v)),
      ),
    ).toBeLessThan(first / 3);
  });

  it('measures once where chunks come again', async () => {
    const { X, Y } = linear(4, 0.5, 40);
    const [whole, pieces] = await Promise.all(
      [0, 1].map(() => Network.create({ inputs: 6, layers: net610, loss: 'meanSquaredError', seed: 5 })),
    );
    const chunks = function* () {
      for (const at of [0, 20]) yield { X: X.slice(at, at + 20), Y: Y.slice(at, at + 20) };
    };
    const options = { method: murata(), batchSize: 8 };
    await whole!.fit(chunks, { ...options, epochs: 5 });
    for (let k = 0; k < 5; k++) await pieces!.partialFit(chunks, options);
    expect(pieces!.getWeights()).toEqual(whole!.getWeights());
  });

  it('goes with weights of 0, layers of noise, and targets that are met', async () => {
    const { X, Y } = linear(6, 0.1, 50);
    const noisy = [gaussianNoise(0.1), dense(1)] as const;
    const { reason } = await fitted({ X, Y }, noisy, 1, { method: murata(), batchSize: 1, epochs: 3 });
    expect(reason).toBe('epochs');
    const sampleWeights = Y.map((_, i) => (i % 2 ? 1 : 0));
    const weighted = await fitted({ X, Y }, unit, 1, { method: murata(), batchSize: 1, epochs: 5, sampleWeights });
    expect(weighted.reason).toBe('epochs');
    const zero = await fitted({ X: [[0, 0]], Y: [0] }, [dense(1, { bias: false })], 1, {
      method: murata(),
      batchSize: 1,
      epochs: 3,
    });
    expect(zero.loss).toBe(0);
    expect(zero.rates.every((rate) => rate === 0.01)).toBe(true); // nothing is curved
  });

  it('takes bounds, and a rate of your own', async () => {
    const { X, Y } = linear(2, 0.5, 100);
    const rates = async (options: Parameters<typeof murata>[0]) =>
      (await fitted({ X, Y }, unit, 1, { method: murata(options), batchSize: 1, epochs: 5 })).rates;
    for (const rate of await rates({ least: 1e-3, most: 2e-3 })) {
      expect(rate).toBeGreaterThanOrEqual(1e-3);
      expect(rate).toBeLessThanOrEqual(2e-3);
    }
    const own = await rates({ rate: 0.02 });
    expect(Math.max(...own)).toBeLessThanOrEqual(0.02 * (1 + 1e-9));
    expect(own.at(-1)!).toBeLessThan(0.02);
    for (const bad of [{ least: 2 }, { rate: 'fast' as 'auto' }, { least: 2, most: 1 }, { alpha: 0 }, { rate: 0 }]) {
      expect(() => murata(bad), JSON.stringify(bad)).toThrow(OptionError);
    }
  });
});
