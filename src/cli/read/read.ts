// A file of rows, whatever its format.

import { open } from 'node:fs/promises';
import path from 'node:path';
import { type CsvOptions, readCsv } from './csv.js';
import { readNdjson } from './ndjson.js';
import type { Sheet } from './sheet.js';
import { STDIN, openBytes, peeked, shownName, textOf } from './source.js';

const EXTENSIONS: Record<string, 'csv' | 'ndjson' | 'parquet'> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.tab': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.parquet': 'parquet',
};

/**
 * Reads rows from a file, or from standard input for `-`. The format goes by the extension, or else by the contents.
 * @throws FileError, InputError
 */
export async function readSheet(file: string, options: CsvOptions): Promise<Sheet> {
  const extension = path.extname(file).toLowerCase();
  const known = EXTENSIONS[extension];
  if (known === 'parquet' || (!known && file !== STDIN && (await isParquet(file)))) {
    await openBytes(file).then((stream) => stream.destroy()); // says what is wrong with the file as such
    const { readParquet } = await import('./parquet.js');
    return readParquet(file);
  }
  const name = shownName(file);
  const text = textOf(await openBytes(file), name);
  if (known === 'ndjson') return readNdjson(name, text);
  if (known === 'csv') return readCsv(name, text, extension === '.csv' ? options : { delimiter: '\t', ...options });
  const { head, all } = await peeked(text, 1);
  return head.trimStart().startsWith('{') ? readNdjson(name, all) : readCsv(name, all, options);
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
