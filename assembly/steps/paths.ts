// Many first-order steps in one call, on the path that suits the network, the rule and the batch.

import { WHOLE } from "../extent";
import { SIZE } from "../vec";
import { slabDiagonal } from "../curvature/diagonal";
import { draw, noteLoss } from "../orders/emphasis";
import { Curved, wantsDiagonal } from "../rules/curved";
import { isImmediate } from "../rules/immediate";
import { Update } from "../rules/state";
import { isByParts, update, updateBegin } from "../rules/update";
import { fusedBackward } from "./fused";
import { begins, stepOnline } from "./online";
import { Plan } from "../layers/table";
import { planForward, planGradient, planLoss, planSampleLoss, planSlope } from "../passes/plan";
import { Run, samplesOf, updateOf } from "./run";
import { Samples } from "../passes/samples";
import { isSmall, stepSmall } from "./small";

/**
 * How steps are taken. What they lead to does not depend on it, but for the path on one sample, whose products are summed in
 * another order.
 */
const enum Path {
  /** One sample through a small network, all in one function: small.ts */
  small,
  /** One sample through a large network, whose kernels move as it comes back: online.ts */
  online,
  /**
   * Samples that are in the workspace together, a large network's kernels moving while their gradient is in the caches: fused.ts
   */
  fused,
  /** The whole gradient, slab by slab; then the update. */
  whole,
  /** The same, with the diagonal of the Hessian in steps that want it. */
  curved,
}

/**
 * Bytes of parameters up to which they are in the first cache whatever is done: nothing is gained by taking them block by block.
 */
const FIRST_CACHE: i32 = 16384;

function pathOf(run: Run, plan: Plan, samples: Samples, u: Update): Path {
  const large = plan.dense && plan.parameters * <i32>SIZE > FIRST_CACHE;
  // Not for a rest of one sample behind larger batches, which threads may share, and which must have their bits.
  if (run.batch == 1 && isImmediate(u) && !samples.factors) {
    if (large) return Path.online;
    if (isSmall(plan)) return Path.small;
  }
  if (WHOLE && u.diagonals) return Path.curved;
  return large && isByParts(u) ? Path.fused : Path.whole;
}

/**
 * Takes up to `steps` steps, fewer if the epoch ends; returns how many. Stops before the update of a step whose loss is
 * not finite, and returns −1 then.
 */
export function runSteps(at: usize, steps: i32): i32 {
  const run = changetype<Run>(at), plan = changetype<Plan>(run.plan), samples = samplesOf(run), u = updateOf(run);
  const path = pathOf(run, plan, samples, u), rates = run.rates, emphasis = WHOLE ? run.emphasis : 0;
  const weighs = samples.w || samples.factors;
  const border = run.border, size = run.size, rest = run.rest, end = run.end, mean = run.meanWeight, scale = 1 / mean;
  let done = 0;
  samples.goAhead(emphasis ? 0 : end); // emphasis draws a sample when its turn comes
  plan.learning = 1;
  run.begun = -1;
  for (; done < steps && run.position < end; done++) {
    const first = run.position, count = first < border ? size : rest;
    if (rates) u.rate = load<f64>(rates + (<usize>done << 3));
    run.position += count;
    plan.step = run.before + first;
    if (WHOLE && emphasis) draw(emphasis, first, count, run.order);
    const weight = weighs ? samples.weight(first, count) : <f64>count;
    if (weight == 0) continue; // samples without weight teach nothing
    let value: f64;
    if (path == Path.small || path == Path.online) {
      samples.take(first, 1);
      value = path == Path.small ? stepSmall(u, plan, samples, scale) : stepAhead(run, plan, samples, u, done + 1 < steps, scale);
      if (WHOLE && emphasis) noteLosses(run, samples, first, 1, value);
    } else {
      const divisor = <f64>count * mean; // importance weights do not count: they make the sum unbiased
      if (path == Path.fused && count <= plan.rows) value = stepFused(run, plan, samples, u, first, count, divisor);
      else if (WHOLE && path == Path.curved && wantsDiagonal(u)) value = stepCurved(run, plan, samples, u, first, count, divisor);
      else value = stepWhole(run, plan, samples, u, first, count, divisor);
    }
    run.lossSum += value;
    run.weightSum += weight;
    if (!isFinite(value)) {
      done = -1;
      break;
    }
  }
  samples.goAhead(0); // threads gather for themselves
  return done;
}

// Steps: each is along the gradient of Σ w·l/divisor on samples first … first + count − 1, returns Σ w·l, and changes nothing
// where that is not finite.

/**
 * A step on the sample at hand of a large network, which begins the one at run.position. more: whether its step follows in this
 * call
 */
function stepAhead(run: Run, plan: Plan, samples: Samples, u: Update, more: bool, scale: f64): f64 {
  const next = run.position, begun = run.begun == next - 1;
  const ahead = !(WHOLE && run.emphasis) && more && next < run.end && begins(u, plan);
  run.begun = ahead ? next : -1;
  return stepOnline(u, plan, samples, begun, ahead ? samples.rowAt(next) : 0, scale);
}

/** A step on samples that run through the network together, fused with its gradient. */
function stepFused(run: Run, plan: Plan, samples: Samples, u: Update, first: i32, count: i32, divisor: f64): f64 {
  samples.take(first, count);
  plan.row = 0;
  planForward(run.plan, count, samples.atX);
  const value = planLoss(run.plan, count, samples.atT, samples.atW);
  if (WHOLE && run.emphasis) noteLosses(run, samples, first, count, value);
  if (!isFinite(value)) return value;
  planSlope(run.plan, count, samples.atT, samples.atW, 1 / divisor);
  updateBegin(u, plan, value);
  fusedBackward(u, plan, count, samples.atX);
  return value;
}

/** A step once the whole gradient is known. */
function stepWhole(run: Run, plan: Plan, samples: Samples, u: Update, first: i32, count: i32, divisor: f64): f64 {
  const value = batchGradient(run, plan, samples, u.gradient, first, count, divisor);
  if (isFinite(value)) update(u, plan, value);
  return value;
}

/** The same, with the diagonal of the Hessian on its samples. */
function stepCurved(run: Run, plan: Plan, samples: Samples, u: Update, first: i32, count: i32, divisor: f64): f64 {
  const own = changetype<Curved>(u);
  let value: f64 = 0;
  for (let done = 0; done < count; done += plan.rows) {
    const rows = min(plan.rows, count - done), accumulate = done ? 1 : 0;
    value += slabGradient(run, plan, samples, u.gradient, first, done, rows, divisor);
    slabDiagonal(own.buffers, plan, samples, rows, 1 / divisor, 0, own.diagonal, accumulate);
  }
  if (isFinite(value)) update(u, plan, value);
  return value;
}

/** The gradient of Σ w·l/divisor over a batch, slab by slab; returns Σ w·l. */
function batchGradient(run: Run, plan: Plan, samples: Samples, gradient: usize, first: i32, count: i32, divisor: f64): f64 {
  let value: f64 = 0;
  for (let done = 0; done < count; done += plan.rows) {
    value += slabGradient(run, plan, samples, gradient, first, done, min(plan.rows, count - done), divisor);
  }
  return value;
}

/** What `rows` samples of a batch add to its gradient, those after its first `done`; returns Σ w·l over them. */
// @ts-ignore: decorator
@inline
function slabGradient(
  run: Run, plan: Plan, samples: Samples, gradient: usize, first: i32, done: i32, rows: i32, divisor: f64,
): f64 {
  samples.take(first + done, rows);
  plan.row = done;
  const value = planGradient(run.plan, rows, samples.atX, samples.atT, samples.atW, 1 / divisor, gradient, done ? 1 : 0);
  if (WHOLE && run.emphasis) noteLosses(run, samples, first + done, rows, value);
  return value;
}

/**
 * Each sample's loss after planForward on `rows` samples, draws first … of the epoch, goes to the emphasis. value: Σ w·l over
 * them.
 */
function noteLosses(run: Run, samples: Samples, first: i32, rows: i32, value: f64): void {
  if (rows == 1 && !samples.atW) noteLoss(run.emphasis, first, value);
  else noteSamples(run, run.plan, samples, first, rows);
}

/** The same, a plan's last planForward having been theirs. */
export function noteSamples(run: Run, planAt: usize, samples: Samples, first: i32, rows: i32): void {
  for (let r = 0; r < rows; r++) {
    noteLoss(run.emphasis, first + r, planSampleLoss(planAt, r, samples.atT));
  }
}
