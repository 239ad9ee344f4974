// A step of training shared between threads, in three jobs: kernels are packed, some rows of one a task; rows of the batch go forward and back to the errors
// of every layer; then kernels, some rows of one a task, their gradient and their update. Every number is the product that one thread would have formed.

import { SIZE } from "../vec";
import { Patterns } from "../batch";
import { columnSums, copy } from "../kernels/blas1";
import { FEW_ROWS, PLAIN, TRANSPOSED, gemm } from "../kernels/gemm";
import { MR } from "../kernels/tile";
import { DENSE, LAYER_NORM, Layer, layerExtra, layerGradient, layerScratch } from "../layer";
import { Plan, layerAt, layerInput, padded, parameterAt, planBytes, planDescend, planForward, planLoss, planSlope } from "../plan";
import { Run, notePatterns, patternsOf, updateOf } from "../run";
import { draw } from "../orders/emphasis";
import { Update, isByParts, update, updateBegin, updateRange } from "../update";
import { Job, Place, placeOf } from "./job";
import { GRAIN, packKernels, packedTasks, partFrom, usePacked } from "./packed";

/** The tables of a run that is shared; the addresses of layers' errors follow, and then Parts. */
@unmanaged
export class Sharing {
  parts: i32;
  first: i32; // of the step's patterns
  count: i32;
  weight: f64; // what the sum of their losses is divided by
  deltas: usize; // rows×units of each layer, layer by layer
  packed: usize; // PackedKernels, or 0
}

/** Rows from … to − 1 of a layer's kernel; the last part of a layer also has what else it learns. */
@unmanaged
class Part {
  layer: i32;
  from: i32;
  to: i32;
  /**
   * How far the part has come in this step, so that another thread can go on where one has died: UNTOUCHED, or twice the number of the parameter that the
   * update is at, + 1 once what it changes next is kept at the place of `thread`.
   */
  progress: i32;
  thread: i32;
}

const UNTOUCHED: i32 = -1;

/** Parameters that are kept before they are updated: they stay in the first cache in between. */
const KEPT: i32 = 1024;

/** Bytes of a place's room for them: parameters, and up to three vectors of a rule. */
export function keptBytes(): usize {
  return 4 * KEPT * SIZE;
}

/** Copies n parameters and what the rule has for them to `kept`, or back. */
function keep(u: Update, plan: Plan, first: i32, n: i32, kept: usize, back: bool): void {
  const room = <usize>KEPT * SIZE;
  keepOne(plan.theta, first, n, kept, back);
  keepOne(u.velocity, first, n, kept + room, back);
  keepOne(u.second, first, n, kept + 2 * room, back);
  keepOne(u.top, first, n, kept + 3 * room, back);
}

// @ts-ignore: decorator
@inline
function keepOne(vector: usize, first: i32, n: i32, kept: usize, back: bool): void {
  if (!vector) return;
  const at = parameterAt(vector, first);
  if (back) copy(n, kept, at);
  else copy(n, at, kept);
}

/**
 * Parameters from … to − 1 of a layer move a step. Of a worker it can be told at any moment what it has done; who leads it, thread 0, cannot be outlived.
 */
function updatePart(u: Update, plan: Plan, layer: Layer, part: Part, thread: i32, place: Place, from: i32, to: i32): void {
  if (!thread) {
    updateRange(u, plan, layer, from, to);
    part.progress = 2 * to;
    return;
  }
  for (let at = from; at < to; at += KEPT) {
    const n = min(KEPT, to - at);
    part.progress = 2 * at;
    keep(u, plan, layer.first + at, n, place.kept, false);
    part.progress = 2 * at + 1;
    updateRange(u, plan, layer, at, at + n);
  }
  part.progress = 2 * to;
}

// @ts-ignore: decorator
@inline
function partAt(s: Sharing, i: i32): Part {
  return changetype<Part>(changetype<usize>(s) + offsetof<Sharing>() + <usize>i * offsetof<Part>());
}

/** Multiply-adds that a part has at least: about 20 µs. */
const LEAST: f64 = 262144;

/** How many threads share the gradient of a layer. */
function sharersOf(layer: Layer, rows: i32, threads: i32): i32 {
  if (layer.kind != DENSE) return layer.parameters ? 1 : 0;
  const most = layer.inputs / (2 * GRAIN); // a part has at least GRAIN rows, a product's path must not change
  return max(1, min(min(most, threads), <i32>(<f64>layer.kernelSize * <f64>rows / LEAST)));
}

/** In how many parts a thread does its share of a layer. The first layer is the last whose turn comes: small parts are left there, for who is done first. */
function partsOf(layer: Layer, rows: i32, threads: i32): i32 {
  if (layer.kind != DENSE || sharersOf(layer, rows, threads) < threads) return 1;
  const most = min(layer.inputs / (2 * GRAIN * threads), <i32>(<f64>layer.kernelSize * <f64>rows / (LEAST * <f64>threads)));
  return most < 2 ? 1 : layer.first || most < 8 ? 2 : 4;
}

/** The first row of part k of so many of a thread's share: half of it, a quarter, an eighth …, the last two alike. */
function rowFrom(inputs: i32, thread: i32, sharers: i32, k: i32, parts: i32): i32 {
  const from = partFrom(inputs, thread, sharers), to = partFrom(inputs, thread + 1, sharers);
  return k < parts ? from + (to - from - ((to - from) >> k)) / GRAIN * GRAIN : to;
}

/** Whether a plan's rows can be shared: layers that normalise over batches need all of them. */
export function sharesRows(planAt: usize): i32 {
  return changetype<Plan>(planAt).statistics ? 0 : 1;
}

/** Bytes of a Sharing of a bound plan, and of its layers' errors. */
export function sharingBytes(planAt: usize, threads: i32): usize {
  const plan = changetype<Plan>(planAt);
  let parts = 0;
  for (let i = 0; i < plan.layers; i++) parts += threads * partsOf(layerAt(plan, i), plan.rows, threads);
  return offsetof<Sharing>() + <usize>parts * offsetof<Part>();
}

export function deltaBytes(planAt: usize): usize {
  const plan = changetype<Plan>(planAt);
  let bytes: usize = 0;
  for (let i = 0; i < plan.layers; i++) bytes += padded(<usize>plan.rows * layerAt(plan, i).units * SIZE);
  return bytes;
}

/** Lays out how a run's steps are shared; returns how many parts the kernels have. packed: see packed.ts, or 0 */
export function sharingOpen(at: usize, runAt: usize, threads: i32, deltas: usize, packed: usize): i32 {
  const run = changetype<Run>(runAt), plan = changetype<Plan>(run.plan), s = changetype<Sharing>(at);
  run.sharing = at;
  s.deltas = deltas;
  s.packed = packed;
  s.parts = 0;
  for (let thread = 0; thread < threads; thread++) {
    for (let i = plan.layers - 1; i >= 0; i--) { // in the order in which the errors were found: the last are in the cache
      const layer = layerAt(plan, i), sharers = sharersOf(layer, plan.rows, threads), parts = partsOf(layer, plan.rows, threads);
      for (let k = 0; k < parts; k++) { // all have as many parts, though some may be empty
        const part = partAt(s, s.parts++);
        part.layer = i;
        part.from = rowFrom(layer.inputs, thread, sharers, k, parts);
        part.to = rowFrom(layer.inputs, thread, sharers, k + 1, parts);
      }
    }
  }
  return s.parts;
}

/** Bytes of scratch of a thread's place, for up to `rows` patterns. */
export function stepScratch(planAt: usize, rows: i32): usize {
  const plan = changetype<Plan>(planAt);
  let bytes: usize = 0;
  for (let i = 0; i < plan.layers; i++) bytes = max(bytes, layerScratch(layerAt(plan, i), rows, 1));
  return padded(bytes);
}

/** Where the errors of layer i are. */
function deltaOf(s: Sharing, plan: Plan, i: i32): usize {
  let at = s.deltas;
  for (let k = 0; k < i; k++) at += padded(<usize>plan.rows * layerAt(plan, k).units * SIZE);
  return at;
}

/** The packed kernels of a step, 0 where it has so few patterns that its products would not pack them. */
// @ts-ignore: decorator
@inline
function packedOf(s: Sharing): usize {
  return s.count < FEW_ROWS ? 0 : s.packed;
}

/** The place's plan is the run's, from pattern `row` of the step on. */
function pointAt(run: Run, place: Place, row: i32): Plan {
  const base = changetype<Plan>(run.plan), plan = changetype<Plan>(place.plan);
  memory.copy(place.plan, run.plan, planBytes(base.layers));
  plan.scratch = place.scratch;
  plan.row = row;
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i), offset = <usize>(row * layer.units) * SIZE;
    layer.y += offset;
    layer.a += offset;
    if (layer.kind == LAYER_NORM) layer.extra += <usize>layerExtra(layer, row) * SIZE;
  }
  const packed = packedOf(changetype<Sharing>(run.sharing));
  if (packed) usePacked(plan, packed);
  const patterns = changetype<Patterns>(place.patterns);
  memory.copy(place.patterns, changetype<usize>(patternsOf(run)), offsetof<Patterns>());
  patterns.skipSlabs(row);
  return plan;
}

/** Task k of packing the kernels. */
export function packTask(job: Job, k: i32): void {
  const run = changetype<Run>(job.run);
  packKernels(changetype<Plan>(run.plan), changetype<Sharing>(run.sharing).packed, k);
}

/** The first pattern of share k of so many: as even as whole tiles of four can be. */
function shareFrom(count: i32, k: i32, shares: i32): i32 {
  return k >= shares ? count : count * k / shares & ~3;
}

/** Patterns of task k: a share of job.option; where job.cut is 1 three quarters of one, if k is even, or the rest of it. */
export function rowsTask(job: Job, place: Place, k: i32): void {
  const run = changetype<Run>(job.run), s = changetype<Sharing>(run.sharing), share = job.cut ? k >> 1 : k;
  let from = shareFrom(s.count, share, job.option), to = shareFrom(s.count, share + 1, job.option);
  if (job.cut) {
    const middle = from + (to - from) * 3 / 4 / MR * MR;
    if (k & 1) from = middle;
    else to = middle;
  }
  const rows = to - from;
  const plan = pointAt(run, place, from), patterns = changetype<Patterns>(place.patterns), at = place.plan;
  patterns.take(s.first + from, rows);
  planForward(at, rows, patterns.atX);
  for (let i = plan.layers - 1; i >= 0; i--) {
    plan.delta = deltaOf(s, plan, i) + <usize>(from * layerAt(plan, i).units) * SIZE;
    if (i == plan.layers - 1) planSlope(at, rows, patterns.atT, patterns.atW, 1 / s.weight);
    if (i == 0) break;
    plan.deltaBelow = deltaOf(s, plan, i - 1) + <usize>(from * layerAt(plan, i - 1).units) * SIZE;
    planDescend(at, i, rows, patterns.atX);
  }
}

/** Part k of the kernels: its gradient, and where the run allows it, its update. */
export function kernelTask(job: Job, place: Place, thread: i32, k: i32): void {
  const run = changetype<Run>(job.run), s = changetype<Sharing>(run.sharing), plan = changetype<Plan>(run.plan), u = updateOf(run);
  const part = partAt(s, k), i = part.layer, layer = layerAt(plan, i), rows = s.count, units = layer.units;
  const x = layerInput(plan, i, patternsOf(run).atX), d = deltaOf(s, plan, i), own = parameterAt(u.gradient, layer.first);
  const last = part.to == layer.inputs;
  if (part.from == part.to) return;
  part.thread = thread;
  if (layer.kind != DENSE) {
    layerGradient(layer, rows, x, d, parameterAt(plan.theta, layer.first), own, 0, place.scratch);
    if (isByParts(u)) updatePart(u, plan, layer, part, thread, place, 0, layer.parameters);
    return;
  }
  const ldx = <usize>layer.inputs * SIZE, ldd = <usize>units * SIZE;
  gemm(
    TRANSPOSED, PLAIN, part.to - part.from, units, rows, x + <usize>part.from * SIZE, ldx, d, ldd, own + <usize>part.from * ldd, ldd, 0, ldd, place.scratch,
  );
  if (last && layer.bias) columnSums(rows, units, d, parameterAt(own, layer.kernelSize), 0);
  if (isByParts(u)) updatePart(u, plan, layer, part, thread, place, part.from * units, last ? layer.parameters : part.to * units);
}

/** Part k, of which another thread may have done some or all before it died. */
export function kernelResume(job: Job, place: Place, k: i32): void {
  const run = changetype<Run>(job.run), s = changetype<Sharing>(run.sharing), plan = changetype<Plan>(run.plan), u = updateOf(run);
  const part = partAt(s, k), layer = layerAt(plan, part.layer), progress = part.progress, at = progress >> 1;
  if (progress == UNTOUCHED) {
    kernelTask(job, place, 0, k);
    return;
  }
  const to = layer.kind != DENSE || part.to == layer.inputs ? layer.parameters : part.to * layer.units;
  if (progress & 1) keep(u, plan, layer.first + at, min(KEPT, to - at), placeOf(job, part.thread).kept, true);
  if (at < to) updatePart(u, plan, layer, part, 0, place, at, to);
}

/** Describes the jobs of a run's steps. */
export function stepJob(at: usize, kind: i32, places: usize, run: usize): void {
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

/** Patterns a thread from which on a quarter of them is left to who is there first. */
const MANY: i32 = 32;

/**
 * Shares the step's patterns out between so many threads; returns in how many tasks. Processors are not alike, and have other work: where a task more costs
 * little, since kernels are packed, each thread first takes three quarters of its share, and the rest goes in tasks of their own to who comes first.
 */
export function stepRows(at: usize, threads: i32): i32 {
  const job = changetype<Job>(at), s = changetype<Sharing>(changetype<Run>(job.run).sharing), shares = max(1, min(threads, s.count / FEW_ROWS));
  job.option = shares;
  job.cut = packedOf(s) && s.count >= MANY * threads ? 1 : 0;
  return shares << job.cut;
}

/**
 * Begins a step, number `index` of those that rates were looked up for: its patterns are the next of the epoch. Returns how many, or 0 where they
 * have no weight and teach nothing.
 */
export function stepTake(runAt: usize, index: i32): i32 {
  const run = changetype<Run>(runAt), s = changetype<Sharing>(run.sharing), patterns = patternsOf(run), u = updateOf(run);
  const plan = changetype<Plan>(run.plan), first = run.position, count = min(run.batch, run.rows - first);
  plan.learning = 1;
  if (run.rates) u.rate = load<f64>(run.rates + (<usize>index << 3));
  run.position += count;
  plan.step = run.before + first;
  if (run.emphasis) draw(run.emphasis, first, count, run.order);
  const weight = patterns.weight(first, count);
  if (weight == 0) return 0;
  s.first = first;
  s.count = count;
  for (let k = 0; k < s.parts; k++) partAt(s, k).progress = UNTOUCHED;
  s.weight = patterns.factors ? count * run.meanWeight : weight;
  run.weightSum += weight;
  if (count > 1) patterns.point(first);
  else patterns.take(first, 1);
  return count;
}

/** Σ w·l of the step's patterns, once all of them have gone forward; where it is finite, what the step decides for all parameters is decided. */
export function stepValue(runAt: usize): f64 {
  const run = changetype<Run>(runAt), s = changetype<Sharing>(run.sharing), patterns = patternsOf(run), u = updateOf(run);
  const value = planLoss(run.plan, s.count, patterns.atT, patterns.atW);
  if (run.emphasis) notePatterns(run, run.plan, patterns, s.first, s.count);
  run.lossSum += value;
  if (isFinite(value) && isByParts(u)) updateBegin(u, changetype<Plan>(run.plan), value);
  return value;
}

/** Ends a step whose gradient is known, the sum of its losses `value`. */
export function stepUpdate(runAt: usize, value: f64): void {
  const run = changetype<Run>(runAt), u = updateOf(run);
  if (!isByParts(u)) update(u, changetype<Plan>(run.plan), value);
}

/** The same of a step whose patterns were taken slab by slab: nothing has been updated yet. */
export function stepUpdateAll(runAt: usize, value: f64): void {
  const run = changetype<Run>(runAt);
  run.lossSum += value;
  if (isFinite(value)) update(updateOf(run), changetype<Plan>(run.plan), value);
}

/** What the gradient of the step's patterns is multiplied with, and which the first of them is. */
export function stepScale(runAt: usize): f64 {
  return 1 / changetype<Sharing>(changetype<Run>(runAt).sharing).weight;
}

export function stepFirst(runAt: usize): i32 {
  return changetype<Sharing>(changetype<Run>(runAt).sharing).first;
}
