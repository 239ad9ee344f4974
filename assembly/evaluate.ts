// Forward over many patterns, a slab at a time: predictions, the loss of a set, and its gradient.

import { SIZE } from "./vec";
import { Patterns, slabBytes } from "./batch";
import { Plan, planForward, planGradient, planLoss, topLayer } from "./plan";

/** Bytes of the slabs in which a bound plan gathers patterns. */
export function planSlabs(planAt: usize): usize {
  const plan = changetype<Plan>(planAt);
  return slabBytes(plan.rows, plan.inputs, topLayer(plan).units);
}

/** Bytes of a set of patterns' description. */
export function patternsBytes(): usize {
  return offsetof<Patterns>();
}

/**
 * Describes a set of patterns for the calls below. x: …×inputs, t: …×outputs or 0, w: one a pattern, or 0 for ones;
 * indices: u32, which patterns, or 0 for all as they stand. slabs: planSlabs(plan) bytes, needed with indices.
 */
export function patternsOpen(at: usize, planAt: usize, x: usize, t: usize, w: usize, indices: usize, slabs: usize): void {
  const plan = changetype<Plan>(planAt);
  changetype<Patterns>(at).open(plan.rows, plan.inputs, topLayer(plan).units, x, t, w, indices, slabs);
}

/** Σ w of patterns first … first + rows − 1; their number without weights. */
export function patternsWeight(at: usize, first: i32, rows: i32): f64 {
  return changetype<Patterns>(at).weight(first, rows);
}

/**
 * Runs patterns first … first + rows − 1 through the network. Returns Σ w·l, 0 without targets; writes the outputs to
 * `outputs` (rows×outputs) unless that is 0.
 */
export function evaluate(planAt: usize, patternsAt: usize, first: i32, rows: i32, outputs: usize): f64 {
  const plan = changetype<Plan>(planAt), patterns = changetype<Patterns>(patternsAt);
  const width = <usize>patterns.outputs * SIZE;
  let value: f64 = 0;
  for (let done = 0; done < rows; done += plan.rows) {
    const count = min(plan.rows, rows - done);
    patterns.take(first + done, count);
    const a = planForward(planAt, count, patterns.atX);
    if (patterns.t) value += planLoss(planAt, count, patterns.atT, patterns.atW);
    if (outputs) memory.copy(outputs + <usize>done * width, a, <usize>count * width);
  }
  return value;
}

/**
 * gradient (+)= ∂/∂θ of scale·Σ w·l over patterns first … first + rows − 1; returns Σ w·l. Adds if `accumulate`, else
 * replaces. Sums over shards of a set add up to the whole set's.
 */
export function objectiveGradient(
  planAt: usize, patternsAt: usize, first: i32, rows: i32, scale: f64, gradient: usize, accumulate: i32,
): f64 {
  const plan = changetype<Plan>(planAt), patterns = changetype<Patterns>(patternsAt);
  let value: f64 = 0;
  for (let done = 0; done < rows; done += plan.rows) {
    const count = min(plan.rows, rows - done);
    patterns.take(first + done, count);
    value += planGradient(planAt, count, patterns.atX, patterns.atT, patterns.atW, scale, gradient, accumulate);
    accumulate = 1;
  }
  return value;
}
