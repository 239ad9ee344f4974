// Rows and their targets, chunk by chunk: what estimators learn from where data are larger than memory.

import { type Rows, type Table, table } from '../data/table.js';
import { DataError, shown } from '../errors.js';

/** Rows and their targets chunk by chunk; called for each pass over them, and begins anew each time. */
export type RowChunks<Targets> = () => AsyncIterable<readonly [Rows, Targets]> | Iterable<readonly [Rows, Targets]>;

export function isRowChunks<Targets>(rows: unknown): rows is RowChunks<Targets> {
  return typeof rows === 'function';
}

/** Rows of a sample: enough to choose by, and quickly trained on. */
export const SAMPLE = 10_000;

/**
 * What `make` makes of each chunk, one after another. DataErrors name the chunk.
 * @throws DataError
 */
export async function* eachChunk<Targets, T>(
  chunks: RowChunks<Targets>,
  make: (t: Table, targets: Targets) => T,
): AsyncGenerator<T, void, undefined> {
  let number = 0;
  for await (const chunk of chunks()) {
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
  if (number === 0) throw new DataError('chunks', 'there are none');
}

/** Picks `SAMPLE` rows of so many, evenly, as they come by. */
export class Picker {
  private passed = 0;

  constructor(private readonly all: number) {}

  /** Which of the next `rows` rows. */
  next(rows: number): Uint32Array {
    const size = Math.min(SAMPLE, this.all);
    const picked: number[] = [];
    for (let r = 0; r < rows; r++, this.passed++) {
      if (Math.floor(((this.passed + 1) * size) / this.all) > Math.floor((this.passed * size) / this.all)) picked.push(r);
    }
    return Uint32Array.from(picked);
  }
}

/** Arrays one behind the other. */
export function concatenated<T extends Float32Array | Float64Array | Uint32Array>(parts: readonly T[], empty: T): T {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = new (empty.constructor as new (length: number) => T)(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
