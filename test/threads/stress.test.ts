// Many short fits with the pool: they end, give the same bits, and leave nothing behind. `npm run stress` does ten thousand.

import { expect, test } from 'vitest';
import { stress } from '../stress.mjs';
import * as library from '../../src/index.js';
import { heap } from '../../bindings/memory.js';

test('400 fits', async () => {
  await stress(library, 400); // whatever is made once has been made, and the heap is as large as fits at the same time need it
  const { used, size } = heap;
  const { resident } = await stress(library, 400);
  expect(heap.used).toBe(used);
  expect(heap.size).toBe(size);
  expect(resident).toBeLessThan(64 * 2 ** 20);
});
