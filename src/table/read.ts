// Rows of a source, whatever its format.

import { type CsvOptions, readCsv } from './formats/csv.js';
import { type Format, formatByName, formatByText, isParquet } from './formats/format.js';
import { readJson } from './formats/json.js';
import { readNdjson } from './formats/ndjson.js';
import { InputError } from './input-error.js';
import { type Said, heed } from './said.js';
import { type Sheet, WHOLE } from './sheet.js';
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

/**
 * Reads all rows of a source.
 */
export async function readSheet(source: Source, options: ReadOptions): Promise<Sheet> {
  for await (const sheet of readSheets(source, options, WHOLE)) return sheet;
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
    const zero = options.absent === 'zero';
    if (format === 'ndjson') yield* readNdjson(name, text, cells, zero);
    else if (format === 'json') yield* readJson(name, text, cells, zero);
    else yield* readCsv(name, text, format === 'tsv' ? { delimiter: '\t', ...options } : options, cells);
  } catch (cause) {
    throw cause instanceof RangeError && /string length/i.test(cause.message)
      ? new InputError(name, {}, 'has a line or a cell that is longer than this runtime allows text to be (512 MB)', { cause })
      : cause;
  } finally {
    await all.return(undefined); // whoever reads may have had enough
  }
}
