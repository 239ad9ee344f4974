// Binaries as text: what bindings/text.ts reads.

/** Printable characters that mean nothing in strings, templates and pages. */
const DIGITS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter((c) => !'"$\'<\\`'.includes(c));

/** @param {Uint8Array} bytes */
export function textOf(bytes) {
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte]++;
  const byCount = counts.map((_, byte) => byte).sort((a, b) => counts[b] - counts[a] || a - b);
  const frequent = byCount.slice(0, DIGITS.length - 2).sort((a, b) => a - b);
  const rare = byCount.slice(DIGITS.length - 2).sort((a, b) => a - b);
  const code = new Array(256);
  frequent.forEach((byte, i) => {
    code[byte] = DIGITS[i + 2];
  });
  rare.forEach((byte, i) => {
    code[byte] = DIGITS[Math.floor(i / DIGITS.length)] + DIGITS[i % DIGITS.length];
  });
  return DIGITS.join('') + Buffer.from(frequent).toString('hex') + Array.from(bytes, (byte) => code[byte]).join('');
}
