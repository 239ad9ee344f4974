// Binaries as compressed text: what assembly/reader/text.ts reads, which says how it is written.
//
// How a binary is best told is found as LZMA does it: for a block at a time, the cheapest way from its beginning to each place
// follows from the cheapest ways to the places before, where prices are what decisions would take by the probabilities so far.

/** Where probabilities begin, as in assembly/reader/text.ts. */
const [MATCH, AGAIN, LENGTH, LENGTH_AGAIN, DISTANCE, SIZE, LITERAL, LITERALS] = [0, 64, 128, 192, 256, 512, 576, 768];
const [FASTEST, SLOWEST] = [3, 32];
/** The kinds of turns. */
const [LITERALLY, MATCHING, MATCHING_AGAIN] = [0, 1, 2];

/** How many bytes are decided at a time: within them, prices do not change. */
const BLOCK = 4096;
/** The longest stretch of which each shorter one is tried as well. */
const LONG = 300;
/** How many places are tried that begin alike, unless one brings enough. */
const MOST_PLACES = 6000;
const ENOUGH = 1024;

/** What a decision takes, in bits, by its probability as a fraction of 2¹². */
const BITS = Float64Array.from({ length: 4096 }, (_, chance) => -Math.log2(chance / 4096));

/** The characters of digits. */
const CHARACTERS = Array.from({ length: 66 }, (_, i) => String.fromCharCode(61 + i)).filter((c) => !'\\`'.includes(c));

/** Which part of an instruction is at a place: 0 the number of a local, 1 what is behind one, 2 any other. */
function partAt(bytes, place) {
  const takesLocal = (byte) => (byte & 0xfc) === 0x20;
  if (takesLocal(bytes[place - 1])) return 0;
  return takesLocal(bytes[place - 2]) ? 1 : 2;
}

/** Writes decisions as digits of six bits. */
class RangeCoder {
  low = 0;
  range = 2 ** 30 - 1;
  digits = [];

  /** Takes the lower part of the range, below a bound, or the upper one. */
  decide(bound, taken) {
    if (taken) {
      this.low += bound;
      this.range -= bound;
    } else this.range = bound;
    this.carry();
  }

  /** Writes a bit that is as probable as not. */
  bit(taken) {
    this.range >>>= 1;
    this.low += taken * this.range;
    this.carry();
  }

  carry() {
    if (this.low >= 2 ** 30) {
      this.low -= 2 ** 30;
      let i = this.digits.length - 1;
      for (; this.digits[i] === 63; i--) this.digits[i] = 0;
      this.digits[i]++;
    }
    for (; this.range < 1 << 24; this.range <<= 6) this.digit();
  }

  digit() {
    this.digits.push(this.low >>> 24);
    this.low = (this.low & 0xffffff) << 6;
  }

  /** All that was written. */
  text() {
    for (let i = 0; i < 5; i++) this.digit();
    return this.digits.map((digit) => CHARACTERS[digit]).join('');
  }
}

/** What is decided, and how probable it is, for all texts that go on from one another. */
class Model {
  chances = new Uint16Array(LITERAL + 3 * 8 * LITERALS).fill(1 << 15);
  paces = new Uint8Array(this.chances.length).fill(FASTEST);
  coder = new RangeCoder();

  /** What a decision would take. */
  price = (at, taken) => BITS[taken ? 4096 - (this.chances[at] >>> 4) : this.chances[at] >>> 4];

  /** Writes a decision, and learns from it. */
  write = (at, taken) => {
    const chance = this.chances[at];
    const pace = this.paces[at];
    this.coder.decide((this.coder.range >>> 12) * (chance >>> 4), taken);
    if (pace < SLOWEST) this.paces[at]++;
    this.chances[at] = chance + Math.trunc((taken ? -chance : 65535 - chance) / pace);
    return 0;
  };

  /** The lowest bits of a value, the highest first, by `each`, which is `price` or `write`: what they take together. */
  bits(each, at, count, value, node = 1) {
    let sum = 0;
    let next = node;
    for (let i = count - 1; i >= 0; i--) {
      const own = (value >>> i) & 1;
      sum += each(at + next, own);
      next = 2 * next + own;
    }
    return sum;
  }

  number(each, at, value) {
    const rest = Math.max(0, 30 - Math.clz32(value));
    const sum = this.bits(each, at, 6, rest > 0 ? 2 * rest + (value >>> rest) : value);
    for (let i = rest - 1; i >= 0 && each === this.write; i--) this.coder.bit((value >>> i) & 1);
    return sum + rest;
  }

  /** A byte, by the part that it is, the one before and, behind a match, by the one that the match would have gone on with. */
  literal(each, bytes, place, { state, distance }) {
    const at = LITERAL + LITERALS * (8 * partAt(bytes, place) + (bytes[place - 1] >> 5));
    const byte = bytes[place];
    if (state % 3 === LITERALLY) return this.bits(each, at, 8, byte);
    const other = bytes[place - distance];
    let sum = 0;
    let node = 1;
    for (let i = 7; i >= 0; i--) {
      const theirs = (other >> i) & 1;
      const own = (byte >> i) & 1;
      sum += each(at + 256 + 256 * theirs + node, own);
      node = 2 * node + own;
      if (own !== theirs) return sum + this.bits(each, at, i, byte, node);
    }
    return sum;
  }

  /** A turn, but for its length and distance. */
  kind(each, bytes, place, state, kind) {
    const at = 16 * partAt(bytes, place) + state;
    return each(MATCH + at, kind === LITERALLY ? 0 : 1) + (kind === LITERALLY ? 0 : each(AGAIN + at, kind - 1));
  }

  length(each, kind, length) {
    return kind === MATCHING ? this.number(each, LENGTH, length - 2) : this.number(each, LENGTH_AGAIN, length - 1);
  }

  distance(each, length, distance) {
    return this.number(each, DISTANCE + 64 * Math.min(3, length - 2), distance - 1);
  }
}

/** For each place of some bytes the stretches before it that it begins with: by rising lengths, each as near as there is one. */
function stretchesOf(bytes) {
  const common = (a, b) => {
    const most = Math.min(BLOCK, bytes.length - b);
    let length = 0;
    while (length < most && bytes[a + length] === bytes[b + length]) length++;
    return length;
  };
  /** The last place that began with the same two bytes, and the one before each. */
  const last = new Int32Array(1 << 16).fill(-1);
  const previous = new Int32Array(bytes.length);
  return Array.from(bytes, (byte, place) => {
    const found = [];
    if (place + 1 >= bytes.length) return found;
    const pair = byte | (bytes[place + 1] << 8);
    let longest = 1;
    let other = last[pair];
    for (let tries = 0; other >= 0 && tries < MOST_PLACES && longest < ENOUGH; tries++, other = previous[other]) {
      if (bytes[other + longest] !== bytes[place + longest]) continue;
      const length = common(other, place);
      if (length > longest) found.push({ length, distance: place - other });
      longest = Math.max(longest, length);
    }
    previous[place] = last[pair];
    last[pair] = place;
    return found;
  });
}

/** The cheapest turns from a place to another one, from what the turns before have left: their state and distance. */
function cheapest(model, bytes, stretches, first, last, { state, distance }) {
  const ways = [{ state, distance, sum: 0 }];
  const lengths = new Map();
  const distances = new Map();
  const remembered = (prices, key, price) => {
    if (!prices.has(key)) prices.set(key, price());
    return prices.get(key);
  };
  for (let i = 0; i < last - first; i++) {
    const place = first + i;
    const way = ways[i];
    const put = (kind, length, distance, sum) => {
      if (!(sum >= ways[i + length]?.sum))
        ways[i + length] = { state: (way.state % 3) * 3 + kind, distance, sum, kind, length, before: way };
    };
    const kinds = [LITERALLY, MATCHING, MATCHING_AGAIN].map(
      (kind) => way.sum + model.kind(model.price, bytes, place, way.state, kind),
    );
    put(LITERALLY, 1, way.distance, kinds[LITERALLY] + model.literal(model.price, bytes, place, way));
    const match = (kind, shortest, longest, distance) => {
      const most = Math.min(longest, last - place);
      for (let length = most > LONG ? most : shortest; length <= most; length++) {
        let price = remembered(lengths, 2 * length + kind, () => model.length(model.price, kind, length));
        if (kind === MATCHING) {
          price += remembered(distances, 8 * distance + Math.min(5, length), () => model.distance(model.price, length, distance));
        }
        put(kind, length, distance, kinds[kind] + price);
      }
    };
    let again = 0;
    while (place >= way.distance && place + again < last && bytes[place + again] === bytes[place + again - way.distance]) again++;
    match(MATCHING_AGAIN, 1, again, way.distance);
    let shortest = 2;
    for (const { length, distance } of stretches[place]) {
      match(MATCHING, shortest, length, distance);
      shortest = length + 1;
    }
  }
  const turns = [];
  for (let way = ways[last - first]; way.before; way = way.before) turns.push(way);
  return turns.reverse();
}

/**
 * The text of the last of some binaries, which goes on from the texts of those before it.
 * @param {...Uint8Array} binaries
 */
export function textOf(...binaries) {
  const bytes = Buffer.concat(binaries);
  const stretches = stretchesOf(bytes);
  const model = new Model();
  let left = { state: 0, distance: 1 };
  let place = 0;
  for (const { length: size } of binaries) {
    model.coder = new RangeCoder();
    model.number(model.write, SIZE, size);
    for (const end = place + size; place < end; ) {
      const turns = cheapest(model, bytes, stretches, place, Math.min(end, place + BLOCK), left);
      for (const turn of turns) {
        const { kind, length, distance } = turn;
        model.kind(model.write, bytes, place, left.state, kind);
        if (kind === LITERALLY) model.literal(model.write, bytes, place, left);
        else model.length(model.write, kind, length);
        if (kind === MATCHING) model.distance(model.write, length, distance);
        place += length;
        left = turn;
      }
    }
  }
  return model.coder.text();
}
