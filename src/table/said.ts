// What the caller says of cells and columns, before their types are found out.

import type { Cell } from '../data/column.js';
import type { Sheet } from './sheet.js';
import { DateFormat } from './types/date-format.js';
import { isMissingText } from './types/cells.js';
import type { Wanted } from './types/table-column.js';

/** What can be said of a column: `date(DD/MM/YYYY)` names a spelling. */
export type SaidType = 'number' | 'category' | 'date' | 'ignore' | `date(${string})`;

/** What the caller says. */
export interface Said {
  /** What columns are, by name. */
  readonly columns?: Readonly<Record<string, SaidType>> | undefined;
  /** What separates decimals in text. */
  readonly decimal?: '.' | ',' | undefined;
  /** Cells that hold nothing, beside those that everybody takes so. */
  readonly missing?: readonly string[] | undefined;
  /** What it means that a record lacks a key. */
  readonly absent?: 'gap' | 'zero' | undefined;
  /** Whether a name that is no column's is an error. */
  readonly lenient?: boolean;
}

/** The spelling in `date(…)`; undefined for anything else. */
function formatIn(type: string): DateFormat | undefined {
  const format = /^date\((.+)\)$/.exec(type)?.[1];
  return format === undefined ? undefined : DateFormat.of(format);
}

export const isSaidType = (type: unknown): type is SaidType =>
  typeof type === 'string' && (['number', 'category', 'date', 'ignore'].includes(type) || formatIn(type) !== undefined);

/** What is to become of columns of text. */
export function wantedBy({ columns = {} }: Said): Record<string, Wanted> {
  const wanted = Object.entries(columns).map(([name, type]): [string, Wanted] => [name, type === 'number' ? 'number' : 'text']);
  return Object.fromEntries(wanted);
}

/** A number as programs write it, of one with a decimal comma: 1.163,74, 1 163,74 and 1163,74 are the same. */
const WITH_COMMA = /^[+-]?(?:\d{1,3}(?:[. \u00a0\u202f']\d{3})+|\d*)(?:,\d*)?(?:e[+-]?\d+)?$/i;

function withPoint(text: string): string {
  const t = text.trim();
  return /\d/.test(t) && WITH_COMMA.test(t) ? t.replace(/[. \u00a0\u202f']/g, '').replace(',', '.') : text;
}

/** Whether a cell is one of those that hold nothing. */
function among(missing: readonly string[]): (cell: Cell) => boolean {
  const texts = new Set(missing.map((text) => text.trim()));
  const numbers = new Set(missing.filter((text) => text.trim() !== '').map(Number));
  return (cell) => {
    if (typeof cell === 'number') return numbers.has(cell);
    if (typeof cell !== 'string') return false;
    const text = cell.trim();
    return texts.has(text) || (text !== '' && numbers.has(Number(text)));
  };
}

/**
 * Does in a sheet what was said: takes columns out, empties cells, and writes numbers and dates as everybody reads them.
 * @throws InputError for a name that is no column's, and a cell that is not what was said
 */
export function heed(sheet: Sheet, said: Said): void {
  const { columns = {}, decimal, missing = [], lenient } = said;
  for (const name of Object.keys(columns))
    if (!lenient && sheet.text && !sheet.columns.has(name)) throw sheet.noColumn(name, ', whose type is given');
  const isGap = missing.length > 0 ? among(missing) : undefined;
  for (const [name, cells] of sheet.columns) {
    const type = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (type === 'ignore') {
      sheet.columns.delete(name);
      continue;
    }
    if (isGap) change(cells, (cell) => (isGap(cell) ? null : cell));
    const comma = decimal === ',' && sheet.text && (type === undefined || type === 'number');
    if (comma) change(cells, (cell) => (typeof cell === 'string' ? withPoint(cell) : cell));
    const format = type && formatIn(type);
    if (format) change(cells, (cell, row) => spelled(sheet, format, name, cell, row));
    if (sheet.zero && areNumbers(cells)) change(cells, (cell) => (cell === undefined ? 0 : cell));
    if (type === 'category' && !sheet.text) change(cells, (cell) => (cell === null || cell === undefined ? cell : String(cell)));
  }
}

/** Whether all cells that are there are numbers, and there are some. */
function areNumbers(cells: readonly Cell[]): boolean {
  const there = cells.filter((cell) => cell !== undefined && cell !== null);
  return there.length > 0 && there.every((cell) => typeof cell === 'number');
}

function change(cells: Cell[], to: (cell: Cell, row: number) => Cell): void {
  for (let row = 0; row < cells.length; row++) cells[row] = to(cells[row], row);
}

/** @throws InputError for a text that is no date of this format */
function spelled(sheet: Sheet, format: DateFormat, name: string, cell: Cell, row: number): Cell {
  if (typeof cell !== 'string' || isMissingText(cell)) return cell;
  const iso = format.iso(cell);
  if (iso !== undefined) return iso;
  throw sheet.error(`${JSON.stringify(cell.trim())} is no date as ${format.format} spells them`, row, name);
}
