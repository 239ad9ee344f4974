// How a fit walks through its samples: in which order, and how many to a step (Efficient BackProp 4.1 and 4.2).

import { OptionError } from '../runtime/errors.js';
import { type Checked, type Schema, checked, flag, number, oneOf } from '../runtime/options.js';

const EMPHASIS = {
  exponent: number({ min: 0, max: 1 }, 1),
  memory: number({ above: 0, max: 1 }, 0.5),
  floor: number({ min: 0, max: 1 }, 0.2),
  cap: number({ above: 1 }, 5),
  quantile: number({ above: 0, max: 1 }, 1),
  importance: flag(false),
};

/** Options of `emphasize`. */
export interface EmphasisOptions {
  /** How strongly probabilities follow errors, 0 (not at all) to 1 (in proportion). Default 1. */
  exponent?: number;
  /**
   * What share of a sample's running error its newest loss makes, > 0 and ≤ 1. Default 0.5: the last two or three presentations
   * count.
   */
  memory?: number;
  /** The least probability, in units of 1/N, 0 to 1: no sample is forgotten. Default 0.2. */
  floor?: number;
  /** The largest probability, in units of 1/N, > 1: no sample takes over. Default 5. */
  cap?: number;
  /**
   * Errors above this quantile count as if they were at it, > 0 and ≤ 1, which lessens what outliers do, but does not make
   * emphasis safe with them: with 5 % wrong labels 0.95 left up to 6 times the errors of 'shuffle', 0.7 up to 1.9 times. Default
   * 1, no clipping.
   */
  quantile?: number;
  /** Whether a sample weighs 1/(N·p), so that the gradient stays unbiased and only its variance changes. Default false. */
  importance?: boolean;
}

/** An order that emphasises hard examples. */
export interface Emphasis extends Readonly<Required<EmphasisOptions>> {
  readonly kind: 'emphasize';
}

/**
 * Hard examples more often: after a first epoch that takes each sample once, samples are drawn with probabilities that follow the
 * running errors, p ∝ errorᵉˣᵖᵒⁿᵉⁿᵗ between `floor`/N and `cap`/N. An epoch is N draws. It pays where errors are rare and
 * informative, as those of small classes. Where labels may be wrong, use 'shuffle': with 5 % wrong ones emphasis left up to 7
 * times its errors, and no setting made it safe. For steps on fewer samples than there are.
 * @throws OptionError
 */
export function emphasize(options?: EmphasisOptions): Emphasis {
  return Object.freeze({ kind: 'emphasize' as const, ...checked('emphasize', EMPHASIS, options) });
}

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

/** An order by name, or an emphasis with settings. */
export type Order = 'shuffle' | 'interleave' | 'sequential' | 'emphasize' | Emphasis;

/** What becomes of samples that do not fill a batch, by name. */
export const LAST_BATCHES = ['even', 'short', 'drop'] as const;

export type LastBatch = (typeof LAST_BATCHES)[number];

export function isEmphasis(value: unknown): value is Emphasis {
  return isOfKind('emphasize', EMPHASIS, value);
}

export function isGrowing(value: unknown): value is Growing {
  return isOfKind('growing', GROWING, value);
}

/** Whether a value is what its maker would make: it may come from a file. */
function isOfKind(kind: string, schema: Schema, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== kind) return false;
  const settings = value as Record<string, unknown>;
  return Object.entries(schema).every(([name, field]) => field.accepts(settings[name]));
}
