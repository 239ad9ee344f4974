// Forward over many samples, a slab at a time: predictions, the loss of a set, and its gradient.

import { SIZE } from "../vec";
import { Samples, slabBytes } from "./samples";
import { Plan, topLayer } from "../layers/table";
import { planForward, planGradient, planLoss } from "./plan";

/** Bytes of the slabs in which a bound plan gathers samples. */
export function planSlabs(planAt: usize): usize {
  const plan = changetype<Plan>(planAt);
  return slabBytes(plan.rows, plan.inputs, topLayer(plan).units);
}

/** Bytes of a set of samples' description. */
export function samplesBytes(): usize {
  return offsetof<Samples>();
}

/**
 * Describes a set of samples for the calls below. x: …×inputs, t: …×outputs or 0, w: one a sample, or 0 for ones;
 * indices: u32, which samples, or 0 for all as they stand. slabs: planSlabs(plan) bytes, needed with indices.
 */
export function samplesOpen(at: usize, planAt: usize, x: usize, t: usize, w: usize, indices: usize, slabs: usize): void {
  const plan = changetype<Plan>(planAt);
  changetype<Samples>(at).open(plan.rows, plan.inputs, topLayer(plan).units, x, t, w, indices, slabs);
}

/** Σ w of samples first … first + rows − 1; their number without weights. */
export function samplesWeight(at: usize, first: i32, rows: i32): f64 {
  return changetype<Samples>(at).weight(first, rows);
}

/**
 * Runs samples first … first + rows − 1 through the network. Returns Σ w·l, 0 without targets; writes the outputs to
 * `outputs` (rows×outputs) unless that is 0.
 */
export function evaluate(planAt: usize, samplesAt: usize, first: i32, rows: i32, outputs: usize): f64 {
  const plan = changetype<Plan>(planAt), samples = changetype<Samples>(samplesAt);
  const width = <usize>samples.outputs * SIZE;
  let value: f64 = 0;
  for (let done = 0; done < rows; done += plan.rows) {
    const count = min(plan.rows, rows - done);
    samples.take(first + done, count);
    const a = planForward(planAt, count, samples.atX);
    if (samples.t) value += planLoss(planAt, count, samples.atT, samples.atW);
    if (outputs) memory.copy(outputs + <usize>done * width, a, <usize>count * width);
  }
  return value;
}

/**
 * gradient (+)= ∂/∂θ of scale·Σ w·l over samples first … first + rows − 1; returns Σ w·l. Adds if `accumulate`, else
 * replaces. Sums over shards of a set add up to the whole set's.
 */
export function objectiveGradient(
  planAt: usize, samplesAt: usize, first: i32, rows: i32, scale: f64, gradient: usize, accumulate: i32,
): f64 {
  const plan = changetype<Plan>(planAt), samples = changetype<Samples>(samplesAt);
  let value: f64 = 0;
  for (let done = 0; done < rows; done += plan.rows) {
    const count = min(plan.rows, rows - done);
    samples.take(first + done, count);
    value += planGradient(planAt, count, samples.atX, samples.atT, samples.atW, scale, gradient, accumulate);
    accumulate = 1;
  }
  return value;
}
