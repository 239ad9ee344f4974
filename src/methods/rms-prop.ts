// rmsProp: steps divided by the root of a running mean of squared gradients.

import { Decay, UpdateRule } from '../../build/codes.js';
import { checked, number } from '../runtime/options.js';
import type { AdaptiveOptions } from './adam.js';
import { rateOption } from './descent/descent-rule.js';
import { EPSILON, FRACTION, decayOption, pacedMethod } from './descent/first-order.js';

export interface RmsPropOptions extends AdaptiveOptions {
  /** How long the mean of the squared gradient remembers: 0 ≤ ρ < 1. Default 0.9. */
  rho?: number;
}

/** v ← ρ·v + (1 − ρ)·g², w ← w − η·g/(√v + ε) (Hinton 2012). Default η 0.001. @throws OptionError */
export function rmsProp(options?: RmsPropOptions) {
  const schema = { rate: rateOption(0.001), rho: number(FRACTION, 0.9), epsilon: EPSILON, weightDecay: decayOption() };
  const settings = checked('rmsProp', schema, options);
  const { rate: given, rho, epsilon, weightDecay } = settings;
  return pacedMethod(
    {
      name: 'rmsProp' as const,
      rate: given,
      vectors: ['square'],
      open(core, update, { rate, at }) {
        const { rmsProp: rule } = UpdateRule;
        core.adaptiveOpen(update, rule, rate, 0, rho, epsilon, weightDecay, Decay.throughGradient, 1, 1, 0, at('square'), 0);
      },
    },
    settings,
  );
}
