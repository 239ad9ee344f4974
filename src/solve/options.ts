// What `minimize`, `leastSquares` and `curveFit` can be told, and what they tell.

import type { Numerics } from '../../bindings/core.js';
import { NUMERICS } from '../runtime/numerics.js';
import { DURATION, type Duration } from '../runtime/duration.js';
import { type Checked, callback, number, value } from '../runtime/options.js';
import { type Bounds, isBounds } from './box.js';
import type { Ending } from './smooth.js';

export const SOLVE_OPTIONS = {
  iterations: number({ min: 0, integer: true }, 1000),
  evaluations: number({ min: 1 }, Infinity),
  minGradient: number({ min: 0, below: 1 }, 1e-8),
  tolerance: number({ min: 0, below: 1 }, 1e-14),
  bounds: value<Bounds | undefined>('an array of [low, high], low ≤ high, or null, one for each variable', isBounds, undefined),
  onIteration: callback<(point: SolveProgress) => unknown>('(point) => void'),
  numerics: NUMERICS,
  signal: value<AbortSignal | undefined>('an AbortSignal', (v) => v instanceof AbortSignal, undefined),
  timeLimit: DURATION,
};

export type SolveSettings = Checked<typeof SOLVE_OPTIONS>;

/** What `onIteration` is told. */
export interface SolveProgress {
  readonly iteration: number;
  readonly x: Float64Array;
  readonly value: number;
  readonly gradientNorm: number;
}

/** Options that `minimize`, `leastSquares` and `curveFit` share. */
export interface SolveOptions {
  /** 'strict' for the same bits on every machine; default 'fast', which fuses multiply-adds where it can. */
  numerics?: Numerics;
  /** Accepted steps at most. Default 1000. */
  iterations?: number;
  /** No step begins once the function, and derivatives that are given, have been called so often. Default no bound. */
  evaluations?: number;
  /**
   * When the gradient counts as 0, in no unit. `minimize` ends where no variable, changed by its own size, changes the value by
   * more than this share of it. `leastSquares` ends where residuals are orthogonal to all columns of their Jacobian up to a
   * cosine of this size (MINPACK's gtol). Default 10⁻⁸; at least 0, below 1.
   */
  minGradient?: number;
  /**
   * Tolerances where two steps in a row lower the value, or change all variables, by no more than this share. Default 10⁻¹⁴:
   * little more than rounding.
   */
  tolerance?: number;
  /**
   * [low, high] of each variable, ±Infinity where there is none on that side, null for none. A start outside is moved to the
   * nearest point inside, any other stays where it is. [a, a] freezes a variable at a. The function is never asked outside, not
   * for numeric derivatives either.
   */
  bounds?: Bounds;
  /** Called after each accepted step. A promise that it returns is awaited, after `signal` or `timeLimit` for no
   * more than a second; if it rejects, so does the call. */
  onIteration?: (point: SolveProgress) => unknown;
  /** Tolerances when aborted; what was found is returned. The thread is left to others every 16 ms, so that it can be. */
  signal?: AbortSignal;
  /** After so long, a number > 0 of milliseconds or a text such as '90s', what was found is returned. Default no limit. */
  timeLimit?: Duration;
}

/**
 * Why a minimisation ended. 'minGradient' and 'tolerance' are ends at a minimum; 'flat': nothing depends on the variables there,
 * or on some of them; 'noProgress': nothing lower was found, though the gradient is not small.
 */
export type SolveReason = Ending | 'tolerance' | 'flat' | 'iterations' | 'evaluations' | 'signal' | 'timeLimit';

/** What was found. */
export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  /** max |∂f/∂x_i| of variables that no bound holds. */
  readonly gradientNorm: number;
  /** Accepted steps. */
  readonly iterations: number;
  /** How often the function and its derivatives were called, those for numeric derivatives included. */
  readonly evaluations: { readonly value: number; readonly gradient: number; readonly jacobian: number };
  readonly reason: SolveReason;
  /** −1 for variables at their lower bound (frozen ones too), 1 at the upper one, 0 inside. */
  readonly active: Int8Array;
  /** What to do, where the end is none at a minimum. */
  readonly advice?: string;
}

/** What to do about an end. */
export function endingAdvice(reason: SolveReason, what: string): string | undefined {
  switch (reason) {
    case 'flat':
      return `${what}: begin where it does, closer to what you expect, or leave out what has no influence`;
    case 'noProgress':
      return 'no step lowers the value, though the gradient is not small: check the derivatives, if they are yours, and whether the function is smooth and its values are precise';
    case 'iterations':
      return 'more iterations, a start closer to the minimum, or variables whose sizes differ less';
    default:
      return undefined;
  }
}
