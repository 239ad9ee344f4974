// Levenberg and Marquardt's method on a caller's own residuals.

import { engineOf } from '../../bindings/load.js';
import { OptionError } from '../errors.js';
import { callback, checked, number, oneOf, value } from '../options.js';
import { drive } from './drive.js';
import { type Damping, levenbergMarquardt } from './levenberg-marquardt.js';
import { startOf } from './minimize.js';
import { type Minimum, SOLVE_OPTIONS, type SolveOptions } from './options.js';
import { Residuals } from './residuals.js';
import { Space } from './space.js';

const isVector = (v: unknown) =>
  (Array.isArray(v) || ArrayBuffer.isView(v)) &&
  Array.from(v as ArrayLike<unknown>).every((e) => Number.isFinite(e) && (e as number) >= 0);

const OPTIONS = {
  ...SOLVE_OPTIONS,
  method: oneOf(['levenbergMarquardt'], 'levenbergMarquardt'),
  jacobian: callback<(x: Float64Array) => readonly ArrayLike<number>[] | ArrayLike<number>>('(x) => rows of ∂r/∂x'),
  weights: value<ArrayLike<number> | undefined>('an array of finite numbers ≥ 0, one for each residual', isVector, undefined),
  mu: number({ above: 0, below: Infinity }, 1e-3),
};

/** Options of `leastSquares`. */
export interface LeastSquaresOptions extends SolveOptions {
  method?: 'levenbergMarquardt';
  /** ∂r/∂x: m rows of n, or m·n numbers row-major. Default: central differences, 2n calls of the residuals. */
  jacobian?: (x: Float64Array) => readonly ArrayLike<number>[] | ArrayLike<number>;
  /** Of each residual's square. Default 1. A residual of weight 0 is no observation. */
  weights?: ArrayLike<number>;
  /** The damping to start with, relative to the diagonal of JᵀJ. Default 10⁻³. */
  mu?: number;
}

/** A minimum of a sum of squares. */
export interface LeastSquaresMinimum extends Minimum {
  /** The residuals at x, without weights. */
  readonly residuals: Float64Array;
  /** s²·(JᵀJ)⁻¹ with s² = Σ w·r²/(m − n), m the number of residuals whose weight is not 0: n×n row-major. Undefined where JᵀJ is singular, or m ≤ n. */
  readonly covariance: Float64Array | undefined;
  /** Roots of its diagonal. */
  readonly standardErrors: Float64Array | undefined;
}

/**
 * A local minimum of Σ w_i·r_i(x)², from x0 on: Levenberg and Marquardt's method with Moré's scaling, Nielsen's damping, and Householder's QR, which does not square
 * the condition number.
 *
 * ```ts
 * const { x, standardErrors } = await leastSquares(([a, b]) => times.map((t, i) => a * Math.exp(-b * t) - seen[i]), [1, 1]);
 * ```
 *
 * @param residuals x ↦ m numbers
 * @throws OptionError; DataError where they are not finite at x0; whatever `residuals` throws
 */
export async function leastSquares(
  residuals: (x: Float64Array) => ArrayLike<number>,
  x0: ArrayLike<number>,
  options?: LeastSquaresOptions,
): Promise<LeastSquaresMinimum> {
  const settings = checked('leastSquares', OPTIONS, options);
  if (typeof residuals !== 'function') throw new OptionError('leastSquares.residuals', residuals, 'a function (x) => residuals');
  const engine = await engineOf('float64', settings.numerics);
  const start = startOf('leastSquares', x0);
  const space = new Space('leastSquares', start.length, settings.bounds);
  const from = space.inside(start);
  const { jacobian, weights, mu, tolerance } = settings;
  const squares = new Residuals(engine, { residuals, jacobian, weights }, space, from);
  try {
    const damping: Damping = { mu, muInc: 10, muDec: 0.1, muMax: 1e30, scaling: 'more', rule: 'nielsen', tolerance };
    const solver = levenbergMarquardt(squares, from, damping);
    const { u, reason, ...found } = drive(engine, solver, squares, from, squares.counts, settings, (at) => space.outside(at), 2);
    const plain = squares.plain(u);
    const covariance = squares.covariance(u);
    const n = start.length;
    return {
      x: space.outside(u),
      ...found,
      evaluations: squares.counts,
      reason,
      residuals: plain,
      covariance,
      standardErrors: covariance && Float64Array.from({ length: n }, (_, k) => Math.sqrt(covariance[k * n + k]!)),
    };
  } finally {
    squares.dispose();
  }
}
