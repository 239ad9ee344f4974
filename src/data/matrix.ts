// What users give as a matrix, checked and copied row-major into a typed array.

import type { RealArray } from '../../bindings/memory.js';
import { DataError, shown, counted } from '../runtime/errors.js';

/** An array of numbers: a typed array, or a plain one. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array;

/** A matrix as one typed array, row-major, with its shape: two numbers, [rows, columns]. */
export interface ShapedArray {
  readonly data: NumericArray | readonly number[];
  readonly shape: readonly [rows: number, columns: number] | readonly number[];
}

/**
 * N×I numbers: an array of rows (arrays or typed arrays), a typed array with its shape, or a plain vector, which counts as
 * one column.
 */
export type MatrixLike = readonly (readonly number[] | NumericArray)[] | readonly number[] | NumericArray | ShapedArray;

/** A matrix whose shape has been checked; its elements have not. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** The elements row-major, or row by row. */
  readonly source: ArrayLike<number> | readonly ArrayLike<number>[];
}

/** Whether something is a list of numbers by its type; elements of plain arrays may still be anything. */
export function isRow(x: unknown): x is ArrayLike<number> {
  if (!ArrayBuffer.isView(x)) return Array.isArray(x);
  return !(x instanceof DataView || x instanceof BigInt64Array || x instanceof BigUint64Array);
}

/** @throws DataError for what is no array */
export function requireArray(x: unknown, what: string, expected: string): void {
  if (!isRow(x)) throw new DataError(what, `expected ${expected}; got ${shown(x)}`);
}

/**
 * Finds the shape of what a user gave; `what` names it in errors.
 * @throws DataError if it is no matrix, has no rows or columns, or rows of different lengths
 */
export function matrix(x: unknown, what: string): Matrix {
  if (isShaped(x)) {
    const [rows, columns] = x.shape as readonly [number, number];
    const whole = (n: number) => Number.isInteger(n) && n >= 0;
    if (x.shape.length !== 2 || !whole(rows) || !whole(columns) || rows * columns !== x.data.length) {
      throw new DataError(what, `shape [${x.shape.map(shown).join(', ')}] does not fit ${x.data.length} numbers`);
    }
    if (isRow(x.data[0])) throw new DataError(what, 'data with a shape must be flat; got rows');
    return nonEmpty({ rows, columns, source: x.data }, what);
  }
  if (!isRow(x)) throw new DataError(what, `expected an array of rows, or { data, shape }; got ${shown(x)}`);
  if (x.length === 0) throw new DataError(what, 'there are no rows');
  if (!isRow(x[0])) {
    const first: unknown = x[0];
    if (typeof first === 'object' && first !== null && !ArrayBuffer.isView(first)) {
      const hint = what === 'targets' ? '' : ' (records are for Classifier and Regressor)';
      throw new DataError(what, `expected a row of numbers; got ${shown(first)}${hint}`, { row: 0 });
    }
    return nonEmpty({ rows: x.length, columns: 1, source: x }, what);
  }
  const rows = x as unknown as readonly ArrayLike<number>[];
  const columns = rows[0]!.length;
  for (let r = 1; r < rows.length; r++) {
    const row = rows[r];
    if (!isRow(row)) throw new DataError(what, `expected a row of ${columns} numbers; got ${shown(row)}`, { row: r });
    if (row.length !== columns) {
      throw new DataError(what, `has ${counted(row.length, 'column')}, but row 0 has ${columns}`, { row: r });
    }
  }
  return nonEmpty({ rows: rows.length, columns, source: rows }, what);
}

function isShaped(x: unknown): x is ShapedArray {
  return typeof x === 'object' && x !== null && 'shape' in x && 'data' in x && Array.isArray(x.shape) && isRow(x.data);
}

function nonEmpty(m: Matrix, what: string): Matrix {
  if (m.rows === 0) throw new DataError(what, 'there are no rows');
  if (m.columns === 0) throw new DataError(what, 'there are no columns');
  return m;
}

/** What may be meant by a vector where rows of several numbers are expected. */
export function soleRow(rows: number, columns: number, expected: number): string {
  return columns === 1 && rows === expected ? '; one row is an array in an array, [[…]]' : '';
}

/** @throws DataError unless the matrix has `columns` columns */
export function requireColumns(m: Matrix, columns: number, what: string): void {
  if (m.columns === columns) return;
  throw new DataError(what, `has ${counted(m.columns, 'column')}; expected ${columns}${soleRow(m.rows, m.columns, columns)}`);
}

/** Rows first … first + rows − 1 of a matrix. */
export function someRows(m: Matrix, first: number, rows: number): Matrix {
  const { columns, source } = m;
  if (isRow(source[0])) return { rows, columns, source: (source as readonly ArrayLike<number>[]).slice(first, first + rows) };
  const flat = source as NumericArray | readonly number[];
  const [from, to] = [first * columns, (first + rows) * columns];
  return { rows, columns, source: ArrayBuffer.isView(flat) ? flat.subarray(from, to) : flat.slice(from, to) };
}

/**
 * Copies a matrix row-major into `target`; errors number its rows from `firstRow` on.
 * @throws DataError at the first element that is no finite number, or that overflows the target's precision
 */
export function copyMatrix(m: Matrix, target: RealArray, what: string, firstRow = 0): void {
  const { rows, columns, source } = m;
  if (!isRow(source[0])) {
    // Typed arrays of numbers hold nothing else; plain arrays may hold anything, which `set` would convert, or fail to.
    if (!ArrayBuffer.isView(source)) requireNumbers(source as ArrayLike<unknown>, m, what, firstRow);
    target.set(source as ArrayLike<number>);
  } else {
    for (let r = 0; r < rows; r++) {
      const row = source[r] as ArrayLike<number>;
      if (!ArrayBuffer.isView(row)) requireNumbers(row, m, what, firstRow + r);
      target.set(row, r * columns);
    }
  }
  for (let i = 0; i < target.length; i++) {
    if (!Number.isFinite(target[i])) {
      const row = Math.floor(i / columns);
      const given = isRow(source[0]) ? (source[row] as ArrayLike<number>)[i % columns] : source[i];
      throw new DataError(
        what,
        Number.isFinite(given)
          ? `${given} is too large for float32; scale the data, or use precision 'float64'`
          : `${shown(given)} is not a finite number`,
        { row: firstRow + row, column: columnNamed(m, i) },
      );
    }
  }
}

/** The column of an element, as errors name it; a plain vector has none. */
function columnNamed({ columns, source }: Matrix, i: number): number | undefined {
  return columns === 1 && !isRow(source[0]) ? undefined : i % columns;
}

/** @throws DataError at the first element that is not even a number; elements count on from row `row` */
function requireNumbers(values: ArrayLike<unknown>, m: Matrix, what: string, row: number): void {
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== 'number') {
      const text: unknown = what === 'Y' || what === 'targets' ? values[i] : undefined;
      const isNumber = typeof text === 'string' && text.trim() !== '' && Number.isFinite(Number(text));
      const hint = typeof text !== 'string' ? '' : isNumber ? ' but text; convert it with Number' : '; labels are for Classifier';
      throw new DataError(what, `${shown(values[i])} is not a number${hint}`, {
        row: row + Math.floor(i / m.columns),
        column: columnNamed(m, i),
      });
    }
  }
}
