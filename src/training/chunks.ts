// Data that come in chunks, as users give them.

import { Dataset } from '../data/dataset.js';
import type { MatrixLike } from '../data/matrix.js';

/**
 * Some rows: `[X, Y]`, inputs and targets as `fit` takes them (an array of both, for generators that say nothing of tuples), an
 * object of them, or a dataset.
 */
export type Chunk =
  | readonly [X: MatrixLike, Y: MatrixLike]
  | readonly MatrixLike[]
  | { readonly X: MatrixLike; readonly Y: MatrixLike; readonly sampleWeights?: ArrayLike<number> | undefined }
  | Dataset;

/** Rows chunk by chunk: to be read once, or a function that begins anew for each epoch. */
export type Chunks = AsyncIterable<Chunk> | (() => AsyncIterable<Chunk> | Iterable<Chunk>);

export function isChunks(X: unknown): X is Chunks {
  return typeof X === 'function' || (typeof X === 'object' && X !== null && Symbol.asyncIterator in X);
}

/** How many rows there are, about: who streams has much. Data that turn out to be wrong have any number. */
export function aboutRows(X: unknown): number {
  if (isChunks(X)) return Infinity;
  if (X instanceof Dataset) return X.rows;
  const { shape, length } = (X ?? {}) as { shape?: readonly number[]; length?: number };
  return shape?.[0] ?? length ?? 0;
}

/** What the refusal of a method on chunks says. */
export function wholeSetMethods(name: string): string {
  return `a method of mini-batches, such as sgd(), adam() or stochasticDiagonalLM(), with chunks: ${name} takes each step on the whole set`;
}
