// Two people's programs, in a page.

import { beforeAll, expect, test } from 'vitest';
import { learnHead, retrain } from '../compat/tfjs/people.js';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

test('a classifier of sensors is trained in a worker whenever a sample is added', async () => {
  const worker = new Worker(new URL('../../examples/tfjs-sensors/worker.mjs', import.meta.url), { type: 'module' });
  await retrain(worker);
  worker.terminate();
});

test('a head learns while the page draws its frames', async () => {
  let frames = 0;
  let done = false;
  const frame = () => {
    frames++;
    if (!done) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  await learnHead(500, 1280, 5);
  done = true;
  expect(frames).toBeGreaterThan(2);
});
