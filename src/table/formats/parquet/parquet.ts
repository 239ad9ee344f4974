// Parquet, row group by row group.

import type { Cell } from '../../../data/column.js';
import { FileError, UnsupportedError, shown } from '../../../runtime/errors.js';
import { InputError, saidBy } from '../../input-error.js';
import { Sheet } from '../../sheet.js';
import type { Slices } from '../../sources/slices.js';
import { ColumnError, type Columns, Decoder } from './decoder.js';

/**
 * The rows of Parquet, in sheets of so many cells each. A row group is read as a whole.
 * @throws InputError with row and column
 */
export async function* readParquet(path: string, file: Slices, cells: number): AsyncGenerator<Sheet, void, undefined> {
  let sheet = new Sheet(path, false);
  const decoder = new Decoder(file);
  const damaged = (cause: unknown, group?: number): never => {
    if (cause instanceof FileError || cause instanceof UnsupportedError) throw cause;
    const place =
      group === undefined
        ? {}
        : { row: sheet.before + sheet.rows + 1, column: cause instanceof ColumnError ? cause.column : undefined };
    const where = group === undefined ? '' : ` in row group ${group + 1}, which begins with this row`;
    throw new InputError(path, place, `is not a readable Parquet file${where} (${saidBy(cause)})`, { cause });
  };
  try {
    const { names, groups } = await decoder.open().catch((cause: unknown) => damaged(cause));
    for (const name of names) sheet.columns.set(name, []);
    for (const [index, rows] of groups.entries()) {
      const columns = await decoder.group(index).catch((cause: unknown) => damaged(cause, index));
      requireWhole(sheet, columns, rows);
      const most = Math.max(1, Math.ceil(cells / Math.max(1, names.length)));
      for (let from = 0; from < rows; ) {
        const to = Math.min(rows, from + most - sheet.rows);
        sheet.pushColumns(columns as Map<string, Cell[]>, from, to);
        from = to;
        if (sheet.cells < cells) continue;
        const full = sheet;
        sheet = full.following();
        yield full;
      }
    }
  } finally {
    await decoder.close();
  }
  if (sheet.rows > 0) yield sheet;
  else if (sheet.before === 0) throw new InputError(path, {}, 'has no rows');
}

/** @throws InputError where a column has more or fewer cells than rows, or a cell that is a table of its own */
function requireWhole(sheet: Sheet, columns: Columns, rows: number): void {
  const before = sheet.before + sheet.rows;
  for (const column of sheet.names) {
    const cells = columns.get(column) ?? [];
    if (cells.length !== rows) {
      const detail = `is not a readable Parquet file (it has ${cells.length} cells in ${rows} rows)`;
      throw new InputError(sheet.file, { row: before + 1, column }, detail);
    }
    const nested = cells.findIndex((cell) => cell !== null && typeof cell === 'object' && !(cell instanceof Date));
    if (nested < 0) continue;
    const detail = `expected a number, string, boolean, date or null; got ${shown(cells[nested])}`;
    throw new InputError(sheet.file, { row: before + nested + 1, column }, detail);
  }
}
