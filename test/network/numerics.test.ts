// Which arithmetic a network computes with: fused multiply-adds where there are any, or the same bits everywhere.

import { describe, expect, test } from 'vitest';
import { fuses } from '../../bindings/features.js';
import { Network, dense, init, loadModel, minimize } from '../../src/index.js';
import { NUMERICS } from '../kernels/support.js';

const OPTIONS = { inputs: 3, layers: [dense(5, { activation: 'tanh' }), dense(2)], loss: 'meanSquaredError', seed: 3 } as const;
const X = Array.from({ length: 20 }, (_, r) => [Math.sin(r), Math.cos(3 * r), Math.sin(5 * r + 1)]);
const Y = X.map(([a, b, c]) => [a! * b!, b! - c!]);

test('the tests of fused multiply-adds have them', () => {
  if (NUMERICS === 'fast') expect(fuses()).toBe(true);
});

describe.each(['float32', 'float64'] as const)('%s', (precision) => {
  test('fast is the default, and fuses where the runtime does', async () => {
    using net = await Network.create({ ...OPTIONS, precision });
    expect(net.numerics).toBe('fast');
    expect(net.engine.core.isFused()).toBe(fuses() ? 1 : 0);
  });

  test('strict does not', async () => {
    using net = await Network.create({ ...OPTIONS, precision, numerics: 'strict' });
    expect(net.engine.core.isFused()).toBe(0);
  });

  test('both learn the same, up to rounding', async () => {
    const weights: number[][][] = [];
    for (const numerics of ['fast', 'strict'] as const) {
      using net = await Network.create({ ...OPTIONS, precision, numerics });
      await net.fit(X, Y, { epochs: 20 });
      weights.push(net.getWeights().map((w) => Array.from(w)));
    }
    // 20 steps of a smooth fit multiply rounding errors by little.
    const digits = precision === 'float32' ? 4 : 12;
    weights[0]!.forEach((tensor, i) => {
      for (const [k, w] of tensor.entries()) expect(w).toBeCloseTo(weights[1]![i]![k]!, digits);
    });
  });

  test('strict stays strict in a file, in second order and for curvature', async () => {
    using net = await Network.create({ ...OPTIONS, precision, numerics: 'strict' });
    using copy = (await loadModel(net.toBytes())) as Network;
    expect(copy.numerics).toBe('strict');
    expect(copy.engine.core.isFused()).toBe(0);
    await init({ precision: 'float64', numerics: 'strict' });
    expect(copy.curvature(X, Y).gradient().length).toBe(net.parameters);
    using fast = await Network.create({ ...OPTIONS, precision });
    using again = (await loadModel(fast.toBytes())) as Network;
    expect(again.numerics).toBe('fast');
  });
});

test('minimize takes both', async () => {
  for (const numerics of ['fast', 'strict'] as const) {
    const { x } = await minimize(([a, b]) => (a! - 1) ** 2 + (b! + 2) ** 2, [0, 0], { numerics });
    expect(x[0]).toBeCloseTo(1, 6);
    expect(x[1]).toBeCloseTo(-2, 6);
  }
});

test('another name is refused', async () => {
  await expect(Network.create({ ...OPTIONS, numerics: 'exact' as 'fast' })).rejects.toThrow(
    /Network\.create\.numerics.*'fast', 'strict'/,
  );
});
