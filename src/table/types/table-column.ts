// What is said of a column of a table.

import type { Spelling } from './spelling.js';

export type ColumnType = 'number' | 'boolean' | 'date' | 'category';

/**
 * What a column is to become: numbers in any spelling, or such as programs write (or true and false); text; dates, also of a
 * format; or, of a target, numbers, true and false, or labels.
 */
export type Wanted = 'number' | 'plain' | 'text' | 'date' | { readonly format: string } | 'target' | undefined;

/** Whether cells of other types are to become that, too. */
export const isSaid = (wanted: Wanted): boolean => wanted !== undefined && wanted !== 'plain' && wanted !== 'target';

/** What was found of a column. */
export interface Found {
  /** How its text is read; undefined where it has none. */
  readonly spelling: Spelling | undefined;
  readonly type: ColumnType;
  /** Whether nothing else would read all of it as well. */
  readonly sure: boolean;
}

/** What a column holds, as it was found out. */
export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Cells that hold nothing. */
  readonly missing: number;
  /** Of text, also in JSON and Parquet: how it is read. */
  readonly spelling?: Spelling;
  /** False where text might be read in another way as well, as 01/02/2024 might. */
  readonly sure?: boolean;
  /** Why the column is left out, where it is. */
  readonly omitted?: string;
  /** What else is worth knowing. */
  readonly note?: string;
}
