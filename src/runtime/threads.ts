// How many threads do a piece of work.

import { MOST_THREADS } from '../../bindings/commands.js';
import { type Comparison, autoThreads, comparisonOf, hasThreads, wantThreads } from '../../bindings/threads.js';
import { type Field, either, number, oneOf } from './options.js';

/** The option `threads`. */
export type Threads = number | 'auto';

export const THREADS: Field<Threads> = either<'auto', number>(
  oneOf(['auto'], 'auto'),
  number({ min: 1, max: MOST_THREADS, integer: true }, undefined as never),
) as Field<Threads>;

/**
 * Work of a piece below which it is never shared, in multiply-adds: about 10 µs, what it takes to have two threads begin and end
 * together ten times.
 */
const LEAST_PIECE = 200_000;

/**
 * Work of all pieces together below which workers are not started: about 20 ms, what starting one takes. Where they are there
 * already, any will do.
 */
const LEAST_WORK = 5e8;

/** Milliseconds after which threads are asked for again. */
const SELDOM = 1500;

/** Whether threads may pay for pieces of so many multiply-adds at most, and so many in all, as far as is known beforehand. */
export function mayPay(threads: Threads, piece: number, all: number): boolean {
  if (threads !== 'auto') return threads > 1;
  return autoThreads() > 1 && piece >= LEAST_PIECE && (all >= LEAST_WORK || hasThreads(2));
}

/**
 * Decides, piece after piece, between one thread and several. With a number it is that number. With 'auto' it is what has lately
 * been faster: other programs want the processor too, and how much a barrier costs depends on machine and runtime. Either way the
 * results have the same bits.
 */
export class ThreadChoice {
  /** How many threads there are when there are several. */
  readonly most: number;
  /** Multiply-adds of a piece, where it is to be found out which is faster. */
  private readonly piece: number | undefined;
  private comparison: Comparison | undefined;
  private asked = performance.now();

  /**
   * @param unit the work of a unit (a sample), in multiply-adds
   * @param units in a piece of work
   * @param pieces how many there will be, about
   */
  constructor(
    threads: Threads,
    private readonly unit: number,
    units: number,
    pieces: number,
  ) {
    if (threads !== 'auto') {
      this.most = wantThreads(threads);
      return;
    }
    const piece = unit * units;
    const pays = piece >= LEAST_PIECE && (piece * pieces >= LEAST_WORK || hasThreads(autoThreads()));
    this.most = pays ? wantThreads(autoThreads()) : 1;
    if (this.most > 1) this.piece = piece;
  }

  /** How many threads should do the next piece. */
  get threads(): number {
    const { piece, most } = this;
    if (piece === undefined) return most;
    if (!hasThreads(most)) {
      // They are still being started, or were lost.
      const now = performance.now();
      if (now > this.asked + SELDOM) {
        this.asked = now;
        wantThreads(most);
      }
      return 1;
    }
    this.comparison ??= comparisonOf(piece);
    return this.comparison?.together === false ? 1 : most;
  }

  /** Tells how long so many units of work took on so many threads, in milliseconds. */
  took(threads: number, time: number, units: number): void {
    this.comparison?.took(threads > 1, time, units * this.unit);
  }
}
