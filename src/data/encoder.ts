// From a table's columns to a network's inputs: numbers centred and scaled, categories as indicators, gaps filled.

import { DataError } from '../errors.js';
import type { Column, Table } from './table.js';

/** From this share of gaps on, a column gets an indicator beside it that says where they were. */
const COMMON_GAPS = 0.05;

/** Indicators rarer than this deviation suggests are not blown up further. */
const LEAST_INDICATOR_DEVIATION = 0.25;

/** An input: x ↦ (x − mean)/scale. */
export interface Scaling {
  readonly mean: number;
  readonly scale: number;
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

/** How many inputs a column makes. */
function widthOf(spec: ColumnSpec): number {
  if (spec.kind === 'dropped') return 0;
  return (spec.kind === 'category' ? spec.categories.length : 1) + (spec.indicator ? 1 : 0);
}

/** What an encoder is made of; plain data. */
export interface EncoderSpec {
  /** Whether columns go by name (records) or by place (arrays). */
  readonly named: boolean;
  /** Whether gaps are filled, or refused. */
  readonly fills: boolean;
  readonly columns: readonly ColumnSpec[];
}

/** Turns tables into inputs, always in the same way. */
export class Encoder {
  /** How many inputs there are. */
  readonly inputs: number;

  constructor(readonly spec: EncoderSpec) {
    this.inputs = spec.columns.reduce((sum, column) => sum + widthOf(column), 0);
  }

  /**
   * Learns columns, categories and scalings from a table.
   * @param fills whether gaps may be filled
   * @throws DataError for a gap where they may not, or if no column varies
   */
  static fit(t: Table, fills: boolean): Encoder {
    const columns: ColumnSpec[] = [];
    const spreads: Spread[] = [];
    for (let c = 0; c < t.width; c++) {
      const name = t.names?.[c] ?? String(c);
      const column = t.column(c);
      if (column.kind === 'category') {
        columns.push(categorySpec(name, column.values, fills));
        continue;
      }
      const spread = spreadOf(column.values);
      if (spread.gaps > 0 && !fills) refuseGap(column, t.names ? name : c);
      if (spread.gaps < t.rows && spread.deviation > 0) spreads.push(spread);
      columns.push(numberSpec(name, column.kind, spread, t.rows));
    }
    const shared = sharedScale(spreads);
    const scaled =
      shared === undefined ? columns : columns.map((spec) => (spec.kind === 'number' ? { ...spec, scale: shared } : spec));
    const encoder = new Encoder({ named: t.names !== undefined, fills, columns: scaled });
    if (encoder.inputs === 0) {
      const why = scaled.map((spec) => `${spec.name}: ${spec.kind === 'dropped' ? spec.reason : spec.kind}`).join('; ');
      throw new DataError('X', `no column says anything to learn from (${why})`);
    }
    return encoder;
  }

  /**
   * The inputs of a table's rows, N×inputs row-major.
   * @throws DataError for other columns than in training, or gaps where they are refused
   */
  encode(t: Table, precision: 'float32' | 'float64'): Float32Array | Float64Array {
    const places = this.places(t);
    const out = precision === 'float32' ? new Float32Array(t.rows * this.inputs) : new Float64Array(t.rows * this.inputs);
    let first = 0;
    this.spec.columns.forEach((spec, i) => {
      if (spec.kind === 'dropped') return;
      const column = t.column(places[i]!);
      const place = this.spec.named ? spec.name : places[i]!;
      if (spec.kind === 'category') this.encodeCategories(spec, column, out, first, place);
      else this.encodeNumbers(spec, column, out, first, place);
      first += widthOf(spec);
    });
    return out;
  }

  /** Names of categories, by column, that a table has and training had not. */
  unseen(t: Table): Map<string, Set<string>> {
    const found = new Map<string, Set<string>>();
    const places = this.places(t);
    this.spec.columns.forEach((spec, i) => {
      if (spec.kind !== 'category') return;
      const column = t.column(places[i]!);
      if (column.kind !== 'category') return;
      const known = new Set<string | null>(spec.categories).add(null);
      const strange = new Set(column.values.filter((v) => !known.has(v))) as Set<string>;
      if (strange.size > 0) found.set(spec.name, strange);
    });
    return found;
  }

  /** Where in a table each of the encoder's columns stands. */
  private places(t: Table): number[] {
    const { columns, named } = this.spec;
    if (!named) {
      if (t.names) throw new DataError('X', `expected rows of ${columns.length} numbers, as in training; got records`);
      if (t.width !== columns.length)
        throw new DataError('X', `has ${t.width} columns; expected ${columns.length}, as in training`);
      return columns.map((_, i) => i);
    }
    if (!t.names) {
      throw new DataError(
        'X',
        `expected records with the columns ${columns.map(({ name }) => JSON.stringify(name)).join(', ')}, as in training; got arrays`,
      );
    }
    const index = new Map(t.names.map((name, i) => [name, i]));
    const known = new Set(columns.map(({ name }) => name));
    const stranger = t.names.find((name) => !known.has(name));
    const absent = columns.find(({ name, kind }) => kind !== 'dropped' && !index.has(name));
    if (absent) {
      throw new DataError(
        'X',
        `is missing${stranger === undefined ? '' : `; there is a column ${JSON.stringify(stranger)} that training had not`}`,
        { column: absent.name },
      );
    }
    if (stranger !== undefined) throw new DataError('X', 'was not there in training', { column: stranger });
    return columns.map(({ name }) => index.get(name) ?? -1);
  }

  private encodeNumbers(
    spec: Extract<ColumnSpec, { kind: 'number' | 'date' }>,
    column: Column,
    out: Float32Array | Float64Array,
    first: number,
    place: string | number,
  ): void {
    if (column.kind === 'category') {
      const row = column.values.findIndex((v) => v !== null);
      if (row >= 0)
        throw new DataError('X', `${JSON.stringify(column.values[row])} stands in a column of numbers`, { row, column: place });
    }
    const values = column.kind === 'category' ? new Float64Array(column.values.length).fill(Number.NaN) : column.values;
    if (!this.spec.fills) refuseGap({ kind: 'number', values }, place);
    for (let r = 0, at = first; r < values.length; r++, at += this.inputs) {
      const gap = Number.isNaN(values[r]!);
      out[at] = gap ? 0 : (values[r]! - spec.mean) / spec.scale;
      if (out[at]! - out[at]! !== 0)
        throw new DataError('X', `${values[r]} is too far from what training saw`, { row: r, column: place });
      if (spec.indicator) out[at + 1] = scaled(gap ? 1 : 0, spec.indicator);
    }
  }

  private encodeCategories(
    spec: Extract<ColumnSpec, { kind: 'category' }>,
    column: Column,
    out: Float32Array | Float64Array,
    first: number,
    place: string | number,
  ): void {
    if (column.kind !== 'category') {
      const row = column.values.findIndex((v) => !Number.isNaN(v));
      if (row >= 0) throw new DataError('X', `${column.values[row]} stands in a column of strings`, { row, column: place });
    }
    const values = column.kind === 'category' ? column.values : new Array<null>(column.values.length).fill(null);
    const gap = this.spec.fills ? -1 : values.indexOf(null);
    if (gap >= 0) throw new DataError('X', MISSING, { row: gap, column: place });
    const index = new Map(spec.categories.map((name, i) => [name, i]));
    const n = spec.categories.length;
    for (let r = 0, at = first; r < values.length; r++, at += this.inputs) {
      const value = values[r]!;
      const here = value === null ? spec.fill : index.get(value); // a category not seen in training is none of them
      for (let j = 0; j < n; j++) out[at + j] = scaled(j === here ? 1 : 0, spec.scalings[j]!);
      if (spec.indicator) out[at + n] = scaled(value === null ? 1 : 0, spec.indicator);
    }
  }
}

const MISSING = "is missing; the option missing: 'mean' fills gaps";

function scaled(x: number, { mean, scale }: Scaling): number {
  return (x - mean) / scale;
}

function refuseGap(column: Column, place: string | number): void {
  const row = column.kind === 'category' ? column.values.indexOf(null) : column.values.findIndex((v) => Number.isNaN(v));
  if (row >= 0) throw new DataError('X', MISSING, { row, column: place });
}

/** The scaling of an input that is 1 for a share p of the rows, else 0. */
function indicatorScaling(p: number): Scaling {
  return { mean: p, scale: Math.max(Math.sqrt(p * (1 - p)), LEAST_INDICATOR_DEVIATION) };
}

/** Where the values of a column lie. */
export interface Spread extends Scaling {
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
  if (n === 0 || min === max) return { gaps, min, max, mean: n === 0 ? 0 : min, deviation: 0, scale: 0 };
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
  return { gaps, min, max, mean: mean * unit, deviation, scale: deviation };
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

function categorySpec(name: string, values: readonly (string | null)[], fills: boolean): ColumnSpec {
  const counts = new Map<string, number>();
  let gaps = 0;
  values.forEach((value, row) => {
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
    else if (fills) gaps++;
    else throw new DataError('X', MISSING, { row, column: name });
  });
  const rows = values.length;
  const common = gaps >= COMMON_GAPS * rows;
  if (counts.size > (rows - gaps) / 2 && counts.size > 2) {
    return { name, kind: 'dropped', reason: `${counts.size} different strings in ${rows - gaps} rows` };
  }
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
  const min = Math.min(...spreads.map((s) => s.min));
  const max = Math.max(...spreads.map((s) => s.max));
  const alike = spreads.filter((s) => s.min === min && s.max - min >= (max - min) / 2).length;
  if (alike < spreads.length / 2) return undefined;
  const unit = Math.max(...spreads.map((s) => s.deviation));
  const meanSquare = spreads.reduce((sum, { deviation }) => sum + (deviation / unit) * (deviation / unit), 0) / spreads.length;
  return unit * Math.sqrt(meanSquare);
}
