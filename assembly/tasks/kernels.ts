// Kernels packed once for all threads that share a step, before its patterns run through them.

import { SIZE } from "../vec";
import { packBlock, packTransposedPart, packedBlocks, packedBytes, packsWhole } from "../kernels/gemm";
import { DENSE } from "../layer";
import { Plan, layerAt, padded, parameterAt } from "../plan";

/** What is packed: a table of Panels follows, and then what they are tables of. */
@unmanaged
export class PackedKernels {
  threads: i32;
  count: i32;
  each: i32; // tasks a thread
}

/** A kernel, packed for the pass forward, or, back = 1, its transpose for errors. */
@unmanaged
class Panels {
  layer: i32;
  back: i32;
  each: i32; // of a thread's tasks
  at: usize;
}

// @ts-ignore: decorator
@inline
function panelsAt(packed: usize, i: i32): Panels {
  return changetype<Panels>(packed + offsetof<PackedKernels>() + <usize>i * offsetof<Panels>());
}

/** How many of so many parts a thread has. */
export function eachOf(parts: i32, threads: i32): i32 {
  return (parts + threads - 1) / threads;
}

/**
 * Lays out what is packed of a plan's kernels, at `packed`; with packed = 0, only returns how many bytes that takes: 0 where products want nothing packed.
 * What fits is packed where the gradient will be: nobody has it while patterns run through the kernels.
 */
export function packedOpen(planAt: usize, threads: i32, packed: usize, gradient: usize): usize {
  const plan = changetype<Plan>(planAt), head = changetype<PackedKernels>(packed), end = parameterAt(gradient, plan.parameters);
  let at = packed + padded(offsetof<PackedKernels>() + <usize>(2 * plan.layers) * offsetof<Panels>()), count = 0, tasks = 0;
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i);
    if (layer.kind != DENSE) continue;
    for (let back = 0; back <= min(i, 1); back++) { // no errors pass through the first layer
      const n = back ? layer.inputs : layer.units, depth = back ? layer.units : layer.inputs;
      if (!packsWhole(n, depth)) continue;
      const each = back ? 1 : eachOf(packedBlocks(depth), threads), bytes = padded(packedBytes(n, depth)), fits = gradient + bytes <= end;
      if (packed) {
        const panels = panelsAt(packed, count);
        panels.layer = i;
        panels.back = back;
        panels.each = each;
        panels.at = fits ? gradient : at;
      }
      count++;
      tasks += each;
      if (fits) gradient += bytes;
      else at += bytes;
    }
  }
  if (packed) {
    head.threads = threads;
    head.count = count;
    head.each = tasks;
  }
  return count ? at - packed : 0;
}

/** The plan, a copy of the one whose kernels are packed, finds them there. */
export function usePacked(plan: Plan, packed: usize): void {
  for (let i = changetype<PackedKernels>(packed).count; i-- > 0; ) {
    const panels = panelsAt(packed, i), layer = layerAt(plan, panels.layer);
    if (panels.back) layer.panelsBack = panels.at;
    else layer.panels = panels.at;
  }
}

/** How many tasks it takes to pack the kernels: for each thread as many, of which some may have nothing to do. */
export function packedTasks(packed: usize): i32 {
  const head = changetype<PackedKernels>(packed);
  return head.threads * head.each;
}

/** Task k of them, about the rows that its thread updates. */
export function packKernels(plan: Plan, packed: usize, k: i32): void {
  const head = changetype<PackedKernels>(packed), threads = head.threads, thread = k / head.each;
  k %= head.each;
  for (let i = 0; ; i++) {
    const panels = panelsAt(packed, i), each = panels.each;
    if (k < each) {
      const layer = layerAt(plan, panels.layer), inputs = layer.inputs, units = layer.units, block = thread * each + k;
      const kernel = parameterAt(plan.theta, layer.first), ld = <usize>units * SIZE;
      if (panels.back) packTransposedPart(inputs, units, thread, threads, kernel, ld, panels.at);
      else if (block < packedBlocks(inputs)) packBlock(units, inputs, block, kernel, ld, panels.at);
      return;
    }
    k -= each;
  }
}
