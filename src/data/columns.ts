// What each column of a table is, learned from its cells: how it becomes inputs, or why it does not.

import { DataError, shown, counted } from '../runtime/errors.js';
import { type Column, MOSTLY, isNumberInText } from './column.js';
import { type Extremes, Grouping, Groups } from './extremes.js';
import {
  type Running,
  type ColumnSpec,
  refuseGap,
  indicatorScaling,
  held,
  isNumeric,
  varying,
  commensurable,
  sharing,
} from './column-spec.js';
import { EMPTY_SPREAD, type Spread, joined, spreadOf } from './spread.js';
import { Sample, type Tail, tailOf } from './squash.js';
import type { Table } from './table.js';

/** From this share of gaps on, a column gets an indicator beside it that says where they were. */
const COMMON_GAPS = 0.05;

/** Strings that a column may have to be categories: each is an input. */
const MOST_CATEGORIES = 65_536;

/** The first rows of a stream, if they are fewer, do not tell categories from names. */
const FEW_STRINGS = 20;

/** What is known of a column so far. */
interface Gathered {
  readonly name: string;
  /** Its name, or its index where columns have none. */
  readonly place: string | number;
  /** What its values are, once there was one. */
  kind: Column['kind'] | undefined;
  spread: Spread;
  /** Numbers by their distance from the middle, and some of them. */
  readonly groups: Groups;
  readonly sample: Sample;
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
  private readonly grouping = new Grouping();

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
        spread: EMPTY_SPREAD,
        groups: new Groups(this.grouping),
        sample: new Sample(),
        counts: new Map<string, number>(),
        inText: 0,
        first: undefined,
        gaps: 0,
      }));
    }
    const places = this.places(t);
    this.columns.forEach((gathered, i) => {
      this.gather(gathered, t.column(places[i]!, gathered.kind), t.settled);
    });
    this.rows += t.rows;
    return this;
  }

  /**
   * How each column becomes inputs, how far those of numbers reach, and what is known of the numbers that they hold.
   * @param begins whether more rows will follow, so that a column that does not vary yet is kept, and nothing is far from others
   * yet
   * @throws DataError for numbers in text
   */
  learned(begins = false): LearnedColumns {
    const { rows, columns: gathered = [] } = this;
    const each = gathered.map((column) => learnedOf(column, rows, begins));
    const columns = each.map(({ spec }) => spec);
    const spreads = each.map(({ spread }, i) => (isNumeric(columns[i]!) ? spread : undefined));
    const shared = commensurable(varying(spreads));
    const running = { rows, begun: begins, shared, spreads };
    return { columns: shared ? sharing(columns, spreads) : columns, tails: each.map(({ tail }) => tail), running };
  }

  private places(t: Table): number[] {
    const { names, columns } = this;
    if ((names === undefined) !== (t.names === undefined)) {
      throw new DataError('X', names ? 'arrays, where there were records before' : 'records, where there were arrays before');
    }
    if (!names) {
      if (t.width !== columns!.length)
        throw new DataError('X', `has ${counted(t.width, 'column')}; expected ${columns!.length}, as before`);
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
      gathered.groups.add(column.values);
      gathered.sample.add(column.values);
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
 * A column of strings that would be left out, since they differ too much to be categories, but is one of numbers that nobody has
 * converted.
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

/** What was learned of all columns. */
export interface LearnedColumns {
  readonly columns: readonly ColumnSpec[];
  readonly tails: readonly (Tail | undefined)[];
  readonly running: Running;
}

/** What was learned of a column. */
interface LearnedColumn {
  readonly spec: ColumnSpec;
  /** Of numbers and dates: where they lie. */
  readonly spread: Spread | undefined;
  /** Of numbers and dates: how far they reach. */
  readonly tail: Tail | undefined;
}

function learnedOf(gathered: Gathered, rows: number, begins: boolean): LearnedColumn {
  const { name, kind, counts, gaps } = gathered;
  if (kind !== 'category') {
    if (gaps === rows && !begins) {
      return { spec: { name, kind: 'dropped', reason: 'no value in any row' }, spread: undefined, tail: undefined };
    }
    return learnedNumbers(gathered, kind ?? 'number', rows, begins); // without a value, numbers are the likeliest
  }
  const strings = rows - gaps;
  const tooFew = begins && strings < FEW_STRINGS; // to tell categories from names
  if (!counts || (counts.size > strings / 2 && counts.size > 2 && !tooFew)) {
    refuseNumbersInText(gathered, rows);
    const many = counts
      ? `${counts.size} different strings in ${strings} rows`
      : `more than ${MOST_CATEGORIES} different strings`;
    return { spec: { name, kind: 'dropped', reason: many }, spread: undefined, tail: undefined };
  }
  return { spec: categorySpec(name, counts, gaps, rows, begins), spread: undefined, tail: undefined };
}

function learnedNumbers(gathered: Gathered, kind: 'number' | 'date', rows: number, begins: boolean): LearnedColumn {
  const { name, gaps, groups, sample } = gathered;
  const extremes = begins ? undefined : groups.extremes();
  const spread = extremes?.spread ?? gathered.spread;
  const spec = numberSpec(name, kind, { ...spread, gaps }, extremes, rows, begins);
  const some = extremes ? sample.read().flatMap((x) => held(x, extremes) ?? []) : sample.read();
  return { spec, spread, tail: tailOf(some, spread) };
}

function numberSpec(
  name: string,
  kind: 'number' | 'date',
  { gaps, mean, deviation }: Spread,
  extremes: Extremes | undefined,
  rows: number,
  begins: boolean,
): ColumnSpec {
  if (!(deviation > 0) && gaps < COMMON_GAPS * rows && !begins) return { name, kind: 'dropped', reason: 'the same in every row' };
  const { limits, sentinels = [] } = extremes ?? {};
  const absent = sentinels.reduce((sum, { count }) => sum + count, gaps);
  return {
    name,
    kind,
    gaps,
    mean,
    scale: deviation > 0 ? deviation : 1,
    ...((gaps >= COMMON_GAPS * rows || sentinels.length > 0) && { indicator: indicatorScaling(absent / rows) }),
    ...(limits && { limits }),
    ...(sentinels.length > 0 && { sentinels }),
  };
}

function categorySpec(
  name: string,
  counts: ReadonlyMap<string, number>,
  gaps: number,
  rows: number,
  begins: boolean,
): ColumnSpec {
  const common = gaps >= COMMON_GAPS * rows;
  if (counts.size < 2 && !common && !begins) return { name, kind: 'dropped', reason: 'the same in every row' };
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
