// What threads that share a step know of it: the table of a run that is shared, and where its layers' errors are.

import { SIZE } from "../vec";
import { padded } from "../addresses";
import { Plan, layerAt } from "../layers/table";

/** The table of a run that is shared; its Parts follow. */
@unmanaged
export class Sharing {
  parts: i32;
  first: i32; // of the step's samples
  count: i32;
  weight: f64; // what the gradient of the sum of their losses is divided by
  deltas: usize; // rows×units of each layer, layer by layer
  packed: usize; // PackedKernels, or 0
}

/** Rows from … to − 1 of a layer's kernel; the last part of a layer also has what else it learns. */
@unmanaged
export class Part {
  layer: i32;
  from: i32;
  to: i32;
  /**
   * How far the part has come in this step, so that another thread can go on where one has died: UNTOUCHED, or twice the number
   * of the parameter that the update is at, + 1 once what it changes next is kept at the place of `thread`.
   */
  progress: i32;
  thread: i32;
}

// @ts-ignore: decorator
@inline
export function partAt(s: Sharing, i: i32): Part {
  return changetype<Part>(changetype<usize>(s) + offsetof<Sharing>() + <usize>i * offsetof<Part>());
}

/** Bytes of the errors of all layers. */
export function deltaBytes(planAt: usize): usize {
  const plan = changetype<Plan>(planAt);
  let bytes: usize = 0;
  for (let i = 0; i < plan.layers; i++) bytes += padded(<usize>plan.rows * layerAt(plan, i).units * SIZE);
  return bytes;
}

/** Where those of layer i are. */
export function deltaOf(s: Sharing, plan: Plan, i: i32): usize {
  let at = s.deltas;
  for (let k = 0; k < i; k++) at += padded(<usize>plan.rows * layerAt(plan, k).units * SIZE);
  return at;
}
