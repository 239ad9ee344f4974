// From raw cells to columns of one type each: what text means, and what a model expects.

import type { Label } from '../../data/classes.js';
import type { Cell } from '../../data/column.js';
import type { Sheet } from '../sheet.js';
import { isPlain } from './numbers.js';
import { ColumnProfile } from './profile.js';
import { ofSpelling } from './spelling.js';
import { type Wanted, isSaid } from './table-column.js';
import { isNothing } from './words.js';

/** Whether a text is a number as programs write it. */
export function isNumber(text: string): boolean {
  return isPlain(text.trim());
}

/** Whether a text stands for nothing: empty, NA, N/A, NaN, null, None, ? or a lone point. */
export function isMissingText(text: string): boolean {
  return isNothing(text.trim());
}

/** What is said of a cell that is no finite number. */
export function unfinite(text: string, why = ''): string {
  const large = isNumber(text) && !/inf/i.test(text) && 'too large: numbers end at 1.8e308';
  return `${JSON.stringify(text)} is ${large || `not a finite number${why}`}`;
}

export const isBoolean = (text: string) => /^(?:true|false)$/i.test(text.trim());

/** A cell that is there, as a label: bigints as numbers, dates as text. */
export function labelOf(cell: Cell): Label {
  if (typeof cell === 'bigint') return Number(cell);
  return cell instanceof Date ? cell.toISOString() : (cell as Label);
}

/**
 * One column's cells, typed: text as what all of its cells are.
 * @param zero whether what a record lacks is 0
 */
export function typedColumn(sheet: Sheet, name: string, wanted?: Wanted, zero = false): Cell[] {
  const cells = sheet.columns.get(name)!;
  const { spelling } = new ColumnProfile().add(sheet, cells).found(wanted);
  return ofSpelling(cells, spelling ?? { type: 'category' }, { said: isSaid(wanted), zero });
}
