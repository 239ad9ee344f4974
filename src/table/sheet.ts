// Rows of a file as a table: named columns of cells, and where each row stands.

import { type Cell, type Column, type Reading, columnOf } from '../data/column.js';
import { Table } from '../data/table.js';
import { nearest } from '../runtime/options.js';
import { type FilePlace, InputError } from './input-error.js';

/**
 * Named columns of cells, all equally long: of a whole file, or of some of its rows. As it is read, CSV has strings only; other
 * formats have types of their own. What is learned from is a sheet whose columns are typed.
 */
export class Sheet extends Table {
  override readonly settled = true;
  readonly columns = new Map<string, Cell[]>();
  /** Things worth telling about how the file was read. */
  readonly notes: string[] = [];
  rows = 0;
  /** Whether columns only have numbers, because the file names none. */
  nameless = false;
  /** Whether semicolons separate cells, as where commas separate decimals. */
  semicolons = false;
  /** What somebody says of columns, whatever their cells look like. */
  private said: ReadonlyMap<string, 'number' | 'category'> = new Map();
  /** The line of each row that was read, where the format has lines. */
  private lines: number[] = [];
  /** What was read, where these are cells that were typed, or some of the rows. */
  private source: Sheet = this;
  /** Which of the rows that were read these are, if not all. */
  private picked: Uint32Array | undefined;

  constructor(
    readonly file: string,
    /** Whether cells are text whose types have to be inferred. */
    readonly text: boolean,
    /** Rows of the file in sheets before. */
    readonly before = 0,
    /** Whether a key that a record lacks stands for 0: such cells are undefined, and others that hold nothing null. */
    readonly zero = false,
  ) {
    super();
  }

  get width(): number {
    return this.columns.size;
  }

  column(index: number, reading?: Reading): Column {
    const name = this.names[index]!;
    return this.columnNamed(name, reading);
  }

  columnNamed(name: string, reading: Reading = {}): Column {
    const said = this.said.get(name);
    const column = columnOf(name, this.columns.get(name)!, { ...reading, kind: reading.kind ?? said });
    return said === 'number' && column.kind === said ? { ...column, said: true } : column;
  }

  /** How many cells there are. */
  get cells(): number {
    return this.rows * this.columns.size;
  }

  /** An empty sheet for the rows that follow, of the same columns. */
  following(): Sheet {
    const next = new Sheet(this.file, this.text, this.before + this.rows, this.zero);
    next.nameless = this.nameless;
    next.semicolons = this.semicolons;
    for (const name of this.columns.keys()) next.columns.set(name, []);
    return next;
  }

  get names(): string[] {
    return [...this.columns.keys()];
  }

  /**
   * A sheet of columns whose cells are typed, with some of the rows of this one, or all.
   * @param said what somebody says of columns
   */
  typed(columns: ReadonlyMap<string, Cell[]>, picked?: Uint32Array, said = this.said): Sheet {
    const sheet = this.part(new Sheet(this.file, false, this.before), columns, picked);
    sheet.said = said;
    return sheet;
  }

  /** A sheet of some of the rows, or all, read as they are. */
  some(picked: Uint32Array | undefined): Sheet {
    const sheet = this.part(new Sheet(this.file, this.text, this.before, this.zero), this.columns, picked);
    sheet.notes.push(...this.notes);
    sheet.nameless = this.nameless;
    sheet.semicolons = this.semicolons;
    return sheet;
  }

  /** The rows as they were read. */
  asRead(): Sheet {
    return this.source.some(this.picked);
  }

  private part(sheet: Sheet, columns: ReadonlyMap<string, Cell[]>, picked?: Uint32Array): Sheet {
    for (const [name, cells] of columns) sheet.columns.set(name, picked ? Array.from(picked, (r) => cells[r]!) : cells);
    sheet.rows = picked?.length ?? this.rows;
    sheet.lines = this.lines;
    sheet.source = this.source;
    sheet.picked = picked && this.picked ? picked.map((r) => this.picked![r]!) : (picked ?? this.picked);
    return sheet;
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

  /** Adds rows of columns, from one to before another. */
  pushColumns(columns: ReadonlyMap<string, readonly Cell[]>, from: number, to: number): void {
    for (const [name, column] of this.columns) {
      const cells = columns.get(name)!;
      for (let row = from; row < to; row++) column.push(cells[row]);
    }
    this.rows += to - from;
  }

  /** Adds a record, whose names may be new. */
  pushRecord(record: Readonly<Record<string, Cell>>, line?: number): void {
    for (const [name, cell] of Object.entries(record)) {
      let column = this.columns.get(name);
      if (!column) {
        column = new Array<Cell>(this.rows).fill(this.zero ? undefined : null);
        this.columns.set(name, column);
      }
      column.push(cell);
    }
    this.rows++;
    for (const column of this.columns.values()) if (column.length < this.rows) column.push(this.zero ? undefined : null);
    if (line !== undefined) this.lines.push(line);
  }

  /** What a cell of row r (from 0) is in the file, where that is text. */
  written(row: number, column: string): string | undefined {
    const cell = this.source.columns.get(column)?.[this.picked?.[row] ?? row];
    return typeof cell === 'string' ? cell.trim() : undefined;
  }

  /** Where row r (from 0) stands. */
  place(row: number | undefined, column?: string): FilePlace {
    if (row === undefined) return { column };
    const read = this.picked?.[row] ?? row;
    const line = this.lines[read];
    return line !== undefined ? { line, column } : { row: this.before + read + 1, column };
  }

  /** An error about a name that no column has. */
  noColumn(name: string, what = ''): InputError {
    const { names } = this;
    const near = nearest(name, names);
    const known = near
      ? `did you mean ${JSON.stringify(near)}?`
      : `the columns are ${names.map((n) => JSON.stringify(n)).join(', ')}`;
    return this.error(`there is no column ${JSON.stringify(name)}${what}; ${known}`);
  }

  /** An error about a row (from 0), a column, or both. */
  error(detail: string, row?: number, column?: string, cause?: unknown): InputError {
    return new InputError(this.file, this.place(row, column), detail, { cause });
  }
}
