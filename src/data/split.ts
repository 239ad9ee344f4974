// Splits of a data set: seeded, and stratified where there are classes.

import type { Engine } from '../../bindings/core.js';
import { Arena, Words } from '../../bindings/memory.js';
import { type Purpose, halves } from '../runtime/random.js';

/** A random permutation of 0 … n − 1, the same for the same seed, purpose and round. */
export function permutation(engine: Engine, n: number, seed: number, purpose: Purpose, round = 0): Uint32Array {
  const arena = new Arena();
  try {
    const words = new Words(arena, n);
    const [low, high] = halves(seed);
    engine.core.permutation(n, low, high, purpose, round, 0, words.address);
    return words.view().slice();
  } finally {
    arena.dispose();
  }
}

/** Which of n rows (1, else 0) fall into a share of all: each by a draw of its own, so that it takes no other row to know. */
export function drawn(engine: Engine, n: number, share: number, seed: number, purpose: Purpose, round: number): Uint8Array {
  const arena = new Arena();
  try {
    const words = new Words(arena, n);
    const [low, high] = halves(seed);
    engine.core.words(n, low, high, purpose, round, 0, words.address);
    return Uint8Array.from(words.view(), (word) => (word < share * 2 ** 32 ? 1 : 0));
  } finally {
    arena.dispose();
  }
}

/**
 * Deals indices 0 … n − 1, in a permuted order, into parts that get `shares` (which sum to 1) of all samples and, as nearly
 * as whole samples allow, of each class. The first sample of a class goes to the largest part, so that a part meant for
 * training knows every class. Each part lists its indices in ascending order.
 */
export function deal(order: Uint32Array, shares: readonly number[], classes?: ArrayLike<number>): Uint32Array[] {
  const parts: number[][] = shares.map(() => []);
  const byClass = new Map<number, number[]>();
  for (const i of order) {
    const c = classes ? classes[i]! : 0;
    const list = byClass.get(c);
    if (list) list.push(i);
    else byClass.set(c, [i]);
  }
  // Classes one after another along one line, cut so that every part takes its share of each stretch of the line.
  let position = 0;
  const given = shares.map(() => 0);
  const largest = Math.max(...shares);
  const favoured = classes && shares.filter((share) => share === largest).length === 1 ? shares.indexOf(largest) : -1;
  for (const list of byClass.values()) {
    for (const i of list) {
      position++;
      let neediest = 0;
      for (let p = 1; p < shares.length; p++) {
        if (shares[p]! * position - given[p]! > shares[neediest]! * position - given[neediest]! + 1e-12) neediest = p;
      }
      if (favoured >= 0 && i === list[0]) neediest = favoured;
      given[neediest]!++;
      parts[neediest]!.push(i);
    }
  }
  return parts.map((part) => Uint32Array.from(part).sort());
}

/** All indices below `rows` but some (ascending). */
export function without(some: Uint32Array, rows: number): Uint32Array {
  const left = new Uint32Array(rows - some.length);
  for (let r = 0, k = 0, at = 0; r < rows; r++) {
    if (some[k] === r) k++;
    else left[at++] = r;
  }
  return left;
}

/**
 * So many of the rows, in an order of all: the first of a line in which every class is evenly spread, so that fewer are a part of
 * more.
 */
export function leading(
  rows: Uint32Array,
  count: number,
  order: Uint32Array,
  strata: ArrayLike<number> | undefined,
): Uint32Array {
  const within = new Set(rows);
  const byClass = new Map<number, number[]>();
  for (const r of order) {
    if (!within.has(r)) continue;
    const c = strata ? strata[r]! : 0;
    if (byClass.has(c)) byClass.get(c)!.push(r);
    else byClass.set(c, [r]);
  }
  const line = [...byClass.values()].flatMap((list) => list.map((row, i) => ({ row, place: (i + 0.5) / list.length })));
  line.sort((a, b) => a.place - b.place);
  return Uint32Array.from(line.slice(0, count), ({ row }) => row).sort();
}
