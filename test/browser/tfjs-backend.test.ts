// Programs of TensorFlow.js on our backend, in a page and in a worker.

import { expect, test } from 'vitest';
import { BACKEND, register } from '../../src/compat/tfjs-backend/index.js';
import { apart } from '../compat/tfjs-backend/programs.js';

test('a page ends where the cpu backend does', async () => {
  register();
  expect(await apart(BACKEND)).toBeLessThan(1e-4);
});

test('a worker, too', async () => {
  const worker = new Worker(new URL('../compat/tfjs-backend/worker.ts', import.meta.url), { type: 'module' });
  const said = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
  });
  worker.terminate();
  expect(said).toEqual({ distance: expect.any(Number) });
  expect((said as { distance: number }).distance).toBeLessThan(1e-4);
});
