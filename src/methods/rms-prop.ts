// rmsProp: steps divided by the root of a running mean of squared gradients.

import { Decay, UpdateRule } from '../../build/codes.js';
import { checked, flag, number } from '../runtime/options.js';
import { type AdaptiveOptions, type RootOptions, adaptiveRule } from './descent/adaptive-rule.js';
import { rateOption } from './descent/descent-rule.js';
import { pacedMethod } from './descent/first-order.js';
import type { MethodOf } from './method.js';
import { EPSILON, FRACTION, decayOption } from './options.js';

/** Options of `rmsProp`. */
export interface RmsPropOptions extends AdaptiveOptions, RootOptions {
  /** How long the mean of the squared gradient remembers: 0 ≤ ρ < 1. Default 0.9. */
  rho?: number;
  /** Whether the square of the gradient's running mean is taken off v, which leaves a variance (Graves 2013). Default false. */
  centered?: boolean;
  /** How much of the last step a step keeps: 0 ≤ μ < 1. Default 0. */
  momentum?: number;
}

/**
 * v ← ρ·v + (1 − ρ)·g², w ← w − η·g/(√v + ε) (Hinton 2012). Default η 0.001. With `momentum` s ← μ·s + η·g/(√v + ε), w ← w − s;
 * with `centered` v − m² stands for v, m ← ρ·m + (1 − ρ)·g.
 * @throws OptionError
 */
export function rmsProp(options?: RmsPropOptions): MethodOf<'rmsProp', Required<RmsPropOptions>> {
  const schema = {
    rate: rateOption(0.001),
    rho: number(FRACTION, 0.9),
    epsilon: EPSILON,
    weightDecay: decayOption(),
    insideRoot: flag(false),
    centered: flag(false),
    momentum: number(FRACTION, 0),
  };
  const settings = checked('rmsProp', schema, options);
  const { rho, centered, momentum } = settings;
  const rule = adaptiveRule(
    'rmsProp',
    UpdateRule.rmsProp,
    ['square', ...(centered ? (['mean'] as const) : []), ...(momentum ? (['velocity'] as const) : [])],
    { ...settings, beta1: rho, beta2: rho },
    Decay.throughGradient,
  );
  return pacedMethod(rule, settings);
}
