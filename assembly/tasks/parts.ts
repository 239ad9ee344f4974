// The kernels of a step that threads share, in parts: some rows of one a task, their gradient and their update.

import { SIZE } from "../vec";
import { realAt } from "../addresses";
import { copy } from "../kernels/blas1";
import { Layer } from "../layers/layer";
import { Plan, layerAt, layerInput, parametersOf } from "../layers/table";
import { Run, samplesOf, updateOf } from "../steps/run";
import { Update, VECTORS, vectorOf } from "../rules/state";
import { isByParts, updateRange } from "../rules/update";
import { Job, Place, placeOf } from "./job";
import { GRAIN, partFrom } from "./packed";
import { Part, Sharing, deltaOf, partAt } from "./sharing";

export const UNTOUCHED: i32 = -1;

/** Multiply-adds that a part has at least: about 20 µs. */
const LEAST: f64 = 262144;

/** How many threads share the gradient of a layer. */
function sharersOf(layer: Layer, rows: i32, threads: i32): i32 {
  if (!layer.product) return layer.parameters ? 1 : 0;
  const most = layer.inputs / (2 * GRAIN); // a part has at least GRAIN rows, a product's path must not change
  return max(1, min(min(most, threads), <i32>(<f64>layer.kernelSize * <f64>rows / LEAST)));
}

/**
 * In how many parts a thread does its share of a layer. The first layer is the last whose turn comes: small parts are left there,
 * for who is done first.
 */
function partsOf(layer: Layer, rows: i32, threads: i32): i32 {
  if (!layer.product || sharersOf(layer, rows, threads) < threads) return 1;
  const most = min(layer.inputs / (2 * GRAIN * threads), <i32>(<f64>layer.kernelSize * <f64>rows / (LEAST * <f64>threads)));
  return most < 2 ? 1 : layer.first || most < 8 ? 2 : 4;
}

/** The first row of part k of so many of a thread's share: half of it, a quarter, an eighth …, the last two alike. */
function rowFrom(inputs: i32, thread: i32, sharers: i32, k: i32, parts: i32): i32 {
  const from = partFrom(inputs, thread, sharers), to = partFrom(inputs, thread + 1, sharers);
  return k < parts ? from + (to - from - ((to - from) >> k)) / GRAIN * GRAIN : to;
}

/** How many parts all kernels have together. */
export function countParts(plan: Plan, threads: i32): i32 {
  let parts = 0;
  for (let i = 0; i < plan.layers; i++) parts += threads * partsOf(layerAt(plan, i), plan.rows, threads);
  return parts;
}

/** Lays out the parts of a plan, those of the first thread before those of the others. */
export function layParts(s: Sharing, plan: Plan, threads: i32): void {
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
}

/** Parameters that are kept before they are updated: they stay in the first cache in between. */
const KEPT: i32 = 1024;

/** Bytes that they take at a place: parameters, and the vectors of a rule. */
export function keptBytes(): usize {
  return (1 + VECTORS) * KEPT * SIZE;
}

/** Copies n parameters and what the rule has for them to `kept`, or back. */
function keep(u: Update, plan: Plan, first: i32, n: i32, kept: usize, back: bool): void {
  keepOne(plan.theta, first, n, kept, back);
  for (let k = 0; k < u.vectors; k++) {
    kept += <usize>KEPT * SIZE;
    keepOne(vectorOf(u, k), first, n, kept, back);
  }
}

// @ts-ignore: decorator
@inline
function keepOne(vector: usize, first: i32, n: i32, kept: usize, back: bool): void {
  if (!vector) return;
  const at = realAt(vector, first);
  if (back) copy(n, kept, at);
  else copy(n, at, kept);
}

/**
 * Parameters from … to − 1 of a layer move a step. Of a worker it can be told at any moment what it has done; who leads it,
 * thread 0, cannot be outlived.
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

/** The parameter behind rows … to − 1 of a layer's kernel, and with the last of them behind all that it learns. */
function endOf(layer: Layer, to: i32): i32 {
  return to == layer.inputs ? layer.parameters : to * layer.units;
}

/** Part k of the kernels: its gradient, and where the run allows it, its update. */
export function kernelTask(job: Job, place: Place, thread: i32, k: i32): void {
  const run = changetype<Run>(job.run), s = changetype<Sharing>(run.sharing), plan = changetype<Plan>(run.plan);
  const u = updateOf(run);
  const part = partAt(s, k), i = part.layer, layer = layerAt(plan, i), from = part.from, to = part.to;
  const x = layerInput(plan, i, samplesOf(run).atX), d = deltaOf(s, plan, i), own = realAt(u.gradient, layer.first);
  if (from == to) return;
  part.thread = thread;
  layer.gradientPart(s.count, x, d, parametersOf(plan, layer), own, from, to, place.scratch);
  if (isByParts(u)) updatePart(u, plan, layer, part, thread, place, from * layer.units, endOf(layer, to));
}

/** Part k, of which another thread may have done some or all before it died. */
export function kernelResume(job: Job, place: Place, k: i32): void {
  const run = changetype<Run>(job.run), s = changetype<Sharing>(run.sharing), plan = changetype<Plan>(run.plan);
  const u = updateOf(run);
  const part = partAt(s, k), layer = layerAt(plan, part.layer), progress = part.progress, at = progress >> 1;
  if (progress == UNTOUCHED) {
    kernelTask(job, place, 0, k);
    return;
  }
  const to = endOf(layer, part.to);
  if (progress & 1) keep(u, plan, layer.first + at, min(KEPT, to - at), placeOf(job, part.thread).kept, true);
  if (at < to) updatePart(u, plan, layer, part, 0, place, at, to);
}
