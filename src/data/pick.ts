// Some rows of what users give, in the form in which it came.

import { DataError, shown } from '../runtime/errors.js';
import type { ShapedArray } from './matrix.js';

const isShaped = (X: unknown): X is ShapedArray => typeof X === 'object' && X !== null && 'shape' in X && 'data' in X;

/** How many rows there are. @throws DataError for what has none */
export function countRows(X: unknown, what: string): number {
  const rows: unknown = isShaped(X) ? X.shape[0] : (X as ArrayLike<unknown> | undefined)?.length;
  if (typeof rows === 'number' && rows > 0) return rows;
  throw new DataError(what, rows === 0 ? 'there are no rows' : `expected an array of rows, or { data, shape }; got ${shown(X)}`);
}

/** The rows of X that indices name: no more of them than X has, but the same one may come again. */
export function picked<T>(X: T, indices: Uint32Array): T {
  if (!isShaped(X)) return elements(X as ArrayLike<unknown>, indices, 1) as T;
  const { data, shape } = X as ShapedArray;
  return { data: elements(data, indices, shape[1]), shape: [indices.length, shape[1]] } as T;
}

/** Runs of `size` elements, in an array of the same type. */
function elements(from: ArrayLike<unknown>, indices: Uint32Array, size: number): ArrayLike<unknown> {
  const length = indices.length * size;
  const some = ArrayBuffer.isView(from) ? (from as unknown as Float64Array).slice(0, length) : new Array<unknown>(length);
  indices.forEach((row, place) => {
    for (let c = 0; c < size; c++) (some as unknown[])[place * size + c] = from[row * size + c];
  });
  return some;
}
