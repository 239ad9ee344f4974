// What functions of a caller's return.

/**
 * Whether a callback returned a promise. It is waited for then, so that its rejection ends the call that the callback was given
 * to, as an exception does. Anything else costs no turn of the event loop.
 */
export function isPromise(returned: unknown): returned is PromiseLike<unknown> {
  return typeof returned === 'object' && returned !== null && 'then' in returned && typeof returned.then === 'function';
}
