// adamax: Adam with the largest gradient of late in the place of the root of a mean of squares.

import { Decay, UpdateRule } from '../../build/codes.js';
import { checked, number } from '../runtime/options.js';
import { type AdaptiveOptions, adaptiveRule } from './descent/adaptive-rule.js';
import { rateOption } from './descent/descent-rule.js';
import { pacedMethod } from './descent/first-order.js';
import type { MethodOf } from './method.js';
import { EPSILON, FRACTION, decayOption } from './options.js';

/** Options of adamax; the defaults are the authors'. */
export interface AdamaxOptions extends AdaptiveOptions {
  /** How long the mean of the gradient remembers: 0 ≤ β₁ < 1. Default 0.9. */
  beta1?: number;
  /** How long a large gradient is remembered: 0 ≤ β₂ < 1. Default 0.999. */
  beta2?: number;
}

/**
 * m ← β₁·m + (1 − β₁)·g, u ← max(β₂·u, |g|), w ← w − η·(m/(1 − β₁ᵗ))/(u + ε), t counted from 1 (Kingma and Ba 2015, 7.1): no step
 * is much longer than η. Default η 0.002.
 * @throws OptionError
 */
export function adamax(options?: AdamaxOptions): MethodOf<'adamax', Required<AdamaxOptions>> {
  const schema = {
    rate: rateOption(0.002),
    beta1: number(FRACTION, 0.9),
    beta2: number(FRACTION, 0.999),
    epsilon: EPSILON,
    weightDecay: decayOption(),
  };
  const settings = checked('adamax', schema, options);
  return pacedMethod(adaptiveRule('adamax', UpdateRule.adamax, ['mean', 'square'], settings, Decay.throughGradient), settings);
}
