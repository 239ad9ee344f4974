// How the text of a column is read: plain data, which is found in training and kept with a model, so that the same text means the
// same wherever that predicts.

import type { Cell } from '../../data/column.js';
import { DateFormat } from './date-format.js';
import { type DateOrder, readDate } from './dates.js';
import { type NumberSpelling, PLAIN, readNumber } from './numbers.js';
import { BOOLEAN_WORDS, type BooleanWords, isDash, isNothing, readBoolean } from './words.js';

/** How the text of a column is read. Plain data. */
export type Spelling =
  | ({ readonly type: 'number' } & NumberSpelling)
  | { readonly type: 'date'; readonly order: DateOrder }
  | { readonly type: 'date'; readonly format: string }
  | { readonly type: 'boolean'; readonly words: BooleanWords }
  /** `dash`: whether a dash is a category, and not nothing. */
  | { readonly type: 'category'; readonly dash?: boolean };

/** Whether a column of numbers is written as programs write them. */
export function isPlainSpelling(spelling: Spelling): boolean {
  return (
    spelling.type === 'number' && (Object.keys(PLAIN) as (keyof NumberSpelling)[]).every((key) => spelling[key] === PLAIN[key])
  );
}

/** Whether text would be read so by what a model knows of its column: plain numbers, true and false, categories. */
export function isUsual(spelling: Spelling): boolean {
  if (spelling.type === 'boolean') return spelling.words === 'true';
  return isPlainSpelling(spelling) || (spelling.type === 'category' && spelling.dash === undefined);
}

/** The same with other decimals. */
export function withDecimal(spelling: NumberSpelling, decimal: '.' | ','): NumberSpelling {
  if (spelling.decimal === decimal) return spelling;
  const { thousands } = spelling;
  return { ...spelling, decimal, thousands: thousands === decimal || thousands === '' ? OTHER[decimal] : thousands };
}

const OTHER = { '.': ',', ',': '.' } as const;

/** What text, without blanks around it, says where it is spelled so; undefined where it is not. */
function reader(spelling: Spelling): (text: string) => Cell {
  switch (spelling.type) {
    case 'number':
      return (text) => readNumber(text, spelling);
    case 'date': {
      const format = 'format' in spelling ? DateFormat.of(spelling.format) : undefined;
      const timeIn = (text: string) => ('format' in spelling ? format?.read(text) : readDate(text, spelling.order));
      return (text) => {
        const time = timeIn(text);
        return time === undefined ? undefined : new Date(time);
      };
    }
    case 'boolean':
      return (text) => readBoolean(text, spelling.words);
    case 'category':
      return (text) => text;
  }
}

/** A cell of a type of its own as what a column is said to be. */
function converted(cell: Exclude<Cell, string>, { type }: Spelling): Cell {
  if (type === 'category') return cell instanceof Date ? cell.toISOString() : String(cell);
  if (type === 'number') return Number(cell);
  return type === 'date' && typeof cell === 'number' ? new Date(cell) : cell;
}

/** How cells are read beside their text. */
interface ReadingCells {
  /** Whether cells of other types become what the text is, since the column is said to be that. */
  readonly said?: boolean;
  /** Whether what a record lacks is 0. */
  readonly zero?: boolean;
}

/**
 * A column's cells as what they say. What stands for nothing becomes null; text that is spelled otherwise stays, for the error
 * that names its row; numbers, booleans and dates stay.
 */
export function ofSpelling(cells: readonly Cell[], spelling: Spelling, { said, zero }: ReadingCells = {}): Cell[] {
  const read = reader(spelling);
  return cells.map((cell) => {
    if (typeof cell !== 'string') {
      if (cell === undefined) return zero ? 0 : null;
      return said && cell !== null ? converted(cell, spelling) : cell;
    }
    const text = cell.trim();
    const nothing = isNothing(text) || (isDash(text) && !(spelling.type === 'category' && spelling.dash));
    return nothing ? null : (read(text) ?? text);
  });
}

const FIELDS: { readonly [T in Spelling['type']]: Readonly<Record<string, (v: unknown) => boolean>> } = {
  number: {
    decimal: (v) => v === '.' || v === ',',
    thousands: (v) => typeof v === 'string' && ['', ',', '.', ' ', "'"].includes(v),
    before: (v) => typeof v === 'string',
    behind: (v) => typeof v === 'string',
  },
  date: { order: (v) => v === undefined || (typeof v === 'string' && ['YMD', 'DMY', 'MDY'].includes(v)), format: isFormat },
  boolean: { words: (v) => BOOLEAN_WORDS.includes(v as BooleanWords) },
  category: { dash: (v) => v === undefined || typeof v === 'boolean' },
};

function isFormat(v: unknown): boolean {
  return v === undefined || (typeof v === 'string' && DateFormat.of(v) !== undefined);
}

/** Whether something is a spelling: it may come from a file. */
export function isSpelling(value: unknown): value is Spelling {
  if (typeof value !== 'object' || value === null || !('type' in value) || !Object.hasOwn(FIELDS, value.type as string))
    return false;
  if (value.type === 'date' && 'order' in value === 'format' in value) return false;
  const fields = FIELDS[value.type as Spelling['type']];
  return Object.entries(fields).every(([name, accepts]) => accepts((value as Record<string, unknown>)[name]));
}
