// Binaries as text: what is written is read, whatever the bytes are, and nothing in it needs quoting.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DIGITS, bytesOfText } from '../../bindings/text.js';
// @ts-expect-error: a script has no declarations
import { textOf } from '../../scripts/text.mjs';

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  fc.uint8Array({ max: 90, maxLength: 2000 }), // about as many different bytes as there are digits
  fc.constant(Uint8Array.from({ length: 256 }, (_, i) => i)),
);

test('any bytes come back', () => {
  fc.assert(
    fc.property(bytes, (given) => {
      const text: string = textOf(given);
      expect(bytesOfText(text)).toEqual(given);
      expect(text).toMatch(/^[ -~]*$/);
      expect(text).not.toMatch(/["'`\\$<]/);
    }),
  );
});

test('a frequent byte is one character', () => {
  const given = Uint8Array.from({ length: 1000 }, (_, i) => (i % 87) * 2);
  expect(textOf(given)).toHaveLength(DIGITS + 2 * (DIGITS - 2) + 1000);
});
