// What each column of a table is, learned from its cells: how it becomes inputs, or why it does not.

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

/**
 * How each column of a table becomes inputs.
 * @param fills whether gaps may be filled
 * @throws DataError for a gap where they may not
 */
export function learnColumns(t: Table, fills: boolean): ColumnSpec[] {
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
  const scale = sharedScale(spreads);
  return scale === undefined ? columns : columns.map((spec) => (spec.kind === 'number' ? { ...spec, scale } : spec));
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
    else throw new DataError('X', GAP, { row, column: name });
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
  // By loops: the arguments of one call are limited, columns are not.
  const min = spreads.reduce((least, s) => Math.min(least, s.min), Infinity);
  const max = spreads.reduce((most, s) => Math.max(most, s.max), -Infinity);
  const alike = spreads.filter((s) => s.min === min && s.max - min >= (max - min) / 2).length;
  if (alike < spreads.length / 2) return undefined;
  const unit = spreads.reduce((most, s) => Math.max(most, s.deviation), 0);
  const meanSquare = spreads.reduce((sum, { deviation }) => sum + (deviation / unit) * (deviation / unit), 0) / spreads.length;
  return unit * Math.sqrt(meanSquare);
}
