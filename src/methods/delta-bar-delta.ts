// deltaBarDelta: rates of each weight's own, by the sign of its gradient beside the running mean (Efficient BackProp 4.7). It
// compares gradients of the whole set: batchSize is 'full', and mini-batches are refused.

import { checked, number } from '../runtime/options.js';
import type { DescentRule } from './descent/descent-rule.js';
import { type BatchMethod, batchMethod } from './descent/first-order.js';
import { FRACTION, POSITIVE, decayOption } from './options.js';

/** Options of deltaBarDelta; defaults are customary ones. */
export interface DeltaBarDeltaOptions {
  /** The initial rate η > 0. Default 0.1. */
  rate?: number;
  /** κ ≥ 0, added to a rate while the gradient keeps its sign. Default 0.05: half of the first rate. */
  up?: number;
  /** 1 − φ, the factor on a rate when the sign of the gradient changes, > 0 and < 1. Default 0.5. */
  down?: number;
  /** θ, the decay factor of the gradient's running mean, ≥ 0 and < 1. Default 0.7. */
  memory?: number;
  /** The largest rate. Default 10. */
  most?: number;
  /** Weight decay λ ≥ 0 of the kernels, applied through the gradient. Default 0. */
  weightDecay?: number;
}

/**
 * η_i grows by κ while the gradient agrees in sign with its running mean δ̄, falls by a factor where it does not; w ← w −
 * η_i·g_i (Jacobs 1988).
 * @throws OptionError
 */
export function deltaBarDelta(options?: DeltaBarDeltaOptions): BatchMethod<'deltaBarDelta', Required<DeltaBarDeltaOptions>> {
  const schema = {
    rate: number(POSITIVE, 0.1),
    up: number({ min: 0, below: Infinity }, 0.05),
    down: number({ above: 0, below: 1 }, 0.5),
    memory: number(FRACTION, 0.7),
    most: number(POSITIVE, 10),
    weightDecay: decayOption(),
  };
  const settings = checked('deltaBarDelta', schema, options);
  const { rate, up, down, memory, most, weightDecay } = settings;
  const rule: DescentRule<'mean gradient' | 'rates'> & { readonly name: 'deltaBarDelta' } = {
    name: 'deltaBarDelta',
    rate,
    vectors: ['mean gradient', 'rates'],
    first: { rates: rate },
    open(core, update, { at }) {
      core.deltaBarDeltaOpen(update, up, down, memory, most, weightDecay, at('mean gradient'), at('rates'));
    },
  };
  return batchMethod(rule, settings);
}
