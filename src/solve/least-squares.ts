// Sums of squares of a caller's own residuals.

import { engineOf } from '../runtime/engines.js';
import { OptionError } from '../runtime/errors.js';
import { type Checked, callback, checked, flag, number, oneOf, value } from '../runtime/options.js';
import { drive } from './drive.js';
import { isList, startOf } from './given.js';
import { SOLVE_OPTIONS, type SolveOptions } from './options.js';
import { RESIDUAL_LOSS_NAMES, type ResidualLoss } from './robust.js';
import { type LeastSquaresMinimum, SquaresFit } from './squares-fit.js';

const isVector = (accepts: (e: number) => boolean) => (v: unknown) =>
  isList(v) && Array.from(v).every((e) => typeof e === 'number' && Number.isFinite(e) && accepts(e));

export const FITTING_OPTIONS = {
  ...SOLVE_OPTIONS,
  method: oneOf(['levenbergMarquardt'], 'levenbergMarquardt'),
  weights: value<ArrayLike<number> | undefined>(
    'an array of finite numbers ≥ 0, one for each residual',
    isVector((e) => e >= 0),
    undefined,
  ),
  sigma: value<ArrayLike<number> | undefined>(
    'an array of finite numbers > 0, one for each residual',
    isVector((e) => e > 0),
    undefined,
  ),
  absoluteSigma: flag(false),
  loss: oneOf(RESIDUAL_LOSS_NAMES, 'linear'),
  scale: number({ above: 0, below: Infinity }, 1),
};

const OPTIONS = {
  ...FITTING_OPTIONS,
  jacobian: callback<(x: Float64Array) => readonly ArrayLike<number>[] | ArrayLike<number>>('(x) => rows of ∂r/∂x'),
};

/** Options that `leastSquares` and `curveFit` share. */
export interface FittingOptions extends SolveOptions {
  method?: 'levenbergMarquardt';
  /** Of each residual's square. Default 1. A residual of weight 0 is no observation. Not beside `sigma`. */
  weights?: ArrayLike<number>;
  /** The standard deviation of each residual: weights of 1/σ². Default 1. */
  sigma?: ArrayLike<number>;
  /**
   * Whether `sigma` (or `weights` as 1/σ²) is the true size of errors, so that standard errors follow from it. By default it only
   * says how errors compare, and their size is estimated from the residuals.
   */
  absoluteSigma?: boolean;
  /**
   * What is summed over residuals, z = w·r²/scale²: 'linear' z (default, squares), 'softL1' 2(√(1+z) − 1), 'huber' z up to 1 and
   * 2√z − 1 beyond, 'cauchy' ln(1 + z), 'arctan' arctan z. The value is scale² times the sum, twice SciPy's cost. All but the
   * first keep outliers from deciding the fit.
   */
  loss?: ResidualLoss;
  /** Residuals, in units of their sigma, up to about this size are no outliers, > 0. Default 1. Ignored by the loss 'linear'. */
  scale?: number;
}

/** Options of `leastSquares`. */
export interface LeastSquaresOptions extends FittingOptions {
  /** ∂r/∂x: m rows of n, or m·n numbers row-major. Default: central differences, 2n calls of the residuals. */
  jacobian?: (x: Float64Array) => readonly ArrayLike<number>[] | ArrayLike<number>;
}

/**
 * A local minimum of Σ w_i·r_i(x)², or of a robust loss of residuals, from x0 on: Levenberg and Marquardt's method in a trust
 * region with Moré's scaling (MINPACK's), geodesic acceleration where residuals bend, bounds by an active set, Householder's QR,
 * which does not square the condition number, and steps without damping for the last digits. The answer does not depend on units.
 *
 * ```ts
 * const { x, standardErrors } = await leastSquares(([a, b]) => times.map((t, i) => a * Math.exp(-b * t) - seen[i]), [1, 1]);
 * ```
 *
 * @param residuals x ↦ m numbers; what is not finite counts as too far
 * @param x0 where to begin, finite; with bounds the nearest point inside
 * @throws OptionError; DataError where residuals are not finite at x0; whatever `residuals` throws
 */
export async function leastSquares(
  residuals: (x: Float64Array) => ArrayLike<number>,
  x0: ArrayLike<number>,
  options?: LeastSquaresOptions,
): Promise<LeastSquaresMinimum> {
  const { jacobian, ...settings } = checked('leastSquares', OPTIONS, options);
  if (typeof residuals !== 'function') throw new OptionError('leastSquares.residuals', residuals, 'a function (x) => residuals');
  return fitted('leastSquares', residuals, jacobian, startOf('leastSquares', x0), settings);
}

/** What `leastSquares` finds, for options that have been checked. @throws OptionError, DataError */
export async function fitted(
  call: string,
  residuals: (x: Float64Array) => ArrayLike<number>,
  jacobian: LeastSquaresOptions['jacobian'],
  start: Float64Array,
  settings: Checked<typeof FITTING_OPTIONS>,
): Promise<LeastSquaresMinimum> {
  const { weights, sigma, loss, scale } = settings;
  if (weights && sigma) throw new OptionError(`${call}.weights`, weights, 'none with sigma, which means weights of 1/σ²');
  if (weights && Array.from(weights).every((e) => e === 0)) {
    throw new OptionError(`${call}.weights`, weights, 'at least one weight > 0: residuals of weight 0 are not observations');
  }
  const engine = await engineOf('float64', settings.numerics);
  const roots = weights ? Float64Array.from(weights, Math.sqrt) : sigma && Float64Array.from(sigma, (e) => 1 / e);
  const functions = { residuals, jacobian, roots, weighing: sigma ? 'sigma' : 'weights', loss, scale } as const;
  const fit = new SquaresFit(call, engine.core, functions, start, settings);
  try {
    return fit.minimum(await drive(engine, fit.solver, settings, fit));
  } finally {
    fit.dispose();
  }
}
