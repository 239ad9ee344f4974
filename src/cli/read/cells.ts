// From raw cells to columns of one type each: what text means, and what a model expects.

import { type Cell, ColumnTable } from '../../data/table.js';
import { DataError } from '../../errors.js';
import type { Sheet } from './sheet.js';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$|^[+-]?inf(?:inity)?$/i;
const MISSING = new Set(['', 'na', 'n/a', '<na>', '#n/a', 'nan', 'null', '?', '.']);

/** Columns that have this share of numbers were probably meant to be numbers. */
const MOSTLY = 0.8;

export function isNumber(text: string): boolean {
  return NUMBER.test(text.trim());
}

/** Whether a text stands for nothing: empty, NA, N/A, NaN, null, None, ? or a lone point. */
export function isMissingText(text: string): boolean {
  const t = text.trim();
  return MISSING.has(t.toLowerCase()) || t === 'None';
}

/** A text as a number. Infinities and numbers too large for float64 become ±Infinity, which the library refuses, with their place. */
function numberOf(text: string): number {
  const t = text.trim();
  return /inf/i.test(t) ? (t.startsWith('-') ? -Infinity : Infinity) : Number(t);
}

const isBoolean = (text: string) => /^(?:true|false)$/i.test(text.trim());

/** What a column is to become. */
export type Wanted = 'number' | 'text' | undefined;

/** A column of text as numbers, booleans, or strings, whichever all of its cells are. Gaps become null. */
function inferred(sheet: Sheet, name: string, cells: readonly Cell[], wanted: Wanted): Cell[] {
  const texts = cells.map((cell) => (typeof cell === 'string' && !isMissingText(cell) ? cell.trim() : null));
  if (wanted === 'text') return texts;
  let numbers = 0;
  let booleans = 0;
  let there = 0;
  for (const text of texts) {
    if (text === null) continue;
    there++;
    if (isNumber(text)) numbers++;
    else if (isBoolean(text)) booleans++;
  }
  if (numbers === there) return texts.map((text) => (text === null ? null : numberOf(text)));
  if (booleans === there) return texts.map((text) => (text === null ? null : text.toLowerCase() === 'true'));
  // Where numbers are wanted, the odd text stays among them, for the error that names its row.
  if (wanted === 'number') return texts.map((text) => (text !== null && isNumber(text) ? numberOf(text) : text));
  if (numbers >= MOSTLY * there) {
    const odd = texts.findIndex((text) => text !== null && !isNumber(text));
    const { line, row } = sheet.place(odd);
    sheet.notes.push(
      `column ${JSON.stringify(name)} would be numbers but for ${there - numbers} cells, the first ${JSON.stringify(texts[odd])} ` +
        `in ${line !== undefined ? `line ${line}` : `row ${row}`}: taken as text`,
    );
  }
  return texts;
}

/** A column of typed cells; numbers where a model has categories become their text. */
function conformed(cells: readonly Cell[], wanted: Wanted): Cell[] {
  return cells.map((cell) => {
    if (cell === undefined || cell === null || (typeof cell === 'string' && isMissingText(cell))) return null;
    return wanted === 'text' && typeof cell !== 'string' ? String(cell) : cell;
  });
}

/** One column's cells, typed. */
export function typedColumn(sheet: Sheet, name: string, wanted?: Wanted): Cell[] {
  const cells = sheet.columns.get(name)!;
  return sheet.text ? inferred(sheet, name, cells, wanted) : conformed(cells, wanted);
}

/** Some rows of columns as a table; all of them by default. */
export function tableOf(columns: ReadonlyMap<string, readonly Cell[]>, rows: number, picked?: Uint32Array): ColumnTable {
  if (!picked) return new ColumnTable(rows, columns);
  return new ColumnTable(
    picked.length,
    new Map([...columns].map(([name, cells]) => [name, Array.from(picked, (r) => cells[r]!)])),
  );
}

/** What a table's rows are in the file. */
export interface Origin {
  /** The row of the file that each row of the table is; by default they are the same. */
  readonly picked?: Uint32Array;
  /** The column of the target. */
  readonly target?: string;
}

/** Runs what may throw a DataError about a table's rows, and says where in the file they stand. */
export function located<T>(sheet: Sheet, run: () => T, origin: Origin = {}): T {
  try {
    return run();
  } catch (error) {
    throw relocated(sheet, error, origin);
  }
}

/** The same for what an asynchronous call threw. */
export function relocated(sheet: Sheet, error: unknown, { picked, target }: Origin): unknown {
  if (!(error instanceof DataError)) return error;
  const row = error.row !== undefined && picked ? picked[error.row] : error.row;
  const aboutTarget = error.what === 'labels' || error.what === 'targets';
  const column = aboutTarget ? target : error.column === undefined ? undefined : String(error.column);
  return sheet.error(error.detail, row, column, error);
}
