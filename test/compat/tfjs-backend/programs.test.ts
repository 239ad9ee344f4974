// Programs that exist, in Node.js: they end where they do on the cpu backend. pages.test.ts runs them in pages and workers.

import { expect, test } from 'vitest';
import { BACKEND, register } from '../../../src/compat/tfjs-backend/index.js';
import { some } from '../../thorough.js';
import { PROGRAMS, apart } from './programs.js';

register();

test('programs end where the cpu backend does', async () => {
  const distances = await apart(BACKEND, some(5, Object.keys(PROGRAMS).reverse()));
  expect(Object.keys(distances).length).toBeGreaterThan(4);
  for (const [name, distance] of Object.entries(distances)) expect(distance, name).toBeLessThan(1e-4);
});
