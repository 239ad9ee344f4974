// What is known of a column while a table, or one after another, is looked at.

import type { DateTally } from './calendar.js';
import type { Column, ReadFrom } from './column.js';
import type { Groups } from './extremes.js';
import type { Spread } from './spread.js';
import type { Sample } from './squash.js';

/** What is said of columns beforehand. */
export interface AskedColumns {
  /** What is said of a column, by its name, or its index. */
  of?(place: string | number): Partial<Pick<Gathered, 'kind' | 'from' | 'dropped'>>;
  /** Whether records have a 0 where they lack a column of numbers. */
  readonly zero?: boolean;
  /** By what rows are held out, if not at random. */
  readonly apart?: 'time' | 'groups' | undefined;
}

/** What is known of a column so far. */
export interface Gathered {
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
  /** How many strings are numbers in text, and the first one that is none. */
  inText: number;
  odd: { readonly text: string; readonly row: number } | undefined;
  gaps: number;
  /** Why it is no input, where that is known beforehand. */
  readonly dropped: string | undefined;
  /** What else its cells may be. */
  from: ReadFrom | undefined;
  /** Whether somebody says that it is one of numbers, so that none of them stands for a gap. */
  said: boolean;
  /** Dates that the calendar has not seen yet, and what it made of those before. */
  readonly dates: Float64Array[];
  tally: DateTally | undefined;
}
