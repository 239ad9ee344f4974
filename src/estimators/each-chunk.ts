// A pass over chunks.

import type { Rows, Table, table as tableOf } from '../data/table.js';
import { DataError, shown } from '../runtime/errors.js';
import type { Interruption } from '../training/interruption.js';
import { endOf, unlessStuck } from '../training/waiting.js';
import { type RowChunks, isRowChunks } from './chunks.js';

type RowIterator<Targets> = Iterator<readonly [Rows, Targets]> | AsyncIterator<readonly [Rows, Targets]>;

/**
 * What `make` makes of each chunk, one after another. DataErrors name the chunk.
 * @param table the estimators' own: a copy would not know its tables
 * @param interruption of a pass before there is a model, which does without what its source lets wait for too long
 * @throws DataError; what the signal says
 */
export async function* eachChunk<Targets, T>(
  chunks: RowChunks<Targets>,
  table: typeof tableOf,
  make: (t: Table, targets: Targets) => T | Promise<T>,
  interruption?: Interruption,
): AsyncGenerator<T, void, undefined> {
  const iterator = iteratorOf(chunks);
  let waiting = false;
  let over = false;
  /** The next chunk; an iterator that ends or throws is over. */
  const next = async () => {
    waiting = true;
    over = true;
    try {
      const { done, value } = await iterator.next();
      over = done === true;
      return over ? undefined : { chunk: (await value) as unknown }; // as for await does: an array may hold promises
    } finally {
      waiting = false;
    }
  };
  try {
    for (let number = 0; ; number++) {
      const asked = next();
      asked.catch(() => {}); // who still waits for it hears of it
      const came = interruption ? await unlessStuck(interruption, asked) : { value: await asked };
      if (number === 0 && !came?.value) throw new DataError('chunks', came ? NONE : noneWithin(interruption!.limit));
      if (!came?.value) return;
      yield await madeOf(came.value.chunk, number, table, make);
    }
  } finally {
    if (waiting || !over) await endOf(iterator, waiting);
  }
}

const NONE = 'there are none: the function must return a fresh iterable each time';
const noneWithin = (limit: number) => `none came within the timeLimit of ${limit} ms, so that there is nothing to learn from`;

/** @throws DataError for what gives no chunks */
function iteratorOf<Targets>(chunks: RowChunks<Targets>): RowIterator<Targets> {
  const expected = 'expected a function that returns an iterable of [rows, targets], since they are read several times';
  if (!isRowChunks(chunks)) throw new DataError('chunks', `${expected}; got ${shown(chunks)}`);
  const given = (chunks() ?? {}) as Partial<AsyncIterable<readonly [Rows, Targets]> & Iterable<readonly [Rows, Targets]>>;
  const iterator = typeof given === 'object' && (given[Symbol.asyncIterator]?.() ?? given[Symbol.iterator]?.());
  if (!iterator) throw new DataError('chunks', `${expected}; it returned ${shown(given)}`);
  return iterator;
}

/** @throws DataError that names the chunk */
async function madeOf<Targets, T>(
  chunk: unknown,
  number: number,
  table: typeof tableOf,
  make: (t: Table, targets: Targets) => T | Promise<T>,
): Promise<T> {
  try {
    if (!Array.isArray(chunk) || chunk.length !== 2)
      throw new DataError('chunks', `expected [rows, targets]; got ${shown(chunk)}`);
    const [rows, targets] = chunk as unknown as readonly [Rows, Targets];
    return await make(table(rows), targets);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const { what, detail, row, column } = error;
    throw new DataError(what, detail, { chunk: number, row, column });
  }
}
