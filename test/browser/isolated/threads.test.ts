// A page that is cross-origin isolated: threads, with the bits of Node.js, and a fit in the background that leaves the page its
// frames.

import { expect, test, vi } from 'vitest';
import { hasThreads, wantThreads } from '../../../bindings/pool.js';
import { DisposedError, Network, type Precision, adam, dense, levenbergMarquardt } from '../../../src/index.js';
import { BITS, trainedBits } from '../../bits.js';

const said = vi.spyOn(console, 'info');

async function workersFor(threads: number): Promise<void> {
  wantThreads(threads);
  while (!hasThreads(threads)) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Integers, so that they are the same in every engine. */
const rows = 2000;
const X = {
  data: Float32Array.from({ length: 20 * rows }, (_, i) => ((i * 37) % 61) / 32 - 1),
  shape: [rows, 20] as [number, number],
};
const Y = Array.from({ length: rows }, (_, r) => (r * r) % 3);

const create = (threads: number, units = 64) =>
  Network.create({
    inputs: 20,
    layers: [dense(units, { activation: 'tanh' }), dense(3, { activation: 'softmax' })],
    loss: 'crossEntropy',
    seed: 1,
    threads,
  });

test('the page is isolated', () => {
  expect(globalThis.crossOriginIsolated).toBe(true);
});

test.each<Precision>(['float32', 'float64'])(
  'the bits of Node.js on several threads, and in the background, in %s',
  async (precision) => {
    await workersFor(3);
    for (const threads of [1, 2, 3]) {
      for (const background of [false, true]) expect(await trainedBits(precision, { threads, background })).toBe(BITS[precision]);
    }
  },
);

test('the same bits on any number of threads, batch by batch, in full batches and forward', async () => {
  await workersFor(3);
  for (const batchSize of [64, 'full'] as const) {
    const run = async (threads: number, background: boolean) => {
      using net = await create(threads);
      const { loss, validationLoss } = await net.fit(X, Y, { epochs: 4, batchSize, method: adam(), validation: 0.5, background });
      return { loss, validationLoss, weights: net.getWeights(), outputs: net.predict(X), found: net.evaluate(X, Y) };
    };
    const alone = await run(1, false);
    for (const threads of [1, 2, 3]) {
      for (const background of [false, true]) expect(await run(threads, background)).toEqual(alone);
    }
  }
  expect(said).not.toHaveBeenCalled();
});

/** What a piece of work comes to, and how many messages the page reads meanwhile. */
async function messagesDuring<T>(work: () => Promise<T>): Promise<{ result: T; messages: number }> {
  const { port1, port2 } = new MessageChannel();
  let messages = 0;
  let done = false;
  port1.onmessage = () => {
    messages++;
    if (!done) port2.postMessage(0);
  };
  port2.postMessage(0);
  const result = await work();
  done = true;
  port1.close();
  return { result, messages };
}

test('frames are drawn, and messages read, during a single long step in the background', async () => {
  using net = await create(1, 16_000); // a step takes as long as several frames, on a fast machine too
  const batch = { epochs: 1, batchSize: 'full', background: true } as const;
  await net.fit(X, Y, batch); // whatever is done once has been done
  let frames = 0;
  let done = false;
  const frame = () => {
    frames++;
    if (!done) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const { messages } = await messagesDuring(() => net.fit(X, Y, { ...batch, epochs: 5 }));
  done = true;
  expect(frames).toBeGreaterThan(10); // in the foreground at most one between two steps
  expect(messages).toBeGreaterThan(100);
});

test('a method of second order leaves the page its messages while it factorises', async () => {
  const run = async (background: boolean) => {
    using net = await Network.create({
      inputs: 20,
      layers: [dense(30, { activation: 'tanh' }), dense(1)],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed: 1,
      threads: 2,
    });
    const { loss } = await net.fit(X, Y, { method: levenbergMarquardt(), epochs: 3, background });
    return { loss, weights: net.getWeights() };
  };
  const alone = await run(false);
  await run(true); // whatever is done once has been done
  const { result, messages } = await messagesDuring(() => run(true));
  expect(messages).toBeGreaterThan(100);
  expect(result).toEqual(alone);
});

test('an abort and a disposal end a fit in the background', async () => {
  const net = await create(2);
  const abort = new AbortController();
  const options = { epochs: 1e6, background: true, signal: abort.signal };
  const { reason } = await net.fit(X, Y, { ...options, onEpoch: () => setTimeout(() => abort.abort(), 20) });
  expect(reason).toBe('signal');
  const fit = net.fit(X, Y, { epochs: 1e6, background: true });
  const refused = expect(fit).rejects.toThrow(DisposedError);
  await new Promise((resolve) => setTimeout(resolve, 50));
  net.dispose();
  await refused;
});
