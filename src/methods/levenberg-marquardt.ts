// Levenberg and Marquardt's method on networks (Efficient BackProp 6.5): squared errors, up to some thousand parameters.

import { OptionError } from '../runtime/errors.js';
import { checked, flag, number, oneOf } from '../runtime/options.js';
import { DAMPING_RULES, DAMPING_SCALINGS, type DampingRule, type DampingScaling } from '../solve/choices.js';
import type { Chosen, MethodOf } from './method.js';
import { secondOrder } from './second-order/second-order.js';

const OPTIONS = {
  mu: number({ above: 0, below: Infinity }, 1e-3),
  muInc: number({ above: 1, below: Infinity }, 10),
  muDec: number({ above: 0, below: 1 }, 0.1),
  muMax: number({ above: 0 }, 1e10),
  minGrad: number({ min: 0 }, 1e-7),
  scaling: oneOf(DAMPING_SCALINGS, 'identity'),
  rule: oneOf(DAMPING_RULES, undefined),
  acceleration: flag(undefined),
  weightDecay: number({ min: 0, below: Infinity }, 0),
  bayesian: flag(false),
  maxFail: number({ min: 1, integer: true }, undefined),
};

/** Options of levenbergMarquardt; names and defaults of the first five are MATLAB's (trainlm), those of the rule 'tenfold'. */
export interface LevenbergMarquardtOptions {
  /**
   * The initial damping μ > 0. It is in the scale of JᵀJ of plain residuals; if the last layer is linear, these are in the power
   * of ten next to the targets' standard deviation. With 'nielsen' and scaling 'identity', μ is relative to the largest diagonal
   * entry of JᵀJ. Default 0.001.
   */
  mu?: number;
  /** The factor on μ after a failed step, > 1. Default 10. */
  muInc?: number;
  /** The factor on μ after a successful step, > 0 and < 1. Default 0.1. */
  muDec?: number;
  /** Training ends when μ exceeds this. Default 10¹⁰. */
  muMax?: number;
  /** Training ends when no element of the gradient Jᵀr is larger than this, in the unit of the targets (see mu). Default 10⁻⁷. */
  minGrad?: number;
  /**
   * The matrix that μ multiplies: the 'identity' (default), the diagonal of JᵀJ ('marquardt'), or the largest diagonal so far
   * ('more').
   */
  scaling?: DampingScaling;
  /**
   * How μ changes. 'nielsen': by how well the model predicted the decrease; this takes half the evaluations, since trials hardly
   * ever fail. 'tenfold': by muInc and muDec. Default 'nielsen', or 'tenfold' if muInc or muDec is given.
   */
  rule?: DampingRule;
  /**
   * Whether steps follow the curvature of their path (geodesic acceleration, Transtrum and Sethna 2012) if the last step left
   * more than half of the error. Such a step costs one more evaluation, or two more if samples × outputs × parameters exceed
   * 262,144. Reaching a small error takes about half the evaluations, because steps follow the bends of narrow valleys. Default
   * true, but false with the rule 'tenfold', which is MATLAB's.
   */
  acceleration?: boolean;
  /** Weight decay λ ≥ 0: adds (λ/2)·|kernels|² to the training objective. Default 0. */
  weightDecay?: number;
  /**
   * Whether to determine the decay of all parameters from the data after each step, by MacKay's evidence in Foresee and Hagan's
   * form (MATLAB's trainbr). Suits small and noisy sets, and needs no validation set. If the last layer is linear, the decay
   * applies to its parameters in the unit of the targets (see mu). Cannot be combined with weightDecay. Default false.
   */
  bayesian?: boolean;
  /** MATLAB's name for the patience of early stopping. Early stopping is then on if there is a validation set. */
  maxFail?: number;
}

/**
 * Levenberg and Marquardt's method: (JᵀJ + μ·D)·Δ = −Jᵀr. For squared errors and networks of up to some thousand parameters the
 * fastest there is. An epoch is an accepted step. Needs the loss meanSquaredError.
 * @throws OptionError
 */
export function levenbergMarquardt(
  options?: LevenbergMarquardtOptions,
): MethodOf<'levenbergMarquardt', Chosen<LevenbergMarquardtOptions>> {
  const given = checked('levenbergMarquardt', OPTIONS, options);
  const fixed = options?.muInc !== undefined || options?.muDec !== undefined;
  const { bayesian, maxFail } = given;
  if (bayesian && given.weightDecay > 0) {
    throw new OptionError(
      'levenbergMarquardt.weightDecay',
      given.weightDecay,
      'none with bayesian, which finds it from the data',
    );
  }
  const rule = given.rule ?? (fixed ? ('tenfold' as const) : ('nielsen' as const));
  const settings = { ...given, rule, acceleration: given.acceleration ?? rule === 'nielsen' };
  const named = { ...settings, name: 'levenbergMarquardt' as const, ...(maxFail !== undefined && { patience: maxFail }) };
  return secondOrder(named, (solving) => solving.levenbergMarquardt(settings));
}
