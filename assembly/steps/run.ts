// Many first-order steps in one call: gather a batch, forward, backward, update.

import { LastBatch } from "../codes";
import { SIZE } from "../vec";
import { Samples } from "./samples";
import { permutation } from "../kernels/random";
import { Emphasis, draw, emphasisEpoch, noteLoss } from "../orders/emphasis";
import { interleave } from "../orders/interleave";
import { fusedBackward } from "./fused";
import { begins, stepOnline } from "./online";
import { isSmall, smallStep } from "./small";
import { Plan, planForward, planGradient, planLoss, planSampleLoss, planSlope, topLayer } from "./plan";
import { slabDiagonal } from "../curvature/diagonal";
import { Update, isByParts, isImmediate, update, updateBegin, wantsDiagonal } from "../rules/update";

/** The state of a training run, in linear memory; a Samples and an Update follow it. */
@unmanaged
export class Run {
  lossSum: f64; // Σ w·l over the steps since the epoch began
  weightSum: f64; // Σ w over the same
  meanWeight: f64; // what a sample's weight is measured by: the gradient of a step is Σ w·g/(count·meanWeight)
  plan: usize;
  rows: i32; // samples of an epoch, or of its piece at hand
  batch: i32; // samples that a step is to take
  last: LastBatch;
  // What steps do take: `size` samples before `border`, `rest` from there to `end`.
  size: i32;
  border: i32;
  rest: i32;
  end: i32;
  position: i32; // samples of the epoch, or of its piece at hand, already used
  before: i32; // samples of the epoch in pieces before
  subset: usize; // u32 indices of the samples to learn, or 0 for all
  order: usize; // room for a shuffled copy of them, or 0 to keep their order
  classOf: usize; // u32: each sample's class, where the order interleaves classes; or 0
  classes: i32;
  ties: u32; // the purpose of the stream that decides between classes
  room: usize;
  emphasis: usize; // where the order emphasises hard examples; or 0
  rates: usize; // f64 rates of the coming steps, or 0 where they are all `rate`
  sharing: usize; // a Sharing (tasks/step.ts), where threads share steps
}

// @ts-ignore: decorator
@inline
export function samplesOf(run: Run): Samples {
  return changetype<Samples>(changetype<usize>(run) + offsetof<Run>());
}

// @ts-ignore: decorator
@inline
export function updateOf(run: Run): Update {
  return changetype<Update>(changetype<usize>(run) + offsetof<Run>() + offsetof<Samples>());
}

export function runBytes(): usize {
  return offsetof<Run>() + offsetof<Samples>() + offsetof<Update>();
}

/** The address of a run's Update, for the calls of update.ts. */
export function runUpdate(at: usize): usize {
  return changetype<usize>(updateOf(changetype<Run>(at)));
}

/** Divides the samples at hand into batches. */
function divide(run: Run): void {
  const rows = run.rows, size = run.batch, whole = rows / size, border = whole * size, rest = rows - border;
  run.size = size;
  run.border = border;
  run.rest = rest;
  run.end = run.last == LastBatch.drop ? border : rows;
  if (run.last == LastBatch.even && rest) {
    const least = rows / (whole + 1);
    run.size = least + 1;
    run.border = (rows - least * (whole + 1)) * (least + 1);
    run.rest = least;
  }
}

/**
 * Begins a run on a bound plan. x: …×inputs, t: …×outputs, w: one a sample, or 0. The epoch's samples are the `rows` that
 * `subset` lists (u32), or the first `rows`; with an `order` (room for `rows` u32) they are shuffled each epoch.
 * batch: samples to a step, last: what becomes of rows that fill none. gradient and velocity: one real per parameter (velocity holds what to start from; 0 where the rule needs none).
 * slabs: planSlabs(plan) bytes, needed where there is a subset or an order.
 */
export function runOpen(
  at: usize, planAt: usize, rows: i32, batch: i32, last: LastBatch, x: usize, t: usize, w: usize, subset: usize, order: usize,
  gradient: usize, velocity: usize, slabs: usize,
): void {
  memory.fill(at, 0, runBytes());
  const run = changetype<Run>(at), plan = changetype<Plan>(planAt);
  run.plan = planAt;
  run.rows = rows;
  run.batch = batch;
  run.last = last;
  run.meanWeight = 1;
  divide(run);
  run.subset = subset;
  run.order = order;
  const u = updateOf(run);
  u.gradient = gradient;
  u.velocity = velocity;
  const outputs = topLayer(plan).units;
  samplesOf(run).open(plan.rows, plan.inputs, outputs, x, t, w, order ? order : subset, slabs);
}

/** Rates (f64) for the steps of the next call of runSteps, one each; 0 goes back to the rule's. */
export function runRates(at: usize, rates: usize): void {
  changetype<Run>(at).rates = rates;
}

/**
 * The mean weight of the samples that steps are to learn, from here on; 1 before. So that weights mean the same at every batch size, and the mean of an epoch's
 * steps is the gradient of the whole, a step divides by it and not by the weights that its own samples happen to have.
 */
export function runWeighs(at: usize, meanWeight: f64): void {
  changetype<Run>(at).meanWeight = meanWeight;
}

/** The number of samples that a step is to take, from the next epoch on. */
export function runBatch(at: usize, batch: i32): void {
  const run = changetype<Run>(at);
  run.batch = batch;
  divide(run);
}

/** How many steps the samples at hand take. */
export function runBatches(at: usize): i32 {
  const run = changetype<Run>(at);
  return run.border / run.size + (run.end > run.border ? (run.end - run.border) / run.rest : 0);
}

/** How many of the samples at hand have been used once so many steps more have been taken. */
export function runPositionAfter(at: usize, steps: i32): i32 {
  const run = changetype<Run>(at), large = max(0, run.border - run.position) / run.size;
  if (steps <= large) return run.position + steps * run.size;
  return <i32>min(<i64>run.end, <i64>max(run.border, run.position) + <i64>(steps - large) * run.rest);
}

/** Samples at hand that belong to no batch. */
export function runDropped(at: usize): i32 {
  const run = changetype<Run>(at);
  return run.rows - run.end;
}

/** Orders interleave classes from here on: orders/interleave.ts. classOf: u32, one for each sample of the whole set. */
export function runInterleave(at: usize, classOf: usize, classes: i32, ties: u32, room: usize): void {
  const run = changetype<Run>(at);
  run.classOf = classOf;
  run.classes = classes;
  run.ties = ties;
  run.room = room;
}

/** Orders emphasise hard examples from here on: orders/emphasis.ts. */
export function runEmphasis(at: usize, emphasis: usize): void {
  const run = changetype<Run>(at);
  run.emphasis = emphasis;
  samplesOf(run).factors = changetype<Emphasis>(emphasis).factors;
}

/** Begins an epoch: sums to 0, and a new order of the samples if they have one. */
export function runEpoch(at: usize, seedLow: u32, seedHigh: u32, purpose: u32, epoch: u32): void {
  const run = changetype<Run>(at);
  const plan = changetype<Plan>(run.plan);
  run.lossSum = 0;
  run.weightSum = 0;
  plan.low = seedLow;
  plan.high = seedHigh;
  plan.epoch = epoch;
  runPiece(at, purpose, 0, 0);
}

/**
 * Other samples from here on, where an epoch comes in pieces: `rows` of them at x, t and w, an order (room for as many u32, or 0) of their own.
 * runEpoch or runPiece must follow.
 */
export function runFeed(at: usize, rows: i32, x: usize, t: usize, w: usize, order: usize): void {
  const run = changetype<Run>(at), samples = samplesOf(run);
  run.rows = rows;
  divide(run);
  run.order = order;
  samples.x = x;
  samples.t = t;
  samples.w = w;
  samples.indices = order;
}

/** Begins piece number `piece` of the epoch, behind `before` samples of it: a new order of its samples if they have one. */
export function runPiece(at: usize, purpose: u32, piece: u32, before: i32): void {
  const run = changetype<Run>(at), plan = changetype<Plan>(run.plan);
  const seedLow = plan.low, seedHigh = plan.high, epoch = plan.epoch;
  run.position = 0;
  run.before = before;
  if (!run.order) return;
  if (run.emphasis) emphasisEpoch(run.emphasis, seedLow, seedHigh, epoch);
  permutation(run.rows, seedLow, seedHigh, purpose, epoch, piece, run.order);
  if (run.emphasis) return; // the step that draws a sample also looks up its index
  if (run.subset) {
    for (let p = run.order, end = p + (<usize>run.rows << 2); p < end; p += 4) {
      store<u32>(p, load<u32>(run.subset + (<usize>load<u32>(p) << 2)));
    }
  }
  if (run.classOf) {
    interleave(run.rows, run.order, run.classOf, run.classes, seedLow, seedHigh, run.ties, epoch, run.room);
  }
}

/** Σ w·l since the epoch began, each sample before the step that it took part in. */
export function runLossSum(at: usize): f64 {
  return changetype<Run>(at).lossSum;
}

/** Σ w since the epoch began. */
export function runWeightSum(at: usize): f64 {
  return changetype<Run>(at).weightSum;
}

/** Samples of the epoch, or of its piece at hand, already used. */
export function runPosition(at: usize): i32 {
  return changetype<Run>(at).position;
}

/** Bytes of parameters up to which they are in the first cache whatever is done: nothing is gained by taking them block by block. */
const SMALL: i32 = 16384;

/**
 * Each sample's loss after planForward on `rows` samples, draws first … of the epoch, goes to the emphasis. value: Σ w·l over them.
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

/** The gradient of Σ w·l/weight over a batch, slab by slab; returns Σ w·l. */
function batchGradient(run: Run, plan: Plan, samples: Samples, gradient: usize, first: i32, count: i32, weight: f64): f64 {
  let value: f64 = 0;
  for (let done = 0; done < count; done += plan.rows) {
    const rows = min(plan.rows, count - done);
    samples.take(first + done, rows);
    plan.row = done;
    const slab = planGradient(
      run.plan, rows, samples.atX, samples.atT, samples.atW, 1 / weight, gradient, done ? 1 : 0,
    );
    if (run.emphasis) noteLosses(run, samples, first + done, rows, slab);
    value += slab;
  }
  return value;
}

/** The same, with the diagonal of the Hessian where the step to come wants it: small networks feel every branch, and have none here. */
function curvedGradient(run: Run, plan: Plan, samples: Samples, u: Update, first: i32, count: i32, weight: f64): f64 {
  if (!wantsDiagonal(u)) return batchGradient(run, plan, samples, u.gradient, first, count, weight);
  let value: f64 = 0;
  for (let done = 0; done < count; done += plan.rows) {
    const rows = min(plan.rows, count - done), accumulate = done ? 1 : 0;
    samples.take(first + done, rows);
    plan.row = done;
    const slab = planGradient(run.plan, rows, samples.atX, samples.atT, samples.atW, 1 / weight, u.gradient, accumulate);
    if (run.emphasis) noteLosses(run, samples, first + done, rows, slab);
    slabDiagonal(u.curvatures, plan, samples, rows, 1 / weight, 0, u.diagonal, accumulate);
    value += slab;
  }
  return value;
}

/** A step on samples that run through the network together, fused with its gradient; returns Σ w·l, and changes nothing where that is not finite. */
function stepFused(run: Run, plan: Plan, samples: Samples, u: Update, first: i32, count: i32, weight: f64): f64 {
  samples.take(first, count);
  plan.row = 0;
  planForward(run.plan, count, samples.atX);
  const value = planLoss(run.plan, count, samples.atT, samples.atW);
  if (run.emphasis) noteLosses(run, samples, first, count, value);
  if (!isFinite(value)) return value;
  planSlope(run.plan, count, samples.atT, samples.atW, 1 / weight);
  updateBegin(u, plan, value);
  fusedBackward(u, plan, count, samples.atX);
  return value;
}

/**
 * Takes up to `steps` steps, fewer if the epoch ends; returns how many. Stops before the update of a step whose loss is
 * not finite, and returns −1 then.
 */
export function runSteps(at: usize, steps: i32): i32 {
  const run = changetype<Run>(at), plan = changetype<Plan>(run.plan), samples = samplesOf(run);
  const u = updateOf(run), rates = run.rates, emphasis = run.emphasis, weighs = samples.w || samples.factors;
  // Steps on one sample go without a gradient: not a rest of one behind larger batches, which threads may share, and which must have their bits.
  const large = plan.dense && plan.parameters * <i32>SIZE > SMALL;
  const small = !large && isSmall(plan), immediate = run.batch == 1 && (large || small) && !samples.factors && isImmediate(u);
  const curved = u.curvatures != 0, fused = large && !curved && isByParts(u);
  let done = 0, begun = -1; // the sample of which the first layer's sums are known
  const mean = run.meanWeight, scale = 1 / mean; // of steps on one sample
  const border = run.border, size = run.size, rest = run.rest, end = run.end;
  samples.goAhead(emphasis ? 0 : end); // emphasis draws a sample when its turn comes
  plan.learning = 1;
  for (; done < steps && run.position < end; done++) {
    const first = run.position, count = first < border ? size : rest;
    if (rates) u.rate = load<f64>(rates + (<usize>done << 3));
    run.position += count;
    plan.step = run.before + first;
    if (emphasis) draw(emphasis, first, count, run.order);
    const weight = weighs ? samples.weight(first, count) : <f64>count;
    if (weight == 0) continue; // samples without weight teach nothing
    let value: f64;
    if (count == 1 && immediate) {
      samples.take(first, 1);
      if (small) {
        value = smallStep(u, plan, samples, scale);
      } else {
        const ahead = !emphasis && done + 1 < steps && run.position < end && begins(u, plan);
        value = stepOnline(u, plan, samples, begun == first, ahead ? samples.rowAt(run.position) : 0, scale);
        begun = ahead ? run.position : -1;
      }
      if (emphasis) noteLosses(run, samples, first, 1, value);
    } else {
      const whole = <f64>count * mean; // importance weights do not count: they make the sum unbiased
      if (fused && count <= plan.rows) {
        value = stepFused(run, plan, samples, u, first, count, whole);
      } else {
        value = curved
          ? curvedGradient(run, plan, samples, u, first, count, whole)
          : batchGradient(run, plan, samples, u.gradient, first, count, whole);
        if (isFinite(value)) update(u, plan, value);
      }
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
