// Binaries as text, which every bundler takes: the reader of what scripts/text.mjs writes.
//
// A text begins with its digits, and with the frequent bytes in hexadecimal, one for each digit behind the first two. Then a byte
// is one digit, or two if it is a rare one. What is one character a byte compresses as bytes do: 31.8 KB of float32's, against
// 31.2 of the bytes themselves, 35.7 of hexadecimal digits and 45 of base64.

import { bytesFrom } from './features.js';

/** Digits of a text: the printable characters that mean nothing in strings, templates and pages. */
export const DIGITS = 89;

/** The bytes of a text. */
export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  const places = new Uint8Array(128);
  for (let i = 0; i < DIGITS; i++) places[text.charCodeAt(i)] = i;
  const start = DIGITS + 2 * (DIGITS - 2);
  const frequent = bytesFrom(text.slice(DIGITS, start));
  const rare = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !frequent.includes(byte));
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let i = start; i < text.length; ) {
    const place = places[text.charCodeAt(i++)]!;
    bytes[length++] = place > 1 ? frequent[place - 2]! : rare[place * DIGITS + places[text.charCodeAt(i++)]!]!;
  }
  return bytes.subarray(0, length);
}
