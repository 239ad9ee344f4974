// A pass over chunks.

import type { Rows, Table, table as tableOf } from '../data/table.js';
import { DataError, shown } from '../runtime/errors.js';
import { type RowChunks, isRowChunks } from './chunks.js';

/**
 * What `make` makes of each chunk, one after another. DataErrors name the chunk.
 * @param table the estimators' own: a copy would not know its tables
 * @throws DataError
 */
export async function* eachChunk<Targets, T>(
  chunks: RowChunks<Targets>,
  table: typeof tableOf,
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
