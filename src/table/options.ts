// What readTable and scanTable can be told.

import { type SchemaOf, checked, flag, oneOf, value } from '../runtime/options.js';
import { FORMATS, type Format } from './formats/format.js';
import { type SaidType, isSaidType } from './said.js';
import { isEncoding } from './sources/text.js';

/** Options of `readTable` and `scanTable`. */
export interface TableOptions {
  /** 'csv', 'tsv', 'ndjson', 'json' or 'parquet'. Default: from the file name's extension, or from how the data begin. */
  format?: Format;
  /** The character between cells of CSV. Default: the one of , ; tab and | that is most frequent in the first line. */
  delimiter?: string;
  /**
   * Whether the first line of CSV names the columns. Without names, columns are called 1, 2, …. Default: true, unless that line
   * holds only numbers.
   */
  header?: boolean;
  /** Lines of CSV that begin with this text are skipped. Default: '#' if the file begins with it. */
  comment?: string;
  /** The text encoding, by its name for TextDecoder: 'latin1', 'utf-16le', …. Default: from the byte order mark, or UTF-8. */
  encoding?: string;
  /**
   * The largest number of characters, from 1 on, in a line of CSV or NDJSON or an element of a JSON array. An unclosed quote
   * makes one line of everything after it, which would fill the memory. Default 2²⁸.
   */
  longestLine?: number;
  /** The decimal separator in text: with ',' 1.163,74 is read as a number. Default '.'. */
  decimal?: '.' | ',';
  /**
   * Cells that count as missing, such as `[-999, 'unknown']`, besides empty cells, NA, N/A, NaN, null, None, ? and a single
   * point.
   */
  missing?: readonly (string | number)[];
  /**
   * What it means if a JSON object lacks a key that others have. 'gap': the value is missing. 'zero': it is 0, as in sparse
   * records. Default 'gap'.
   */
  absent?: 'gap' | 'zero';
  /**
   * Types of columns, by name: 'number', 'category', 'date', 'ignore' to leave a column out, or 'date(DD/MM/YYYY)' for dates in
   * one format (made of YYYY, YY, MMMM, MMM, MM, M, DD, D, HH, H, hh, mm, ss, A and Z). Default: inferred from the cells.
   */
  columns?: Readonly<Record<string, SaidType>>;
  /** Columns to read that are not inputs, such as row names; `values` and `records` include them. Default none. */
  keep?: readonly string[];
  /** What errors call the data; its extension may also tell the format. Default: the name of the file. */
  name?: string;
}

const text = (expected: string, accepts: (text: string) => boolean) =>
  value<string | undefined>(expected, (v) => typeof v === 'string' && accepts(v), undefined);

const areTextsOrNumbers = (v: unknown) =>
  Array.isArray(v) && v.every((one) => typeof one === 'string' || (typeof one === 'number' && Number.isFinite(one)));

const isTexts = (v: unknown) => Array.isArray(v) && v.every((one) => typeof one === 'string');

const TABLE_OPTIONS: SchemaOf<TableOptions> = {
  format: oneOf(FORMATS, undefined),
  delimiter: text('one character', (t) => t.length === 1 && !'"\r\n'.includes(t)),
  header: flag(undefined),
  comment: text('what comments begin with, such as #', (t) => t.length > 0 && !/["\r\n]/.test(t)),
  encoding: text('an encoding, such as utf-8, utf-16le or latin1', isEncoding),
  longestLine: value<number | undefined>('an integer from 1 on', (v) => Number.isSafeInteger(v) && (v as number) > 0, undefined),
  decimal: oneOf(['.', ','], undefined),
  missing: value<readonly (string | number)[] | undefined>('an array of texts and numbers', areTextsOrNumbers, undefined),
  absent: oneOf(['gap', 'zero'], undefined),
  columns: value<Readonly<Record<string, SaidType>> | undefined>(
    "an object that says of columns, by name, one of 'number', 'category', 'date', 'date(DD/MM/YYYY)', 'ignore'",
    (v) => typeof v === 'object' && v !== null && Object.values(v).every(isSaidType),
    undefined,
  ),
  keep: value<readonly string[] | undefined>('an array of names', isTexts, undefined),
  name: text('a name', () => true),
};

/** @throws OptionError */
export const checkedOptions = (call: string, options: unknown) => checked(call, TABLE_OPTIONS, options);
