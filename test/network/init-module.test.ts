// A Module given before anything else was done: everything is bound to its memory, which no thread shares.

import { readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { withoutThreads } from '../../bindings/thread.js';
import { Network, dense, init } from '../../src/index.js';
import { BITS, trainedBits } from '../bits.js';

test('a Module gives the same bits, on one thread', async () => {
  for (const precision of ['float32', 'float64'] as const) {
    await init({ wasm: new WebAssembly.Module(await readFile(`build/${precision}.wasm`)), precision });
  }
  for (const precision of ['float32', 'float64'] as const) expect(await trainedBits(precision)).toBe(BITS[precision]);
  expect(withoutThreads()).toMatch(/Module/);
});

test('which is said to those who wanted several, once', async () => {
  const said = vi.spyOn(console, 'info').mockImplementation(() => {});
  const X = Array.from({ length: 64 }, (_, r) => [r / 32 - 1]);
  const fit = async (threads: number | 'auto', background: boolean) => {
    using net = await Network.create({ inputs: 1, layers: [dense(8), dense(1)], loss: 'meanSquaredError', seed: 1, threads });
    await net.fit(X, X, { epochs: 3, background });
    return net.getWeights();
  };
  const alone = await fit(1, false);
  expect(await fit('auto', false)).toEqual(alone);
  expect(said).not.toHaveBeenCalled();
  expect(await fit(2, false)).toEqual(alone);
  expect(await fit(1, true)).toEqual(alone);
  expect(said.mock.calls).toEqual([[expect.stringMatching(/^efficient-backprop: .*Module.*, so it computes on one thread$/)]]);
  said.mockRestore();
});
