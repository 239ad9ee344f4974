// A file of rows, whatever its format.

import { open } from 'node:fs/promises';
import path from 'node:path';
import { type CsvOptions, readCsv } from './csv.js';
import { readNdjson } from './ndjson.js';
import { type Sheet, WHOLE } from './sheet.js';
import { STDIN, openBytes, peeked, shownName, textOf } from './source.js';

const EXTENSIONS: Record<string, 'csv' | 'ndjson' | 'parquet'> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.tab': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.parquet': 'parquet',
};

/** Cells of a sheet where a file is read piece by piece: some dozen megabytes. */
export const PIECE = 1 << 19;

/**
 * Reads rows from a file, or from standard input for `-`. The format goes by the extension, or else by the contents.
 * @throws FileError, InputError
 */
export async function readSheet(file: string, options: CsvOptions): Promise<Sheet> {
  for await (const sheet of readSheets(file, options, WHOLE)) return sheet;
  throw new Error('unreachable: readers give a sheet or throw');
}

/**
 * The same, piece by piece: in sheets of so many cells, as far as rows allow.
 * @throws FileError, InputError
 */
export async function* readSheets(file: string, options: CsvOptions, cells: number): AsyncGenerator<Sheet, void, undefined> {
  const extension = path.extname(file).toLowerCase();
  const known = EXTENSIONS[extension];
  if (known === 'parquet' || (!known && file !== STDIN && (await isParquet(file)))) {
    await openBytes(file).then((stream) => stream.destroy()); // says what is wrong with the file as such
    const { readParquet } = await import('./parquet.js');
    yield* readParquet(file, cells);
    return;
  }
  const name = shownName(file);
  const text = textOf(await openBytes(file), name);
  if (known === 'ndjson') yield* readNdjson(name, text, cells);
  else if (known === 'csv') yield* readCsv(name, text, extension === '.csv' ? options : { delimiter: '\t', ...options }, cells);
  else {
    const { head, all } = await peeked(text, 1);
    if (head.trimStart().startsWith('{')) yield* readNdjson(name, all, cells);
    else yield* readCsv(name, all, options, cells);
  }
}

async function isParquet(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => undefined); // openBytes will say why
  if (!handle) return false;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.toString('latin1') === 'PAR1';
  } catch {
    return false;
  } finally {
    await handle.close();
  }
}
