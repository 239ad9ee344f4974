// How many samples a fit takes to a step (Efficient BackProp 4.1).

import { OptionError } from '../runtime/errors.js';
import { type Checked, checked, isMadeBy, number, oneOf } from '../runtime/options.js';

const GROWING = {
  start: number({ min: 1, integer: true }, 16),
  by: oneOf(['epoch', 'variance'], 'epoch'),
  factor: number({ min: 1, below: Infinity }, 1.5),
  theta: number({ above: 0, below: Infinity }, 0.7),
  limit: number({ min: 1 }, Number.MAX_SAFE_INTEGER),
};

/** Options of `growing`. */
export interface GrowingOptions {
  /** Samples of the first steps. Default 16. */
  start?: number;
  /** What makes batches grow: each 'epoch' (default), or the 'variance' of the gradient. */
  by?: 'epoch' | 'variance';
  /** By epoch: what the size is multiplied with, ≥ 1, and rounded up. Default 1.5. */
  factor?: number;
  /**
   * By variance: a batch is large enough while the standard error of its mean gradient is at most θ times the gradient's norm,
   * > 0. Default 0.7 (0.5 to 1 are customary: Byrd, Chin, Nocedal and Wu 2012).
   */
  theta?: number;
  /** The largest size. Default: all samples. */
  limit?: number;
}

/** Batches that grow. */
export interface Growing extends Readonly<Checked<typeof GROWING>> {
  readonly kind: 'growing';
}

/**
 * Batches that begin small, where rough steps go far, and grow as the minimum comes near, where noise would keep them from it
 * (Efficient BackProp 4.1). The size changes between epochs only.
 * @throws OptionError
 */
export function growing(options?: GrowingOptions): Growing {
  const settings = checked('growing', GROWING, options);
  if (settings.limit < settings.start) {
    throw new OptionError('growing.limit', settings.limit, `a number ≥ start, which is ${settings.start}`);
  }
  return Object.freeze({ kind: 'growing' as const, ...settings });
}

/** What becomes of samples that do not fill a batch, by name. */
export const LAST_BATCHES = ['even', 'short', 'drop'] as const;

/** What happens to rows that do not fill a batch. */
export type LastBatch = (typeof LAST_BATCHES)[number];

export function isGrowing(value: unknown): value is Growing {
  return isMadeBy('growing', GROWING, value);
}
