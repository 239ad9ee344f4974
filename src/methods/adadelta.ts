// adadelta: rates of each weight's own that need no unit, from running means of squares of its gradient and of its steps.

import { checked, number } from '../runtime/options.js';
import type { Schedule } from '../rates/schedule.js';
import { type DescentRule, type RateOfEpoch, rateOption } from './descent/descent-rule.js';
import { pacedMethod } from './descent/first-order.js';
import type { MethodOf } from './method.js';
import { FRACTION, POSITIVE, decayOption } from './options.js';

/** Options of adadelta; the defaults are the author's. */
export interface AdadeltaOptions {
  /**
   * η > 0, one of `schedules`, or a function of the epoch: what steps are multiplied with. Default 1, as in the paper and in
   * PyTorch; Keras has 0.001.
   */
  rate?: number | RateOfEpoch | Schedule;
  /** How long both means remember: 0 ≤ ρ < 1. Default 0.95. */
  rho?: number;
  /** Sets the size of first steps, about √ε, and keeps divisions finite: > 0. Default 1e-6, as in the paper; Keras has 1e-7. */
  epsilon?: number;
  /** λ ≥ 0, of kernels, through the gradient. Default 0. */
  weightDecay?: number;
}

/**
 * v ← ρ·v + (1 − ρ)·g², d = g·√(s + ε)/√(v + ε), s ← ρ·s + (1 − ρ)·d², w ← w − η·d (Zeiler 2012): steps have the unit of the
 * weights, so that there is no rate to find, but they are short at first.
 * @throws OptionError
 */
export function adadelta(options?: AdadeltaOptions): MethodOf<'adadelta', Required<AdadeltaOptions>> {
  const schema = {
    rate: rateOption(1),
    rho: number(FRACTION, 0.95),
    epsilon: number(POSITIVE, 1e-6),
    weightDecay: decayOption(),
  };
  const settings = checked('adadelta', schema, options);
  const { rho, epsilon, weightDecay } = settings;
  const rule: DescentRule<'square' | 'square of steps'> & { readonly name: 'adadelta' } = {
    name: 'adadelta',
    rate: settings.rate,
    vectors: ['square', 'square of steps'],
    open(core, update, { rate, at }) {
      core.adadeltaOpen(update, rate, rho, epsilon, weightDecay, at('square'), at('square of steps'));
    },
  };
  return pacedMethod(rule, settings);
}
