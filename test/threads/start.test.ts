// Workers come up, whoever waits for what.

import { beforeEach, expect, test } from 'vitest';
import { endThreads, hasThreads, startsThreads } from '../../bindings/pool.js';
import { Network, dataset } from '../../src/index.js';
import { LAYERS, problem } from './support.js';

beforeEach(endThreads);

test('while somebody awaits one short fit after the other, and nothing else', async () => {
  const { X, labels } = problem(64, 7, 3);
  using net = await Network.create({ inputs: 7, layers: LAYERS, loss: 'crossEntropy', seed: 1, threads: 2 });
  using data = dataset(X, labels);
  let fits = 0;
  for (; fits < 100_000 && !hasThreads(2); fits++) await net.partialFit(data, { batchSize: 64 });
  expect(hasThreads(2)).toBe(true);
  expect(startsThreads()).toBe(false);
});

test('nobody waits for workers where one thread is asked for', async () => {
  const { X, labels } = problem(64, 7, 3);
  using net = await Network.create({ inputs: 7, layers: LAYERS, loss: 'crossEntropy', seed: 1, threads: 1 });
  await net.fit(X, labels, { batchSize: 64, epochs: 2 });
  expect(startsThreads()).toBe(false);
  expect(hasThreads(2)).toBe(false);
});

test('an abort that is heard while they come up is heard before the first step', async () => {
  const { X, labels } = problem(64, 7, 3);
  using net = await Network.create({ inputs: 7, layers: LAYERS, loss: 'crossEntropy', seed: 1, threads: 4 });
  const before = net.getWeights();
  const abort = new AbortController();
  setImmediate(() => abort.abort());
  const { reason, epochs } = await net.fit(X, labels, { batchSize: 'full', epochs: 5, signal: abort.signal });
  expect({ reason, epochs }).toEqual({ reason: 'signal', epochs: 0 });
  expect(net.getWeights()).toEqual(before);
});
