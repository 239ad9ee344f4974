// What each column of a table is, learned from its cells: how it becomes inputs, or why it does not.

import { DataError, counted } from '../runtime/errors.js';
import { type Column, type Reading, isInLocale, isNumberInText } from './column.js';
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
import type { AskedColumns, Gathered } from './gathered.js';
import { SPECIAL_COLUMNS } from './loading.js';
import { EMPTY_SPREAD, type Spread, joined, scalingOf, spreadOf } from './spread.js';
import { Sample, type Tail, tailOf } from './squash.js';
import type { Table } from './table.js';

/** From this share of gaps on, a column gets an indicator beside it that says where they were. */
const COMMON_GAPS = 0.05;

/** Strings that a column may have to be categories: each is an input. */
const MOST_CATEGORIES = 65_536;

/** The first rows of a stream, if they are fewer, do not tell categories from names. */
const FEW_STRINGS = 20;

/** Learns how columns become inputs, from one table or from several, one after another. */
export class ColumnsLearner {
  /** Rows so far. */
  rows = 0;
  private columns: Gathered[] | undefined;
  private names: readonly string[] | undefined;
  private readonly grouping = new Grouping();

  /** @param fills whether gaps may be filled */
  constructor(
    readonly fills: boolean,
    readonly asked: AskedColumns = {},
  ) {}

  /** Whether columns go by name. */
  get named(): boolean {
    return this.names !== undefined;
  }

  /** @throws DataError for a gap where they may not be filled, or columns that are not those of the tables before */
  add(t: Table): this {
    if (!this.columns) {
      this.names = t.names;
      this.columns = Array.from({ length: t.width }, (_, c) => this.begun(t.names?.[c] ?? c));
    }
    const places = this.places(t);
    const { zero } = this.asked;
    this.columns.forEach((gathered, i) => {
      const { kind, from, dropped } = gathered;
      if (dropped === undefined)
        this.gather(gathered, columnAt(t, places[i]!, { kind, from, zero, by: SPECIAL_COLUMNS.exports }), t.settled);
    });
    this.rows += t.rows;
    return this;
  }

  /** Looks at dates and at odd cells that have come, which takes a part that few tables need. @throws LoadError */
  async look(): Promise<this> {
    for (const gathered of this.columns ?? []) {
      const { dates, odd, inText, name } = gathered;
      if (dates.length === 0 && !(odd && (inText > 0 || isInLocale(odd.text)))) continue;
      const { DateTally } = await SPECIAL_COLUMNS.load();
      gathered.tally ??= new DateTally(name);
      for (const values of dates.splice(0)) gathered.tally.add(values);
    }
    return this;
  }

  private begun(place: string | number): Gathered {
    return {
      name: String(place),
      place,
      kind: undefined,
      spread: EMPTY_SPREAD,
      groups: new Groups(this.grouping),
      sample: new Sample(),
      counts: new Map<string, number>(),
      inText: 0,
      odd: undefined,
      gaps: 0,
      dropped: undefined,
      from: undefined,
      said: false,
      dates: [],
      tally: undefined,
      ...this.asked.of?.(place),
    };
  }

  /**
   * How each column becomes inputs, how far those of numbers reach, and what is known of the numbers that they hold.
   * @param begins whether more rows will follow, so that a column that does not vary yet is kept, and nothing is far from others
   * yet
   * @throws DataError for a column of numbers in text but for a few cells
   */
  learned(begins = false): LearnedColumns {
    const { rows, columns: gathered = [] } = this;
    const each = gathered.map((column) => learnedOf(column, rows, begins));
    const columns = each.map(({ spec }) => spec);
    const spreads = each.map(({ spread }, i) => (isNumeric(columns[i]!) ? spread : undefined));
    const shared = commensurable(varying(spreads));
    const running = { rows, begun: begins, shared, spreads };
    const notices = [...columns.flatMap(codesIn), ...(SPECIAL_COLUMNS.exports?.noticesOf(gathered, columns, this) ?? [])];
    return { columns: shared ? sharing(columns, spreads) : columns, tails: each.map(({ tail }) => tail), running, notices };
  }

  private places(t: Table): number[] {
    const { names, columns } = this;
    if ((names === undefined) !== (t.names === undefined)) {
      throw new DataError('X', names ? 'has arrays, but there were records before' : 'has records, but there were arrays before');
    }
    if (!names) {
      if (t.width !== columns!.length)
        throw new DataError('X', `has ${counted(t.width, 'column')}; expected ${columns!.length}, as before`);
      return columns!.map((_, i) => i);
    }
    const index = new Map(t.names!.map((name, i) => [name, i]));
    const absent = this.asked.zero ? undefined : names.find((name) => !index.has(name));
    if (absent !== undefined) throw new DataError('X', 'is missing, but was there before', { column: absent });
    const stranger = t.names!.find((name) => !names.includes(name));
    if (stranger !== undefined) throw new DataError('X', 'was not there before', { column: stranger });
    return names.map((name) => index.get(name) ?? -1);
  }

  private gather(gathered: Gathered, column: Column, settled: boolean): void {
    const { place } = gathered;
    if (column.kind !== 'category') {
      const spread = spreadOf(column.values);
      if (spread.gaps > 0 && !this.fills) refuseGap(column, place);
      gathered.gaps += spread.gaps;
      if (spread.count === 0) return; // nothing says what the column is
      requireKind(gathered, column.kind);
      gathered.from ??= column.from;
      gathered.said ||= column.kind === 'number' && (column.said || column.from === 'anything' || gathered.from === 'anything');
      if (column.kind === 'date') gathered.dates.push(column.values);
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
      if (settled) return;
      if (isNumberInText(text)) gathered.inText++;
      else gathered.odd ??= { text, row: this.rows + r };
    });
  }
}

/** A column of a table, or what stands for it where none of these records has it. */
export function columnAt(t: Table, index: number, reading: Reading): Column {
  return index < 0 ? SPECIAL_COLUMNS.here.lacking(t.rows, reading) : t.column(index, reading);
}

/** @throws DataError where a column holds what it did not hold in tables before */
function requireKind(gathered: Gathered, kind: Column['kind']): void {
  gathered.kind ??= kind;
  if (gathered.kind === kind) return;
  const words = { number: 'numbers', date: 'dates', category: 'strings' };
  throw new DataError('X', `has ${words[kind]}, but had ${words[gathered.kind]} before`, { column: gathered.place });
}

/** What was learned of all columns. */
export interface LearnedColumns {
  readonly columns: readonly ColumnSpec[];
  readonly tails: readonly (Tail | undefined)[];
  readonly running: Running;
  /** What is worth knowing of how they were taken. */
  readonly notices: readonly string[];
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
  const { name, kind, counts, gaps, dropped, from } = gathered;
  if (dropped !== undefined) return { spec: { name, kind: 'dropped', reason: dropped }, spread: undefined, tail: undefined };
  if (kind !== 'category') {
    if (gaps === rows && !begins) {
      return { spec: { name, kind: 'dropped', reason: 'no value in any row' }, spread: undefined, tail: undefined };
    }
    return learnedNumbers(gathered, kind ?? 'number', rows, begins); // without a value, numbers are the likeliest
  }
  const strings = rows - gaps;
  const tooFew = begins && strings < FEW_STRINGS; // to tell categories from names
  if (!counts || (counts.size > strings / 2 && counts.size > 2 && !tooFew && !from)) {
    SPECIAL_COLUMNS.exports?.refuseOdd(gathered, rows);
    const many = counts
      ? `${counts.size} different strings in ${strings} rows`
      : `more than ${MOST_CATEGORIES} different strings`;
    return { spec: { name, kind: 'dropped', reason: many }, spread: undefined, tail: undefined };
  }
  return {
    spec: { ...categorySpec(name, counts, gaps, rows, begins), ...(from && { from }) },
    spread: undefined,
    tail: undefined,
  };
}

/** That values of a column were taken for gaps, and how they are taken as they are. */
function codesIn(spec: ColumnSpec): string[] {
  if (spec.kind !== 'number' || !spec.sentinels) return [];
  const name = JSON.stringify(spec.name);
  const codes = spec.sentinels.map(({ value, count }) => `${value} (${count} times)`).join(', ');
  return [
    `column ${name}: ${codes} far outside of all other values, treated as missing; with columns: { ${name}: 'number' } it is a number like others`,
  ];
}

function learnedNumbers(gathered: Gathered, kind: 'number' | 'date', rows: number, begins: boolean): LearnedColumn {
  const { name, gaps, groups, sample, from, said, tally } = gathered;
  const outside = begins ? undefined : groups.extremes();
  const extremes = said && outside && outside.sentinels.length > 0 ? undefined : outside;
  const spread = extremes?.spread ?? gathered.spread;
  const plain = numberSpec(name, kind, { ...spread, gaps }, extremes, rows, begins);
  const calendar = tally?.inputs(begins) ?? [];
  const spec = plain.kind === 'dropped' ? plain : { ...plain, ...(from && { from }), ...(calendar.length > 0 && { calendar }) };
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
    ...scalingOf({ mean, deviation }),
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
