// lion: steps of one length for all weights, by the sign of a running mean of gradients.

import { checked, number } from '../runtime/options.js';
import type { Schedule } from '../rates/schedule.js';
import { type DescentRule, type RateOfEpoch, rateOption } from './descent/descent-rule.js';
import { pacedMethod } from './descent/first-order.js';
import type { MethodOf } from './method.js';
import { FRACTION, decayOption } from './options.js';

/** Options of lion; the defaults are the authors'. */
export interface LionOptions {
  /**
   * The learning rate, by which every weight moves in a step: η > 0, one of `schedules`, or a function of the epoch. Default
   * 1e-4, a tenth of adam's; the authors advise three to ten times less than for adamW.
   */
  rate?: number | RateOfEpoch | Schedule;
  /** The share of the running mean in a step; the gradient has the rest: 0 ≤ β₁ < 1. Default 0.9. */
  beta1?: number;
  /** How long the mean of the gradient remembers: 0 ≤ β₂ < 1. Default 0.99. */
  beta2?: number;
  /**
   * Decoupled weight decay λ ≥ 0 of the kernels: w ← w − η·λ·w. Default 0. Use three to ten times adamW's λ, because η is that
   * much smaller.
   */
  weightDecay?: number;
}

/**
 * w ← w − η·(sign(β₁·m + (1 − β₁)·g) + λ·w), then m ← β₂·m + (1 − β₂)·g: half of adam's memory, and steps of the same length for
 * all weights (Chen et al. 2023). It suits large batches, whose gradients have signs that mean something.
 * @throws OptionError
 */
export function lion(options?: LionOptions): MethodOf<'lion', Required<LionOptions>> {
  const schema = {
    rate: rateOption(1e-4),
    beta1: number(FRACTION, 0.9),
    beta2: number(FRACTION, 0.99),
    weightDecay: decayOption(),
  };
  const settings = checked('lion', schema, options);
  const { beta1, beta2, weightDecay } = settings;
  const rule: DescentRule<'mean'> & { readonly name: 'lion' } = {
    name: 'lion',
    rate: settings.rate,
    vectors: ['mean'],
    decoupled: weightDecay > 0,
    open(core, update, { rate, at }) {
      core.lionOpen(update, rate, beta1, beta2, weightDecay, at('mean'));
    },
  };
  return pacedMethod(rule, settings);
}
