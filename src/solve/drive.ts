// Driving a solver to its end.

import type { Engine } from '../../bindings/core.js';
import { hereUntil } from '../work.js';
import type { SolveReason, SolveSettings } from './options.js';
import { type Immediate, type Solver, largest } from './smooth.js';

/** How often a caller's functions were called. */
export interface Counts {
  value: number;
  gradient: number;
  jacobian: number;
}

/** Where a solver ended, in its own variables. */
export interface Found {
  readonly u: Float64Array;
  readonly value: number;
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly reason: SolveReason;
}

/**
 * Runs until the gradient is small, a step lowers the value by nothing but rounding, a bound is reached, or the solver ends by itself.
 * @param gradientScale what the solver's gradients are multiplied with
 */
export function drive(
  engine: Engine,
  solver: Solver,
  f: Immediate,
  start: Float64Array,
  counts: Counts,
  { iterations, evaluations, minGradient, tolerance, onIteration, signal }: SolveSettings,
  outside: (u: Float64Array) => Float64Array,
  gradientScale = 1,
): Found {
  const g = new Float64Array(f.n);
  let u = start;
  let value = f.gradient(u, g);
  let gradientNorm = largest(g);
  let accepted = 0;
  const found = (reason: SolveReason): Found => ({ u, value, gradientNorm, iterations: accepted, reason });
  if (gradientNorm <= minGradient) return found('minGradient');
  for (;;) {
    if (accepted >= iterations) return found('iterations');
    if (counts.value + counts.gradient >= evaluations) return found('evaluations');
    if (signal?.aborted) return found('signal');
    const step = hereUntil(engine, solver);
    if (step.done) return found(step.value);
    if (step.value === undefined) continue;
    accepted++;
    const before = value;
    ({ x: u, value } = step.value);
    gradientNorm = largest(step.value.gradient) * gradientScale;
    onIteration?.({ iteration: accepted, x: outside(u), value, gradientNorm });
    if (gradientNorm <= minGradient) return found('minGradient');
    if (Math.abs(before - value) <= tolerance * Math.max(Math.abs(before), Math.abs(value))) return found('tolerance');
  }
}
