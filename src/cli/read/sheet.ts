// What a file of rows holds, before anything is made of it: named columns of raw cells, and where each row stands.

import type { Cell } from '../../data/column.js';
import { type FilePlace, InputError } from '../failure.js';

/** A size without end: all rows go into one sheet. */
export const WHOLE = Infinity;

/** Named columns of raw cells, all equally long: of a whole file, or of some of its rows. CSV has strings only; other formats have types of their own. */
export class Sheet {
  readonly columns = new Map<string, Cell[]>();
  /** Things worth telling about how the file was read. */
  readonly notes: string[] = [];
  rows = 0;
  /** Whether columns only have numbers, because the file names none. */
  nameless = false;
  /** The line of each row, where the format has lines. */
  private readonly lines: number[] = [];

  constructor(
    readonly file: string,
    /** Whether cells are text whose types have to be inferred. */
    readonly text: boolean,
    /** Rows of the file in sheets before. */
    readonly before = 0,
  ) {}

  /** How many cells there are. */
  get cells(): number {
    return this.rows * this.columns.size;
  }

  /** An empty sheet for the rows that follow, of the same columns. */
  following(): Sheet {
    const next = new Sheet(this.file, this.text, this.before + this.rows);
    next.nameless = this.nameless;
    for (const name of this.columns.keys()) next.columns.set(name, []);
    return next;
  }

  get names(): string[] {
    return [...this.columns.keys()];
  }

  /** Gives the columns other names, in their order. */
  rename(names: readonly string[]): void {
    const columns = [...this.columns.values()];
    this.columns.clear();
    columns.forEach((column, i) => {
      this.columns.set(names[i]!, column);
    });
  }

  /** Adds a row of cells in the order of the columns. */
  push(cells: ArrayLike<Cell>, line?: number): void {
    let i = 0;
    for (const column of this.columns.values()) column.push(cells[i++]);
    this.rows++;
    if (line !== undefined) this.lines.push(line);
  }

  /** Adds a record, whose names may be new. */
  pushRecord(record: Readonly<Record<string, Cell>>, line?: number): void {
    for (const [name, cell] of Object.entries(record)) {
      let column = this.columns.get(name);
      if (!column) {
        column = new Array<Cell>(this.rows).fill(null);
        this.columns.set(name, column);
      }
      column.push(cell);
    }
    this.rows++;
    for (const column of this.columns.values()) if (column.length < this.rows) column.push(null);
    if (line !== undefined) this.lines.push(line);
  }

  /** Where row r (from 0) stands. */
  place(row: number | undefined, column?: string): FilePlace {
    if (row === undefined) return { column };
    const line = this.lines[row];
    return line !== undefined ? { line, column } : { row: this.before + row + 1, column };
  }

  /** An error about a row (from 0), a column, or both. */
  error(detail: string, row?: number, column?: string, cause?: unknown): InputError {
    return new InputError(this.file, this.place(row, column), detail, { cause });
  }
}
