// Binaries as differences from another one: what bindings/patch.ts reads.
//
// Binaries of one source have most functions in common, up to numbers of functions and of locals. A patch is a list of turns: so
// many bytes that are given, then so many that are copied from the base, from so far behind the last ones. All numbers of a patch
// come first and the given bytes last, since like beside like compresses best.

/** The shortest stretch that is worth a copy: below it, its numbers take as much room as the bytes. */
const SHORTEST = 12;
/** The shortest where the base goes on as it did before, so that the way there is 0. */
const SHORTEST_NEXT = 3;
/** How much shorter a stretch may be for going on there. */
const PREFERENCE = 3;
/** How many places of the base are tried; bytes that stand in more of them are all alike. */
const MOST_PLACES = 400;

/** A number in bytes of seven bits, the lowest first. */
function push(bytes, number) {
  let rest = number;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
}

/** Where in the base each run of SHORTEST bytes begins. */
function placesOf(base) {
  const places = new Map();
  for (let at = 0; at + SHORTEST <= base.length; at++) {
    const key = base.toString('latin1', at, at + SHORTEST);
    const known = places.get(key);
    if (!known) places.set(key, [at]);
    else if (known.length < MOST_PLACES) known.push(at);
  }
  return places;
}

/**
 * What turns `base` into `bytes`: greedily, the longest copy at each place.
 * @param {Uint8Array} base
 * @param {Uint8Array} bytes
 */
export function patchOf(base, bytes) {
  const from = Buffer.from(base);
  const to = Buffer.from(bytes);
  const places = placesOf(from);
  const common = (a, b) => {
    let length = 0;
    while (a + length < from.length && b + length < to.length && from[a + length] === to[b + length]) length++;
    return length;
  };
  const turns = [];
  const given = [];
  let next = 0; // where the base goes on
  let fresh = 0; // bytes given since the last copy
  for (let at = 0; at < to.length; ) {
    let place = next;
    let length = common(next, at);
    let worth = length >= SHORTEST_NEXT ? length + PREFERENCE : 0;
    for (const other of places.get(to.toString('latin1', at, at + SHORTEST)) ?? []) {
      const found = common(other, at);
      if (found > worth) [place, length, worth] = [other, found, found];
    }
    if (worth === 0) {
      given.push(to[at++]);
      fresh++;
      next++;
      continue;
    }
    const way = place - next;
    for (const number of [fresh, length, way < 0 ? -2 * way - 1 : 2 * way]) push(turns, number);
    fresh = 0;
    at += length;
    next = place + length;
  }
  if (fresh > 0) for (const number of [fresh, 0, 0]) push(turns, number);
  const head = [];
  push(head, to.length);
  push(head, turns.length);
  return Uint8Array.from([...head, ...turns, ...given]);
}
