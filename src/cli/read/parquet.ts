// Parquet, row group by row group.

import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { Cell } from '../../data/column.js';
import { shown } from '../../runtime/errors.js';
import { InputError } from '../failure.js';
import { Sheet } from './sheet.js';

/**
 * The rows of Parquet, in sheets of so many cells each. A row group is read as a whole.
 * @throws InputError with row and column
 */
export async function* readParquet(path: string, cells: number): AsyncGenerator<Sheet, void, undefined> {
  let sheet = new Sheet(path, false);
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
              { row: sheet.before + sheet.rows + 1, column },
              `expected a number, string, boolean, date or null; got ${shown(cell)}`,
            );
          }
        }
        sheet.pushRecord(record as Record<string, Cell>);
        if (sheet.cells < cells) continue;
        yield sheet;
        sheet = sheet.following();
      }
      rowStart = rowEnd;
    }
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(path, {}, `is not a readable Parquet file (${(cause as Error).message})`, { cause });
  }
  if (sheet.rows > 0) yield sheet;
  else if (sheet.before === 0) throw new InputError(path, {}, 'has no rows');
}
