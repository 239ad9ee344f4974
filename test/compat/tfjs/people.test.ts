// Two people's programs, in Node.

import { Worker } from 'node:worker_threads';
import { beforeAll, test } from 'vitest';
import { some } from '../../thorough.js';
import { learnHead, retrain } from './people.js';
import * as tf from './union.js';

beforeAll(() => tf.setBackend('cpu'));

test('a classifier of sensors is trained in a worker whenever a sample is added', async () => {
  const worker = new Worker(new URL('../../../examples/tfjs-sensors/worker.mjs', import.meta.url));
  await retrain(worker);
  await worker.terminate();
});

const HEADS = [
  [50, 1280, 3],
  [200, 1024, 10],
  [2000, 1280, 5],
] as const;

test.each(some(2, HEADS))('a head learns %i embeddings of %i numbers, %i classes', async (rows, size, classes) => {
  await learnHead(rows, size, classes);
});
