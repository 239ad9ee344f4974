// A training run: which samples its steps take, in which order, and how far the epoch has come. paths.ts takes the steps.

import { LastBatch } from "../codes";
import { WHOLE } from "../extent";
import { Samples } from "../passes/samples";
import { permutation } from "../kernels/random";
import { Emphasis, emphasisEpoch } from "../orders/emphasis";
import { interleave } from "../orders/interleave";
import { UPDATE_BYTES, Update } from "../rules/state";
import { Plan, topLayer } from "../layers/table";

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
  order: usize; // where a shuffled copy of them goes, or 0 to keep their order
  classOf: usize; // u32: each sample's class, where the order interleaves classes; or 0
  classes: i32;
  ties: u32; // the purpose of the stream that decides between classes
  workspace: usize; // of interleaving
  emphasis: usize; // where the order emphasises hard examples; or 0
  rates: usize; // f64 rates of the coming steps, or 0 where they are all the rule's
  sharing: usize; // a Sharing (tasks/sharing.ts), where threads share steps
  begun: i32; // the sample of which the first layer's sums are known already; −1: of none
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
  return offsetof<Run>() + offsetof<Samples>() + UPDATE_BYTES;
}

/** The address of a run's Update, for the calls of rules/. */
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
 * `subset` lists (u32), or the first `rows`; with an `order` (`rows` u32) they are shuffled each epoch.
 * batch: samples to a step, last: what becomes of rows that fill none. gradient: one real per parameter.
 * slabs: planSlabs(plan) bytes, needed where there is a subset or an order.
 */
export function runOpen(
  at: usize, planAt: usize, rows: i32, batch: i32, last: LastBatch, x: usize, t: usize, w: usize, subset: usize, order: usize,
  gradient: usize, slabs: usize,
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
  updateOf(run).gradient = gradient;
  const outputs = topLayer(plan).units;
  samplesOf(run).open(plan.rows, plan.inputs, outputs, x, t, w, order ? order : subset, slabs);
}

/** Rates (f64) for the steps of the next call of runSteps, one each; 0 goes back to the rule's. */
export function runRates(at: usize, rates: usize): void {
  changetype<Run>(at).rates = rates;
}

/**
 * The mean weight of the samples that steps are to learn, from here on; 1 before. So that weights mean the same at every batch
 * size, and the mean of an epoch's steps is the gradient of the whole, a step divides by it and not by the weights that its own
 * samples happen to have.
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
export function runInterleave(at: usize, classOf: usize, classes: i32, ties: u32, workspace: usize): void {
  const run = changetype<Run>(at);
  run.classOf = classOf;
  run.classes = classes;
  run.ties = ties;
  run.workspace = workspace;
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
 * Other samples from here on, where an epoch comes in pieces: `rows` of them at x, t and w, an order (as many u32, or 0) of
 * their own. runEpoch or runPiece must follow.
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
  if (WHOLE && run.emphasis) emphasisEpoch(run.emphasis, seedLow, seedHigh, epoch);
  permutation(run.rows, seedLow, seedHigh, purpose, epoch, piece, run.order);
  if (WHOLE && run.emphasis) return; // the step that draws a sample also looks up its index
  if (run.subset) {
    for (let p = run.order, end = p + (<usize>run.rows << 2); p < end; p += 4) {
      store<u32>(p, load<u32>(run.subset + (<usize>load<u32>(p) << 2)));
    }
  }
  if (WHOLE && run.classOf) {
    interleave(run.rows, run.order, run.classOf, run.classes, seedLow, seedHigh, run.ties, epoch, run.workspace);
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
