// Layers whose parameters training leaves as they are.

import { describe, expect, test } from 'vitest';
import {
  type FitOptions,
  Network,
  type NetworkOptions,
  adam,
  adamW,
  batchNorm,
  dense,
  gaussNewton,
  layerNorm,
  lbfgs,
  levenbergMarquardt,
  lion,
  loadModel,
  newton,
  rbf,
  sgd,
} from '../../src/index.js';
import { VARIANTS, numbers } from './methods.js';

const next = numbers(7);
const X = Array.from({ length: 60 }, () => [next(), next(), next()]);
const Y = X.map(([a, b, c]) => [Math.sin(2 * a!) + b! * c!, a! - c!]);

/** The weights of a network before and after a fit, bit by bit. */
async function fitted(layers: NetworkOptions['layers'], options: FitOptions, more: Partial<NetworkOptions> = {}) {
  const net = await Network.create({ inputs: 3, layers, loss: 'mse', seed: 3, ...more });
  const before = net.getWeights();
  const { loss } = await net.fit(X, Y, options);
  const after = net.getWeights();
  return { net, loss, before, after, moved: after.map((w, i) => w.some((v, j) => v !== before[i]![j])) };
}

/** Methods that solve for all parameters together, or whose decay does not go through the gradient. */
const REFUSED = ['adamW', 'newton', 'gaussNewton', 'levenbergMarquardt'];

const layers = [
  dense(4, { activation: 'tanh' }),
  dense(5, { activation: 'tanh', trainable: false }),
  layerNorm({ trainable: false }),
  dense(2, { activation: 'linear' }),
];

test.each(VARIANTS)('$title leaves them alone and moves the others, or is refused', async ({ name, make }) => {
  const batchSize = make().batch ?? 20;
  const options = { method: make(), epochs: 4, batchSize };
  if (REFUSED.includes(name)) {
    await expect(fitted(layers, options)).rejects.toThrow(new RegExp(`fit.method is "${name}".* with frozen layers`));
    return;
  }
  const { moved } = await fitted(layers, options);
  expect(moved).toEqual([true, true, false, false, false, false, true, true]);
});

test('l1, decay, averages and clipped elements leave them alone, too', async () => {
  for (const options of [{ l1: 0.01 }, { average: 'polyak' }, { clip: { value: 0.01 } }, { order: 'emphasize' }] as const) {
    const { moved } = await fitted(layers, {
      method: sgd({ rate: 0.01, weightDecay: 0.1, perWeight: true }),
      epochs: 3,
      ...options,
    });
    expect(moved.slice(2, 6)).toEqual([false, false, false, false]);
  }
});

describe('what is trained above frozen layers is trained as if their outputs were the inputs', () => {
  test.each([
    ['sgd', { method: sgd({ rate: 0.05, weightDecay: 0.01 }), batchSize: 7 }],
    ['adam, one by one', { method: adam({ rate: 0.01 }), batchSize: 1 }],
    ['sgd, full batches', { method: sgd({ rate: 0.05 }), batchSize: 'full' }],
    ['lbfgs', { method: lbfgs({ weightDecay: 0.01 }) }],
  ] as const)('%s', async (_, options) => {
    const bottom = await Network.create({
      inputs: 3,
      layers: [dense(6, { activation: 'tanh' })],
      loss: 'mse',
      precision: 'float64',
    });
    const top = await Network.create({ inputs: 6, layers: [dense(2)], loss: 'mse', precision: 'float64', seed: 3 });
    const parts = [...bottom.getWeights(), ...top.getWeights()];
    const both = [dense(6, { activation: 'tanh', trainable: false }), dense(2)];
    const net = await Network.create({ inputs: 3, layers: both, loss: 'mse', precision: 'float64', seed: 3 });
    net.setWeights(parts);
    const inner = { data: bottom.predict(X), shape: [60, 6] };
    const alone = await top.fit(inner, Y, { ...options, epochs: 8 });
    const whole = await net.fit(X, Y, { ...options, epochs: 8 });
    for (const [epoch, loss] of whole.loss.entries()) expect(loss / alone.loss[epoch]!).toBeCloseTo(1, 9);
    expect(whole.loss.at(-1)).toBeLessThan(whole.loss[0]!);
  });

  test('below them errors pass through', async () => {
    const { loss, moved } = await fitted([dense(4, { activation: 'tanh' }), dense(2, { trainable: false })], {
      method: lbfgs(),
      epochs: 30,
    });
    expect(moved).toEqual([true, true, false, false]);
    expect(loss.at(-1)).toBeLessThan(loss[0]! / 1.5);
  });
});

test('the same bits on threads and in the background', async () => {
  const wide = [dense(40, { activation: 'tanh', trainable: false }), dense(30, { activation: 'tanh' }), dense(2)];
  const [one, two, behind] = await Promise.all(
    [{ threads: 1 }, { threads: 2 }, { background: true }].map(async ({ threads = 1, background = false }) =>
      (await fitted(wide, { method: adam(), batchSize: 30, epochs: 3, background }, { threads })).after.map((w) => [...w]),
    ),
  );
  expect(two).toEqual(one);
  expect(behind).toEqual(one);
});

test('centres of rbf layers may stay where the data have put them', async () => {
  const { net, moved } = await fitted([rbf(6, { trainable: false }), dense(2)], { method: sgd({ rate: 0.05 }), epochs: 1 });
  const centres = net.getWeights()[0]!;
  await net.partialFit(X, Y);
  expect(net.getWeights()[0]).toEqual(centres);
  expect(moved.slice(2)).toEqual([true, true]);
});

test('a fit by default, and one that is taken up again', async () => {
  const { moved } = await fitted(layers, {});
  expect(moved.slice(2, 6)).toEqual([false, false, false, false]);
  const { net } = await fitted(layers, { method: 'auto', epochs: 2 });
  expect((await net.fit(X, Y, { method: 'auto', epochs: 2 })).choice).toContain('frozen layers');
});

test('files keep it', async () => {
  const { net } = await fitted(layers, { epochs: 1 });
  const copy = (await loadModel(net.toBytes())) as Network;
  expect(copy.layers).toEqual(net.layers);
  expect(copy.layers.map((layer) => 'trainable' in layer)).toEqual([false, true, true, false]);
  const before = copy.getWeights();
  await copy.fit(X, Y, { epochs: 1 });
  expect(copy.getWeights().slice(2, 6)).toEqual(before.slice(2, 6));
});

test('what it does not go with is refused before anything moves', async () => {
  await expect(fitted(layers, { clip: { norm: 1 } })).rejects.toThrow(/\{ value \} with frozen layers/);
  await expect(fitted(layers, { method: lion({ weightDecay: 0.1 }) })).rejects.toThrow(/through the gradient/);
  for (const method of [newton(), gaussNewton(), levenbergMarquardt()])
    await expect(fitted(layers, { method })).rejects.toThrow(/lbfgs\(\).*frozen layers/);
  await expect(fitted([dense(2, { trainable: false })], {})).rejects.toThrow(/nothing to train/);
  expect(() => batchNorm({ trainable: false } as never)).toThrow(/no such option/);
  expect((await fitted(layers, { method: adamW({ weightDecay: 0 }), epochs: 1 })).moved[0]).toBe(true);
});
