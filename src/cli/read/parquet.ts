// Parquet, row group by row group.

import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { Cell } from '../../data/table.js';
import { shown } from '../../errors.js';
import { InputError } from '../failure.js';
import { Sheet } from './sheet.js';

/** @throws InputError with row and column */
export async function readParquet(path: string): Promise<Sheet> {
  const sheet = new Sheet(path, false);
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const records = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
      for (const record of records) {
        for (const [column, cell] of Object.entries(record)) {
          if (cell !== null && typeof cell === 'object' && !(cell instanceof Date)) {
            throw new InputError(
              path,
              { row: sheet.rows + 1, column },
              `expected a number, string, boolean, date or null; got ${shown(cell)}`,
            );
          }
        }
        sheet.pushRecord(record as Record<string, Cell>);
      }
      rowStart = rowEnd;
    }
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(path, {}, `is not a readable Parquet file (${(cause as Error).message})`, { cause });
  }
  if (sheet.rows === 0) throw new InputError(path, {}, 'has no rows');
  return sheet;
}
