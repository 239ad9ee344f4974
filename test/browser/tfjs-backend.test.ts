// Programs of TensorFlow.js on our backend, in a page and in a worker.

import { expect, test } from 'vitest';
import { BACKEND, register } from '../../src/compat/tfjs-backend/index.js';
import { PROGRAMS, apart } from '../compat/tfjs-backend/programs.js';

function expectClose(distances: Record<string, number>): void {
  expect(Object.keys(distances)).toEqual(Object.keys(PROGRAMS));
  for (const [name, distance] of Object.entries(distances)) expect(distance, name).toBeLessThan(1e-4);
}

test('a page ends where the cpu backend does', async () => {
  register();
  expectClose(await apart(BACKEND));
});

test('a worker, too', async () => {
  const worker = new Worker(new URL('../compat/tfjs-backend/worker.ts', import.meta.url), { type: 'module' });
  const said = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
  });
  worker.terminate();
  expectClose((said as { distances: Record<string, number> }).distances);
});
