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
   * μ > 0 to start with, in the scale of JᵀJ of plain residuals, in the power of ten next to the targets' standard deviation
   * where the last layer is linear; with 'nielsen' and scaling 'identity' relative to its largest diagonal entry. Default 0.001.
   */
  mu?: number;
  /** What μ is multiplied with where a step fails, > 1. Default 10. */
  muInc?: number;
  /** The same where it succeeds, > 0 and < 1. Default 0.1. */
  muDec?: number;
  /** Ends where μ exceeds this. Default 10¹⁰. */
  muMax?: number;
  /** Ends where no element of the gradient Jᵀr is larger, in the unit of the targets (see mu). Default 10⁻⁷. */
  minGrad?: number;
  /** What μ multiplies: the 'identity' (default), the diagonal of JᵀJ ('marquardt'), or the largest that has been ('more'). */
  scaling?: DampingScaling;
  /**
   * How μ changes. 'nielsen': by how well the model predicted the decrease; takes half of the evaluations, since hardly a trial
   * fails. 'tenfold': by muInc and muDec. Default 'nielsen', or 'tenfold' where muInc or muDec is given.
   */
  rule?: DampingRule;
  /**
   * Whether steps follow the bend of the path that they begin (geodesic acceleration, Transtrum and Sethna 2012) where the last
   * one left more than half of the error: one evaluation more for such a step, and about half of them to a fine error, since
   * narrow valleys are followed round their bends. Two more where samples × outputs × parameters exceed 262,144. Default true,
   * but false with the rule 'tenfold', which is MATLAB's.
   */
  acceleration?: boolean;
  /** λ ≥ 0: (λ/2)·|kernels|² is added to what is minimised. Default 0. */
  weightDecay?: number;
  /**
   * Whether the data say how strong the decay of all parameters is, anew after each step, by MacKay's evidence in Foresee and
   * Hagan's form (MATLAB's trainbr): for small and noisy sets, without a validation set. Where the last layer is linear, decay is
   * that of its parameters in the unit of the targets (see mu). Not beside weightDecay. Default false.
   */
  bayesian?: boolean;
  /** MATLAB's name for the patience of early stopping, which it turns on where there is a validation set. */
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
