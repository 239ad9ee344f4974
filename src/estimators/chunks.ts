// Rows and their targets, chunk by chunk: what estimators learn from where data are larger than memory.

import type { Rows } from '../data/table.js';
import type { EncodedRows } from './encoded.js';

/** Rows and their targets: `[rows, targets]`, which generators that say nothing of tuples yield as an array of either. */
export type RowChunk<Targets> = readonly [Rows, Targets] | readonly (Rows | Targets)[];

/** Chunks of rows and their targets; called for each pass over them, and begins anew each time. */
export type RowChunks<Targets, C = RowChunk<Targets>> = () => AsyncIterable<C> | Iterable<C>;

/** The targets among what a chunk holds. */
export type TargetsIn<C> = C extends readonly [unknown, infer Targets]
  ? Targets
  : C extends readonly (infer Either)[]
    ? Either
    : never;

export function isRowChunks<Targets>(rows: unknown): rows is RowChunks<Targets> {
  return typeof rows === 'function';
}

/** A chunk as a spool keeps it. */
export type SpooledRows = Omit<EncodedRows, 'inputs' | 'outputs' | 'classes' | 'groups'>;

/** Where encoded chunks are kept from pass to pass, where that costs less than to read and encode them anew. */
export interface Spool {
  /** Adds a chunk; where that fails, the spool is not to be used. */
  put(chunk: SpooledRows): Promise<void>;
  /** Whether it has all that was put. */
  readonly complete: boolean;
  /** The chunks, from the first. The arrays of one are used anew for the next. */
  chunks(): AsyncIterable<SpooledRows>;
}
