// What ends a fit from outside: a signal, or the clock.

import type { StopReason } from './history.js';

/** Says whether a fit is to stop. */
export class Interruption {
  private readonly started = performance.now();

  constructor(
    readonly signal: AbortSignal | undefined,
    /** Milliseconds. */
    readonly limit: number,
  ) {}

  /** Milliseconds since the fit began. */
  get elapsed(): number {
    return performance.now() - this.started;
  }

  get reason(): StopReason | undefined {
    return this.signal?.aborted ? 'signal' : this.elapsed >= this.limit ? 'timeLimit' : undefined;
  }
}
