// From raw cells to columns of one type each: what text means, and what a model expects.

import type { Cell } from '../../data/column.js';
import { counted } from '../../runtime/errors.js';
import type { Sheet } from '../sheet.js';

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

/**
 * A text as a number. Infinities and numbers too large for float64 become ±Infinity, which the library refuses, with their place.
 */
function numberIn(text: string): number {
  const t = text.trim();
  return /inf/i.test(t) ? (t.startsWith('-') ? -Infinity : Infinity) : Number(t);
}

/** What is said of a cell that is no finite number. */
export function unfinite(text: string, why = ''): string {
  const large = isNumber(text) && !/inf/i.test(text) && 'too large: numbers end at 1.8e308';
  return `${JSON.stringify(text)} is ${large || `not a finite number${why}`}`;
}

export const isBoolean = (text: string) => /^(?:true|false)$/i.test(text.trim());

/** What a column is to become. */
export type Wanted = 'number' | 'text' | undefined;

/** A cell of text without what stands for nothing. */
function trimmed(cell: Cell): string | null {
  return typeof cell === 'string' && !isMissingText(cell) ? cell.trim() : null;
}

/** What all cells of a column of text are; 'mixed' where numbers are wanted, and stand beside others. */
export type TextKind = 'number' | 'boolean' | 'text' | 'mixed';

/** Finds out what the cells of a column of text are, sheet by sheet. */
export class TextProfile {
  /** Cells that hold nothing. */
  missing = 0;
  private there = 0;
  private numbers = 0;
  private booleans = 0;
  /** The first cell that is no number, in words. */
  private odd: string | undefined;

  add(sheet: Sheet, cells: readonly Cell[]): this {
    for (let row = 0; row < cells.length; row++) {
      const text = trimmed(cells[row]);
      if (text === null) {
        this.missing++;
        continue;
      }
      this.there++;
      if (isNumber(text)) {
        this.numbers++;
        continue;
      }
      if (isBoolean(text)) this.booleans++;
      if (this.odd !== undefined) continue;
      const { line, row: number } = sheet.place(row);
      this.odd = `${JSON.stringify(text)} in ${line !== undefined ? `line ${line}` : `row ${number}`}`;
    }
    return this;
  }

  kind(wanted: Wanted): TextKind {
    const { there, numbers, booleans } = this;
    if (wanted === 'text') return 'text';
    if (numbers === there) return 'number';
    if (booleans === there) return 'boolean';
    return wanted === 'number' ? 'mixed' : 'text';
  }

  /** Worth saying of a column that is taken as text: that it would be numbers but for a few cells. */
  note(name: string): string | undefined {
    const { there, numbers, odd } = this;
    if (this.kind(undefined) !== 'text' || numbers < MOSTLY * there) return undefined;
    return `column ${JSON.stringify(name)} would be numbers but for ${counted(there - numbers, 'cell')}, ${there - numbers > 1 ? 'the first ' : ''}${odd}: taken as text`;
  }
}

/**
 * A column of text as what its cells are. Gaps become null; the odd text stays among numbers, for the error that names its row.
 */
export function ofKind(cells: readonly Cell[], kind: TextKind): Cell[] {
  return cells.map((cell) => {
    const text = trimmed(cell);
    if (text === null) return null;
    if (kind === 'boolean') return text.toLowerCase() === 'true';
    return kind === 'number' || (kind === 'mixed' && isNumber(text)) ? numberIn(text) : text;
  });
}

/** A column of typed cells; numbers where a model has categories become their text. */
export function conformed(cells: readonly Cell[], wanted: Wanted): Cell[] {
  return cells.map((cell) => {
    if (cell === undefined || cell === null || (typeof cell === 'string' && isMissingText(cell))) return null;
    return wanted === 'text' && typeof cell !== 'string' ? String(cell) : cell;
  });
}

/**
 * One column's cells, typed: text as what all of its cells are.
 * @param zero whether what a record lacks is 0
 */
export function typedColumn(sheet: Sheet, name: string, wanted?: Wanted, zero = false): Cell[] {
  const cells = sheet.columns.get(name)!;
  if (!sheet.text) return conformed(zero ? cells.map((cell) => (cell === undefined ? 0 : cell)) : cells, wanted);
  const profile = new TextProfile().add(sheet, cells);
  const note = wanted === undefined ? profile.note(name) : undefined;
  if (note) sheet.notes.push(note);
  return ofKind(cells, profile.kind(wanted));
}
