// A table as people get it: columns whose types have been found out, for estimators and networks to take as it is.

import type { Label } from '../data/classes.js';
import { type Cell, type Column, type Reading, isMissing } from '../data/column.js';
import { type ReadingNotes, type Row, Table, type TableReader } from '../data/table.js';
import { DataError, shown, thereAre } from '../runtime/errors.js';
import { readAs } from './read-as.js';
import { type Remembered, remembered, spellingsDocument } from './remembered.js';
import type { Sheet } from './sheet.js';
import { labelOf } from './types/cells.js';
import type { TableColumn } from './types/table-column.js';

/** Rows of a file, in typed columns. `Classifier`, `Regressor` and, where all columns are numbers, `Network` take it as `X`. */
export class DataTable extends Table {
  override readonly settled = true;
  readonly rows: number;
  /** What each column holds that is an input, and how that was found out. */
  readonly columns: readonly TableColumn[];
  /** What was noticed while the data were read. */
  readonly notes: readonly string[];

  /** @internal */
  constructor(
    private readonly sheet: Sheet,
    /** All columns that were read, inputs or not. */
    private readonly all: readonly TableColumn[],
    notes: readonly string[],
    /** What somebody said of it. */
    private readonly how: Remembered,
    columns = all,
  ) {
    super();
    this.rows = sheet.rows;
    this.columns = columns;
    this.notes = notes;
  }

  get names(): readonly string[] {
    return this.columns.map(({ name }) => name);
  }

  get width(): number {
    return this.columns.length;
  }

  /** A column by its index, as estimators ask for it. */
  column(index: number, reading?: Reading): Column {
    const { name } = this.columns[index]!;
    return this.sheet.columnNamed(name, reading);
  }

  /**
   * The cells of a column: numbers, booleans, strings or dates, and null where nothing stands.
   * @throws InputError if there is no such column
   */
  values(name: string): Cell[] {
    return [...this.cells(name)];
  }

  /**
   * A column of numbers, to learn or to compute with.
   * @throws InputError where a cell is none, or is missing
   */
  numbers(name: string): Float64Array {
    return Float64Array.from(this.cells(name), (cell, row) => this.numberIn(name, cell, row));
  }

  /**
   * A column of labels, for a classifier to learn.
   * @throws InputError where one is missing
   */
  labels(name: string): Label[] {
    return this.cells(name).map((cell, row) => {
      if (isMissing(cell)) throw this.sheet.error('is missing', row, name);
      return labelOf(cell);
    });
  }

  /**
   * The same rows, and all columns but some as inputs; `values`, `numbers`, `labels` and `records` still have those.
   * @throws InputError if there is no such column
   */
  without(...names: string[]): DataTable {
    for (const name of names) this.cells(name);
    return this.of(this.columns.filter(({ name }) => !names.includes(name)));
  }

  /** The same rows, and these columns as inputs, in this order. @throws InputError if there is no such column */
  only(...names: string[]): DataTable {
    for (const name of names) this.cells(name);
    return this.of(names.map((name) => this.all.find((column) => column.name === name)!));
  }

  /** Some of the rows, from 0. @throws DataError for a row that is not there */
  pick(rows: ArrayLike<number>): DataTable {
    for (let i = 0; i < rows.length; i++)
      if (!(Number.isInteger(rows[i]) && rows[i]! >= 0 && rows[i]! < this.rows))
        throw new DataError('pick', `${shown(rows[i])} is no row; ${thereAre(this.rows, 'row')}, counted from 0`);
    return new DataTable(
      this.sheet.typed(this.sheet.columns, Uint32Array.from(rows)),
      this.all,
      this.notes,
      this.how,
      this.columns,
    );
  }

  /** How its text was read: what a model that learns from the table remembers. @internal */
  override get readingNotes(): ReadingNotes {
    return { ...spellingsDocument(this.all, this.names), ...remembered(this.how) };
  }

  /**
   * The same rows as a model reads them that learned from another table: text means what it meant there, and the inputs are the
   * model's. `notes` tell what was ignored, filled, or new. `predict` and `evaluate` read tables so.
   * @throws InputError where a column is missing, or holds what it did not hold in training; ModelFileError
   */
  override as(model: TableReader): DataTable {
    const { sheet, all, names, notes } = readAs(model, { sheet: this.sheet, all: this.all, names: this.names, how: this.how });
    return new DataTable(sheet, all, notes, this.how).only(...names);
  }

  /** Records, { name: cell, … }, one for each row. */
  records(): Row[] {
    const columns = this.all.map(({ name }) => [name, this.cells(name)] as const);
    return Array.from({ length: this.rows }, (_, row) => Object.fromEntries(columns.map(([name, cells]) => [name, cells[row]])));
  }

  /** Rows and columns, as of a matrix. */
  get shape(): readonly [rows: number, columns: number] {
    return [this.rows, this.width];
  }

  /**
   * The numbers of all columns, row by row, as of a matrix: so `Network` takes the table.
   * @throws InputError for a column of something else, or a missing cell
   */
  get data(): Float64Array {
    const all = new Float64Array(this.rows * this.width);
    this.names.forEach((name, c) => {
      const cells = this.cells(name);
      for (let row = 0; row < this.rows; row++) all[row * this.width + c] = this.numberIn(name, cells[row], row);
    });
    return all;
  }

  private of(columns: readonly TableColumn[]): DataTable {
    return new DataTable(this.sheet, this.all, this.notes, this.how, columns);
  }

  private cells(name: string): Cell[] {
    const cells = this.sheet.columns.get(name);
    if (cells) return cells;
    throw this.sheet.noColumn(name);
  }

  private numberIn(name: string, cell: Cell, row: number): number {
    if (isMissing(cell)) throw this.sheet.error('is missing', row, name);
    const number = typeof cell === 'string' ? Number.NaN : Number(cell);
    if (Number.isFinite(number)) return number;
    throw this.sheet.error(`${shown(cell)} is not a finite number`, row, name);
  }
}
