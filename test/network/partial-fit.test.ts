// Training that goes on: partialFit.

import { expect, it } from 'vitest';
import { Network, adam, dataset, dense, schedules, sgd } from '../../src/index.js';

const X = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(i * 1.7)]);
const Y = X.map(([a, b]) => a! - 0.5 * b!);
const create = () =>
  Network.create({ inputs: 2, layers: [dense(5, { activation: 'tanh' }), dense(1)], loss: 'meanSquaredError', seed: 3 });

it.each([sgd({ rate: schedules.inverse({ rate: 0.1, tau: 100 }) }), adam({ rate: 0.01 })])(
  'gives the same bits in pieces as in one go: $name',
  async (method) => {
    const [whole, pieces] = [await create(), await create()];
    await whole.fit(X, Y, { method, epochs: 5, batchSize: 7 });
    const data = dataset(X, Y);
    for (const epochs of [undefined, 3]) await pieces.partialFit(data, { method, batchSize: 7, ...(epochs && { epochs }) });
    const history = await pieces.partialFit(X, Y, { method, batchSize: 7 });
    expect(pieces.getWeights()).toEqual(whole.getWeights());
    expect(history.epochs).toBe(1);
  },
);

it('begins anew after fit and setWeights', async () => {
  const [one, two, three] = [await create(), await create(), await create()];
  const method = sgd({ rate: 0.05 });
  await one.partialFit(X, Y, { method });
  await one.fit(X, Y, { method, epochs: 2 });
  two.setWeights(one.getWeights());
  await three.partialFit(X, Y, { method });
  three.setWeights(one.getWeights());
  for (const net of [one, two, three]) await net.partialFit(X, Y, { method });
  expect(one.getWeights()).toEqual(two.getWeights());
  expect(three.getWeights()).toEqual(two.getWeights());
});

it('follows a target that changes, where a rate that falls cannot', async () => {
  const track = async (method: ReturnType<typeof sgd>) => {
    const net = await create();
    for (let k = 0; k < 60; k++) await net.partialFit(X, Y, { method, batchSize: 1, epochs: 4 });
    const turned = Y.map((y) => -y);
    for (let k = 0; k < 8; k++) await net.partialFit(X, turned, { method, batchSize: 1 });
    return net.evaluate(X, turned).loss;
  };
  const constant = await track(sgd({ rate: 0.02, momentum: 0 }));
  const falling = await track(sgd({ rate: schedules.inverse({ rate: 0.02, tau: 100 }), momentum: 0 }));
  expect(constant).toBeLessThan(falling / 3);
});
