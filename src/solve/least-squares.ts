// Levenberg and Marquardt's method on a caller's own residuals.

import { engineOf } from '../../bindings/load.js';
import { DataError, OptionError } from '../errors.js';
import { callback, checked, number, oneOf, value } from '../options.js';
import { linearLeastSquares } from '../start/least-squares.js';
import { drive } from './drive.js';
import { type Damping, type Solve, levenbergMarquardt } from './levenberg-marquardt.js';
import { CENTRAL, sized, startOf } from './minimize.js';
import { Factor } from './newton.js';
import { type Minimum, SOLVE_OPTIONS, type SolveOptions } from './options.js';
import type { Smooth, Squares } from './smooth.js';
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
  /** Of each residual's square. Default 1. */
  weights?: ArrayLike<number>;
  /** The damping to start with, relative to the diagonal of JᵀJ. Default 10⁻³. */
  mu?: number;
}

/** A minimum of a sum of squares. */
export interface LeastSquaresMinimum extends Minimum {
  /** The residuals at x, without weights. */
  readonly residuals: Float64Array;
  /** s²·(JᵀJ)⁻¹ with s² = Σ w·r²/(m − n): n×n row-major. Undefined where JᵀJ is singular, or m ≤ n. */
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
  const engine = await engineOf('float64');
  const start = startOf('leastSquares', x0);
  const n = start.length;
  const space = new Space('leastSquares', n, settings.bounds);
  const from = space.inside(start);
  const counts = { value: 0, gradient: 0, jacobian: 0 };
  const first = Float64Array.from(residuals(space.outside(from)));
  const m = first.length;
  if (m === 0 || !first.every(Number.isFinite)) throw new DataError('x0', 'the residuals are not all finite there');
  if (settings.weights && settings.weights.length !== m) {
    throw new OptionError('leastSquares.weights', settings.weights, `${m} numbers, one for each residual`);
  }
  const roots = settings.weights && Float64Array.from(settings.weights, Math.sqrt);
  const r = new Float64Array(m);
  const spare = new Float64Array(m);
  const j = new Float64Array(m * n);
  /** What steps of differences are relative to where a variable is next to 0. */
  const typical = from.map((e) => (e === 0 ? 1 : 1e-2 * Math.abs(e)));

  /** √w∘r into `into`; returns the sum of its squares. */
  const measure = (u: Float64Array, into: Float64Array): number => {
    counts.value++;
    into.set(sized('leastSquares.residuals', residuals(space.outside(u)), m));
    let sum = 0;
    for (let i = 0; i < m; i++) {
      if (roots) into[i]! *= roots[i]!;
      sum += into[i]! * into[i]!;
    }
    return sum;
  };

  /** √w∘∂r/∂u into j. */
  const differentiate = (u: Float64Array): void => {
    counts.jacobian++;
    if (settings.jacobian) {
      const given = settings.jacobian(space.outside(u));
      const flat =
        typeof given[0] === 'number'
          ? (given as ArrayLike<number>)
          : (given as ArrayLike<number>[]).flatMap((row) => Array.from(row));
      j.set(sized('leastSquares.jacobian', flat, m * n));
      const slopes = space.slopes(u);
      for (let i = 0; i < m; i++) for (let k = 0; k < n; k++) j[i * n + k]! *= slopes[k]! * (roots ? roots[i]! : 1);
      return;
    }
    const [high, low] = [new Float64Array(m), new Float64Array(m)];
    const at = u.slice();
    for (let k = 0; k < n; k++) {
      const h = CENTRAL * Math.max(Math.abs(u[k]!), typical[k]!);
      at[k] = u[k]! + h;
      measure(at, high);
      at[k] = u[k]! - h;
      measure(at, low);
      at[k] = u[k]!;
      for (let i = 0; i < m; i++) j[i * n + k] = (high[i]! - low[i]!) / (2 * h);
    }
  };

  /** Jᵀr */
  const slope = (g: Float64Array): void => {
    g.fill(0);
    for (let i = 0; i < m; i++) for (let k = 0; k < n; k++) g[k]! += j[i * n + k]! * r[i]!;
  };

  const squares: Squares & Smooth = {
    n,
    cost: (u) => measure(u, spare),
    value: (u) => measure(u, spare),
    gradient(u, g) {
      const sum = measure(u, r);
      differentiate(u);
      slope(g);
      for (let k = 0; k < n; k++) g[k]! *= 2;
      return sum;
    },
    normal(u, a, g) {
      const sum = measure(u, r);
      differentiate(u);
      slope(g);
      for (let k = 0; k < n; k++) {
        for (let l = 0; l <= k; l++) {
          let s = 0;
          for (let i = 0; i < m; i++) s += j[i * n + k]! * j[i * n + l]!;
          a[k * n + l] = a[l * n + k] = s;
        }
      }
      return sum;
    },
  };

  /** [J; √(μD)]·Δ = [−r; 0] in the sense of least squares. */
  const byQR: Solve = (mu, d) => {
    const a = new Float64Array((m + n) * n);
    const b = new Float64Array(m + n);
    a.set(j);
    for (let i = 0; i < m; i++) b[i] = -r[i]!;
    for (let k = 0; k < n; k++) a[(m + k) * n + k] = Math.sqrt(mu * d[k]!);
    const p = linearLeastSquares(a, b, m + n, n, 1);
    return p.every(Number.isFinite) ? p : undefined;
  };

  const damping: Damping = { mu: settings.mu, muInc: 10, muDec: 0.1, muMax: 1e30, scaling: 'more', rule: 'nielsen' };
  const solver = levenbergMarquardt(squares, from, byQR, damping);
  const { u, reason, ...found } = drive(solver, squares, from, counts, settings, (at) => space.outside(at), 2);
  const x = space.outside(u);
  const a = new Float64Array(n * n);
  squares.normal(u, a, new Float64Array(n));
  const factor = new Factor(engine, n);
  let covariance: Float64Array | undefined;
  try {
    if (m > n && factor.of(a, () => 0)) covariance = inverseOf(factor, space.slopes(u), found.value / (m - n));
  } finally {
    factor.dispose();
  }
  return {
    x,
    ...found,
    evaluations: counts,
    reason,
    residuals: Float64Array.from(residuals(x)),
    covariance,
    standardErrors: covariance && Float64Array.from({ length: n }, (_, k) => Math.sqrt(covariance[k * n + k]!)),
  };
}

/** variance·S·A⁻¹·S, S diagonal, column by column. */
function inverseOf(factor: Factor, s: Float64Array, variance: number): Float64Array {
  const { n } = factor;
  const result = new Float64Array(n * n);
  const column = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    column.fill(0);
    column[k] = 1;
    factor.solve(column, column);
    for (let i = 0; i < n; i++) result[i * n + k] = variance * s[i]! * s[k]! * column[i]!;
  }
  return result;
}
