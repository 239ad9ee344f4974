// What the caller says of cells and columns, before their types are found out.

import type { Cell } from '../data/column.js';
import type { Sheet } from './sheet.js';
import { DateFormat } from './types/date-format.js';
import type { Spelling } from './types/spelling.js';
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
  readonly missing?: readonly (string | number)[] | undefined;
  /** What it means that a record lacks a key. */
  readonly absent?: 'gap' | 'zero' | undefined;
  /** Whether a name that is no column's is an error. */
  readonly lenient?: boolean;
}

/** What stands in `date(…)`, where that is a format; undefined for anything else. */
function formatIn(type: string): string | undefined {
  const format = /^date\((.+)\)$/.exec(type)?.[1];
  return format !== undefined && DateFormat.of(format) ? format : undefined;
}

export const isSaidType = (type: unknown): type is SaidType =>
  typeof type === 'string' && (['number', 'category', 'date', 'ignore'].includes(type) || formatIn(type) !== undefined);

/** What is to become of a column. */
export function wantedOf(type: SaidType): Wanted {
  if (type === 'number' || type === 'date') return type;
  const format = formatIn(type);
  return format === undefined ? 'text' : { format };
}

/** What is to become of columns, by name. */
export function wantedBy({ columns = {} }: Said): Record<string, Wanted> {
  return Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, wantedOf(type)]));
}

/**
 * The cells of a column that somebody says is one of numbers, or of dates.
 * @throws InputError for text that is none
 */
export function allAsSaid(sheet: Sheet, name: string, cells: Cell[], spelling: Spelling): Cell[] {
  if (spelling.type === 'category') return cells;
  const odd = cells.findIndex((cell) => typeof cell === 'string');
  if (odd < 0) return cells;
  const text = JSON.stringify(cells[odd]);
  if (spelling.type === 'number') throw sheet.error(`${text} is not a finite number, as this column is said to hold`, odd, name);
  const how =
    'format' in spelling
      ? ` as ${spelling.format} spells them`
      : ', as this column is said to hold; date(…) says how they are spelled';
  throw sheet.error(`${text} is no date${how}`, odd, name);
}

/** Whether a cell is one of those that hold nothing. */
function among(missing: readonly (string | number)[]): (cell: Cell) => boolean {
  const texts = new Set(missing.map((one) => String(one).trim()));
  const numbers = new Set([...texts].filter((text) => text !== '').map(Number));
  return (cell) => {
    if (typeof cell === 'number') return numbers.has(cell);
    if (typeof cell !== 'string') return false;
    const text = cell.trim();
    return texts.has(text) || (text !== '' && numbers.has(Number(text)));
  };
}

/**
 * Does in a sheet what was said: takes columns out and empties cells.
 * @throws InputError for a name that is no column's
 */
export function heed(sheet: Sheet, said: Said): void {
  const { columns = {}, missing = [], lenient } = said;
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
    if (sheet.zero && areNumbers(cells)) change(cells, (cell) => (cell === undefined ? 0 : cell));
  }
}

/** Whether all cells that are there are numbers, and there are some. */
function areNumbers(cells: readonly Cell[]): boolean {
  const there = cells.filter((cell) => cell !== undefined && cell !== null);
  return there.length > 0 && there.every((cell) => typeof cell === 'number');
}

function change(cells: Cell[], to: (cell: Cell) => Cell): void {
  for (let row = 0; row < cells.length; row++) cells[row] = to(cells[row]);
}
