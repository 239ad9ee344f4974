// quickprop: jumps to the minimum of a parabola through the last two slopes. It compares gradients of the whole set: batchSize is
// 'full', and mini-batches are refused.

import { checked, number } from '../runtime/options.js';
import type { DescentRule } from './descent/descent-rule.js';
import { type BatchMethod, batchMethod } from './descent/first-order.js';
import { POSITIVE, decayOption } from './options.js';

/** Options of quickprop. */
export interface QuickpropOptions {
  /** The rate ε > 0 of the gradient's part of a step. Default 0.1. */
  rate?: number;
  /** μ > 1: the largest ratio of a step to the previous one. Default 1.75. */
  growth?: number;
  /** Weight decay λ ≥ 0 of the kernels, applied through the gradient. 10⁻⁴ is customary. Default 0. */
  weightDecay?: number;
}

/**
 * Each weight jumps to the minimum of the parabola through its last two slopes, at most 1.75 times as far as last time, and
 * slides by −ε·g where it rests or still goes downhill (Fahlman 1988). The derivative is the exact one: where flat spots
 * trouble, twistedTanh has none.
 * @throws OptionError
 */
export function quickprop(options?: QuickpropOptions): BatchMethod<'quickprop', Required<QuickpropOptions>> {
  const schema = { rate: number(POSITIVE, 0.1), growth: number({ above: 1, below: Infinity }, 1.75), weightDecay: decayOption() };
  const settings = checked('quickprop', schema, options);
  const { rate, growth, weightDecay } = settings;
  const rule: DescentRule<'gradient' | 'step'> & { readonly name: 'quickprop' } = {
    name: 'quickprop',
    rate,
    vectors: ['gradient', 'step'],
    open(core, update, { at }) {
      core.quickpropOpen(update, rate, growth, weightDecay, at('gradient'), at('step'));
    },
  };
  return batchMethod(rule, settings);
}
