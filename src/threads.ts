// How many threads do a piece of work.

import { autoThreads, wantThreads } from '../bindings/pool.js';
import { type Field, either, number, oneOf } from './options.js';

/** The option `threads`. */
export type Threads = number | 'auto';

export const THREADS: Field<Threads> = either<'auto', number>(
  oneOf(['auto'], 'auto'),
  number({ min: 1, max: 16, integer: true }, undefined as never),
) as Field<Threads>;

/** Multiply-adds below which a piece of work is never shared: about 10 µs, what it takes to have two threads begin and end together ten times. */
const LEAST_PIECE = 200_000;

/** Multiply-adds of all pieces together below which workers are not started: about 20 ms, what starting one takes. */
const LEAST_WORK = 3e8;

/** Milliseconds between two looks at the way that was slower: at first, and at most. */
const SOON = 40;
const SELDOM = 1500;

/**
 * Decides, piece after piece, between one thread and several. With a number it is that number. With 'auto' it is what has lately been faster: other programs want
 * the processor too, and how much a barrier costs depends on machine and runtime. Either way the results have the same bits.
 */
export class ThreadChoice {
  /** How many threads there are when there are several. */
  readonly most: number;
  private readonly fixed: boolean;
  /** Milliseconds a unit of work takes, alone and together. */
  private alone: number | undefined;
  private together: number | undefined;
  private pause = SOON;
  private nextLook = 0;
  private looking = false;

  /**
   * @param piece multiply-adds of a piece of work
   * @param pieces how many there will be, about
   */
  constructor(threads: Threads, piece: number, pieces: number) {
    this.fixed = threads !== 'auto';
    const wanted = threads !== 'auto' ? threads : piece >= LEAST_PIECE && piece * pieces >= LEAST_WORK ? autoThreads() : 1;
    this.most = wantThreads(wanted);
  }

  /** How many threads should do the next piece. */
  get threads(): number {
    if (this.fixed || this.most === 1) return this.most;
    if (this.alone === undefined) return 1;
    if (this.together === undefined) return this.most;
    const faster = this.together < this.alone ? this.most : 1;
    if (performance.now() < this.nextLook) return faster;
    this.looking = true;
    return faster === 1 ? this.most : 1;
  }

  /** Tells how long a unit of work took on so many threads, in milliseconds. */
  took(threads: number, time: number): void {
    if (this.fixed || this.most === 1) return;
    if (threads === 1) this.alone = time;
    else this.together = time;
    if (this.together === undefined || !(this.looking || this.nextLook === 0)) return;
    this.looking = false;
    this.pause = Math.min(2 * this.pause, SELDOM);
    this.nextLook = performance.now() + this.pause;
    wantThreads(this.most); // they may have ended, or been lost
  }
}
