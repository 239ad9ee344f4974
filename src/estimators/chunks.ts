// Rows and their targets, chunk by chunk: what estimators learn from where data are larger than memory.

import { type Rows, type Table, table } from '../data/table.js';
import { DataError, shown } from '../runtime/errors.js';
import type { EncodedRows } from './encoded.js';

/** Rows and their targets chunk by chunk; called for each pass over them, and begins anew each time. */
export type RowChunks<Targets> = () => AsyncIterable<readonly [Rows, Targets]> | Iterable<readonly [Rows, Targets]>;

export function isRowChunks<Targets>(rows: unknown): rows is RowChunks<Targets> {
  return typeof rows === 'function';
}

/** A chunk as a spool keeps it. */
export type SpooledRows = Omit<EncodedRows, 'inputs' | 'outputs' | 'classes'>;

/** Where encoded chunks are kept from pass to pass, where that costs less than to read and encode them anew. */
export interface Spool {
  /** Adds a chunk; where that fails, the spool is not to be used. */
  put(chunk: SpooledRows): Promise<void>;
  /** Whether it has all that was put. */
  readonly complete: boolean;
  /** The chunks, from the first. The arrays of one are used anew for the next. */
  chunks(): AsyncIterable<SpooledRows>;
}

/**
 * What `make` makes of each chunk, one after another. DataErrors name the chunk.
 * @throws DataError
 */
export async function* eachChunk<Targets, T>(
  chunks: RowChunks<Targets>,
  make: (t: Table, targets: Targets) => T,
): AsyncGenerator<T, void, undefined> {
  const expected = 'expected a function that returns an iterable of [rows, targets], since they are read several times';
  if (!isRowChunks(chunks)) throw new DataError('chunks', `${expected}; got ${shown(chunks)}`);
  const given: unknown = chunks();
  if (typeof given !== 'object' || given === null || !(Symbol.asyncIterator in given || Symbol.iterator in given)) {
    throw new DataError('chunks', `${expected}; it returned ${shown(given)}`);
  }
  let number = 0;
  for await (const chunk of given as ReturnType<RowChunks<Targets>>) {
    let made: T;
    try {
      if (!Array.isArray(chunk) || chunk.length !== 2) {
        throw new DataError('chunks', `expected [rows, targets]; got ${shown(chunk)}`);
      }
      const [rows, targets] = chunk as readonly [Rows, Targets];
      made = make(table(rows), targets);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      const { what, detail, row, column } = error;
      throw new DataError(what, detail, { chunk: number, row, column });
    }
    yield made;
    number++;
  }
  if (number === 0) throw new DataError('chunks', 'there are none: the function must return a fresh iterable each time');
}
