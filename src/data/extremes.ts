// Values of a column that lie outside of everything else: one that is wrong by a factor of a million, or -999 for "missing".

import { EMPTY_SPREAD, type Spread, joined, spreadOf } from './spread.js';

/** Outside is what keeps further from all the rest than so many times their whole range. */
const APART = 8;

/** A value outside that does not repeat is also further away than so many of their deviations. */
const FAR = 50;

/**
 * How many deviations the range of 300 normal values takes. Where the rest takes r times as many, its tails are long, and a value
 * outside that does not repeat keeps away by 6·r² of its ranges at least.
 */
const NORMAL_RANGE = 6;

/** A value outside that occurs so often stands for something; below that it is a mistake. */
const REPEATED = 3;

/** Most of the values that may be mistakes: more are part of the distribution. */
const MOST_MISTAKES = 0.05;

/**
 * Numbers that stand for "missing" by custom: 0 and -1, nines (the last digit may be a seven or an eight), eights, a one and
 * zeros. Only these may make up more of the values: others that occur so often, as the postal code of a large city does, mean
 * what they say.
 */
const CUSTOMARY = /^(-?(9{2,}[78]?|8{2,}|97|98|10{3,})|-1|0)$/;

/** Least of the values, and how many, that can be the rest. */
const LEAST_REST = { share: 0.1, count: 5 } as const;

/** Different values of a group that are counted one by one. */
const MOST_COUNTED = 4;

/** Values looked at for a centre. */
const LOOKED_AT = 31;

/** Where a column's values are held to the range of the rest; only on the side, or sides, where some lay outside. */
export interface Limits {
  /** Smallest and largest value of the rest: what lies beyond is taken as these. */
  readonly low?: number;
  readonly high?: number;
  /** How many values of training lay beyond. */
  readonly beyond: number;
}

/** A value that repeats, far outside of everything else, as -999 does where it stands for "missing". */
export interface Sentinel {
  readonly value: number;
  /** How often it occurred in training. */
  readonly count: number;
}

/** What lies outside of a column's other values. */
export interface Extremes {
  /** All values but sentinels, within the limits. */
  readonly spread: Spread;
  readonly limits: Limits;
  readonly sentinels: readonly Sentinel[];
}

/** Values of like distance from the centre. */
interface Group {
  readonly spread: Spread;
  /** Where they are several, but few: how often there is each. */
  readonly counts: ReadonlyMap<number, number> | undefined;
}

/** A key is the sign and exponent of a float64. */
const KEYS = 4096;

/** Sorts values into groups. One serves for many columns. */
export class Grouping {
  private readonly distance = new Float64Array(1);
  private readonly words = new Uint32Array(this.distance.buffer);
  /** How many values have a key; all 0 between calls. */
  private readonly sizes = new Uint32Array(KEYS);
  private readonly ends = new Uint32Array(KEYS);
  private keys = new Uint16Array();
  private sorted = new Float64Array();

  /** Groups of values by sign and exponent of their distance from a centre, by key; gaps are in none. */
  of(values: Float64Array, centre: number): [key: number, group: Group][] {
    const { distance, words, sizes, ends } = this;
    if (this.keys.length < values.length) {
      this.keys = new Uint16Array(values.length);
      this.sorted = new Float64Array(values.length);
    }
    const { keys, sorted } = this;
    const found: number[] = [];
    for (let r = 0; r < values.length; r++) {
      const x = values[r]!;
      if (Number.isNaN(x)) continue;
      distance[0] = x - centre;
      const key = words[1]! >>> 20;
      keys[r] = key;
      if (sizes[key]!++ === 0) found.push(key);
    }
    let n = 0;
    for (const key of found) {
      ends[key] = n;
      n += sizes[key]!;
    }
    for (let r = 0; r < values.length; r++) {
      const x = values[r]!;
      if (!Number.isNaN(x)) sorted[ends[keys[r]!]!++] = x;
    }
    return found.map((key) => {
      const end = ends[key]!;
      const start = end - sizes[key]!;
      sizes[key] = 0;
      const spread = spreadOf(sorted, start, end);
      return [key, { spread, counts: spread.min < spread.max ? countsOf(sorted, start, end) : undefined }];
    });
  }
}

/**
 * Values of a column, grouped by the power of two of their distance from a value in their middle. A group is an interval, and
 * moments of groups are exact; so what lies outside can be told apart, and left out of the moments, without a second pass.
 */
export class Groups {
  private centre: number | undefined;
  private readonly groups = new Map<number, Group>();
  /** Values there were before enough to look for their middle. */
  private early: readonly number[] = [];

  constructor(private readonly grouping: Grouping) {}

  add(values: Float64Array): void {
    if (this.centre === undefined && this.early.length + values.length < LOOKED_AT) {
      this.early = [...this.early, ...values];
      return;
    }
    this.begin(values);
    this.sort(values);
  }

  private begin(values: Float64Array): void {
    if (this.centre !== undefined) return;
    const early = Float64Array.from(this.early);
    this.early = [];
    this.centre = middle(values.length < LOOKED_AT ? Float64Array.of(...early, ...values) : values);
    this.sort(early);
  }

  private sort(values: Float64Array): void {
    for (const [key, group] of this.grouping.of(values, this.centre!)) {
      const known = this.groups.get(key);
      this.groups.set(key, known ? joinedGroups(known, group) : group);
    }
  }

  /** What lies outside of the rest; undefined where nothing does. */
  extremes(): Extremes | undefined {
    if (this.centre === undefined && this.early.length <= LEAST_REST.count) return undefined;
    this.begin(new Float64Array());
    const groups = [...this.groups.values()].sort((a, b) => a.spread.min - b.spread.min);
    const last = groups.length - 1;
    let best: Extremes | undefined;
    let width = Infinity;
    for (let i = 0; i <= last; i++) {
      const before = i > 0 ? groups[i]!.spread.min - groups[i - 1]!.spread.max : Infinity;
      for (let j = i; j <= last; j++) {
        const range = groups[j]!.spread.max - groups[i]!.spread.min;
        if (APART * range >= before || range >= width) break; // it only gets wider
        const after = j < last ? groups[j + 1]!.spread.min - groups[j]!.spread.max : Infinity;
        if (range === 0 || APART * range >= after || j - i === last) continue;
        const found = outside(groups, i, j);
        if (!found) continue;
        best = found;
        width = range;
      }
    }
    return best;
  }
}

/** What lies outside of groups i to j, if that is what these constants call outside. */
function outside(groups: readonly Group[], i: number, j: number): Extremes | undefined {
  const rest = groups.slice(i, j + 1).reduce((sum, { spread }) => joined(sum, spread), EMPTY_SPREAD);
  const all = groups.reduce((sum, { spread }) => sum + spread.count, 0);
  if (rest.count < Math.max(LEAST_REST.share * all, LEAST_REST.count)) return undefined;
  const range = rest.max - rest.min;
  const tails = range / rest.deviation / NORMAL_RANGE;
  const far = Math.max(FAR * rest.deviation, NORMAL_RANGE * tails * tails * range);
  const sentinels: Sentinel[] = [];
  const beyond = { low: 0, high: 0 };
  for (const [k, group] of groups.entries()) {
    if (k >= i && k <= j) continue;
    const { spread } = group;
    let mistakes = spread.count;
    for (const [value, count] of countsIn(group) ?? []) {
      if (count < REPEATED) continue;
      if (count > MOST_MISTAKES * all && !CUSTOMARY.test(String(value))) return undefined;
      sentinels.push({ value, count });
      mistakes -= count;
    }
    if (mistakes === 0) continue;
    const distance = k < i ? rest.min - spread.max : spread.min - rest.max;
    if (!(distance > far)) return undefined;
    beyond[k < i ? 'low' : 'high'] += mistakes;
  }
  const mistakes = beyond.low + beyond.high;
  if (mistakes > Math.max(MOST_MISTAKES * all, 1)) return undefined;
  const [low, high] = [rest.min, rest.max];
  return {
    spread: joined(joined(rest, repeated(low, beyond.low)), repeated(high, beyond.high)),
    limits: { ...(i > 0 && { low }), ...(j < groups.length - 1 && { high }), beyond: mistakes },
    sentinels: sentinels.sort((a, b) => a.value - b.value),
  };
}

/** Where one value so many times lies. */
function repeated(value: number, count: number): Spread {
  return count === 0 ? EMPTY_SPREAD : { count, gaps: 0, min: value, max: value, mean: value, deviation: 0, scale: 0 };
}

/** How often there is each value of a group; undefined where they are too many. */
function countsIn({ spread, counts }: Group): ReadonlyMap<number, number> | undefined {
  return spread.min === spread.max ? new Map([[spread.min, spread.count]]) : counts;
}

function joinedGroups(a: Group, b: Group): Group {
  const spread = joined(a.spread, b.spread);
  const [some, more] = [countsIn(a), countsIn(b)];
  if (spread.min === spread.max || !some || !more) return { spread, counts: undefined };
  const counts = new Map(some);
  for (const [value, count] of more) counts.set(value, (counts.get(value) ?? 0) + count);
  return { spread, counts: counts.size > MOST_COUNTED ? undefined : counts };
}

/** How often there is each value from start to end; undefined where they are too many. */
function countsOf(values: Float64Array, start: number, end: number): Map<number, number> | undefined {
  const counts = new Map<number, number>();
  for (let i = start; i < end; i++) {
    const x = values[i]!;
    counts.set(x, (counts.get(x) ?? 0) + 1);
    if (counts.size > MOST_COUNTED) return undefined;
  }
  return counts;
}

/** A value in the middle of those that are there: the median of some. */
function middle(values: Float64Array): number {
  const some = new Float64Array(LOOKED_AT);
  const step = Math.max(values.length / LOOKED_AT, 1);
  let n = 0;
  for (let i = 0; i < LOOKED_AT; i++) {
    const x = values[Math.floor(i * step)] ?? Number.NaN;
    if (!Number.isNaN(x)) some[n++] = x;
  }
  if (n === 0) return values.find((x) => !Number.isNaN(x)) ?? 0;
  return some.subarray(0, n).sort()[n >> 1]!;
}
