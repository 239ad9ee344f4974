// What `minimize` and `leastSquares` can be told, and what they tell.

import type { Numerics } from '../../bindings/core.js';
import { NUMERICS } from '../numerics.js';
import { type Checked, callback, number, value } from '../options.js';
import type { Ending } from './smooth.js';

const isBounds = (v: unknown) =>
  Array.isArray(v) &&
  v.every(
    (b) =>
      b === null || (Array.isArray(b) && b.length === 2 && typeof b[0] === 'number' && typeof b[1] === 'number' && b[0] < b[1]),
  );

export const SOLVE_OPTIONS = {
  iterations: number({ min: 0, integer: true }, 1000),
  evaluations: number({ min: 1 }, Infinity),
  minGradient: number({ min: 0 }, 1e-8),
  tolerance: number({ min: 0, below: 1 }, 1e-15),
  bounds: value<readonly (readonly [number, number] | null)[] | undefined>(
    'an array of [low, high], low < high, or null, one for each variable',
    isBounds,
    undefined,
  ),
  onIteration: callback<(point: Progress) => void>('(point) => void'),
  numerics: NUMERICS,
  signal: value<AbortSignal | undefined>('an AbortSignal', (v) => v instanceof AbortSignal, undefined),
};

export type SolveSettings = Checked<typeof SOLVE_OPTIONS>;

/** What `onIteration` is told. */
interface Progress {
  readonly iteration: number;
  readonly x: Float64Array;
  readonly value: number;
  readonly gradientNorm: number;
}

/** Options that `minimize` and `leastSquares` share. */
export interface SolveOptions {
  /** 'strict' for the same bits on every machine; default 'fast', which fuses multiply-adds where it can. */
  numerics?: Numerics;
  /** Accepted steps at most. Default 1000. */
  iterations?: number;
  /** Calls of the function and of its derivatives at most. Default no bound. */
  evaluations?: number;
  /** Ends where no element of the gradient is larger. Default 10⁻⁸. */
  minGradient?: number;
  /** Ends where a step lowers the value by no more than this share of it. Default 10⁻¹⁵: rounding. */
  tolerance?: number;
  /** [low, high] of each variable, ±Infinity where there is none on that side, null for none; kept by a change of variables. */
  bounds?: readonly (readonly [number, number] | null)[];
  /** Called after each accepted step. */
  onIteration?: (point: Progress) => void;
  /** Ends when aborted; what was found is returned. */
  signal?: AbortSignal;
}

/** Why a minimisation ended. */
export type SolveReason = Ending | 'tolerance' | 'iterations' | 'evaluations' | 'signal';

/** What was found. */
export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  /** max |∂f/∂x_i| (with bounds, of the variables that stand for x). */
  readonly gradientNorm: number;
  /** Accepted steps. */
  readonly iterations: number;
  /** How often the function and its derivatives were called, those for numeric derivatives included. */
  readonly evaluations: { readonly value: number; readonly gradient: number; readonly jacobian: number };
  readonly reason: SolveReason;
}
