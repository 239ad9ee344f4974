// CRC-32 (ISO 3309, as of zip and png): any few bytes changed change it.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let c = byte;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** The CRC-32 of parts one behind the other, as eight hexadecimal digits. */
export function crc32(parts: Iterable<Uint8Array>): string {
  let c = 0xffffffff;
  for (const bytes of parts) {
    for (let i = 0; i < bytes.length; i++) c = TABLE[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8);
  }
  return (~c >>> 0).toString(16).padStart(8, '0');
}
