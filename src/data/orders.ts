// In which order a fit walks through its samples (Efficient BackProp 4.2).

import { checked, flag, isMadeBy, number } from '../runtime/options.js';

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

/** An order by name, or an emphasis with settings. */
export type Order = 'shuffle' | 'interleave' | 'sequential' | 'emphasize' | Emphasis;

export function isEmphasis(value: unknown): value is Emphasis {
  return isMadeBy('emphasize', EMPHASIS, value);
}
