// A Module given before anything else was done: everything is bound to its memory, which no thread shares.

import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { withoutThreads } from '../../bindings/thread.js';
import { init } from '../../src/index.js';
import { BITS, trainedBits } from '../bits.js';

test('a Module gives the same bits, on one thread', async () => {
  for (const precision of ['float32', 'float64'] as const) {
    await init({ wasm: new WebAssembly.Module(await readFile(`build/${precision}.wasm`)), precision });
  }
  for (const precision of ['float32', 'float64'] as const) expect(await trainedBits(precision)).toBe(BITS[precision]);
  expect(withoutThreads()).toMatch(/Module/);
});
