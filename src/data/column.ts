// One column from cells: numbers, dates or strings, and the cell that is none of what the others are.

import { DataError, shown } from '../runtime/errors.js';

/** What a record may hold. null, undefined, NaN and '' are missing. */
export type Cell = number | string | boolean | bigint | Date | null | undefined;

/**
 * A column in one of two forms: numbers (NaN where missing), or strings (null where missing). Dates are milliseconds since 1970.
 * `said` are columns that somebody says are numbers, so that each of their values is one.
 */
export type Column =
  | { readonly kind: 'number' | 'date'; readonly values: Float64Array; readonly from?: ReadFrom; readonly said?: boolean }
  | { readonly kind: 'category'; readonly values: readonly (string | null)[] };

/** What a column is said to be. */
export type ColumnKind = Column['kind'] | 'ignore';

/** How the cells of a column are to be read. */
export interface Reading {
  /** What it is known to hold; else it holds what most of its cells are. */
  readonly kind?: Column['kind'] | undefined;
  /** What else its cells may be. */
  readonly from?: ReadFrom | undefined;
  /** What makes anything of them, where they may be that. */
  readonly by?: Conversions | undefined;
  /** Whether a record that lacks the column has a 0 there, if it is one of numbers. */
  readonly zero?: boolean | undefined;
}

/**
 * What the cells of a column may be beside what it holds: numbers in text; or anything that can be made what the option
 * `columns` says it is.
 */
export type ReadFrom = 'text' | 'anything';

/** Cells as something else; undefined for those that cannot be that. */
interface Conversions {
  numberFrom(cell: Cell): number | undefined;
  categoryFrom(cell: Cell): string | undefined;
}

/** From this share of numbers, or of dates, on, a column of strings is one of numbers, or of dates. */
export const MOSTLY = 0.9;

/**
 * Whether a text is a number as programs write them. '007' is not: it is rather a code, as are more digits than a number can
 * keep apart.
 */
export function isNumberInText(text: string): boolean {
  return /^\s*-?(?:(?:0|[1-9]\d{0,14})(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(text);
}

/** Whether a text may be a number, or a date, as a locale writes it: digits with commas, points or slashes between them. */
export const isInLocale = (text: string) => /^\s*-?\d+(?:[.,/]\d+)+\s*$/.test(text);

/** Whether a cell holds nothing. */
export function isMissing(cell: Cell): boolean {
  return cell === null || cell === undefined || cell === '' || (typeof cell === 'number' && Number.isNaN(cell));
}

/** ISO 8601 dates, with or without a time, of which some say no zone. */
const ISO_DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** The time that a text says, in UTC where it names no zone; NaN for what is no date. */
function timeIn(text: string): number {
  const [found, day, time, zone = 'Z'] = ISO_DATE.exec(text) ?? [];
  return found === undefined ? Number.NaN : Date.parse(time ? `${day}T${time}${zone}` : day!);
}

const isDateInText = (text: string) => !Number.isNaN(timeIn(text));

/**
 * A column from cells.
 * @param finds whether strings are numbers where all of them are
 * @throws DataError at the first cell that is something else than it should be, or than most are
 */
export function columnOf(name: string, cells: ArrayLike<Cell>, { kind: wanted, from, by }: Reading = {}, finds = false): Column {
  const { strings, kind, inText } = kindOf(cells, wanted, from, finds);
  if (kind === 'category' && !inText) return { kind, values: categories(name, cells, from && by) };
  if (kind === 'date') return { kind, values: filled(name, cells, (cell, row) => time(cell, strings, name, row)) };
  const values = filled(name, cells, (cell, row) => numberOf(cell, name, row, inText ? 'text' : from, by));
  if (!wanted) requireTold(name, cells, values);
  return { kind: 'number', values, ...(inText && { from: 'text' as const }) };
}

/** What a column holds: of strings, all of which may be numbers in text, or of anything else. */
function kindOf(
  cells: ArrayLike<Cell>,
  wanted: Column['kind'] | undefined,
  from: ReadFrom | undefined,
  finds: boolean,
): { strings: boolean; kind: Column['kind']; inText?: boolean } {
  let [texts, datesInText, numbersInText, dates, others] = [0, 0, 0, 0, 0];
  let first: Cell;
  for (let r = 0; r < cells.length; r++) {
    const cell = cells[r];
    if (isMissing(cell)) continue;
    first ??= cell;
    if (typeof cell !== 'string') {
      others++;
      if (cell instanceof Date) dates++;
    } else {
      texts++;
      if (finds && isNumberInText(cell)) numbersInText++;
      else if (isDateInText(cell)) datesInText++;
    }
  }
  const strings = from !== 'anything' && (texts > others || (texts === others && typeof first === 'string'));
  // Milliseconds will do for dates, if all are such.
  if (wanted) return { strings, kind: wanted === 'date' && !from && texts + dates === 0 ? 'number' : wanted };
  if (!strings) return { strings, kind: dates > 0 ? 'date' : 'number' };
  const kind = datesInText === texts || areDates(cells, texts, datesInText) ? 'date' : 'category';
  return { strings, kind, inText: numbersInText === texts && others === 0 };
}

/** Whether strings, most of which are dates, can be nothing else: they differ too much to be categories. */
function areDates(cells: ArrayLike<Cell>, texts: number, dates: number): boolean {
  if (dates < MOSTLY * texts) return false;
  return new Set(Array.from(cells).filter((cell) => typeof cell === 'string' && cell !== '')).size > Math.max(texts / 2, 2);
}

/** The number that each cell is; NaN for a gap. */
function filled(name: string, cells: ArrayLike<Cell>, read: (cell: Cell, row: number) => number): Float64Array {
  const values = new Float64Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    const value = isMissing(cell) ? Number.NaN : read(cell, row);
    if (Math.abs(value) === Infinity) throw new DataError('X', `${value} is not a finite number`, { row, column: name });
    values[row] = value;
  }
  return values;
}

export const isNumericCell = (cell: Cell) => typeof cell === 'number' || typeof cell === 'boolean' || typeof cell === 'bigint';

/** @throws DataError */
function numberOf(cell: Cell, column: string, row: number, from?: ReadFrom, by?: Conversions): number {
  if (isNumericCell(cell)) return Number(cell);
  if (from === 'text' && typeof cell === 'string' && isNumberInText(cell)) return Number(cell);
  const converted = from === 'anything' ? by!.numberFrom(cell) : undefined;
  if (converted !== undefined) return converted;
  const hint =
    typeof cell === 'string' && isNumberInText(cell)
      ? '; convert it with Number'
      : cell instanceof Date
        ? '; its getTime() is a number'
        : from === 'text'
          ? ` in text; write null for a missing cell. columns: { ${JSON.stringify(column)}: 'category' } turns all cells into categories`
          : '';
  throw new DataError('X', `${shown(cell)} is in a column of numbers${hint}`, { row, column });
}

/** @param strings whether the dates are written out, so that a number is none. @throws DataError */
function time(cell: Cell, strings: boolean, column: string, row: number): number {
  if (cell instanceof Date) {
    if (!Number.isNaN(cell.getTime())) return cell.getTime();
    throw new DataError('X', 'is an invalid Date; write null for a missing cell', { row, column });
  }
  if (typeof cell === 'string' && isDateInText(cell)) return timeIn(cell);
  if (!strings && isNumericCell(cell)) return Number(cell);
  const detail = `${shown(cell)} is not a date, but is in a column of dates (2020-01-31 in ISO 8601); leave missing cells empty`;
  throw new DataError('X', detail, { row, column });
}

/** @throws DataError */
function categories(name: string, cells: ArrayLike<Cell>, by: Conversions | undefined): (string | null)[] {
  return Array.from(cells, (cell, row) => {
    if (isMissing(cell)) return null;
    if (typeof cell === 'string') return cell;
    const converted = by?.categoryFrom(cell);
    if (converted !== undefined) return converted;
    throw new DataError('X', `${shown(cell)} is in a column of strings`, { row, column: name });
  });
}

/** @throws DataError for bigints that differ, in a column whose numbers are all the same */
function requireTold(name: string, cells: ArrayLike<Cell>, values: Float64Array): void {
  const first = Array.prototype.findIndex.call(cells, (cell: Cell) => typeof cell === 'bigint');
  if (first < 0 || values.some((v) => !Number.isNaN(v) && v !== values[first])) return;
  const row = Array.prototype.findIndex.call(cells, (cell: Cell) => typeof cell === 'bigint' && cell !== cells[first]);
  if (row < 0) return;
  const detail = `${shown(cells[row])} and ${shown(cells[first])} are the same number in 64 bits; subtract a common offset, or leave the column out if it identifies rows`;
  throw new DataError('X', detail, { row, column: name });
}
