import { expect, test } from 'vitest';
import { BITS, trainedBits } from '../bits.js';

test.each(['float32', 'float64'] as const)('a seed gives the bits written down, in %s', async (precision) => {
  expect(await trainedBits(precision)).toBe(BITS[precision]);
});
