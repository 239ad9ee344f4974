// A step of training shared between threads, in three jobs: kernels are packed (packed.ts); rows of the batch go forward and back
// to the errors of every layer; then kernels move (parts.ts). Every number is the product that one thread would have formed.

import { JobKind } from "../codes";
import { padded, realAt } from "../addresses";
import { Samples } from "../passes/samples";
import { FEW_ROWS } from "../kernels/gemm";
import { MR } from "../kernels/tile";
import { Plan, layerAt, planBytes } from "../layers/table";
import { planDescend, planForward, planLoss, planSlope } from "../passes/plan";
import { noteSamples } from "../steps/paths";
import { Run, samplesOf, updateOf } from "../steps/run";
import { draw } from "../orders/emphasis";
import { isByParts, update, updateBegin } from "../rules/update";
import { Job, Place } from "./job";
import { packKernels, packedTasks, usePacked } from "./packed";
import { UNTOUCHED, countParts, layParts } from "./parts";
import { Part, Sharing, deltaOf, partAt } from "./sharing";

/** Whether threads can share a plan's samples: 0 where a layer takes a batch as a whole. */
export function sharesRows(planAt: usize): i32 {
  return changetype<Plan>(planAt).undivided ? 0 : 1;
}

/** Bytes of a Sharing of a bound plan. */
export function sharingBytes(planAt: usize, threads: i32): usize {
  const plan = changetype<Plan>(planAt);
  return offsetof<Sharing>() + <usize>countParts(plan, threads) * offsetof<Part>();
}

/** Lays out how a run's steps are shared; returns how many parts the kernels have. packed: see packed.ts, or 0 */
export function sharingOpen(at: usize, runAt: usize, threads: i32, deltas: usize, packed: usize): i32 {
  const run = changetype<Run>(runAt), plan = changetype<Plan>(run.plan), s = changetype<Sharing>(at);
  run.sharing = at;
  s.deltas = deltas;
  s.packed = packed;
  layParts(s, plan, threads);
  return s.parts;
}

/** Bytes of scratch of a thread's place, for up to `rows` samples. */
export function stepScratch(planAt: usize, rows: i32): usize {
  const plan = changetype<Plan>(planAt);
  let bytes: usize = 0;
  for (let i = 0; i < plan.layers; i++) bytes = max(bytes, layerAt(plan, i).scratchBytes(rows, 1));
  return padded(bytes);
}

/** The packed kernels of a step, 0 where it has so few samples that its products would not pack them. */
// @ts-ignore: decorator
@inline
function packedOf(s: Sharing): usize {
  return s.count < FEW_ROWS ? 0 : s.packed;
}

/** The place's plan is the run's, from sample `row` of the step on. */
function pointAt(run: Run, place: Place, row: i32): Plan {
  const base = changetype<Plan>(run.plan), plan = changetype<Plan>(place.plan);
  memory.copy(place.plan, run.plan, planBytes(base.layers));
  plan.scratch = place.scratch;
  plan.row = row;
  for (let i = 0; i < plan.layers; i++) layerAt(plan, i).skip(row);
  const packed = packedOf(changetype<Sharing>(run.sharing));
  if (packed) usePacked(plan, packed);
  const samples = changetype<Samples>(place.samples);
  memory.copy(place.samples, changetype<usize>(samplesOf(run)), offsetof<Samples>());
  samples.skipSlabs(row);
  return plan;
}

/** Task k of packing the kernels. */
export function packTask(job: Job, k: i32): void {
  const run = changetype<Run>(job.run);
  packKernels(changetype<Plan>(run.plan), changetype<Sharing>(run.sharing).packed, k);
}

/** The first sample of share k of so many: as even as whole tiles of four can be. */
function shareFrom(count: i32, k: i32, shares: i32): i32 {
  return k >= shares ? count : count * k / shares & ~3;
}

/** Samples of task k: a share of job.shares; where job.cut is 1 three quarters of one, if k is even, or the rest of it. */
export function rowsTask(job: Job, place: Place, k: i32): void {
  const run = changetype<Run>(job.run), s = changetype<Sharing>(run.sharing), share = job.cut ? k >> 1 : k;
  let from = shareFrom(s.count, share, job.shares), to = shareFrom(s.count, share + 1, job.shares);
  if (job.cut) {
    const middle = from + (to - from) * 3 / 4 / MR * MR;
    if (k & 1) from = middle;
    else to = middle;
  }
  const rows = to - from;
  const plan = pointAt(run, place, from), samples = changetype<Samples>(place.samples), at = place.plan;
  samples.take(s.first + from, rows);
  planForward(at, rows, samples.atX);
  for (let i = plan.layers - 1; i >= 0; i--) {
    plan.delta = realAt(deltaOf(s, plan, i), from * layerAt(plan, i).units);
    if (i == plan.layers - 1) planSlope(at, rows, samples.atT, samples.atW, 1 / s.weight);
    if (i == 0) break;
    plan.deltaBelow = realAt(deltaOf(s, plan, i - 1), from * layerAt(plan, i - 1).units);
    planDescend(at, i, rows, samples.atX);
  }
}

/** Describes the jobs of a run's steps. */
export function stepJob(at: usize, kind: JobKind, places: usize, run: usize): void {
  const job = changetype<Job>(at);
  job.kind = kind;
  job.places = places;
  job.run = run;
}

/** How many tasks it takes to pack the kernels for the step that has been begun; 0 where none is packed. */
export function stepPacks(runAt: usize): i32 {
  const packed = packedOf(changetype<Sharing>(changetype<Run>(runAt).sharing));
  return packed ? packedTasks(packed) : 0;
}

/** Samples a thread from which on a quarter of them is left to who is there first. */
const MANY: i32 = 32;

/**
 * Shares the step's samples out between so many threads; returns in how many tasks. Processors are not alike, and have other
 * work: where a task more costs little, since kernels are packed, each thread first takes three quarters of its share, and the
 * rest goes in tasks of their own to who comes first.
 */
export function stepRows(at: usize, threads: i32): i32 {
  const job = changetype<Job>(at), s = changetype<Sharing>(changetype<Run>(job.run).sharing);
  const shares = max(1, min(threads, s.count / FEW_ROWS));
  job.shares = shares;
  job.cut = packedOf(s) && s.count >= MANY * threads ? 1 : 0;
  return shares << job.cut;
}

/**
 * Begins a step, number `index` of those that rates were looked up for: its samples are the next of the epoch. Returns how many,
 * 0 where they have no weight and teach nothing, or −1 where the samples at hand have all been used.
 */
export function stepTake(runAt: usize, index: i32): i32 {
  const run = changetype<Run>(runAt), s = changetype<Sharing>(run.sharing), samples = samplesOf(run), u = updateOf(run);
  const plan = changetype<Plan>(run.plan), first = run.position, count = first < run.border ? run.size : run.rest;
  if (first >= run.end) return -1;
  plan.learning = 1;
  if (run.rates) u.rate = load<f64>(run.rates + (<usize>index << 3));
  run.position += count;
  plan.step = run.before + first;
  if (run.emphasis) draw(run.emphasis, first, count, run.order);
  const weight = samples.weight(first, count);
  if (weight == 0) return 0;
  s.first = first;
  s.count = count;
  for (let k = 0; k < s.parts; k++) partAt(s, k).progress = UNTOUCHED;
  s.weight = <f64>count * run.meanWeight;
  run.weightSum += weight;
  if (count > 1) samples.point(first);
  else samples.take(first, 1);
  return count;
}

/**
 * Σ w·l of the step's samples, once all of them have gone forward; where it is finite, what the step decides for all parameters
 * is decided.
 */
export function stepValue(runAt: usize): f64 {
  const run = changetype<Run>(runAt), s = changetype<Sharing>(run.sharing), samples = samplesOf(run), u = updateOf(run);
  const value = planLoss(run.plan, s.count, samples.atT, samples.atW);
  if (run.emphasis) noteSamples(run, run.plan, samples, s.first, s.count);
  run.lossSum += value;
  if (isFinite(value) && isByParts(u)) updateBegin(u, changetype<Plan>(run.plan), value);
  return value;
}

/** Ends a step whose gradient is known, the sum of its losses `value`. */
export function stepUpdate(runAt: usize, value: f64): void {
  const run = changetype<Run>(runAt), u = updateOf(run);
  if (!isByParts(u)) update(u, changetype<Plan>(run.plan), value);
}

/** The same of a step whose samples were taken slab by slab: nothing has been updated yet. */
export function stepUpdateAll(runAt: usize, value: f64): void {
  const run = changetype<Run>(runAt);
  run.lossSum += value;
  if (isFinite(value)) update(updateOf(run), changetype<Plan>(run.plan), value);
}

/** What the gradient of the step's samples is multiplied with, and which the first of them is. */
export function stepScale(runAt: usize): f64 {
  return 1 / changetype<Sharing>(changetype<Run>(runAt).sharing).weight;
}

export function stepFirst(runAt: usize): i32 {
  return changetype<Sharing>(changetype<Run>(runAt).sharing).first;
}
