// method: 'auto': the choice follows the map, is said, and works.

import { describe, expect, test } from 'vitest';
import { type Layer, Network, OptionError, adam, batchNorm, dataset, dense, dropout } from '../../src/index.js';
import { numbers } from '../layers/training.js';

function samples(rows: number, classes: number) {
  const next = numbers(rows);
  const X = Array.from({ length: rows }, () => [next(), next()]);
  const Y = X.map(([a, b]) => [classes ? (a! + b! > 0 ? 1 : 0) : Math.sin(2 * a!) * b!]);
  return { X, Y };
}

const regressor = (hidden = 8, more: Layer[] = []) =>
  Network.create({
    inputs: 2,
    layers: [dense(hidden, { activation: 'tanh', init: 'nguyenWidrow' }), ...more, dense(1)],
    loss: 'meanSquaredError',
    seed: 1,
  });

const classifier = () =>
  Network.create({
    inputs: 2,
    layers: [dense(8, { activation: 'tanh' }), dense(2, { activation: 'softmax' })],
    loss: 'crossEntropy',
    seed: 1,
  });

describe('chooses', () => {
  test('Levenberg-Marquardt for squared errors of few parameters, which promotes the network', async () => {
    const net = await regressor();
    const { X, Y } = samples(200, 0);
    const { choice, loss } = await net.fit(X, Y, { method: 'auto', epochs: 60 });
    expect(choice).toBe('levenbergMarquardt: squared errors, 33 parameters, 200 rows');
    expect(net.precision).toBe('float64');
    expect(loss.at(-1)!).toBeLessThan(1e-3);
  });

  test('L-BFGS for classes in a small set', async () => {
    const net = await classifier();
    const { X, Y } = samples(200, 2);
    const { choice, loss } = await net.fit(X, Y, { method: 'auto', epochs: 60 });
    expect(choice).toBe('lbfgs: 42 parameters, 200 rows, a set that is not redundant');
    expect(loss.at(-1)!).toBeLessThan(0.05);
  });

  test('mini-batches with Adam for classes in a large set, in the network’s precision', async () => {
    const net = await classifier();
    const { X, Y } = samples(2000, 2);
    const data = dataset(X, Y);
    const { choice, loss } = await net.fit(data, { method: 'auto', epochs: 10 });
    data.dispose();
    expect(choice).toBe('adam, batches: 2000 rows are redundant');
    expect(net.precision).toBe('float32');
    expect(loss.at(-1)!).toBeLessThan(0.2);
  });

  test.each([
    ['too many parameters', () => regressor(200), {}, /801 parameters, 50 rows: too many/],
    ['dropout', () => regressor(8, [dropout(0.1)]), {}, /dropout/],
    ['batchNorm', () => regressor(8, [batchNorm()]), {}, /batchNorm/],
    ['l1', () => regressor(), { l1: 1e-3 }, /l1 needs a first-order method/],
    ['clip', () => regressor(), { clip: { norm: 1 } }, /clip/],
    ['average', () => regressor(), { average: 'polyak' }, /average/],
    ['a batch size', () => regressor(), { batchSize: 8 }, /a batch size/],
  ] as const)('Adam: %s', async (_, make, options, why) => {
    const { X, Y } = samples(50, 0);
    const net = await make();
    const { choice } = await net.fit(X, Y, { method: 'auto', epochs: 2, ...options });
    expect(choice).toMatch(/^adam, batches: /);
    expect(choice).toMatch(why);
  });
});

test('a method that is given is no choice', async () => {
  const { X, Y } = samples(20, 0);
  const { choice } = await (await regressor()).fit(X, Y, { method: adam(), epochs: 2 });
  expect(choice).toBeUndefined();
});

test('bad data and bad names are refused, and the network can be fitted afterwards', async () => {
  const net = await regressor();
  const { X, Y } = samples(20, 0);
  await expect(net.fit([[1, 2], [3]], [[1], [2]], { method: 'auto' })).rejects.toThrow(/row 1/);
  await expect(net.fit(X, Y, { method: 'best' as never })).rejects.toThrow(OptionError);
  await expect(net.fit(X, Y, { method: 'best' as never })).rejects.toThrow(/or 'auto'/);
  expect((await net.fit(X, Y, { method: 'auto', epochs: 2 })).epochs).toBe(2);
});
