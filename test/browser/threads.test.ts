// A page that is not cross-origin isolated: one thread, said once, and nothing else changes.

import { expect, test, vi } from 'vitest';
import { Network, dense } from '../../src/index.js';

const X = { data: Float32Array.from({ length: 4000 }, (_, i) => ((i * 37) % 64) / 32 - 1), shape: [1000, 4] as [number, number] };
const Y = Array.from({ length: 1000 }, (_, r) => r % 2);

const create = (threads?: number, units = 30) =>
  Network.create({
    inputs: 4,
    layers: [dense(units, { activation: 'tanh' }), dense(2, { activation: 'softmax' })],
    loss: 'crossEntropy',
    seed: 1,
    ...(threads && { threads }),
  });

test('it says why there is one thread, once, and only to those who would have had more', async () => {
  expect(globalThis.crossOriginIsolated).toBe(false);
  const said = vi.spyOn(console, 'info').mockImplementation(() => {});
  const small = await create();
  await small.fit(X, Y, { epochs: 2 });
  const alone = await create(1);
  await alone.fit(X, Y, { epochs: 2, batchSize: 100 });
  expect(said).not.toHaveBeenCalled();

  const several = await create(2);
  await several.fit(X, Y, { epochs: 2, batchSize: 100 });
  expect(said).toHaveBeenCalledTimes(1);
  expect(said.mock.calls[0]![0]).toMatch(
    /^efficient-backprop: .*not cross-origin isolated.*Cross-Origin-Embedder-Policy.*one thread$/,
  );
  expect(several.getWeights()).toEqual(alone.getWeights());

  const behind = await create();
  await behind.fit(X, Y, { epochs: 2, batchSize: 100, background: true });
  expect(behind.getWeights()).toEqual(alone.getWeights());
  expect(said).toHaveBeenCalledTimes(1);
  for (const net of [small, alone, several, behind]) net.dispose();
  said.mockRestore();
});
