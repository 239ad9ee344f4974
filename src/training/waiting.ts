// Waiting for sources of chunks, which may take as long as they like: no longer than a fit may last.

import { LONGEST_TIMER } from '../runtime/callbacks.js';
import type { StopReason } from './history.js';
import type { Interruption } from './interruption.js';

/**
 * What a promise brings, or why there is no waiting for it any longer.
 * @param patience milliseconds that it may take in any case, unless the signal ends that
 */
export async function unless<T>(
  interruption: Interruption,
  promise: Promise<T>,
  patience = 0,
): Promise<{ readonly value: T } | { readonly stop: StopReason }> {
  const { reason, signal, limit, elapsed } = interruption;
  if (reason === 'signal' || (reason && patience === 0)) return { stop: reason };
  let end = () => {};
  const interrupted = new Promise<void>((resolve) => {
    end = () => resolve();
  });
  const left = Math.max(limit - elapsed, patience);
  const timer = left < LONGEST_TIMER ? setTimeout(end, Math.ceil(left)) : undefined;
  signal?.addEventListener('abort', end);
  try {
    const came = await Promise.race([promise.then((value) => ({ value })), interrupted]);
    return came ?? { stop: interruption.reason ?? 'timeLimit' };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

/**
 * The same before there is a model, which the limit must not prevent: a source that goes on may be read to its end, and one
 * that lets wait for as long as the whole limit has nothing more.
 * @throws what the signal says
 */
export async function unlessStuck<T>(
  interruption: Interruption,
  promise: Promise<T>,
): Promise<{ readonly value: T } | undefined> {
  const came = await unless(interruption, promise, interruption.limit);
  interruption.signal?.throwIfAborted();
  return 'value' in came ? came : undefined;
}

/** Milliseconds that a source may take to close what it has open: what never does must not hold whoever has its chunks. */
const CLOSING = 1000;

/** What is told to end. */
type Endable = Pick<Iterator<unknown> | AsyncIterator<unknown>, 'return'>;

/**
 * Tells an iterator to end, and waits until it has, for a second at most.
 * @param owes whether it owes an answer: it ends when it has given that, and nobody can tell when that will be
 * @throws what the iterator throws at that, if it does so in time
 */
export async function endOf(iterator: Endable | undefined, owes: boolean): Promise<void> {
  const returned = Promise.resolve(iterator?.return?.());
  returned.catch(() => {}); // what comes late comes to nobody
  if (owes) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSING);
  });
  await Promise.race([returned, late]).finally(() => clearTimeout(timer));
}
