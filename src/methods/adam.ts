// Adam and its relatives: running means of the gradient, divided by the root of those of its square.

import { Decay, UpdateRule } from '../../build/codes.js';
import { OptionError } from '../runtime/errors.js';
import { checked, flag, number } from '../runtime/options.js';
import { type AdaptiveOptions, adaptiveRule } from './descent/adaptive-rule.js';
import { rateOption } from './descent/descent-rule.js';
import { pacedMethod } from './descent/first-order.js';
import type { MethodOf } from './method.js';
import { EPSILON, FRACTION, decayOption } from './options.js';

/** Options of `adam`. */
export interface AdamOptions extends AdaptiveOptions {
  /** Decay factor of the gradient's running mean: 0 ≤ β₁ < 1. Default 0.9. */
  beta1?: number;
  /** Decay factor of the squared gradient's running mean: 0 ≤ β₂ < 1. Default 0.999. */
  beta2?: number;
  /** Whether decay acts on the weights directly (AdamW) rather than through the gradient. Default false; true for `adamW`. */
  decoupled?: boolean;
  /** Whether to divide by the largest mean square so far (AMSGrad). Default false. */
  amsGrad?: boolean;
  /** Whether to look a step ahead, as Nesterov does, with a constant β₁. Default false; true for `nadam`. */
  nesterov?: boolean;
}

function adamLike<N extends string>(
  name: N,
  options: AdamOptions | undefined,
  defaults: { decoupled: boolean; nesterov: boolean; weightDecay: number },
): MethodOf<N, Required<AdamOptions>> {
  const schema = {
    rate: rateOption(0.001),
    beta1: number(FRACTION, 0.9),
    beta2: number(FRACTION, 0.999),
    epsilon: EPSILON,
    weightDecay: decayOption(defaults.weightDecay),
    decoupled: flag(defaults.decoupled),
    amsGrad: flag(false),
    nesterov: flag(defaults.nesterov),
  };
  const settings = checked(name, schema, options);
  if (settings.amsGrad && settings.nesterov) {
    throw new OptionError(`${name}.amsGrad`, true, 'false with nesterov: no method combines them');
  }
  const { amsGrad, nesterov, decoupled } = settings;
  const code = amsGrad ? UpdateRule.amsGrad : nesterov ? UpdateRule.nadam : UpdateRule.adam;
  const decay = decoupled ? Decay.decoupled : Decay.throughGradient;
  const vectors = amsGrad ? (['mean', 'square', 'top'] as const) : (['mean', 'square'] as const);
  return pacedMethod(adaptiveRule(name, code, vectors, settings, decay), settings);
}

/**
 * m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², w ← w − η·(m/(1 − β₁ᵗ))/(√(v/(1 − β₂ᵗ)) + ε), t counted from 1 (Kingma and Ba
 * 2015, algorithm 1). Default η 0.001.
 * @throws OptionError
 */
export const adam = (options?: AdamOptions): MethodOf<'adam', Required<AdamOptions>> =>
  adamLike('adam', options, { decoupled: false, nesterov: false, weightDecay: 0 });

/** Adam with decoupled decay, w ← w − η·λ·w beside the step (Loshchilov and Hutter 2019). Default λ 0.01. @throws OptionError */
export const adamW = (options?: AdamOptions): MethodOf<'adamW', Required<AdamOptions>> =>
  adamLike('adamW', options, { decoupled: true, nesterov: false, weightDecay: 0.01 });

/**
 * Adam that looks a step ahead (Dozat 2016), with a constant β₁: w ← w − η·(β₁·m/(1 − β₁ᵗ⁺¹) + (1 − β₁)·g/(1 − β₁ᵗ))/(√(v/(1 −
 * β₂ᵗ)) + ε). Dozat's schedule of β₁, which begins at half of its value (Keras and PyTorch have it), is left out.
 * @throws OptionError
 */
export const nadam = (options?: AdamOptions): MethodOf<'nadam', Required<AdamOptions>> =>
  adamLike('nadam', options, { decoupled: false, nesterov: true, weightDecay: 0 });
