// The rate that curvature suggests: 1/λmax (Efficient BackProp 7.5, 9.2; docs/mathematics.md 7.7).

import { type Checked, checked, number } from '../../runtime/options.js';

const OPTIONS = {
  samples: number({ min: 1, integer: true }, 500),
  every: number({ min: 1, integer: true }, undefined),
  factor: number({ above: 0, below: Infinity }, 1),
};

/** Options of autoRate. */
export interface AutoRateOptions {
  /** Samples to measure curvature on. Default 500: the order of magnitude is right after 100. */
  samples?: number;
  /** Epochs after which it is measured again, counted over calls of `partialFit` as well. Default: once, before training. */
  every?: number;
  /** What 1/λmax is multiplied with, > 0. Default 1. */
  factor?: number;
}

/** A rate to be measured. */
export interface AutoRate extends Readonly<Checked<typeof OPTIONS>> {
  readonly kind: 'autoRate';
}

/**
 * A rate of factor/λmax, with momentum μ (1 − μ)·factor/λmax: λmax is the Hessian's largest eigenvalue at the weights before
 * training, found by Lanczos' method on differences of gradients; where none is positive the rate is 0.01. `rate: 'auto'` stands
 * for `autoRate()`.
 * @throws OptionError
 */
export function autoRate(options?: AutoRateOptions): AutoRate {
  return Object.freeze({ kind: 'autoRate' as const, ...checked('autoRate', OPTIONS, options) });
}

export function isAutoRate(v: unknown): v is AutoRate {
  return typeof v === 'object' && v !== null && 'kind' in v && v.kind === 'autoRate' && Number((v as AutoRate).samples) >= 1;
}

/** What a method's state has of it: λmax, the epoch of the first measurement, and the number of samples measured on. */
export const MEASURED = 'measured curvature';
