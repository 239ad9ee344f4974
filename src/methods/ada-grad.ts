// adaGrad: steps divided by the root of the sum of all squared gradients.

import { Decay, UpdateRule } from '../../build/codes.js';
import { checked } from '../runtime/options.js';
import type { AdaptiveOptions } from './adam.js';
import { rateOption } from './descent/descent-rule.js';
import { EPSILON, decayOption, pacedMethod } from './descent/first-order.js';

export type AdaGradOptions = AdaptiveOptions;

/** v ← v + g², w ← w − η·g/(√v + ε) (Duchi, Hazan and Singer 2011). Default η 0.01. @throws OptionError */
export function adaGrad(options?: AdaGradOptions) {
  const schema = { rate: rateOption(0.01), epsilon: EPSILON, weightDecay: decayOption() };
  const settings = checked('adaGrad', schema, options);
  const { rate: given, epsilon, weightDecay } = settings;
  return pacedMethod(
    {
      name: 'adaGrad' as const,
      rate: given,
      vectors: ['square'],
      open(core, update, { rate, at }) {
        const { adaGrad: rule } = UpdateRule;
        core.adaptiveOpen(update, rule, rate, 0, 0, epsilon, weightDecay, Decay.throughGradient, 1, 1, 0, at('square'), 0);
      },
    },
    settings,
  );
}
