// Cells as what the option `columns` says that they are, whatever they are.

import { type Cell, isNumericCell } from './column.js';

/** Numbers in text: leading zeros are no codes here. */
const DIGITS = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** A cell as a number; undefined for what says none. Dates are milliseconds. */
export function numberFrom(cell: Cell): number | undefined {
  if (typeof cell === 'string' ? DIGITS.test(cell) : isNumericCell(cell) || isValid(cell)) return Number(cell);
  return undefined;
}

/** A cell as the name of a category; undefined for what names none. */
export function categoryFrom(cell: Cell): string | undefined {
  if (typeof cell === 'string' || isNumericCell(cell)) return String(cell);
  return isValid(cell) ? cell.toISOString() : undefined;
}

const isValid = (cell: Cell): cell is Date => cell instanceof Date && !Number.isNaN(cell.getTime());
