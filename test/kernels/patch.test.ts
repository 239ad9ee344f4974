// Binaries as differences: what is written is read, whatever the two have in common.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { patched } from '../../bindings/patch.js';
// @ts-expect-error: a script has no declarations
import { patchOf } from '../../scripts/patch.mjs';

const bytes = fc.uint8Array({ maxLength: 600 });
/** Bytes that repeat themselves. */
const alike = fc.uint8Array({ max: 2, maxLength: 600 });

/** A base, and bytes that are pieces of it between others. */
const related = fc.oneof(bytes, alike).chain((base) => {
  const place = fc.nat({ max: base.length });
  const piece = fc.tuple(place, place).map(([from, to]) => base.subarray(from, to));
  const other = fc.uint8Array({ maxLength: 20 });
  const pieces = fc.array(fc.oneof(piece, other), { maxLength: 12 });
  return fc.tuple(
    fc.constant(base),
    pieces.map((parts) => Uint8Array.from(parts.flatMap((part) => [...part]))),
  );
});

test('any bytes come back from any base', () => {
  fc.assert(
    fc.property(fc.oneof(related, fc.tuple(bytes, bytes)), ([base, given]) => {
      const patch: Uint8Array = patchOf(base, given);
      expect(patched(base, patch)).toEqual(given);
    }),
    { numRuns: 500 },
  );
});

test('nothing from nothing, and the same from itself, in a few bytes', () => {
  const none = new Uint8Array(0);
  const given = Uint8Array.from({ length: 20_000 }, (_, i) => (i * i) >> 3);
  expect(patched(given, patchOf(given, none))).toEqual(none);
  expect(patched(none, patchOf(none, given))).toEqual(given);
  const same: Uint8Array = patchOf(given, given);
  expect(patched(given, same)).toEqual(given);
  expect(same.length).toBeLessThan(12);
});

test('what has moved is copied from where it was', () => {
  const base = Uint8Array.from({ length: 4096 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
  const given = Uint8Array.from([...base.subarray(2000), 1, 2, 3, ...base.subarray(0, 2000)]);
  const patch: Uint8Array = patchOf(base, given);
  expect(patched(base, patch)).toEqual(given);
  expect(patch.length).toBeLessThan(30);
});
