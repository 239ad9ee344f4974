// How the command fails: a message that names file, line and column, an exit code, never a stack trace.

import { DataError, EfficientBackpropError, FileError } from '../runtime/errors.js';
import { InputError } from '../table/input-error.js';

export const EXIT = { data: 1, usage: 2, interrupted: { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } } as const;

/** A command that makes no sense. */
export class UsageError extends EfficientBackpropError {
  override name = 'UsageError';
}

/** An error for people, or for machines (`--json`). */
export function described(error: unknown): {
  type: string;
  message: string;
  file?: string;
  line?: number;
  row?: number;
  column?: string;
} {
  if (error instanceof InputError) {
    const { line, row, column } = error.place;
    return {
      type: error.name,
      message: error.message,
      file: error.file,
      ...(line !== undefined && { line }),
      ...(row !== undefined && { row }),
      ...(column !== undefined && { column }),
    };
  }
  if (error instanceof FileError) return { type: error.name, message: error.message, file: error.path };
  if (error instanceof DataError && error.column !== undefined)
    return { type: error.name, message: error.message, column: String(error.column) };
  if (error instanceof Error) return { type: error.name, message: error.message };
  return { type: 'Error', message: String(error) };
}

export function exitCode(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  return error instanceof Error && error.name === 'AbortError' ? EXIT.interrupted.SIGINT : EXIT.data;
}
