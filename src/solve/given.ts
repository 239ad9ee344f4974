// What callers hand to `minimize`, `leastSquares` and `curveFit`, checked.

import { DataError, OptionError, counted, shown } from '../runtime/errors.js';

export const isList = (v: unknown): v is ArrayLike<unknown> => typeof v === 'object' && v !== null && 'length' in v;

/** Finite numbers, copied. @throws DataError with the place of what is none */
export function finiteList(what: string, given: ArrayLike<number>): Float64Array {
  if (!isList(given)) throw new DataError(what, `expected an array of numbers; got ${shown(given)}`);
  return Float64Array.from(given as ArrayLike<unknown>, (e, row) => {
    if (typeof e !== 'number' || !Number.isFinite(e)) throw new DataError(what, `${shown(e)} is not a finite number`, { row });
    return e;
  });
}

/** Where to start. @throws DataError */
export function startOf(call: string, x0: ArrayLike<number>): Float64Array {
  const start = finiteList('x0', x0);
  if (start.length === 0) throw new DataError('x0', `${call} needs at least one variable`);
  return start;
}

/**
 * What a function that is not a number at the start may lack: one that reads past the end of x0 finds undefined there, of which
 * NaN comes.
 */
export function lackOf(value: number, n: number): string {
  return Number.isNaN(value) ? `; x0 has ${counted(n, 'number')}: does the function take more?` : '';
}

/** What a caller's function returned, if it has the right length. @throws OptionError */
export function sized(what: string, given: ArrayLike<number>, length: number): ArrayLike<number> {
  if (given?.length === length) return given;
  throw new OptionError(
    what,
    given,
    `an array of ${length} numbers`,
    `${what} returned ${shown(given)}; expected an array of ${length} numbers`,
  );
}
