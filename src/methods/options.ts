// Bounds and options that methods share.

import { number } from '../runtime/options.js';

/** Bounds of options. */
export const POSITIVE = { above: 0, below: Infinity } as const;
export const FRACTION = { min: 0, below: 1 } as const;

/** The option `weightDecay`. */
export function decayOption(fallback = 0) {
  return number({ min: 0, below: Infinity }, fallback);
}

/** The option `epsilon` of methods that divide by roots of squares. */
export const EPSILON = number(POSITIVE, 1e-8);
