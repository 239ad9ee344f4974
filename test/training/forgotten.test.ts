// What is dropped without being disposed of: the collector frees it, in loops that never let the event loop turn.

import { beforeEach, expect, test, vi } from 'vitest';

/** A library whose memory has held nothing yet. Memory never shrinks, so that its size is the most that was ever in it. */
async function fresh() {
  vi.resetModules();
  await import('../binaries.js');
  const library = await import('../../src/index.js');
  const { heap } = await import('../../bindings/memory.js');
  return { ...library, heap };
}

let library: Awaited<ReturnType<typeof fresh>>;
beforeEach(async () => {
  library = await fresh();
});

const MB = 2 ** 20;

/** 1.6 MB of weights that cost nothing to draw. */
const LARGE = { inputs: 400, layers: [], loss: 'meanSquaredError', seed: 1 } as const;
const create = () => library.Network.create({ ...LARGE, layers: [library.dense(1000, { init: 'zeros' })] });

/** Much more comes and goes than is there at a time. */
async function expectBounded(times: number, bytes: number, once: () => Promise<unknown>): Promise<void> {
  for (let k = 0; k < times; k++) await once();
  expect(times * bytes).toBeGreaterThan(380 * MB);
  expect(library.heap.size).toBeLessThan(240 * MB);
}

test('networks', async () => {
  await expectBounded(250, 1.6e6, create);
});

test('datasets that are trained on', async () => {
  const net = await library.Network.create({ ...LARGE, layers: [library.dense(1)] });
  const X = { data: new Float32Array(400_000), shape: [1000, 400] } as const;
  const Y = { data: new Float32Array(1000), shape: [1000, 1] } as const;
  await expectBounded(250, 1.6e6, () => net.fit(library.dataset(X, Y), { epochs: 1, batchSize: 1000 }));
});

test('sums of products that are never finished', async () => {
  const X = { data: new Float64Array(800).fill(1), shape: [2, 400] } as const;
  await expectBounded(300, 1.4e6, async () => (await library.normalize.decorrelate().accumulate()).add(X));
});
