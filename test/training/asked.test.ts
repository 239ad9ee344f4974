// Fits that are compared in words.

import { expect, test } from 'vitest';
import { sameInWords, worded } from '../../src/training/asked.js';

test('settings are the same in whatever order they are listed, however deep, and other ones differ', () => {
  const one = { name: 'adam', rate: 0.001, clip: { norm: 1, value: [1, 2] }, decoupled: false };
  const other = { decoupled: false, clip: { value: [1, 2], norm: 1 }, rate: 0.001, name: 'adam' };
  expect(worded(one)).not.toBe(worded(other));
  expect(sameInWords(worded(one), worded(other))).toBe(true);
  for (const change of [
    { rate: 0.002 },
    { clip: { norm: 2, value: [1, 2] } },
    { clip: { norm: 1, value: [2, 1] } },
    { more: 1 },
  ]) {
    expect(sameInWords(worded(one), worded({ ...other, ...change }))).toBe(false);
  }
  expect(sameInWords(undefined, worded(one))).toBe(false);
  expect(sameInWords('shuffle', 'shuffle')).toBe(true);
});
