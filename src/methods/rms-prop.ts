// rmsProp: steps divided by the root of a running mean of squared gradients.

import { Decay, UpdateRule } from '../../build/codes.js';
import { checked, number } from '../runtime/options.js';
import { type AdaptiveOptions, adaptiveRule } from './descent/adaptive-rule.js';
import { rateOption } from './descent/descent-rule.js';
import { pacedMethod } from './descent/first-order.js';
import { EPSILON, FRACTION, decayOption } from './options.js';

export interface RmsPropOptions extends AdaptiveOptions {
  /** How long the mean of the squared gradient remembers: 0 ≤ ρ < 1. Default 0.9. */
  rho?: number;
}

/** v ← ρ·v + (1 − ρ)·g², w ← w − η·g/(√v + ε) (Hinton 2012). Default η 0.001. @throws OptionError */
export function rmsProp(options?: RmsPropOptions) {
  const schema = { rate: rateOption(0.001), rho: number(FRACTION, 0.9), epsilon: EPSILON, weightDecay: decayOption() };
  const settings = checked('rmsProp', schema, options);
  const rule = adaptiveRule(
    'rmsProp',
    UpdateRule.rmsProp,
    ['square'],
    { ...settings, beta1: 0, beta2: settings.rho },
    Decay.throughGradient,
  );
  return pacedMethod(rule, settings);
}
