// What is said of a column of a table.

import { type Cell, isMissing } from '../../data/column.js';
import type { Spelling } from './spelling.js';

export type ColumnType = 'number' | 'boolean' | 'date' | 'category';

/**
 * What a column is to become: numbers in any spelling, or such as programs write (or true and false); text; or, of a target,
 * numbers, true and false, or labels.
 */
export type Wanted = 'number' | 'plain' | 'text' | 'target' | undefined;

/** What was found of a column of text. */
export interface Found {
  /** How its text is read. */
  readonly spelling: Spelling;
  /** Whether nothing else would read all of it as well. */
  readonly sure: boolean;
}

/** What a column holds, as it was found out. */
export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Cells that hold nothing. */
  readonly missing: number;
  /** Of text: how it is read. */
  readonly spelling?: Spelling;
  /** False where text might be read in another way as well, as 01/02/2024 might. */
  readonly sure?: boolean;
  /** Why the column is left out, where it is. */
  readonly omitted?: string;
  /** What else is worth knowing. */
  readonly note?: string;
}

/** Finds out what the cells of a column are that have types of their own, as those of JSON and Parquet. */
export class TypedProfile {
  missing = 0;
  private readonly counts = { number: 0, boolean: 0, date: 0, category: 0 };

  add(cells: readonly Cell[]): void {
    for (const cell of cells) {
      if (isMissing(cell)) this.missing++;
      else if (typeof cell === 'string') this.counts.category++;
      else if (typeof cell === 'boolean') this.counts.boolean++;
      else this.counts[cell instanceof Date ? 'date' : 'number']++;
    }
  }

  /** What most cells are. */
  get type(): ColumnType {
    const [[type]] = Object.entries(this.counts).sort(([, a], [, b]) => b - a) as [[ColumnType, number]];
    return type;
  }
}
