// Tables: what estimators learn from, column by column, whether it came as arrays, records or columns of a file.

import { DataError, shown } from '../runtime/errors.js';
import { type Cell, type Column, type Reading, columnOf } from './column.js';
import type { ColumnSpec } from './column-spec.js';
import { type Matrix, type MatrixLike, matrix } from './matrix.js';

/** A record: cells by the names of their columns. */
export type Row = Readonly<Record<string, Cell>>;

/** A record whose type is an interface, which TypeScript does not take for a `Row`. What it holds is checked when it is read. */
export type TypedRow = object & { readonly [Symbol.iterator]?: never };

/** Rows one by one, without a table: N×I numbers, or records. */
export type Samples = MatrixLike | readonly Row[] | readonly TypedRow[];

/** Rows as users give them: N×I numbers, or records. */
export type Rows = Samples | Table;

/** How the text of a table was read: notes of the model that learned from it, as they stand in files. */
export interface ReadingNotes {
  readonly spellings?: string;
  readonly reading?: string;
}

/** A model that reads tables: what became of each column in training, and its notes, those about text among them. */
export interface TableReader {
  readonly columns: readonly ColumnSpec[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Rows of cells, seen by column. */
export abstract class Table {
  abstract readonly rows: number;
  /** Names of the columns; undefined where they only have numbers. */
  abstract readonly names: readonly string[] | undefined;
  abstract readonly width: number;
  /** Whether strings are meant as such, even where they are numbers in text. */
  readonly settled: boolean = false;

  /** How its text was read; undefined where it was not read from any. */
  get readingNotes(): ReadingNotes | undefined {
    return undefined;
  }

  /**
   * The same rows with the columns of a model, where their text means what it meant in training.
   * @throws EfficientBackpropError where it means nothing there, or a column is missing
   */
  as(_model: TableReader): Table {
    return this;
  }

  /** @throws DataError at the first cell that is not what the column holds */
  abstract column(index: number, reading?: Reading): Column;
}

/** A table of numbers without names. */
class MatrixTable extends Table {
  readonly rows: number;
  readonly width: number;
  readonly names = undefined;

  constructor(private readonly m: Matrix) {
    super();
    this.rows = m.rows;
    this.width = m.columns;
  }

  column(index: number): Column {
    const { source, columns, rows } = this.m;
    const nested = typeof source[0] === 'object';
    const values = new Float64Array(rows);
    for (let r = 0; r < rows; r++) {
      const cell: unknown = nested ? (source[r] as ArrayLike<number>)[index] : source[r * columns + index];
      values[r] = typeof cell === 'number' && cell - cell === 0 ? cell : unusual(cell, r, index);
    }
    return { kind: 'number', values };
  }
}

/** What stands for an element that is no finite number: gaps are NaN, booleans 0 and 1, anything else is an error. */
function unusual(cell: unknown, row: number, column: number): number {
  if (cell === null || cell === undefined || Number.isNaN(cell)) return Number.NaN;
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  const hint =
    typeof cell === 'number'
      ? 'is not a finite number'
      : 'is not a number; use records, { name: value }, for other kinds of columns';
  throw new DataError('X', `${shown(cell)} ${hint}`, { row, column });
}

/** Some rows of a table. */
export class SomeRows extends Table {
  readonly rows: number;
  readonly names: readonly string[] | undefined;
  readonly width: number;
  override readonly settled: boolean;

  constructor(
    private readonly whole: Table,
    private readonly kept: Uint32Array,
  ) {
    super();
    this.rows = kept.length;
    this.names = whole.names;
    this.width = whole.width;
    this.settled = whole.settled;
  }

  override get readingNotes(): ReadingNotes | undefined {
    return this.whole.readingNotes;
  }

  override as(model: TableReader): Table {
    const whole = this.whole.as(model);
    return whole === this.whole ? this : new SomeRows(whole, this.kept);
  }

  column(index: number, reading?: Reading): Column {
    const column = this.whole.column(index, reading);
    if (column.kind === 'category') return { kind: 'category', values: Array.from(this.kept, (r) => column.values[r]!) };
    return { ...column, values: Float64Array.from(this.kept, (r) => column.values[r]!) };
  }
}

/** A table given as records. */
class RecordTable extends Table {
  readonly rows: number;
  readonly names: readonly string[];
  readonly width: number;

  constructor(private readonly records: readonly Row[]) {
    super();
    this.rows = records.length;
    const names = new Set<string>();
    for (let row = 0; row < records.length; row++) {
      const record = records[row]; // a hole as well
      if (record === null || typeof record !== 'object' || Array.isArray(record)) {
        throw new DataError('X', `expected a record like row 0; got ${shown(record)}`, { row });
      }
      for (const name of Object.keys(record)) names.add(name);
    }
    this.names = [...names];
    this.width = this.names.length;
    if (this.width === 0) throw new DataError('X', 'the records have no columns');
  }

  column(index: number, reading?: Reading): Column {
    const name = this.names[index]!;
    const has = (record: Row) => Object.hasOwn(record, name); // not what records inherit
    const cells = this.records.map((record) => (has(record) ? record[name] : undefined));
    const column = columnOf(name, cells, reading, true);
    if (reading?.zero && column.kind === 'number') {
      for (const [r, record] of this.records.entries()) if (!has(record)) column.values[r] = 0;
    }
    return column;
  }
}

/**
 * A table from whatever a user gave.
 * @throws DataError if it is neither N×I numbers nor records
 */
export function table(rows: Rows): Table {
  if (rows instanceof Table) return rows;
  if (comesInChunks(rows)) {
    const right = 'give fit and evaluateChunks a function that returns chunks; elsewhere give the rows of one chunk';
    throw new DataError('X', `expected rows; got ${shown(rows)}; for data larger than memory, ${right}`);
  }
  if (Array.isArray(rows)) {
    const first: unknown = rows[0];
    if (typeof first === 'object' && first !== null && !Array.isArray(first) && !ArrayBuffer.isView(first)) {
      return new RecordTable(rows as readonly Row[]);
    }
  }
  if (typeof rows === 'object' && rows !== null && !ArrayBuffer.isView(rows) && !Array.isArray(rows) && !('shape' in rows)) {
    throw new DataError('X', `expected an array of rows; got ${shown(rows)}. One record is an array of one: [{ … }]`);
  }
  return new MatrixTable(matrix(rows as MatrixLike, 'X'));
}

/** Whether something is not rows, but gives them. */
function comesInChunks(x: unknown): boolean {
  if (typeof x !== 'object' || x === null) return typeof x === 'function';
  return Symbol.asyncIterator in x || ('next' in x && typeof x.next === 'function');
}
