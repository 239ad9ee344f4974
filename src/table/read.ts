// Rows of a source, whatever its format.

import { builtin } from '../../bindings/features.js';
import { counted } from '../runtime/errors.js';
import { type CsvOptions, readCsv } from './formats/csv.js';
import { type Format, formatByName, formatByText, isParquet } from './formats/format.js';
import { readJson } from './formats/json.js';
import { readNdjson } from './formats/ndjson.js';
import { InputError } from './input-error.js';
import { type Said, heed } from './said.js';
import type { Sheet } from './sheet.js';
import { gunzipped, isGzip, peeked } from './sources/bytes.js';
import { slicesOf } from './sources/slices.js';
import type { Source } from './sources/source.js';
import { textOf } from './sources/text.js';

/** How a source is read. */
export interface ReadOptions extends CsvOptions, Said {
  /** Default: found out. */
  readonly format?: Format | undefined;
  /** Of text. Default: what a byte order mark says, or UTF-8. */
  readonly encoding?: string | undefined;
}

/** Cells of a sheet where a source is read piece by piece: some dozen megabytes. */
export const PIECE = 1 << 19;

/** Bytes that a cell takes, as text and as what it says. */
const CELL = 56;

/** Cells of all rows together that memory is likely to hold. */
function mostCells(): number {
  const v8 = builtin<typeof import('node:v8')>('node:v8');
  return v8 ? Math.floor(v8.getHeapStatistics().heap_size_limit / CELL) : 2 ** 26;
}

/**
 * Reads all rows of a source.
 * @throws InputError also where they are more than memory is likely to hold, which would end the process
 */
export async function readSheet(source: Source, options: ReadOptions, most = mostCells()): Promise<Sheet> {
  for await (const sheet of readSheets(source, options, most)) {
    if (sheet.cells < most) return sheet;
    const { rows, width } = sheet;
    const detail = `has more cells than memory holds: ${width} columns already in its first ${counted(rows, 'row')}; piece by piece it can be read by scanTable, or by train --stream`;
    throw new InputError(source.name, {}, detail);
  }
  throw new Error('unreachable: readers give a sheet or throw');
}

/** Bytes that tell gzip, Parquet and encodings. */
const TELLING = 4;

/** Characters that tell JSON. */
const FIRST = 1 << 10;

/**
 * The same, piece by piece: in sheets of so many cells, as far as rows allow.
 */
export async function* readSheets(source: Source, options: ReadOptions, cells: number): AsyncGenerator<Sheet, void, undefined> {
  for await (const sheet of sheetsOf(source, options, cells)) {
    heed(sheet, options);
    yield sheet;
  }
}

async function* sheetsOf(source: Source, options: ReadOptions, cells: number): AsyncGenerator<Sheet, void, undefined> {
  const { name } = source;
  let { head, all } = await peeked(source.open(), TELLING);
  const zipped = isGzip(head);
  if (zipped) ({ head, all } = await peeked(gunzipped(all, name), TELLING));
  try {
    if (head.length === 0) throw new InputError(name, {}, 'is empty');
    const known = options.format ?? formatByName(name);
    if (known === 'parquet' || (!known && isParquet(head))) {
      const { readParquet } = await import('./formats/parquet/parquet.js');
      yield* readParquet(name, source.slices && !zipped ? await source.slices() : await slicesOf(all), cells);
      return;
    }
    const { head: first, all: text } = await peeked(textOf(all, name, options.encoding), known ? 0 : FIRST);
    const format = known ?? formatByText(first);
    const { longestLine } = options;
    const zero = options.absent === 'zero';
    if (format === 'ndjson') yield* readNdjson(name, text, cells, zero, longestLine);
    else if (format === 'json') yield* readJson(name, text, cells, zero, longestLine);
    else yield* readCsv(name, text, format === 'tsv' ? { delimiter: '\t', ...options } : options, cells);
  } catch (cause) {
    throw cause instanceof RangeError && /string length/i.test(cause.message)
      ? new InputError(name, {}, 'has a line or a cell that is longer than this runtime allows text to be (512 MB)', { cause })
      : cause;
  } finally {
    await all.return(undefined); // whoever reads may have had enough
  }
}
