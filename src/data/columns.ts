// What each column of a table is, learned from its cells: how it becomes inputs, or why it does not.

import { DataError, shown } from '../errors.js';
import { type Column, type Table, isNumberInText } from './table.js';

/** From this share of gaps on, a column gets an indicator beside it that says where they were. */
const COMMON_GAPS = 0.05;

/** Indicators rarer than this deviation suggests are not blown up further. */
const LEAST_INDICATOR_DEVIATION = 0.25;

/** An input: x ↦ (x − mean)/scale. */
export interface Scaling {
  readonly mean: number;
  readonly scale: number;
}

/** (x − mean)/scale, also where the difference is larger than any number. */
export function scaled(x: number, { mean, scale }: Scaling): number {
  const d = x - mean;
  return d - d === 0 ? d / scale : x / scale - mean / scale;
}

/** How a column becomes inputs. Plain data, stored in model files. */
export type ColumnSpec =
  | ({
      readonly name: string;
      readonly kind: 'number' | 'date';
      /** Gaps seen in training; they are filled with the mean. */
      readonly gaps: number;
      /** Where gaps are common: the input that says whether there is one. */
      readonly indicator?: Scaling;
    } & Scaling)
  | {
      readonly name: string;
      readonly kind: 'category';
      readonly gaps: number;
      readonly indicator?: Scaling;
      /** The categories, in order; each is an input. */
      readonly categories: readonly string[];
      /** Index of the most frequent one, which fills gaps. */
      readonly fill: number;
      readonly scalings: readonly Scaling[];
    }
  | { readonly name: string; readonly kind: 'dropped'; readonly reason: string };

/** Strings that a column may have to be categories: each is an input. */
const MOST_CATEGORIES = 65_536;

/** From this share of numbers in text on, a column of strings is one of numbers. */
const MOSTLY = 0.9;

/** What is known of a column so far. */
interface Gathered {
  readonly name: string;
  /** Its name, or its index where columns have none. */
  readonly place: string | number;
  /** What its values are, once there was one. */
  kind: Column['kind'] | undefined;
  spread: Spread;
  /** How often there was each string; undefined where there are too many. */
  counts: Map<string, number> | undefined;
  /** How many strings are numbers in text, and the first of them. */
  inText: number;
  first: { readonly text: string; readonly row: number } | undefined;
  gaps: number;
}

/** Learns how columns become inputs, from one table or from several, one after another. */
export class ColumnsLearner {
  /** Rows so far. */
  rows = 0;
  private columns: Gathered[] | undefined;
  private names: readonly string[] | undefined;

  /** @param fills whether gaps may be filled */
  constructor(readonly fills: boolean) {}

  /** Whether columns go by name. */
  get named(): boolean {
    return this.names !== undefined;
  }

  /** @throws DataError for a gap where they may not be filled, or columns that are not those of the tables before */
  add(t: Table): this {
    if (!this.columns) {
      this.names = t.names;
      this.columns = Array.from({ length: t.width }, (_, c) => ({
        name: t.names?.[c] ?? String(c),
        place: t.names?.[c] ?? c,
        kind: undefined,
        spread: NOTHING,
        counts: new Map<string, number>(),
        inText: 0,
        first: undefined,
        gaps: 0,
      }));
    }
    const places = this.places(t);
    this.columns.forEach((gathered, i) => {
      this.gather(gathered, t.column(places[i]!), t.settled);
    });
    this.rows += t.rows;
    return this;
  }

  /** How each column becomes inputs. @throws DataError for numbers in text */
  specs(): ColumnSpec[] {
    const { rows, columns = [] } = this;
    const specs = columns.map((column) => specOf(column, rows));
    const spreads = columns.filter(({ kind, spread }) => kind !== 'category' && spread.deviation > 0).map(({ spread }) => spread);
    const scale = sharedScale(spreads);
    return scale === undefined ? specs : specs.map((spec) => (spec.kind === 'number' ? { ...spec, scale } : spec));
  }

  private places(t: Table): number[] {
    const { names, columns } = this;
    if ((names === undefined) !== (t.names === undefined)) {
      throw new DataError('X', names ? 'arrays, where there were records before' : 'records, where there were arrays before');
    }
    if (!names) {
      if (t.width !== columns!.length) throw new DataError('X', `has ${t.width} columns; expected ${columns!.length}, as before`);
      return columns!.map((_, i) => i);
    }
    const index = new Map(t.names!.map((name, i) => [name, i]));
    const absent = names.find((name) => !index.has(name));
    if (absent !== undefined) throw new DataError('X', 'is missing, and was there before', { column: absent });
    const stranger = t.names!.find((name) => !names.includes(name));
    if (stranger !== undefined) throw new DataError('X', 'was not there before', { column: stranger });
    return names.map((name) => index.get(name)!);
  }

  private gather(gathered: Gathered, column: Column, settled: boolean): void {
    const { place } = gathered;
    if (column.kind !== 'category') {
      const spread = spreadOf(column.values);
      if (spread.gaps > 0 && !this.fills) refuseGap(column, place);
      gathered.gaps += spread.gaps;
      if (spread.count === 0) return; // nothing says what the column is
      requireKind(gathered, column.kind);
      gathered.spread = joined(gathered.spread, spread);
      return;
    }
    if (!this.fills) refuseGap(column, place);
    requireKind(gathered, 'category');
    column.values.forEach((text, r) => {
      if (text === null) {
        gathered.gaps++;
        return;
      }
      gathered.counts?.set(text, (gathered.counts.get(text) ?? 0) + 1);
      if (gathered.counts && gathered.counts.size > MOST_CATEGORIES) gathered.counts = undefined;
      if (settled || !isNumberInText(text)) return;
      gathered.inText++;
      gathered.first ??= { text, row: this.rows + r };
    });
  }
}

/**
 * A column of strings that would be left out, since they differ too much to be categories, but is one of numbers that nobody has converted.
 * @throws DataError
 */
function refuseNumbersInText({ inText, first, gaps, place }: Gathered, rows: number): void {
  const strings = rows - gaps;
  if (!first || inText < MOSTLY * strings) return;
  const among = inText === strings ? 'all' : `${inText}`;
  const hint = 'convert them with Number, or leave the column out if it names rows';
  throw new DataError('X', `${shown(first.text)} is a number in text, as are ${among} of ${strings} in this column; ${hint}`, {
    row: first.row,
    column: place,
  });
}

/** @throws DataError where a column holds what it did not hold in tables before */
function requireKind(gathered: Gathered, kind: Column['kind']): void {
  gathered.kind ??= kind;
  if (gathered.kind === kind) return;
  const words = { number: 'numbers', date: 'dates', category: 'strings' };
  throw new DataError('X', `holds ${words[kind]} where it held ${words[gathered.kind]} before`, { column: gathered.place });
}

/** What the error for a gap says. */
export const GAP = "is missing; the option missing: 'mean' fills gaps";

/** @throws DataError at the first gap of a column */
export function refuseGap(column: Column, place: string | number): void {
  const row = column.kind === 'category' ? column.values.indexOf(null) : column.values.findIndex((v) => Number.isNaN(v));
  if (row >= 0) throw new DataError('X', GAP, { row, column: place });
}

/** The scaling of an input that is 1 for a share p of the rows, else 0. */
function indicatorScaling(p: number): Scaling {
  return { mean: p, scale: Math.max(Math.sqrt(p * (1 - p)), LEAST_INDICATOR_DEVIATION) };
}

/** Where the values of a column lie. */
export interface Spread extends Scaling {
  /** How many values there are, and how many gaps. */
  readonly count: number;
  readonly gaps: number;
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
}

/** Mean and standard deviation (divisor N) of what is there, in two passes, safe for any finite numbers. */
export function spreadOf(values: Float64Array): Spread {
  let n = 0;
  let min = Infinity;
  let max = -Infinity;
  for (const x of values) {
    if (Number.isNaN(x)) continue;
    n++;
    if (x < min) min = x;
    if (x > max) max = x;
  }
  const gaps = values.length - n;
  if (n === 0) return { ...NOTHING, gaps };
  if (min === max) return { count: n, gaps, min, max, mean: min, deviation: 0, scale: 0 };
  const unit = Math.max(Math.abs(min), Math.abs(max)); // squares of x/unit cannot overflow
  let sum = 0;
  for (const x of values) if (!Number.isNaN(x)) sum += x / unit;
  const mean = sum / n;
  let squares = 0;
  for (const x of values) {
    const d = x / unit - mean;
    if (!Number.isNaN(x)) squares += d * d;
  }
  const deviation = Math.sqrt(squares / n) * unit;
  return { count: n, gaps, min, max, mean: mean * unit, deviation, scale: deviation };
}

const NOTHING: Spread = { count: 0, gaps: 0, min: Infinity, max: -Infinity, mean: 0, deviation: 0, scale: 0 };

/** Where the values of two columns lie together (Chan, Golub and LeVeque 1979), safe for any finite numbers. */
export function joined(a: Spread, b: Spread): Spread {
  const gaps = a.gaps + b.gaps;
  if (a.count === 0 || b.count === 0) return { ...(a.count === 0 ? b : a), gaps };
  const count = a.count + b.count;
  const [min, max] = [Math.min(a.min, b.min), Math.max(a.max, b.max)];
  if (min === max) return { count, gaps, min, max, mean: min, deviation: 0, scale: 0 };
  const [p, q] = [a.count / count, b.count / count];
  const unit = Math.max(Math.abs(min), Math.abs(max));
  const shift = b.mean / unit - a.mean / unit;
  const [s, t] = [a.deviation / unit, b.deviation / unit];
  const deviation = Math.sqrt(p * s * s + q * t * t + p * q * shift * shift) * unit;
  return { count, gaps, min, max, mean: p * a.mean + q * b.mean, deviation, scale: deviation };
}

function specOf(gathered: Gathered, rows: number): ColumnSpec {
  const { name, kind, spread, counts, gaps } = gathered;
  if (kind !== 'category') return numberSpec(name, kind ?? 'number', { ...spread, gaps }, rows);
  const strings = rows - gaps;
  if (!counts || (counts.size > strings / 2 && counts.size > 2)) {
    refuseNumbersInText(gathered, rows);
    const many = counts
      ? `${counts.size} different strings in ${strings} rows`
      : `more than ${MOST_CATEGORIES} different strings`;
    return { name, kind: 'dropped', reason: many };
  }
  return categorySpec(name, counts, gaps, rows);
}

function numberSpec(name: string, kind: 'number' | 'date', { gaps, mean, deviation }: Spread, rows: number): ColumnSpec {
  if (gaps === rows) return { name, kind: 'dropped', reason: 'no value in any row' };
  if (!(deviation > 0) && gaps < COMMON_GAPS * rows) return { name, kind: 'dropped', reason: 'the same in every row' };
  return {
    name,
    kind,
    gaps,
    mean,
    scale: deviation > 0 ? deviation : 1,
    ...(gaps >= COMMON_GAPS * rows && { indicator: indicatorScaling(gaps / rows) }),
  };
}

function categorySpec(name: string, counts: ReadonlyMap<string, number>, gaps: number, rows: number): ColumnSpec {
  const common = gaps >= COMMON_GAPS * rows;
  if (counts.size < 2 && !common) return { name, kind: 'dropped', reason: 'the same in every row' };
  const categories = [...counts.keys()].sort(); // by code unit: the same everywhere
  let fill = 0;
  categories.forEach((category, i) => {
    if (counts.get(category)! > counts.get(categories[fill]!)!) fill = i;
  });
  const shares = categories.map((category, i) => (counts.get(category)! + (i === fill ? gaps : 0)) / rows);
  return {
    name,
    kind: 'category',
    gaps,
    categories,
    fill,
    scalings: shares.map(indicatorScaling),
    ...(common && { indicator: indicatorScaling(gaps / rows) }),
  };
}

/** Columns like pixels: at least this many, of one unit. */
const LEAST_COMMENSURABLE = 8;

/**
 * One scale for all columns where they measure the same thing in the same unit, as pixels do: most of them start at the same
 * smallest value and reach at least half of the whole range. Scaled one by one, pixels that are hardly ever on would be blown up
 * to dominate. Root mean square of the deviations, so that the mean variance is 1.
 */
function sharedScale(spreads: readonly Spread[]): number | undefined {
  if (spreads.length < LEAST_COMMENSURABLE) return undefined;
  // By loops: the arguments of one call are limited, columns are not.
  const min = spreads.reduce((least, s) => Math.min(least, s.min), Infinity);
  const max = spreads.reduce((most, s) => Math.max(most, s.max), -Infinity);
  const alike = spreads.filter((s) => s.min === min && s.max - min >= (max - min) / 2).length;
  if (alike < spreads.length / 2) return undefined;
  const unit = spreads.reduce((most, s) => Math.max(most, s.deviation), 0);
  const meanSquare = spreads.reduce((sum, { deviation }) => sum + (deviation / unit) * (deviation / unit), 0) / spreads.length;
  return unit * Math.sqrt(meanSquare);
}
