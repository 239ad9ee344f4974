// Rows held out together: the last ones of rows in order of time, or whole groups, so that what is learned from shows nothing of
// what is held out.

/** What rows belong to: a label for each, or the column that has it. */
export type Groups = string | ArrayLike<unknown>;

/** Some rows held out, and those that are learned from meanwhile; both ascending. */
export interface Split {
  readonly held: Uint32Array;
  readonly learned: Uint32Array;
}

/** The same of turns, where all others are learned from unless it says which. */
export type Turn = Pick<Split, 'held'> & Partial<Split>;

const range = (start: number, end: number) => Uint32Array.from({ length: end - start }, (_, i) => start + i);

/**
 * Stretches of rows in order of time that are held out in turn, so many, each learned for from all rows before it. There is one
 * stretch more, the first, of which nothing is held out.
 */
export function turnsByTime(rows: number, count: number): Split[] {
  const all = range(0, rows);
  const start = (k: number) => Math.round((k * rows) / (count + 1));
  return Array.from({ length: count }, (_, k) => ({
    held: all.slice(start(k + 1), start(k + 2)),
    learned: all.subarray(0, start(k + 1)),
  }));
}

/** A share of the rows, the last ones, held out; the others are learned from. */
export function lastRows(rows: number, share: number): Split {
  const first = rows - Math.round(share * rows);
  return { held: range(first, rows), learned: range(0, first) };
}

/** A number for each label, counted from 0; equal ones for equal labels. The labels of further rows go on from `known`. */
export function numbered(labels: ArrayLike<unknown>, known = new Map<unknown, number>()): Uint32Array {
  return Uint32Array.from({ length: labels.length }, (_, r) => {
    if (!known.has(labels[r])) known.set(labels[r], known.size);
    return known.get(labels[r])!;
  });
}

/** How many groups there are. */
export function countGroups(groups: Uint32Array): number {
  return new Set(groups).size;
}

/**
 * Whole groups dealt into parts that get `shares` (which sum to 1) of the rows as nearly as groups allow: the largest first, each
 * to the part that lacks most. No part stays empty where there are enough groups.
 * @param order a permutation of the rows, by which groups of one size come
 */
function dealt(groups: Uint32Array, shares: readonly number[], order: Uint32Array): Uint32Array[] {
  const sizes = new Map<number, number>();
  for (const r of order) sizes.set(groups[r]!, (sizes.get(groups[r]!) ?? 0) + 1);
  const given = shares.map(() => 0);
  const partOf = new Map<number, number>();
  for (const [group, size] of [...sizes].sort(([, a], [, b]) => b - a)) {
    let neediest = 0;
    shares.forEach((share, p) => {
      const lack = (part: number, of: number) => of * groups.length - given[part]!;
      if (lack(p, share) > lack(neediest, shares[neediest]!)) neediest = p;
    });
    const empty = given.indexOf(0);
    const left = sizes.size - partOf.size;
    if (empty >= 0 && left <= given.filter((rows) => rows === 0).length) neediest = empty;
    given[neediest]! += size;
    partOf.set(group, neediest);
  }
  return shares.map((_, p) => range(0, groups.length).filter((r) => partOf.get(groups[r]!) === p));
}

/** Whole groups held out in turn: as many turns as are asked for, which is at most as many as there are groups. */
export function turnsByGroup(groups: Uint32Array, count: number, order: Uint32Array): Turn[] {
  return dealt(groups, new Array<number>(count).fill(1 / count), order).map((held) => ({ held }));
}

/** Groups that make about a share of the rows, held out; the others are learned from. */
export function someGroups(groups: Uint32Array, share: number, order: Uint32Array): Split {
  const [learned, held] = dealt(groups, [1 - share, share], order);
  return { held: held!, learned: learned! };
}
