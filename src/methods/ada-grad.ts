// adaGrad: steps divided by the root of the sum of all squared gradients.

import { Decay, UpdateRule } from '../../build/codes.js';
import { checked, flag, number } from '../runtime/options.js';
import { type AdaptiveOptions, type RootOptions, adaptiveRule } from './descent/adaptive-rule.js';
import { rateOption } from './descent/descent-rule.js';
import { pacedMethod } from './descent/first-order.js';
import type { MethodOf } from './method.js';
import { EPSILON, decayOption } from './options.js';

/** Options of `adaGrad`. */
export interface AdaGradOptions extends AdaptiveOptions, RootOptions {
  /** What the sum of squares begins with: ≥ 0; more makes first steps shorter. Default 0; Keras and TensorFlow.js have 0.1. */
  initialAccumulator?: number;
}

/**
 * v ← v + g², w ← w − η·g/(√v + ε) (Duchi, Hazan and Singer 2011). Default η 0.01. TensorFlow.js's is `{ initialAccumulator: 0.1,
 * insideRoot: true, epsilon: 1e-7 }`.
 * @throws OptionError
 */
export function adaGrad(options?: AdaGradOptions): MethodOf<'adaGrad', Required<AdaGradOptions>> {
  const schema = {
    rate: rateOption(0.01),
    epsilon: EPSILON,
    weightDecay: decayOption(),
    insideRoot: flag(false),
    initialAccumulator: number({ min: 0, below: Infinity }, 0),
  };
  const settings = checked('adaGrad', schema, options);
  const rule = adaptiveRule(
    'adaGrad',
    UpdateRule.adaGrad,
    ['square'],
    { ...settings, beta1: 0, beta2: 0 },
    Decay.throughGradient,
    { square: settings.initialAccumulator },
  );
  return pacedMethod(rule, settings);
}
