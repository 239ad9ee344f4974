// How a command reads its data: what the options say, and what a model remembers of how it was trained.

import { InvalidArgumentError } from 'commander';
import type { Format } from '../table/formats/format.js';
import type { ReadOptions } from '../table/read.js';
import { type SaidType, isSaidType } from '../table/said.js';
import { isEncoding } from '../table/sources/text.js';

/** What stands for gaps: what becomes of them, or texts that are some. */
export interface Missing {
  readonly how?: 'mean' | 'refuse';
  readonly texts: readonly string[];
}

/** Options of every command that reads rows. */
export interface ReadingOptions {
  readonly format?: Format;
  readonly delimiter?: string;
  readonly encoding?: string;
  readonly comment?: string;
  readonly header?: boolean;
  readonly longestLine?: number;
  readonly decimal?: '.' | ',';
  readonly missing?: Missing;
  readonly absent?: 'gap' | 'zero';
  readonly column?: Readonly<Record<string, SaidType>>;
}

/** The reader's options. */
export function readingOf({ column, missing, ...options }: ReadingOptions): ReadOptions {
  const { format, delimiter, encoding, comment, header, longestLine, decimal, absent } = options;
  return { format, delimiter, encoding, comment, header, longestLine, decimal, absent, columns: column, missing: missing?.texts };
}

/** An encoding that this runtime knows. */
export function encodingNamed(text: string): string {
  if (!isEncoding(text)) throw new InvalidArgumentError('Expected an encoding, such as utf-8, utf-16le or latin1.');
  return text;
}

export function yesOrNo(text: string): boolean {
  if (text !== 'yes' && text !== 'no') throw new InvalidArgumentError('Expected yes or no.');
  return text === 'yes';
}

/** `mean`, `refuse`, or texts that stand for nothing, separated by commas; given several times, all of them. */
export function missingCells(text: string, before: Missing = { texts: [] }): Missing {
  if (text === 'mean' || text === 'refuse') return { ...before, how: text };
  return { ...before, texts: [...before.texts, ...text.split(',').map((one) => one.trim())] };
}

/** `zip:category,when:date(DD/MM/YYYY)`; names may have commas and colons inside. */
export function columnTypes(text: string, before: Readonly<Record<string, SaidType>> = {}): Record<string, SaidType> {
  const types: Record<string, SaidType> = { ...before };
  let begun = '';
  for (const part of text.split(',')) {
    const entry = begun + part;
    const colon = /:(?=(?:number|category|ignore|date(?:\(.*\))?)$)/.exec(entry)?.index;
    const type = colon === undefined ? undefined : entry.slice(colon + 1);
    if (isSaidType(type)) {
      types[entry.slice(0, colon).trim()] = type;
      begun = '';
    } else begun = `${entry},`;
  }
  if (begun === '') return types;
  const expected = 'number, category, date, date(DD/MM/YYYY) or ignore';
  throw new InvalidArgumentError(`Expected name:type, where a type is ${expected}; got ${begun.slice(0, -1)}.`);
}
