// A row that is a JSON object.

import type { Cell } from '../../data/column.js';
import { shown } from '../../runtime/errors.js';
import { InputError, saidBy } from '../input-error.js';

/** @throws InputError for what is no object of plain values */
export function recordIn(file: string, line: number, source: string): Record<string, Cell> {
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
  return value as Record<string, Cell>;
}
