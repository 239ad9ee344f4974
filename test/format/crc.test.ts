// CRC-32 against the one of zlib, and its published check value.

import fc from 'fast-check';
import { crc32 as reference } from 'node:zlib';
import { expect, test } from 'vitest';
import { crc32 } from '../../src/runtime/crc.js';

const text = (s: string) => new TextEncoder().encode(s);

test('the check value of the standard, and of nothing', () => {
  expect(crc32([text('123456789')])).toBe('cbf43926');
  expect(crc32([])).toBe('00000000');
});

test('of parts of any length as of the whole', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 5 }), (parts) => {
      const whole = Buffer.concat(parts);
      expect(crc32(parts)).toBe(crc32([whole]));
      if (reference) expect(Number.parseInt(crc32(parts), 16)).toBe(reference(whole));
    }),
  );
});
