// Rows that are JSON objects, however these come.

import type { Cell } from '../../data/column.js';
import { shown } from '../../runtime/errors.js';
import { InputError, saidBy } from '../input-error.js';
import { Sheet } from '../sheet.js';

/** The text of an object, and the line in which it begins. */
export interface JsonText {
  readonly source: string;
  readonly line: number;
}

/**
 * Objects as rows, in sheets of so many cells each. A sheet has the columns that there have been up to its end.
 * @param texts of the objects, some at a time
 * @param zero whether a key that a record lacks stands for 0
 * @param none what is said where there is no object
 * @throws InputError with the line
 */
export async function* sheetsOfRecords(
  file: string,
  texts: AsyncIterable<Iterable<JsonText>>,
  cells: number,
  zero: boolean,
  none: string,
): AsyncGenerator<Sheet, void, undefined> {
  let sheet = new Sheet(file, false, 0, zero);
  for await (const some of texts) {
    for (const { source, line } of some) {
      sheet.pushRecord(recordIn(file, line, source), line);
      if (sheet.cells < cells) continue;
      const full = sheet;
      sheet = full.following();
      yield full;
    }
  }
  if (sheet.rows > 0) yield sheet;
  else if (sheet.before === 0) throw new InputError(file, {}, none);
}

/** @throws InputError for what is no object of plain values */
function recordIn(file: string, line: number, source: string): Record<string, Cell> {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new InputError(file, { line }, `is not valid JSON (${saidBy(cause)})`, { cause });
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new InputError(file, { line }, `expected an object, {"name": value, …}; got ${shown(value)}`);
  }
  for (const [column, cell] of Object.entries(value)) {
    if (cell !== null && typeof cell === 'object')
      throw new InputError(file, { line, column }, `expected a number, string, boolean or null; got ${shown(cell)}`);
  }
  const cells = value as Record<string, Cell>;
  return LONG.test(source) && Object.values(cells).some(isRounded) ? (JSON.parse(quoted(source)) as Record<string, Cell>) : cells;
}

/** Digits that may be more than a number keeps apart. */
const LONG = /\d{16}/;

const isRounded = (cell: Cell) => Number.isInteger(cell) && !Number.isSafeInteger(cell);

/** JSON whose integers that numbers would round are strings, as in CSV, since they are rather codes. */
function quoted(source: string): string {
  return source.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi, (token) =>
    /^-?\d{16,}$/.test(token) && String(Number(token)) !== token ? `"${token}"` : token,
  );
}
