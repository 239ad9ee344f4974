// Calls of partialFit go on from each other: n of one epoch give the bits of a fit of n.

import { describe, expect, it } from 'vitest';
import {
  type FitOptions,
  type Method,
  Network,
  adam,
  dataset,
  dense,
  dropout,
  emphasize,
  growing,
  sgd,
} from '../../src/index.js';
import { VARIANTS, forgotten, numbers } from './methods.js';

const next = numbers(5);
const X = Array.from({ length: 45 }, () => [next(), next(), next()]);
const Y = X.map(([a, b, c]) => [30 * Math.sin(2 * a!) + 8 * b! + next(), 20 * b! * c!]);

const create = (
  precision: 'float32' | 'float64',
  layers: Parameters<typeof Network.create>[0]['layers'] = [dense(5, { activation: 'tanh' }), dense(2)],
) => Network.create({ inputs: 3, layers, loss: 'meanSquaredError', precision, seed: 3 });

async function compare(make: () => Promise<Network>, method: () => Method, options: FitOptions, epochs: number): Promise<number> {
  const [whole, pieces] = [await make(), await make()];
  const record = await whole.fit(X, Y, { ...options, method: method(), epochs });
  const losses: number[] = [];
  for (let k = 0; k < record.epochs; k++) {
    const { loss } = await pieces.partialFit(X, Y, { ...options, method: method() });
    losses.push(...loss);
  }
  expect(losses).toEqual(record.loss);
  expect(pieces.getWeights()).toEqual(whole.getWeights());
  return record.epochs;
}

it('knows every method of the package', () => {
  expect(forgotten()).toEqual([]);
});

describe.each(['float32', 'float64'] as const)('%s', (precision) => {
  it.each(VARIANTS)('goes on where it was: $title', async ({ make }) => {
    expect(await compare(() => create(precision), make, {}, 12)).toBeGreaterThan(5);
  });

  it.each([
    ['interleaved', { batchSize: 7, lastBatch: 'short' }],
    ['dropped', { batchSize: 7, lastBatch: 'drop' }],
    ['emphasis', { batchSize: 7, order: emphasize({ importance: true }) }],
    ['growing batches', { batchSize: growing({ start: 2, by: 'epoch' }) }],
    ['batches that grow to the whole set', { batchSize: growing({ start: 16 }) }],
    ['batches that grow to the whole set, emphasised', { batchSize: growing({ start: 16, factor: 2 }), order: 'emphasize' }],
    ['batches that are the whole set from the start', { batchSize: growing({ start: 64 }) }],
    ['batches that grow by variance', { batchSize: growing({ start: 2, by: 'variance' }) }],
    ['averages', { batchSize: 7, average: 'polyak' }],
    ['decaying averages, clipped', { batchSize: 7, average: { decay: 0.9 }, clip: { norm: 1 }, l1: 0.01 }],
  ] as const)('the same with %s', async (_, options) => {
    await compare(
      () => create(precision),
      () => sgd({ rate: 0.01, momentum: 0.5 }),
      options as FitOptions,
      6,
    );
    await compare(
      () => create(precision),
      () => adam({ rate: 0.01 }),
      options as FitOptions,
      6,
    );
  });
});

it('the same with layers that draw numbers', async () => {
  const layers = () => [dense(6, { activation: 'tanh' }), dropout(0.2), dense(2)];
  await compare(
    () => create('float32', layers()),
    () => adam({ rate: 0.01 }),
    { batchSize: 7 },
    5,
  );
  await compare(
    () => create('float32', layers()),
    () => adam({ rate: 0.01 }),
    { batchSize: growing({ start: 16 }) },
    8,
  );
});

describe('what other data leave of a state', () => {
  // In a unit of 1: to another one and back is not always the same number.
  const small = Y.map(([a, b]) => [a! / 20, b! / 20]);
  const other = dataset(
    X.slice(0, 30),
    small.slice(0, 30).map(([a, b]) => [b!, a!]),
  );

  it.each(VARIANTS.filter(({ make }) => make().precision === 'float64'))('descends on another set: $title', async ({ make }) => {
    const [net, fresh] = [await create('float64'), await create('float64')];
    await net.partialFit(X, small, { method: make(), epochs: 8 });
    fresh.setWeights(net.getWeights());
    const before = net.evaluate(other).loss;
    const { loss } = await net.partialFit(other, { method: make(), epochs: 5 });
    expect(loss.at(-1)).toBeLessThan(before);
    if (!['levenbergMarquardt', 'gaussNewton'].includes(make().name)) {
      // Nothing but damping says anything about another function.
      await fresh.partialFit(other, { method: make(), epochs: 5 });
      expect(net.getWeights()).toEqual(fresh.getWeights());
    }
  });
});
