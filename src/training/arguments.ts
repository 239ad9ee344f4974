// What a fit was given: data have their targets beside them, or in them.

import { Dataset } from '../data/dataset.js';
import type { MatrixLike } from '../data/matrix.js';
import { DataError } from '../runtime/errors.js';
import { checked } from '../runtime/options.js';
import { FIT_OPTIONS, type FitOptions } from './options.js';
import { isChunks } from './chunks.js';

/**
 * Targets and options of a fit: a dataset, or chunks, have targets of their own, and options come second. Each option is one that
 * it takes, before anything is chosen by it.
 * @throws DataError for options in the place of targets; OptionError
 */
export function fitArguments(
  X: unknown,
  Y: MatrixLike | FitOptions | undefined,
  options: FitOptions | undefined,
): [MatrixLike | undefined, FitOptions | undefined] {
  const whole = X instanceof Dataset || isChunks(X);
  if (!whole && isOptions(Y)) {
    const expected = 'expected an array of rows, or { data, shape }; got an object';
    throw new DataError('Y', `${expected}; chunks come as () => [[X, Y], …] or an async iterable, followed by options`);
  }
  const given = whole ? ((Y as FitOptions | undefined) ?? options) : options;
  checked('fit', FIT_OPTIONS, given);
  return [whole ? undefined : (Y as MatrixLike), given];
}

/** Whether what stands where targets should are options. */
function isOptions(Y: unknown): boolean {
  return typeof Y === 'object' && Y !== null && !('length' in Y || 'data' in Y);
}
