// What methods of second order work on, and what they yield on the way.

/** A smooth function of n variables. */
export interface Smooth {
  readonly n: number;
  /** E(x), and ∇E(x) into g. May be anything that is no finite number where E is not defined. */
  gradient(x: Float64Array, g: Float64Array): number;
  /** E(x) alone. */
  value(x: Float64Array): number;
  /** H(x)·v into `out`, or a Gauss-Newton approximation of it; missing where only gradients are known. */
  product?(x: Float64Array, v: Float64Array, out: Float64Array, gaussNewton: boolean): void;
}

/** A sum of squares F(x) = Σ r_i(x)², with what goes to it beside: r = (residuals), J their Jacobian. */
export interface Squares {
  readonly n: number;
  /** F(x) alone. */
  cost(x: Float64Array): number;
  /** F(x), and JᵀJ into `a` (n×n) and Jᵀr into g. */
  normal(x: Float64Array, a: Float64Array, g: Float64Array): number;
}

/** An accepted point. */
export interface Iterate {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** The length of the step relative to the direction, or the damping: what a report calls the rate. */
  readonly rate: number;
}

/** Why a method ended by itself. */
export type Ending = 'noProgress' | 'muMax' | 'minGradient';

/** A method at work: yields an iterate for each accepted point and undefined after each evaluation that led to none, so that whoever drives it can pause. */
export type Solver = Generator<Iterate | undefined, Ending>;

export function dot(a: Float64Array, b: Float64Array): number {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += a[i]! * b[i]!;
  return s;
}

/** max |a_i| */
export function largest(a: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const v = Math.abs(a[i]!);
    if (v > most || v - v !== 0) most = v;
  }
  return most;
}

/** Σ |a_i| */
export function sumOfMagnitudes(a: Float64Array): number {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += Math.abs(a[i]!);
  return s;
}

/** to = x + α·p */
export function moved(x: Float64Array, alpha: number, p: Float64Array, to: Float64Array): void {
  for (let i = 0; i < x.length; i++) to[i] = x[i]! + alpha * p[i]!;
}
