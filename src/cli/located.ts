// Errors of the library about rows of a table, as errors about lines of the file that they came from.

import { OR_LISTED, UNLISTED } from '../data/classes.js';
import { GAP } from '../data/column-spec.js';
import { DataError } from '../runtime/errors.js';
import type { Sheet } from '../table/sheet.js';
import { unfinite } from '../table/types/cells.js';

/** What a table's rows are in the file. */
export interface Origin {
  /** The row of the file that each row of the table is; by default they are the same. */
  readonly picked?: Uint32Array;
  /** The column of the target. */
  readonly target?: string;
}

/** Runs what may throw a DataError about a table's rows, and says where in the file they stand. */
export function located<T>(sheet: Sheet, run: () => T, origin: Origin = {}): T {
  try {
    return run();
  } catch (error) {
    throw relocated(sheet, error, origin);
  }
}

/** The same for what an asynchronous call threw. */
export function relocated(sheet: Sheet, error: unknown, { picked, target }: Origin): unknown {
  if (!(error instanceof DataError)) return error;
  const row = error.row !== undefined && picked ? picked[error.row] : error.row;
  const aboutTarget = error.what === 'labels' || error.what === 'targets';
  const column = aboutTarget ? target : error.column === undefined ? undefined : String(error.column);
  const written = row !== undefined && column !== undefined ? sheet.written(row, column) : undefined;
  const detail = error.detail
    .replace(GAP, 'is missing; train with --missing mean to fill missing cells')
    .replace(UNLISTED, '')
    .replace(OR_LISTED, '')
    .replace(/^-?Infinity is not a finite number/, (said) => (written === undefined ? said : unfinite(written)));
  return sheet.error(detail, row, column, error);
}
