// What becomes of a column: plain data, stored in model files, and the rules that its scalings follow.

import { DataError } from '../runtime/errors.js';
import type { Column, ReadFrom } from './column.js';
import type { Extremes, Limits, Sentinel } from './extremes.js';
import type { Scaling, Spread } from './spread.js';
import type { Squash } from './squash.js';

/** Indicators rarer than this deviation suggests are not blown up further. */
const LEAST_INDICATOR_DEVIATION = 0.25;

/** An input of a date by the calendar: the number that a part is, or the sine or cosine of where it stands in its cycle. */
export interface CalendarInput extends Scaling {
  readonly part: 'year' | 'month' | 'weekday' | 'hour';
  readonly form: 'number' | 'sine' | 'cosine';
}

/** How a column becomes inputs. Plain data, stored in model files. */
export type ColumnSpec =
  | ({
      readonly name: string;
      readonly kind: 'number' | 'date';
      /** Gaps seen in training; they are filled with the mean. */
      readonly gaps: number;
      /** Where gaps are common, or there are sentinels: the input that says whether there is one. */
      readonly indicator?: Scaling;
      /** Where values lay far outside of all others: the range of these, which values are held to. */
      readonly limits?: Limits;
      /** Values that repeat far outside of all others; each is taken for a gap. */
      readonly sentinels?: readonly Sentinel[];
      /** Where the column is drawn in before it is centred and scaled. */
      readonly squash?: Squash;
      /** What else the cells may be: where they are numbers in text, or the option `columns` says what the column is. */
      readonly from?: ReadFrom;
      /** Of dates: further inputs, by the calendar. */
      readonly calendar?: readonly CalendarInput[];
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
      /** Where the option `columns` says that they are categories. */
      readonly from?: ReadFrom;
    }
  | { readonly name: string; readonly kind: 'dropped'; readonly reason: string };

/** What the error for a gap says. */
export const GAP = "is missing; the option missing: 'mean' fills gaps";

/** @throws DataError at the first gap of a column */
export function refuseGap(column: Column, place: string | number): void {
  const row = column.kind === 'category' ? column.values.indexOf(null) : column.values.findIndex((v) => Number.isNaN(v));
  if (row >= 0) throw new DataError('X', GAP, { row, column: place });
}

/** The scaling of an input that is 1 for a share p of the rows, else 0. */
export function indicatorScaling(p: number): Scaling {
  return { mean: p, scale: Math.max(Math.sqrt(p * (1 - p)), LEAST_INDICATOR_DEVIATION) };
}

/** A value within the limits of its column; undefined for a gap or what stands for one. */
export function held(x: number, { limits, sentinels }: Partial<Extremes>): number | undefined {
  if (Number.isNaN(x) || sentinels?.some(({ value }) => value === x)) return undefined;
  if (limits?.low !== undefined && x < limits.low) return limits.low;
  if (limits?.high !== undefined && x > limits.high) return limits.high;
  return x;
}

/** A column of numbers. */
export type NumberSpec = Extract<ColumnSpec, { kind: 'number' | 'date' }>;

/** Whether a column becomes an input as the number that it holds. */
export function isNumeric(spec: ColumnSpec): spec is NumberSpec {
  return spec.kind === 'number' || spec.kind === 'date';
}

/** Those of columns whose numbers vary. */
export function varying(spreads: readonly (Spread | undefined)[]): Spread[] {
  return spreads.filter((spread): spread is Spread => spread !== undefined && spread.deviation > 0);
}

/** Columns like pixels: at least this many, of one unit. */
const LEAST_COMMENSURABLE = 8;

/**
 * Whether columns measure the same thing in the same unit, as pixels do: most of them start at the same smallest value and reach
 * at least half of the whole range. Scaled one by one, pixels that are hardly ever on would be blown up to dominate.
 */
export function commensurable(spreads: readonly Spread[]): boolean {
  if (spreads.length < LEAST_COMMENSURABLE) return false;
  // By loops: the arguments of one call are limited, columns are not.
  const min = spreads.reduce((least, s) => Math.min(least, s.min), Infinity);
  const max = spreads.reduce((most, s) => Math.max(most, s.max), -Infinity);
  const alike = spreads.filter((s) => s.min === min && s.max - min >= (max - min) / 2).length;
  return alike >= spreads.length / 2;
}

/** Columns of numbers with one scale: the root mean square of the deviations, so that the mean variance is 1. */
export function sharing(specs: readonly ColumnSpec[], spreads: readonly (Spread | undefined)[]): ColumnSpec[] {
  const known = varying(spreads);
  const unit = known.reduce((most, s) => Math.max(most, s.deviation), 0);
  const meanSquare = known.reduce((sum, { deviation }) => sum + (deviation / unit) * (deviation / unit), 0) / known.length;
  const scale = unit * Math.sqrt(meanSquare);
  return specs.map((spec) => (spec.kind === 'number' ? { ...spec, scale } : spec));
}

/** What is known of columns beside how they become inputs: enough to go on learning their scalings. Plain data. */
export interface Running {
  /** Rows so far. */
  readonly rows: number;
  /** Whether a stream began the columns, rather than a fit on all rows that there were. */
  readonly begun: boolean;
  /** Whether columns of numbers share one scale. */
  readonly shared: boolean;
  /** Where the numbers of each column lie; undefined for a column that is not one of numbers. */
  readonly spreads: readonly (Spread | undefined)[];
}
