// adaHessian: Adam with the diagonal of the curvature in the place of the gradient's squares.

import { UpdateRule } from '../../build/codes.js';
import { checked, number } from '../runtime/options.js';
import type { Schedule } from '../rates/schedule.js';
import { curvedMeanRule } from './descent/curved-mean-rule.js';
import { type RateOfEpoch, rateOption } from './descent/descent-rule.js';
import { pacedMethod } from './descent/first-order.js';
import type { MethodOf } from './method.js';
import { FRACTION, POSITIVE, decayOption } from './options.js';

/** Options of adaHessian. */
export interface AdaHessianOptions {
  /**
   * The learning rate: η > 0, one of `schedules`, or a function of the epoch. Default 0.01: rates are shares of a Newton step,
   * and mini-batches are noisy.
   */
  rate?: number | RateOfEpoch | Schedule;
  /** Decay factor of the gradient's running mean: 0 ≤ β₁ < 1. Default 0.9. */
  beta1?: number;
  /** Decay factor of the squared diagonal's running mean: 0 ≤ β₂ < 1. Default 0.999. */
  beta2?: number;
  /** Keeps divisions finite, > 0. Default 0.01: the authors' 10⁻⁴ is for curvature of order 1. */
  epsilon?: number;
  /** Steps between two computations of the diagonal. Default 1. */
  every?: number;
  /** Decoupled weight decay λ ≥ 0 of the kernels. Default 0. */
  weightDecay?: number;
}

/**
 * Adam with the diagonal of the curvature in the place of the gradient's squares: w ← w − η·m̂/(√v̂ + ε), v the running mean of
 * h² (Yao et al. 2021, here with LeCun's back-propagated diagonal instead of random probes).
 * @throws OptionError
 */
export function adaHessian(options?: AdaHessianOptions): MethodOf<'adaHessian', Required<AdaHessianOptions>> {
  const schema = {
    rate: rateOption(0.01),
    beta1: number(FRACTION, 0.9),
    beta2: number(FRACTION, 0.999),
    epsilon: number(POSITIVE, 0.01),
    every: number({ min: 1, integer: true }, 1),
    weightDecay: decayOption(),
  };
  const settings = checked('adaHessian', schema, options);
  return pacedMethod(curvedMeanRule('adaHessian', UpdateRule.adaHessian, settings), settings);
}
