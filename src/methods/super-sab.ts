// superSAB: rates of each weight's own that grow and fall by factors, with momentum. It compares gradients of the whole set:
// batchSize is 'full', and mini-batches are refused.

import { checked, number } from '../runtime/options.js';
import type { DescentRule } from './descent/descent-rule.js';
import { type BatchMethod, batchMethod } from './descent/first-order.js';
import { FRACTION, POSITIVE, decayOption } from './options.js';

/** Options of superSAB; the defaults are customary ones. */
export interface SuperSabOptions {
  /** η to start with, > 0. Default 0.1. */
  rate?: number;
  /** What a rate is multiplied with while the gradient keeps its sign, ≥ 1. Default 1.05. */
  up?: number;
  /** The same where it turns, > 0 and < 1. Default 0.5. */
  down?: number;
  /** μ, ≥ 0 and < 1. Default 0.9. */
  momentum?: number;
  /** The largest rate. Default 10. */
  most?: number;
  /** λ ≥ 0, of kernels, through the gradient. Default 0. */
  weightDecay?: number;
}

/**
 * Rates of each weight's own that grow and fall by factors, with momentum: v ← μ·v − η_i·g_i, w ← w + v. Where the gradient's
 * sign turns, the weight's last step is taken back, its momentum ends, and its rate is halved; the next gradient is compared
 * with none (Tollenaere 1990).
 * @throws OptionError
 */
export function superSAB(options?: SuperSabOptions): BatchMethod<'superSAB', Required<SuperSabOptions>> {
  const schema = {
    rate: number(POSITIVE, 0.1),
    up: number({ min: 1, below: Infinity }, 1.05),
    down: number({ above: 0, below: 1 }, 0.5),
    momentum: number(FRACTION, 0.9),
    most: number(POSITIVE, 10),
    weightDecay: decayOption(),
  };
  const settings = checked('superSAB', schema, options);
  const { rate, up, down, momentum, most, weightDecay } = settings;
  const rule: DescentRule<'gradient' | 'rates' | 'velocity'> & { readonly name: 'superSAB' } = {
    name: 'superSAB',
    rate,
    vectors: ['gradient', 'rates', 'velocity'],
    first: { rates: rate },
    open(core, update, { at }) {
      core.superSabOpen(update, up, down, momentum, most, weightDecay, at('gradient'), at('rates'), at('velocity'));
    },
  };
  return batchMethod(rule, settings);
}
