// Batches that grow: geometrically, and by the variance of the gradient.

import { describe, expect, it } from 'vitest';
import { heap } from '../../bindings/memory.js';
import { type GrowingOptions, Network, OptionError, dense, growing, rprop, schedules, sgd } from '../../src/index.js';

const ROWS = 100;
const X = Array.from({ length: ROWS }, (_, i) => [Math.sin(i * 1.3), Math.cos(i * 0.7), 1 + Math.sin(i * i)]);
const Y = X.map(([a, b, c]) => a! - 2 * b! + 0.5 * c!);

const create = (seed = 1) =>
  Network.create({ inputs: 3, layers: [dense(1)], loss: 'meanSquaredError', precision: 'float64', seed });

/** How many steps each epoch took, told by a schedule that is asked before each. */
async function stepsPerEpoch(options: GrowingOptions, epochs: number): Promise<number[]> {
  const net = await create();
  const steps: number[] = [];
  const rate = {
    name: 'count',
    every: 'step' as const,
    rate: ({ epoch }: { epoch: number }) => {
      steps[epoch] = (steps[epoch] ?? 0) + 1;
      return 1e-3;
    },
  };
  await net.fit(X, Y, { batchSize: growing(options), epochs, method: sgd({ rate, momentum: 0 }) });
  return steps.map((asked) => asked - 1); // once more when the epoch begins
}

describe('growing', () => {
  it.each([
    [{ start: 4, factor: 1.5 }, [4, 6, 9, 14, 21, 32, 48, 72, 100, 100]],
    [{ start: 10, factor: 2, limit: 40 }, [10, 20, 40, 40, 40]],
    [{ start: 7, factor: 1 }, [7, 7, 7]],
    [{ start: 200 }, [100, 100]],
  ] satisfies [GrowingOptions, number[]][])('%o grows as B ← min(limit, ⌈factor·B⌉)', async (options, sizes) => {
    expect(await stepsPerEpoch(options, sizes.length)).toEqual(sizes.map((size) => Math.ceil(ROWS / size)));
  });

  it('ends in full batches whose steps are those of full batches', async () => {
    const [grown, full] = [await create(), await create()];
    const method = sgd({ rate: 0.05, momentum: 0 });
    await grown.fit(X, Y, { batchSize: growing({ start: 50, factor: 2 }), epochs: 1, method });
    full.setWeights(grown.getWeights());
    const { state } = await grown.fitWithState(X, Y, {
      batchSize: growing({ start: 50, factor: 2 }),
      epochs: 1,
      method,
      order: 'shuffle',
    });
    expect(state!.batchSize).toBe(50);
    full.setWeights(grown.getWeights());
    await grown.fitWithState(X, Y, { batchSize: growing({ start: 50, factor: 2 }), epochs: 1, method }, { resume: state });
    await full.fit(X, Y, { batchSize: 'full', epochs: 1, method });
    // The same sum over 100 samples in another order: a few roundings apart.
    grown.getWeights().forEach((w, i) => {
      for (const [j, v] of w.entries()) expect(Math.abs(v - full.getWeights()[i]![j]!)).toBeLessThan(1e-14);
    });
  });

  it('by variance: stays where the gradient stands out from its noise, grows where it does not', async () => {
    // Far from the minimum all samples agree on the direction.
    const far = X.map(() => 1000);
    const net = await create();
    const settings = { batchSize: growing({ start: 8, by: 'variance' }), epochs: 3, method: sgd({ rate: 1e-6, momentum: 0 }) };
    expect((await net.fitWithState(X, far, settings)).state!.batchSize).toBe(8);
    // At the minimum the mean gradient vanishes, and what is left is noise.
    const noisy = X.map((_, i) => (i % 2 ? 1 : -1));
    const minimum = await create();
    await minimum.fit(X, noisy, { batchSize: 'full', epochs: 3000, method: sgd({ rate: 0.1 }) });
    const { state } = await minimum.fitWithState(X, noisy, { ...settings, method: sgd({ rate: 1e-9, momentum: 0 }) });
    expect(state!.batchSize).toBe(ROWS);
  });

  it('by variance: the size is ⌈tr Var/(θ²‖mean‖²)⌉ where a sample holds all samples', async () => {
    const rows = 60;
    const net = await create();
    const [kernel, bias] = net.getWeights() as [Float64Array, Float64Array];
    const gradients = X.slice(0, rows).map((x, i) => {
      const e = x.reduce((s, v, j) => s + v * kernel[j]!, bias[0]!) - Y[i]!;
      return [...x.map((v) => 2 * e * v), 2 * e];
    });
    const mean = gradients[0]!.map((_, j) => gradients.reduce((s, g) => s + g[j]!, 0) / rows);
    const square = mean.reduce((s, v) => s + v * v, 0);
    const variance = gradients.reduce((s, g) => s + g.reduce((t, v, j) => t + (v - mean[j]!) ** 2, 0), 0) / (rows - 1);
    const theta = 0.5;
    const exact = variance / (theta * theta * square);
    expect(exact).toBeGreaterThan(2);
    expect(exact).toBeLessThan(rows);
    // 32 parts (of one sample each, the last 28 samples left out) estimate what 60 samples have: within their own scatter.
    const method = sgd({ rate: 1e-12, momentum: 0 });
    const sizes: number[] = [];
    for (let seed = 1; seed <= 20; seed++) {
      const one = await create();
      const batchSize = growing({ start: 2, by: 'variance', theta });
      const { state } = await one.fitWithState(X.slice(0, rows), Y.slice(0, rows), { batchSize, epochs: 2, method, seed });
      sizes.push(state!.batchSize);
    }
    const average = sizes.reduce((a, b) => a + b) / sizes.length;
    expect(average / exact).toBeGreaterThan(0.7);
    expect(average / exact).toBeLessThan(1.4);
  });

  it.each([{ by: 'epoch' }, { by: 'variance' }] as const)('continues to the same bits: %o', async (options) => {
    const batchSize = growing({ start: 5, ...options });
    const common = { batchSize, method: sgd({ rate: schedules.inverse({ rate: 0.02, tau: 500 }) }) };
    const [whole, halves] = [await create(), await create()];
    await whole.fit(X, Y, { ...common, epochs: 9 });
    const { state } = await halves.fitWithState(X, Y, { ...common, epochs: 4 });
    await halves.fitWithState(X, Y, { ...common, epochs: 5 }, { resume: state });
    expect(halves.getWeights()).toEqual(whole.getWeights());
  });

  it('frees what it measured with', async () => {
    const net = await create();
    await net.fit(X, Y, { epochs: 1 });
    const before = heap.used;
    await net.fit(X, Y, { batchSize: growing({ by: 'variance' }), epochs: 5 });
    expect(heap.used).toBe(before);
  });

  it('refuses what cannot be', async () => {
    for (const bad of [
      { factor: 0.9 },
      { start: 0 },
      { start: 1.5 },
      { by: 'luck' },
      { theta: 0 },
      { limit: 4, start: 8 },
      { grow: 2 },
    ]) {
      expect(() => growing(bad as GrowingOptions), JSON.stringify(bad)).toThrow(OptionError);
    }
    const net = await create();
    await expect(net.fit(X, Y, { batchSize: growing(), method: rprop() })).rejects.toThrow(OptionError);
    await expect(net.fit(X, Y, { batchSize: growing(), minGradient: 1e-3 })).rejects.toThrow(OptionError);
    await expect(net.fit(X, Y, { batchSize: 'half' as 'full' })).rejects.toThrow(/growing/);
  });
});
