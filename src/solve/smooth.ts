// What methods of second order work on, and what they yield on the way.

import type { Piece, Work } from '../runtime/work.js';

/** A smooth function of n variables: the answer, or the work that comes to it. */
export interface Smooth {
  readonly n: number;
  /** E(x), and ∇E(x) into g. May be anything that is no finite number where E is not defined. */
  gradient(x: Float64Array, g: Float64Array): number | Work<number>;
  /** E(x) alone. */
  value(x: Float64Array): number | Work<number>;
  /** H(x)·v into `out`, or a Gauss-Newton approximation of it; missing where only gradients are known. */
  product?(x: Float64Array, v: Float64Array, out: Float64Array, gaussNewton: boolean): Work<void>;
  /** p ← what of a direction from the last accepted point leads somewhere; missing where there are no bounds. */
  hold?(p: Float64Array): void;
  /** x ← the point that an accepted one stands for, g ← ∇E there. */
  accept?(x: Float64Array, g: Float64Array): void;
}

/** E(x), and ∇E(x) into g, of either kind of function. */
export function* gradientAt(f: Smooth, x: Float64Array, g: Float64Array): Work<number> {
  const found = f.gradient(x, g);
  return typeof found === 'number' ? found : yield* found;
}

/** One that answers at once: a caller's. */
export interface Immediate extends Smooth {
  gradient(x: Float64Array, g: Float64Array): number;
  value(x: Float64Array): number;
}

/**
 * A sum of squares F(x) = Σ r_i(x)², with J = ∂r/∂x: answers, or the work that comes to them. Another function F stands for one
 * where ½·∇F is in the place of Jᵀr, and in that of JᵀJ a matrix without negative eigenvalues that is like ½·∇²F.
 */
export interface Squares {
  readonly n: number;
  /** F(x) alone. */
  cost(x: Float64Array): number | Work<number>;
  /** F(x), the diagonal of JᵀJ into d and Jᵀr into g; J stays where it is, for `step`. */
  linearise(x: Float64Array, d: Float64Array, g: Float64Array): number | Work<number>;
  /** −(JᵀJ + μ·diag(d))⁻¹·Jᵀr into p, for J and r of the last `linearise`; false where it cannot be found. */
  step(mu: number, d: Float64Array, p: Float64Array): boolean | Searching<boolean>;
  /**
   * −½·(JᵀJ + μ·diag(d))⁻¹·Jᵀr″(p, p) into `to`, for the last `step`, whose result p was: how the path bends that the residuals
   * predict. From the residuals at x + h·p. Comes to false where it is not to be had. Missing where it never is.
   */
  bend?(p: Float64Array, h: number, to: Float64Array): Work<boolean>;
  /**
   * Changes what F is made of, after a `linearise` that was accepted: F of now, with d and g again. Missing where F stays what it
   * is.
   */
  reweigh?(d: Float64Array, g: Float64Array): Work<number>;
}

/**
 * What a solver needs beside an accepted point to go on from there with the same bits. The first number is E at the point, the
 * vector `gradient` its gradient: by them the next solver sees whether E is still the same function, of which what was learned
 * holds.
 */
export interface SolverState {
  readonly numbers: readonly number[];
  readonly vectors: Readonly<Record<string, Float64Array>>;
}

/**
 * What was kept at a point, where E and its gradient are there what they were, bit by bit; undefined where this is another
 * function.
 */
export function holding(kept: SolverState | undefined, value: number, gradient: Float64Array): SolverState | undefined {
  const before = kept?.vectors['gradient'];
  if (!before || before.length !== gradient.length || !Object.is(kept.numbers[0], value)) return undefined;
  return before.every((e, i) => Object.is(e, gradient[i])) ? kept : undefined;
}

/** An accepted point. */
export interface Iterate {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** The length of the step relative to the direction, or the damping: what a report calls the rate. */
  readonly rate: number;
  /**
   * What the solver needs to go on from here, which nobody writes to; missing where it needs nothing else. Right until the next
   * point is yielded, in the middle of a search as well: what a step teaches belongs to the point that it led to.
   */
  keep?(): SolverState;
}

/** Why a method ended by itself. */
export type Ending = 'noProgress' | 'muMax' | 'minGradient';

/** What a solver says after an evaluation that led to no accepted point: whoever drives it may let others have the thread. */
export interface Pause {
  readonly pauses: true;
}

export const PAUSE: Pause = Object.freeze({ pauses: true });

/** Whether what a solver says is an accepted point. */
export function isIterate(said: Iterate | Pause): said is Iterate {
  return said !== PAUSE;
}

/** A method at work: yields what is to be carried out, an iterate for each accepted point, and PAUSE between evaluations. */
export type Solver<E = Ending> = Generator<Piece | Iterate | Pause, E, number>;

/** A part of one that accepts nothing. */
export type Searching<T> = Generator<Piece | Pause, T, number>;
