// How much damping goes with a radius.

import type { BoundedStep } from './bounded-step.js';
import type { Box } from './box.js';
import type { Residuals } from './residuals.js';
import { dot } from './vectors.js';

/** The radius of a step keeps within this share of what it is to be. */
const NEAR = 0.1;

/** Rounds to find the damping that goes with a radius. */
const ROUNDS = 12;

/** The least damping, relative to the most that a radius may ask for, where the model is singular. */
export const SINGULAR = 1e-14;

/**
 * The damping μ with which |D·p| is about the radius, and p with it; 0 where p is shorter without any. Moré's iteration: Newton's
 * on 1/|D·p(μ)|, kept between bounds.
 */
export function dampingFor(
  f: Residuals,
  step: BoundedStep,
  box: Box,
  d: Float64Array,
  length: (v: Float64Array) => number,
  radius: number,
  before: number,
  first: boolean,
): number {
  const { p } = step;
  const change = (size: number) => {
    // −d|D·p|/dμ·|D·p|⁻¹ is |U⁻ᵀ·D²p/|D·p||².
    const v = p.map((e, i) => (d[i]! * e) / size);
    return (size - radius) / radius / f.model.solvedSquare(step.free, v);
  };
  const solved = step.solve(f.x, 0, d);
  const scaled = f.model.slope.map((e, i) => (box.holds(i, f.x[i]!, e) ? 0 : e / Math.sqrt(d[i]!)));
  let high = Math.sqrt(dot(scaled, scaled)) / radius;
  // Where there is no step without damping some is needed, however long the step may be.
  let low = SINGULAR * high;
  if (solved) {
    const size = length(p);
    if (size <= (1 + NEAR) * radius) return 0;
    low = change(size);
  }
  if (!(low >= 0 && low < high)) low = 0;
  let mu = first || !(before > low && before < high) ? Math.max(1e-3 * high, Math.sqrt(low * high)) : before;
  for (let k = 0; k < ROUNDS; k++) {
    if (mu === 0) mu = Math.max(Number.MIN_VALUE, 1e-3 * high);
    step.solve(f.x, mu, d);
    const size = length(p);
    const over = size - radius;
    if (Math.abs(over) <= NEAR * radius || (low === 0 && over <= 0 && mu <= 1e-300)) return mu;
    if (over > 0) low = Math.max(low, mu);
    else high = Math.min(high, mu);
    const next = mu + change(size);
    mu = next > low && next < high ? next : Math.max(1e-3 * high, Math.sqrt(low * high));
  }
  return mu;
}
