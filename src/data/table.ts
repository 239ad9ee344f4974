// Tables: what estimators learn from, column by column, whether it came as arrays, records or columns of a file.

import { DataError, shown } from '../errors.js';
import { type Matrix, type MatrixLike, matrix } from './matrix.js';

/** What a record may hold. null, undefined, NaN and '' are missing. */
export type Cell = number | string | boolean | bigint | Date | null | undefined;

export type Row = Readonly<Record<string, Cell>>;

/** A record whose type is an interface, which TypeScript does not take for a `Row`. What it holds is checked when it is read. */
export type TypedRow = object & { readonly [Symbol.iterator]?: never };

/** Rows one by one, without a table: N×I numbers, or records. */
export type Samples = MatrixLike | readonly Row[] | readonly TypedRow[];

/** Rows as users give them: N×I numbers, or records. */
export type Rows = Samples | Table;

/** A column in one of two forms: numbers (NaN where missing), or strings (null where missing). */
export type Column =
  | { readonly kind: 'number' | 'date'; readonly values: Float64Array }
  | { readonly kind: 'category'; readonly values: readonly (string | null)[] };

/** Rows of cells, seen by column. */
export abstract class Table {
  abstract readonly rows: number;
  /** Names of the columns; undefined where they only have numbers. */
  abstract readonly names: readonly string[] | undefined;
  abstract readonly width: number;
  /** Whether strings are meant as such, even where they are numbers in text. */
  readonly settled: boolean = false;

  /** @throws DataError if the column holds what cannot be one kind of thing */
  abstract column(index: number): Column;
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
    typeof cell === 'number' ? 'is not a finite number' : 'is not a number; records, { name: value }, may have other columns';
  throw new DataError('X', `${shown(cell)} ${hint}`, { row, column });
}

/** A table given as named columns of cells, by who knows what they are. */
export class ColumnTable extends Table {
  override readonly settled = true;
  readonly names: readonly string[];
  readonly width: number;

  constructor(
    readonly rows: number,
    private readonly columns: ReadonlyMap<string, ArrayLike<Cell>>,
  ) {
    super();
    this.names = [...columns.keys()];
    this.width = this.names.length;
  }

  column(index: number): Column {
    const name = this.names[index]!;
    return columnOf(name, this.columns.get(name)!);
  }
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

  column(index: number): Column {
    const column = this.whole.column(index);
    if (column.kind === 'category') return { kind: 'category', values: Array.from(this.kept, (r) => column.values[r]!) };
    return { kind: column.kind, values: Float64Array.from(this.kept, (r) => column.values[r]!) };
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
    records.forEach((record, row) => {
      if (record === null || typeof record !== 'object' || Array.isArray(record)) {
        throw new DataError('X', `expected a record like row 0; got ${shown(record)}`, { row });
      }
      for (const name of Object.keys(record)) names.add(name);
    });
    this.names = [...names];
    this.width = this.names.length;
    if (this.width === 0) throw new DataError('X', 'the records have no columns');
  }

  column(index: number): Column {
    const name = this.names[index]!;
    return columnOf(
      name,
      this.records.map((record) => (Object.hasOwn(record, name) ? record[name] : undefined)), // not what records inherit
    );
  }
}

/** Whether a text is a number as programs write them. '007' is not: it is rather a code. */
export function isNumberInText(text: string): boolean {
  return /^\s*-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?\s*$/i.test(text);
}

/** What the error for a string in a column of numbers says. */
export function amongNumbers(cell: unknown): string {
  const hint = typeof cell === 'string' && isNumberInText(cell) ? '; convert it with Number' : '';
  return `${shown(cell)} stands in a column of numbers${hint}`;
}

/** Whether a cell holds nothing. */
export function isMissing(cell: Cell): boolean {
  return cell === null || cell === undefined || cell === '' || (typeof cell === 'number' && Number.isNaN(cell));
}

/** ISO 8601 dates, with or without a time. */
const ISO_DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** One column from cells: what the first cell that is there is, all must be. Dates become milliseconds since 1970. */
function columnOf(name: string, cells: ArrayLike<Cell>): Column {
  const n = cells.length;
  const first = Array.prototype.find.call(cells, (cell: Cell) => !isMissing(cell)) as Cell;
  if (typeof first === 'string') {
    const values: (string | null)[] = new Array<string | null>(n);
    let dates = true;
    for (let r = 0; r < n; r++) {
      const cell = cells[r];
      if (isMissing(cell)) values[r] = null;
      else if (typeof cell === 'string') {
        values[r] = cell;
        dates &&= ISO_DATE.test(cell) && !Number.isNaN(Date.parse(cell));
      } else throw new DataError('X', `${shown(cell)} stands in a column of strings`, { row: r, column: name });
    }
    if (!dates) return { kind: 'category', values };
    return { kind: 'date', values: Float64Array.from(values, (v) => (v === null ? Number.NaN : Date.parse(v))) };
  }
  const values = new Float64Array(n);
  let dates = false;
  for (let r = 0; r < n; r++) {
    const cell = cells[r];
    if (isMissing(cell)) values[r] = Number.NaN;
    else if (typeof cell === 'number' || typeof cell === 'boolean' || typeof cell === 'bigint') values[r] = Number(cell);
    else if (cell instanceof Date) {
      values[r] = cell.getTime();
      if (Number.isNaN(values[r]))
        throw new DataError('X', 'is an invalid Date; a gap is written as null', { row: r, column: name });
      dates = true;
    } else throw new DataError('X', amongNumbers(cell), { row: r, column: name });
    if (Math.abs(values[r]!) === Infinity)
      throw new DataError('X', `${values[r]} is not a finite number`, { row: r, column: name });
  }
  return { kind: dates ? 'date' : 'number', values };
}

/**
 * A table from whatever a user gave.
 * @throws DataError if it is neither N×I numbers nor records
 */
export function table(rows: Rows): Table {
  if (rows instanceof Table) return rows;
  if (comesInChunks(rows)) {
    const right = 'chunks go to fit and evaluateChunks, as a function that returns them; elsewhere give the rows of one chunk';
    throw new DataError('X', `expected rows; got ${shown(rows)}. Of data larger than memory, ${right}`);
  }
  if (Array.isArray(rows)) {
    const first: unknown = rows[0];
    if (typeof first === 'object' && first !== null && !Array.isArray(first) && !ArrayBuffer.isView(first)) {
      return new RecordTable(rows as readonly Row[]);
    }
  }
  return new MatrixTable(matrix(rows as MatrixLike, 'X'));
}

/** Whether something is not rows, but gives them. */
function comesInChunks(x: unknown): boolean {
  if (typeof x !== 'object' || x === null) return typeof x === 'function';
  return Symbol.asyncIterator in x || ('next' in x && typeof x.next === 'function');
}
