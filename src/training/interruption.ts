// What ends a fit from outside: a signal, or the clock.

import type { StopReason } from './history.js';

/** Timers take no more milliseconds than this. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Says whether a fit is to stop, and lets what is waited for be given up. */
export class Interruption {
  private readonly started = performance.now();

  constructor(
    private readonly signal: AbortSignal | undefined,
    /** Milliseconds. */
    private readonly limit: number,
  ) {}

  /** Milliseconds since the fit began. */
  get elapsed(): number {
    return performance.now() - this.started;
  }

  get reason(): StopReason | undefined {
    return this.signal?.aborted ? 'signal' : this.elapsed >= this.limit ? 'timeLimit' : undefined;
  }

  /** What a promise brings, or why there is no waiting for it any longer. */
  async unless<T>(promise: Promise<T>): Promise<{ readonly value: T } | { readonly stop: StopReason }> {
    const { reason } = this;
    if (reason) return { stop: reason };
    let end = () => {};
    const interrupted = new Promise<void>((resolve) => {
      end = () => resolve();
    });
    const left = this.limit - this.elapsed;
    const timer = left < LONGEST_TIMER ? setTimeout(end, Math.ceil(Math.max(left, 0))) : undefined;
    this.signal?.addEventListener('abort', end);
    try {
      const came = await Promise.race([promise.then((value) => ({ value })), interrupted]);
      return came ?? { stop: this.reason ?? 'timeLimit' };
    } finally {
      clearTimeout(timer);
      this.signal?.removeEventListener('abort', end);
    }
  }
}
