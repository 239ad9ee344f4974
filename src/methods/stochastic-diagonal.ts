// stochasticDiagonalLM: rates of each weight's own from the diagonal of the Hessian, back-propagated (Efficient BackProp 7.4,
// 9.1).

import { OptionError } from '../runtime/errors.js';
import { checked, either, number, oneOf } from '../runtime/options.js';
import type { Schedule } from '../rates/schedule.js';
import { type DescentRule, type RateOfEpoch, rateOption } from './descent/descent-rule.js';
import { pacedMethod } from './descent/first-order.js';
import type { Chosen, MethodOf } from './method.js';
import { FRACTION, POSITIVE, decayOption } from './options.js';

/** Tells stochasticDiagonalOpen to follow the chapter's schedule. */
const FALLING = 0;

const EVERY = { min: 1, integer: true } as const;

/** Options of stochasticDiagonalLM. */
export interface StochasticDiagonalOptions {
  /**
   * The share of a Newton step: ε > 0, one of `schedules`, or a function of the epoch. Default 0.01, half of Figure 22's,
   * because hard samples have more curvature than the mean.
   */
  rate?: number | RateOfEpoch | Schedule;
  /** μ > 0: no weight's rate exceeds ε/μ. Default 0.02, as in LeNet-5. */
  mu?: number;
  /** Momentum, 0 ≤ momentum < 1. It multiplies the effective rates by up to 1/(1 − momentum). Default 0, as in the chapter. */
  momentum?: number;
  /** How many samples to average the diagonal over, before training and every few epochs. Default 500. */
  samples?: number;
  /** Epochs from one average to the next. Default 1. */
  every?: number;
  /**
   * Uses a running mean instead of averages: ⟨h⟩ ← (1 − γ)·⟨h⟩ + γ·h with each batch's h. γ is > 0 and ≤ 1, or 'falling': 0.1
   * for 20 batches, 0.03 for 60, then 0.01. Each step costs about one more gradient. Cannot be combined with samples and every.
   * Default: averages.
   */
  gamma?: number | 'falling';
  /** Weight decay λ ≥ 0 of the kernels, applied through the gradient and the diagonal. Default 0. */
  weightDecay?: number;
}

/**
 * Stochastic diagonal Levenberg-Marquardt: w ← w − ε/(⟨h⟩ + μ)·g, ⟨h⟩ the diagonal of the Gauss-Newton matrix, back-propagated
 * and averaged (Efficient BackProp 9.1, (61), (62)). Derivatives are those of the library's loss, a mean over samples and
 * outputs.
 * @throws OptionError
 */
export function stochasticDiagonalLM(
  options?: StochasticDiagonalOptions,
): MethodOf<'stochasticDiagonalLM', Chosen<Required<StochasticDiagonalOptions>>> {
  const schema = {
    rate: rateOption(0.01),
    mu: number(POSITIVE, 0.02),
    momentum: number(FRACTION, 0),
    samples: number(EVERY, 500),
    every: number(EVERY, 1),
    gamma: either<number | undefined, 'falling'>(number({ above: 0, max: 1 }, undefined), oneOf(['falling'], undefined as never)),
    weightDecay: decayOption(),
  };
  const settings = checked('stochasticDiagonalLM', schema, options);
  const { rate, mu, momentum, samples, every, gamma, weightDecay } = settings;
  if (gamma !== undefined && (options?.samples !== undefined || options?.every !== undefined)) {
    throw new OptionError('stochasticDiagonalLM.gamma', gamma, 'none with samples or every: a running mean uses each batch');
  }
  const rule: DescentRule<'mean' | 'curvature'> & { readonly name: 'stochasticDiagonalLM' } = {
    name: 'stochasticDiagonalLM',
    rate,
    vectors: ['mean', 'curvature'],
    diagonals: gamma === undefined ? { samples, every } : { everyStep: 1 },
    open(core, update, { rate: now, at, diagonals: { buffers, diagonal } }) {
      const share = typeof gamma === 'number' ? gamma : FALLING;
      const velocity = momentum > 0 ? at('mean') : 0;
      core.stochasticDiagonalOpen(update, now, mu, momentum, share, weightDecay, velocity, at('curvature'), buffers, diagonal);
    },
  };
  return pacedMethod(rule, settings);
}
