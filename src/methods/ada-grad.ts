// adaGrad: steps divided by the root of the sum of all squared gradients.

import { Decay, UpdateRule } from '../../build/codes.js';
import { checked } from '../runtime/options.js';
import { type AdaptiveOptions, adaptiveRule } from './descent/adaptive-rule.js';
import { rateOption } from './descent/descent-rule.js';
import { pacedMethod } from './descent/first-order.js';
import { EPSILON, decayOption } from './options.js';

export type AdaGradOptions = AdaptiveOptions;

/** v ← v + g², w ← w − η·g/(√v + ε) (Duchi, Hazan and Singer 2011). Default η 0.01. @throws OptionError */
export function adaGrad(options?: AdaGradOptions) {
  const schema = { rate: rateOption(0.01), epsilon: EPSILON, weightDecay: decayOption() };
  const settings = checked('adaGrad', schema, options);
  const rule = adaptiveRule(
    'adaGrad',
    UpdateRule.adaGrad,
    ['square'],
    { ...settings, beta1: 0, beta2: 0 },
    Decay.throughGradient,
  );
  return pacedMethod(rule, settings);
}
