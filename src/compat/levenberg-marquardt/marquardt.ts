// The method of ml-levenberg-marquardt itself: damping that its options set, coarse differences, and steps that may lead up. It
// leaves valleys in which a more careful method stays, so that its users' starts and options count here as they do there.

import type { SquareCore } from '../../../bindings/core.js';
import { Arena } from '../../../bindings/memory.js';
import type { Bounds } from '../../solve/box.js';
import { LinearModel } from '../../solve/linear-model.js';
import { dot } from '../../solve/vectors.js';
import type { Curve } from './curve.js';
import type { LevenbergMarquardtOptions } from './types.js';

/** Damping stays between these. */
const LEAST_DAMPING = 1e-7;
const MOST_DAMPING = 1e7;

/** Steps that change no parameter by more than this share of it lead nowhere. */
const STILL = 1e-12;

/** A curve to be fitted. */
interface Fitted {
  readonly curve: Curve;
  readonly bounds: Bounds | undefined;
  /** The step of the difference for each parameter; 0 where it keeps its value. */
  readonly differences: Float64Array;
  /** When the time is up, as performance.now tells it. */
  readonly ends: number;
}

/** Where the method has been lowest, and after how many steps it ended. */
export interface Lowest {
  readonly x: Float64Array;
  readonly iterations: number;
}

/**
 * x ← x − (JᵀJ + λ·I)⁻¹·Jᵀr, within bounds, whether that lowers Σ r² or not; λ falls where a step gains what it promises, and
 * rises where it does not. Ends where residuals are no numbers, the sum is at most errorTolerance, or nothing moves.
 */
export function marquardt(core: SquareCore, start: Float64Array, fitted: Fitted, options: LevenbergMarquardtOptions): Lowest {
  const { curve, bounds, differences, ends } = fitted;
  const { damping = 1e-2, dampingStepUp = 11, dampingStepDown = 9, improvementThreshold = 1e-3 } = options;
  const { maxIterations = 100, errorTolerance = 1e-7 } = options;
  const n = start.length;
  const x = start.slice();
  const ones = new Float64Array(n).fill(1);
  const all = Array.from({ length: n }, (_, k) => k);
  const p = new Float64Array(n);
  let [r, lambda] = [curve.weighted(x), damping];
  let error = dot(r, r);
  const lowest = { x: start.slice(), error };
  let iterations = 0;
  const arena = new Arena();
  try {
    const model = new LinearModel(core, arena, n, r.length);
    while (iterations < maxIterations && error > errorTolerance && performance.now() < ends) {
      const slopes = jacobianOf(curve, differences, options.centralDifference ?? false, x, r);
      model.jacobian.set(slopes); // not before: a caller's function may make memory grow
      if (!model.fold(r) || !model.step(lambda, ones, all, p)) break;
      const before = x.slice();
      for (let k = 0; k < n; k++) {
        const [low, high] = bounds?.[k] ?? [-Infinity, Infinity];
        x[k] = Math.min(Math.max(x[k]! + p[k]!, low), high);
      }
      if (x.every((e, k) => Math.abs(e - before[k]!) <= STILL * Math.abs(e))) break;
      r = curve.weighted(x);
      const fell = error - dot(r, r);
      error -= fell;
      if (Number.isNaN(error)) break;
      iterations++;
      if (error < lowest.error) {
        lowest.x.set(x);
        lowest.error = error;
      }
      const promised = lambda * dot(p, p) - dot(p, model.slope);
      const gained = fell / promised > improvementThreshold;
      lambda = gained ? Math.max(lambda / dampingStepDown, LEAST_DAMPING) : Math.min(lambda * dampingStepUp, MOST_DAMPING);
    }
  } finally {
    arena.dispose();
  }
  return { x: lowest.x, iterations };
}

/** J at x, row-major: the caller's, or differences. */
function jacobianOf(curve: Curve, differences: Float64Array, isCentral: boolean, x: Float64Array, r: Float64Array): Float64Array {
  const n = x.length;
  if (curve.jacobian) return Float64Array.from(curve.jacobian(x).flatMap((row, i) => row.map((e) => e * curve.roots[i]!)));
  const j = new Float64Array(r.length * n);
  for (let k = 0; k < n; k++) {
    const h = differences[k]!;
    if (h === 0) continue;
    const beside = (by: number) => curve.weighted(x.map((e, i) => (i === k ? e + by : e)));
    const [up, down, width] = isCentral ? [beside(h), beside(-h), 2 * h] : [beside(h), r, h];
    for (let i = 0; i < r.length; i++) j[i * n + k] = (up[i]! - down[i]!) / width;
  }
  return j;
}
