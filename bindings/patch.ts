// Binaries as differences from another one: the reader of what scripts/patch.mjs writes.

/** What a patch makes of its base: bytes that it gives, and stretches of the base. */
export function patched(base: Uint8Array, patch: Uint8Array): Uint8Array<ArrayBuffer> {
  let at = 0;
  /** A number in bytes of seven bits, the lowest first. */
  const next = () => {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = patch[at++]!;
      number |= (byte & 127) << shift;
      if (byte < 128) return number;
    }
  };
  const bytes = new Uint8Array(next());
  const turns = next();
  let given = at + turns;
  let from = 0;
  for (let to = 0; to < bytes.length; ) {
    const fresh = next();
    bytes.set(patch.subarray(given, given + fresh), to);
    given += fresh;
    to += fresh;
    const length = next();
    const way = next();
    from += fresh + ((way >>> 1) ^ -(way & 1));
    bytes.set(base.subarray(from, from + length), to);
    from += length;
    to += length;
  }
  return bytes;
}
