// Binaries as compressed text: what is written is read, whatever binaries have in common, and takes little room.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOfText } from '../../bindings/text.js';
// @ts-expect-error: a script has no declarations
import { textOf as textOfAny } from '../../scripts/text.mjs';

const textOf: (...binaries: Uint8Array[]) => string = textOfAny;

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

/** The bytes of each of some binaries, from its text and those before it. */
function readBack(binaries: readonly Uint8Array[]): Uint8Array[] {
  const texts = binaries.map((_, i) => textOf(...binaries.slice(0, i + 1)));
  return binaries.map((_, i) => bytesOfText(...texts.slice(0, i + 1)));
}

test('any bytes come back, also where they go on from others', () => {
  fc.assert(
    fc.property(fc.oneof(related, fc.tuple(bytes, bytes), fc.tuple(bytes, alike, bytes)), (binaries) => {
      expect(readBack(binaries)).toEqual(binaries);
    }),
    { numRuns: 40 },
  );
});

/** Bytes without a pattern. */
const noise = (length: number, seed = 1) =>
  Uint8Array.from({ length }, (_, i) => Math.imul(Math.imul(i + seed, 2654435761) ^ ((i + seed) >>> 3), 2246822519) >>> 24);

test('of any length, from nothing to more than is decided at a time', () => {
  for (const length of [0, 1, 2, 4095, 4096, 4097, 20_000]) {
    for (const given of [noise(length), new Uint8Array(length), Uint8Array.from({ length }, (_, i) => (i * i) >> 3)]) {
      expect(Buffer.from(bytesOfText(textOf(given))).equals(given), String(length)).toBe(true);
    }
  }
});

test('what repeats takes little, what has no pattern six bits a character', () => {
  const given = noise(4096);
  expect(textOf(new Uint8Array(20_000)).length).toBeLessThan(100);
  expect(textOf(given).length).toBeLessThan((given.length * 8 * 1.05) / 6);
  expect(textOf(given, given).length).toBeLessThan(20);
  const moved = Uint8Array.from([...given.subarray(2000), 1, 2, 3, ...given.subarray(0, 2000)]);
  expect(textOf(given, moved).length).toBeLessThan(50);
});

test('its characters mean nothing in strings, templates and pages', () => {
  expect(textOf(noise(20_000))).toMatch(/^[=-[\]-_a-~]+$/);
});
