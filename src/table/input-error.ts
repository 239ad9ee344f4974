// What is wrong in data that are read, and where.

import { EfficientBackpropError } from '../runtime/errors.js';

/** Where in a file something is wrong. Lines and rows count from 1. */
export interface FilePlace {
  readonly line?: number | undefined;
  readonly row?: number | undefined;
  readonly column?: string | undefined;
}

/** What somebody else's error says, in one line. */
export const saidBy = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, ' ');

/** Data whose contents cannot be used. */
export class InputError extends EfficientBackpropError {
  override name = 'InputError';

  constructor(
    /** The file, or what else the data are called. */
    readonly file: string,
    readonly place: FilePlace,
    /** The message without the place. */
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    const { line, row, column } = place;
    const at = line !== undefined ? `:${line}` : row !== undefined ? `, row ${row}` : '';
    super(`${file}${at}${column !== undefined ? `, column ${JSON.stringify(column)}` : ''}: ${detail}`, options);
  }
}
