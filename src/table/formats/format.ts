// Which format data are in, by their name and by how they begin.

import type { Piece } from '../sources/bytes.js';

export const FORMATS = ['csv', 'tsv', 'ndjson', 'json', 'parquet'] as const;

export type Format = (typeof FORMATS)[number];

/** Characters that a line of CSV or NDJSON, or an element of a JSON array, may have unless somebody says so. */
export const LONGEST_LINE = 2 ** 28;

/** What is said of longer ones, which would fill the memory. */
export const tooLong = (longest: number) =>
  `is longer than ${longest} characters, which the option longestLine (--longest-line) allows; a quote or bracket that stays open makes one line of all that follows`;

const EXTENSIONS: Record<string, Format> = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
};

/** What a name says, with or without .gz at its end, and as an address with or without a query. */
export function formatByName(name: string): Format | undefined {
  const extension = /\.([a-z\d]+)(?:\.gz)?$/i.exec(name.replace(/[?#].*$/, ''))?.[1];
  return extension ? EXTENSIONS[extension.toLowerCase()] : undefined;
}

const PARQUET = [0x50, 0x41, 0x52, 0x31]; // PAR1

/** Whether data begin as Parquet does. */
export const isParquet = (head: Piece): boolean => typeof head !== 'string' && PARQUET.every((byte, i) => head[i] === byte);

/** What the first characters of a text say. */
export function formatByText(head: string): Format {
  const first = head.trimStart()[0];
  return first === '{' ? 'ndjson' : first === '[' ? 'json' : 'csv';
}
