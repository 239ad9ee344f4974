// Reading compressed text, as scripts/text.mjs writes it.
//
// Compression is that of LZMA, in a simpler form: what comes next is a byte, or a stretch of what came before, and a range coder
// writes each binary decision in as many bits as it is surprising. The digits that it writes, of six bits, are characters. A text
// may go on from others: it copies from their bytes, and finds probabilities as they left them.

/** Where the probabilities of each kind of decision begin, and how many precede the literals'. */
const MATCH = 0;
const AGAIN = 64;
const LENGTH = 128;
const LENGTH_AGAIN = 192;
/** Of distances, for lengths of 2, 3, 4 and more. */
const DISTANCE = 256;
const SIZE = 512;
const LITERAL = 576;
/**
 * Literals are told by the part of an instruction that they are, and by the three highest bits of the byte before: as they are,
 * or by a bit of the one that a match would have given.
 */
const LITERALS = 768;
const CHANCES = LITERAL + 3 * 8 * LITERALS;

/** How fast a probability learns: by 1/3 of what it lacks at first, by 1/32 later. */
const FASTEST: u8 = 3;
const SLOWEST: u8 = 32;

/** A range has 30 bits, and at least 25 of them in use. */
const WHOLE: u32 = (1 << 30) - 1;
const LEAST: u32 = 1 << 24;

/** What is known between decisions. */
@unmanaged
class Reader {
  /** The next character. */
  next: usize;
  range: u32;
  code: u32;
  /** The kinds of the last two turns, three of a turn: 0 a literal, 1 a match, 2 a match as far back as the one before. */
  state: i32;
  distance: usize;
}

/** Behind the reader, by 2: that a decision is 0, as a fraction of 2¹⁶. */
// @ts-ignore: decorator
@inline
const CHANCE: usize = offsetof<Reader>();
/** Behind those: how slowly each changes. */
// @ts-ignore: decorator
@inline
const PACE: usize = CHANCE + 2 * CHANCES;

/** r.code, r.range = a digit more. Digits are '=' to '~' without '\' and '`', which mean something in strings and templates. */
function digit(r: Reader): void {
  const character = <u32>load<u8>(r.next++);
  r.code = (r.code << 6) | (character - 61 - u32(character > 92) - u32(character > 96));
  r.range <<= 6;
}

/** Decisions from a node of a tree down to one of end or more, with the probabilities from `first`. */
function walk(r: Reader, first: i32, node: i32, end: i32): i32 {
  const base = changetype<usize>(r) + first;
  while (node < end) {
    const at = base + first + 2 * node + CHANCE;
    const chance = <u32>load<u16>(at);
    const pace = load<u8>(base + node, PACE);
    if (pace < SLOWEST) store<u8>(base + node, pace + 1, PACE);
    const bound = (r.range >> 12) * (chance >> 4);
    node <<= 1;
    if (r.code < bound) {
      r.range = bound;
      store<u16>(at, chance + (65535 - chance) / pace);
    } else {
      r.code -= bound;
      r.range -= bound;
      store<u16>(at, chance - chance / pace);
      node |= 1;
    }
    while (r.range < LEAST) digit(r);
  }
  return node;
}

/** A decision. */
function decision(r: Reader, at: i32): i32 {
  return walk(r, at - 1, 1, 2) & 1;
}

/** Whether a byte is an instruction that is followed by the number of a local. */
// @ts-ignore: decorator
@inline
function takesLocal(byte: u8): bool {
  return (byte & 0xfc) === 0x20;
}

/** Which part of an instruction comes: 0 the number of a local, 1 what is behind one, 2 any other. */
// @ts-ignore: decorator
@inline
function part(to: usize): i32 {
  if (takesLocal(load<u8>(to - 1))) return 0;
  return takesLocal(load<u8>(to - 2)) ? 1 : 2;
}

/** A number: its two highest bits and how many follow, and these as they are. */
function number(r: Reader, first: i32): u32 {
  const slot = <u32>walk(r, first, 1, 64) & 63;
  if (slot < 4) return slot;
  let value = 2 | (slot & 1);
  for (let rest = (slot >> 1) - 1; rest > 0; rest--) {
    r.range >>= 1;
    const upper = u32(r.code >= r.range);
    r.code -= upper * r.range;
    value = (value << 1) | upper;
    while (r.range < LEAST) digit(r);
  }
  return value;
}

/** r = a reader that has read nothing. @returns the address behind it */
export function readerOpen(reader: usize): usize {
  for (let i = 0; i < CHANCES; i++) store<u16>(reader + 2 * i, 1 << 15, CHANCE);
  memory.fill(reader + PACE, FASTEST, CHANCES);
  const r = changetype<Reader>(reader);
  r.state = 0;
  r.distance = 1;
  return reader + PACE + CHANCES;
}

/** r turns to a text, which goes on from those that it has read. @returns how many bytes the text is of */
export function textOpen(reader: usize, text: usize): i32 {
  const r = changetype<Reader>(reader);
  r.next = text;
  r.code = 0;
  for (let i = 0; i < 5; i++) digit(r);
  r.range = WHOLE;
  return number(r, SIZE);
}

/** to[0 … end) = the bytes of the text; those of the texts before it, if any, lie before them */
export function textRead(reader: usize, to: usize, end: usize): void {
  const r = changetype<Reader>(reader);
  while (to < end) {
    // Before the first byte there are two that are 0.
    const place = part(to);
    let kind = 0;
    if (decision(r, MATCH + 16 * place + r.state)) {
      let length: i32;
      if (decision(r, AGAIN + 16 * place + r.state)) {
        kind = 2;
        length = number(r, LENGTH_AGAIN) + 1;
      } else {
        kind = 1;
        length = number(r, LENGTH) + 2;
        r.distance = number(r, DISTANCE + 64 * min(3, length - 2)) + 1;
      }
      for (; length > 0; length--) store<u8>(to, load<u8>(to++ - r.distance));
    } else {
      const first = LITERAL + LITERALS * (8 * place + (load<u8>(to - 1) >> 5));
      let node = 1;
      if (r.state % 3) {
        // Behind a match, which ended because the next byte is another one.
        const other = <i32>load<u8>(to - r.distance) | 256;
        for (let i = 7; i >= 0 && other >> (i + 1) === node; i--) {
          node = walk(r, first + (((other >> i) & 1) + 1) * 256, node, 2 * node);
        }
      }
      store<u8>(to++, walk(r, first, node, 256));
    }
    r.state = (r.state % 3) * 3 + kind;
  }
}
