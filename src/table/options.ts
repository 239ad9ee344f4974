// What readTable and scanTable can be told.

import { type SchemaOf, checked, flag, oneOf, value } from '../runtime/options.js';
import { FORMATS, type Format } from './formats/format.js';
import { type SaidType, isSaidType } from './said.js';
import { isEncoding } from './sources/text.js';

/** Options of `readTable` and `scanTable`. */
export interface TableOptions {
  /** 'csv', 'tsv', 'ndjson', 'json' or 'parquet'. Default: by the name's extension, or else by how the data begin. */
  format?: Format;
  /** The character between cells of CSV. Default: of , ; tab and | the one that stands most often in the first line. */
  delimiter?: string;
  /**
   * Whether the first line of CSV names the columns; without names they are called 1, 2, …. Default: unless that line holds
   * numbers only.
   */
  header?: boolean;
  /** Lines of CSV that begin with this are left out. Default: '#', where the file begins so. */
  comment?: string;
  /** Of text, as TextDecoder names it: 'latin1', 'utf-16le', …. Default: what a byte order mark says, or UTF-8. */
  encoding?: string;
  /**
   * How many characters a line of CSV or NDJSON, or an element of a JSON array, may have, from 1 on: a quote that stays open
   * makes one line of all that follows, and that would fill the memory. Default 2²⁸.
   */
  longestLine?: number;
  /** What separates decimals in text: ',' reads 1.163,74 as a number. Default '.'. */
  decimal?: '.' | ',';
  /** Cells that hold nothing, as `[-999, 'unknown']`, beside empty ones, NA, N/A, NaN, null, None, ? and a lone point. */
  missing?: readonly (string | number)[];
  /**
   * What it means that a JSON object lacks a key that others have: 'gap', or 'zero' where they list only what there is. Default
   * 'gap'.
   */
  absent?: 'gap' | 'zero';
  /**
   * What columns are, by name: 'number', 'category', 'date', 'date(DD/MM/YYYY)' for dates in one spelling (of YYYY, YY, MMMM,
   * MMM, MM, M, DD, D, HH, H, hh, mm, ss, A and Z), 'ignore' to leave one out. Default: found out from the cells.
   */
  columns?: Readonly<Record<string, SaidType>>;
  /** Columns that are read but are not inputs, such as names of rows: `values` and `records` have them. Default none. */
  keep?: readonly string[];
  /** What errors call the data, and whose extension may tell the format. Default: the name of the file. */
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
