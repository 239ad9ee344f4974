// How the text of a column is read: plain data, which is found in training and kept with a model, so that the same text means the
// same wherever that predicts.

import type { Cell } from '../../data/column.js';
import { type DateOrder, readDate } from './dates.js';
import { type NumberSpelling, PLAIN, readNumber } from './numbers.js';
import { BOOLEAN_WORDS, type BooleanWords, isDash, isNothing, readBoolean } from './words.js';

/** How the text of a column is read. Plain data. */
export type Spelling =
  | ({ readonly type: 'number' } & NumberSpelling)
  | { readonly type: 'date'; readonly order: DateOrder }
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

/** What a text, without blanks around it, says where it is spelled so; undefined where it is not. */
function read(text: string, spelling: Spelling): Cell {
  switch (spelling.type) {
    case 'number':
      return readNumber(text, spelling);
    case 'date': {
      const time = readDate(text, spelling.order);
      return time === undefined ? undefined : new Date(time);
    }
    case 'boolean':
      return readBoolean(text, spelling.words);
    case 'category':
      return text;
  }
}

/**
 * A column of text as what it says. What stands for nothing becomes null; text that is spelled otherwise stays, for the error
 * that names its row.
 */
export function ofSpelling(cells: readonly Cell[], spelling: Spelling): Cell[] {
  return cells.map((cell) => {
    const text = typeof cell === 'string' ? cell.trim() : '';
    const nothing = isNothing(text) || (isDash(text) && !(spelling.type === 'category' && spelling.dash));
    return nothing ? null : (read(text, spelling) ?? text);
  });
}

const FIELDS: { readonly [T in Spelling['type']]: Readonly<Record<string, (v: unknown) => boolean>> } = {
  number: {
    decimal: (v) => v === '.' || v === ',',
    thousands: (v) => typeof v === 'string' && ['', ',', '.', ' ', "'"].includes(v),
    before: (v) => typeof v === 'string',
    behind: (v) => typeof v === 'string',
  },
  date: { order: (v) => typeof v === 'string' && ['YMD', 'DMY', 'MDY'].includes(v) },
  boolean: { words: (v) => BOOLEAN_WORDS.includes(v as BooleanWords) },
  category: { dash: (v) => v === undefined || typeof v === 'boolean' },
};

/** Whether something is a spelling: it may come from a file. */
export function isSpelling(value: unknown): value is Spelling {
  if (typeof value !== 'object' || value === null || !('type' in value) || !Object.hasOwn(FIELDS, value.type as string))
    return false;
  const fields = FIELDS[value.type as Spelling['type']];
  return Object.entries(fields).every(([name, accepts]) => accepts((value as Record<string, unknown>)[name]));
}
