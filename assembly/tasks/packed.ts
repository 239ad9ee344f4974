// Kernels packed once for all threads that share a step, before its samples run through them.

import { SIZE } from "../vec";
import { padded, realAt } from "../addresses";
import { packRowsB, packTransposedPart, panelBytes, wantsPacked } from "../kernels/gemm";
import { Plan, layerAt, parametersOf } from "../layers/table";

/** What is packed, of layers that multiply by a kernel: a table of Panels follows, and then what they are tables of. */
@unmanaged
export class PackedKernels {
  threads: i32;
  count: i32; // of Panels
}

/** A kernel, packed for the pass forward, or, back = 1, its transpose for errors. */
@unmanaged
class Panels {
  layer: i32;
  back: i32;
  at: usize;
}

// @ts-ignore: decorator
@inline
function panelsAt(packed: usize, i: i32): Panels {
  return changetype<Panels>(packed + offsetof<PackedKernels>() + <usize>i * offsetof<Panels>());
}

/** Rows of a kernel's part are multiples of this, so that tiles of 4 and of 6 fit. */
export const GRAIN: i32 = 12;

/** The first row of a kernel's part k of so many. */
export function partFrom(inputs: i32, k: i32, parts: i32): i32 {
  return k >= parts ? inputs : <i32>(<i64>inputs * k / parts) / GRAIN * GRAIN;
}

/**
 * Lays out what is packed of a plan's kernels, at `packed`; with packed = 0, only returns how many bytes that takes: 0 where
 * products want nothing packed. What fits is packed where the gradient will be: nobody has it while samples run through the
 * kernels.
 */
export function packedOpen(planAt: usize, threads: i32, packed: usize, gradient: usize): usize {
  const plan = changetype<Plan>(planAt), end = realAt(gradient, plan.parameters);
  let at = packed + padded(offsetof<PackedKernels>() + <usize>(2 * plan.layers) * offsetof<Panels>()), count = 0;
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i);
    if (!layer.product) continue;
    for (let back = 0; back <= min(i, 1); back++) { // no errors pass through the first layer
      const n = back ? layer.inputs : layer.units, depth = back ? layer.units : layer.inputs;
      if (!wantsPacked(n, depth)) continue;
      const bytes = padded(panelBytes(n, depth)), fits = gradient + bytes <= end;
      if (packed) {
        const panels = panelsAt(packed, count);
        panels.layer = i;
        panels.back = back;
        panels.at = fits ? gradient : at;
      }
      count++;
      if (fits) gradient += bytes;
      else at += bytes;
    }
  }
  if (packed) {
    changetype<PackedKernels>(packed).threads = threads;
    changetype<PackedKernels>(packed).count = count;
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

/** How many tasks it takes to pack the kernels: for each thread as many. */
export function packedTasks(packed: usize): i32 {
  const head = changetype<PackedKernels>(packed);
  return head.threads * head.count;
}

/** Task k of them: a thread's rows of a kernel, those that it updates. */
export function packKernels(plan: Plan, packed: usize, k: i32): void {
  const head = changetype<PackedKernels>(packed), threads = head.threads, thread = k / head.count;
  const panels = panelsAt(packed, k % head.count);
  const layer = layerAt(plan, panels.layer), inputs = layer.inputs, units = layer.units, kernel = parametersOf(plan, layer);
  const ld = <usize>units * SIZE;
  if (panels.back) packTransposedPart(inputs, units, thread, threads, kernel, ld, panels.at);
  else packRowsB(units, inputs, partFrom(inputs, thread, threads), partFrom(inputs, thread + 1, threads), kernel, ld, panels.at);
}
