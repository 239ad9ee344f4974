// sophia: momentum over the diagonal of the curvature, each weight's step bounded.

import { UpdateRule } from '../../build/codes.js';
import { checked, number } from '../runtime/options.js';
import type { Schedule } from '../rates/schedule.js';
import { curvedMeanRule } from './descent/curved-mean-rule.js';
import { type RateOfEpoch, rateOption } from './descent/descent-rule.js';
import { pacedMethod } from './descent/first-order.js';
import type { MethodOf } from './method.js';
import { FRACTION, POSITIVE, decayOption } from './options.js';

/** Options of sophia. */
export interface SophiaOptions {
  /** The learning rate, which no weight's step exceeds: η > 0, one of `schedules`, or a function of the epoch. Default 0.001. */
  rate?: number | RateOfEpoch | Schedule;
  /** Decay factor of the gradient's running mean: 0 ≤ β₁ < 1. Default 0.965. */
  beta1?: number;
  /** Decay factor of the diagonal's running mean: 0 ≤ β₂ < 1. Default 0.99. */
  beta2?: number;
  /** ρ > 0: the share of a Newton step at which the bound sets in. Default 0.04. */
  rho?: number;
  /** Keeps divisions finite, > 0. Default 10⁻¹². */
  epsilon?: number;
  /** Steps between two computations of the diagonal. Default 10. */
  every?: number;
  /** Decoupled weight decay λ ≥ 0 of the kernels. Default 0. */
  weightDecay?: number;
}

/**
 * w ← w − η·clip(m/max(ρ·h, ε), −1, 1): momentum over curvature, each weight's step bounded (Liu et al. 2024, here with LeCun's
 * back-propagated diagonal).
 * @throws OptionError
 */
export function sophia(options?: SophiaOptions): MethodOf<'sophia', Required<SophiaOptions>> {
  const schema = {
    rate: rateOption(0.001),
    beta1: number(FRACTION, 0.965),
    beta2: number(FRACTION, 0.99),
    rho: number(POSITIVE, 0.04),
    epsilon: number(POSITIVE, 1e-12),
    every: number({ min: 1, integer: true }, 10),
    weightDecay: decayOption(),
  };
  const settings = checked('sophia', schema, options);
  return pacedMethod(curvedMeanRule('sophia', UpdateRule.sophia, settings), settings);
}
