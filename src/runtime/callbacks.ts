// What functions of a caller's return.

/**
 * Whether a callback returned a promise. It is waited for then, so that its rejection ends the call that the callback was given
 * to, as an exception does. Anything else costs no turn of the event loop.
 */
export function isPromise(returned: unknown): returned is PromiseLike<unknown> {
  return typeof returned === 'object' && returned !== null && 'then' in returned && typeof returned.then === 'function';
}

/**
 * Milliseconds that a promise has where a signal, or the clock, would end the waiting: to save what was learned, for instance.
 */
const GRACE = 1000;

/** Timers take no more milliseconds than this. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Waits for what a callback returned, if that is a promise: no longer than a second after a signal, or after the time that is
 * left.
 * @param left milliseconds
 * @throws what the promise rejects with meanwhile
 */
export async function answered(returned: unknown, signal: AbortSignal | undefined, left = Infinity): Promise<void> {
  if (!isPromise(returned)) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let end = () => {};
  const late = new Promise<void>((resolve) => {
    end = () => {
      clearTimeout(timer);
      timer = setTimeout(resolve, GRACE);
    };
  });
  if (left < LONGEST_TIMER) timer = setTimeout(end, Math.max(left, 0));
  if (signal?.aborted) end();
  else signal?.addEventListener('abort', end);
  try {
    await Promise.race([returned, late]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}
