// CRC-32 (ISO 3309, as of zip and png): any few bytes changed change it. Four bytes at a time, by tables of what a byte does from
// 0, 1, 2 and 3 places further on.

type ByteTable = Uint32Array;

function tables(): readonly [ByteTable, ByteTable, ByteTable, ByteTable] {
  const last = Uint32Array.from({ length: 256 }, (_, byte) => {
    let c = byte;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  const before = (table: ByteTable) => table.map((c) => last[c & 0xff]! ^ (c >>> 8));
  const third = before(last);
  const second = before(third);
  return [before(second), second, third, last];
}

/** The CRC-32 of parts one behind the other, as eight hexadecimal digits. */
export function crc32(parts: Iterable<Uint8Array>): string {
  const [first, second, third, last] = tables();
  let c = 0xffffffff;
  for (const bytes of parts) {
    const whole = bytes.length & ~3;
    let i = 0;
    for (; i < whole; i += 4) {
      c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
      c = first[c & 0xff]! ^ second[(c >>> 8) & 0xff]! ^ third[(c >>> 16) & 0xff]! ^ last[c >>> 24]!;
    }
    for (; i < bytes.length; i++) c = last[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8);
  }
  return (~c >>> 0).toString(16).padStart(8, '0');
}
