// Passes through a plan: how many samples at a time, with what workspace, forward, and back to the gradient.
//
// The table (layers/table.ts) holds shapes and, once bound, addresses: parameters (flat, kernel then bias, layer by layer), and a
// workspace of activations for up to `rows` samples. Whoever calls allocates; nothing here does.

import { SIZE } from "../vec";
import { padded, realAt } from "../addresses";
import { timesDerivative } from "../activations/activation";
import { BLOCK_DEPTH } from "../kernels/gemm";
import { Dense } from "../layers/dense";
import { Layer } from "../layers/layer";
import { Plan, layerAt, layerInput, parametersOf, topLayer, widest } from "../layers/table";
import { lossSlope, lossValue, throughInput } from "../losses/loss";

/** How many parameters the plan has. */
export function planParameters(at: usize): i32 {
  const plan = changetype<Plan>(at);
  return plan.parameters;
}

/** Reals of input and activations that a slab may hold at least: 1 MiB in float32, about what a second cache keeps. */
const SLAB_REALS: i32 = 1 << 18;

/**
 * A product sums so many samples from 0 before it adds what was there: a gradient that is added slab by slab in place has the
 * bits of one whose slabs were summed apart.
 */
const SLAB_ROWS: i32 = BLOCK_DEPTH;

/**
 * How many samples run through the network at a time. It follows from the shapes alone, so that sums over samples are always
 * split at the same places. Parameters pass through the caches with every slab: where there are many, it is larger. In training,
 * batches that are normalised as a whole must not be split at all.
 */
export function planSlab(at: usize, training: i32): i32 {
  const plan = changetype<Plan>(at);
  if (training && plan.undivided) return i32.MAX_VALUE;
  let width = plan.inputs;
  for (let i = 0; i < plan.layers; i++) width += layerAt(plan, i).units;
  return max(64, min(SLAB_ROWS, (max(SLAB_REALS, plan.parameters / 4) / width) & ~63));
}

/** Bytes of workspace for up to `rows` samples: of forward alone, or also of backward (training = 1). */
export function planWorkspace(at: usize, rows: i32, training: i32): usize {
  const plan = changetype<Plan>(at);
  let bytes: usize = 0, scratch: usize = 0;
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i);
    bytes += padded(<usize>rows * layer.units * SIZE) * (layer.keepsInput ? 2 : 1);
    bytes += padded(<usize>layer.batchReals * SIZE) + padded(<usize>rows * layer.rowReals * SIZE);
    scratch = max(scratch, layer.scratchBytes(rows, training));
  }
  if (training) bytes += 2 * padded(<usize>rows * widest(plan) * SIZE);
  return bytes + padded(scratch);
}

/** Points the plan to its parameters and to a workspace of planWorkspace(plan, rows, training) bytes, 64-byte aligned. */
export function planBind(at: usize, rows: i32, training: i32, theta: usize, workspace: usize): void {
  const plan = changetype<Plan>(at);
  plan.rows = rows;
  plan.theta = theta;
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i), size = padded(<usize>rows * layer.units * SIZE);
    layer.a = layer.y = workspace;
    workspace += size;
    if (layer.keepsInput) {
      layer.y = workspace;
      workspace += size;
    }
    layer.batchBuffer = workspace;
    workspace += padded(<usize>layer.batchReals * SIZE);
    layer.rowBuffer = workspace;
    workspace += padded(<usize>rows * layer.rowReals * SIZE);
  }
  if (training) {
    const size = padded(<usize>rows * widest(plan) * SIZE);
    plan.delta = workspace;
    plan.deltaBelow = workspace + size;
    workspace += 2 * size;
  }
  plan.scratch = workspace;
}

/** Runs `rows` samples x (rows×inputs) through the network; returns the address of the outputs, rows×(top layer's units). */
export function planForward(at: usize, rows: i32, x: usize): usize {
  const plan = changetype<Plan>(at);
  return plan.dense ? forwardDense(plan, 0, rows, x) : forwardAny(plan, rows, x);
}

/** The same of layers from number `first` on, all of them dense; x: what that layer is fed with */
export function forwardDense(plan: Plan, first: i32, rows: i32, x: usize): usize {
  for (let i = first; i < plan.layers; i++) { // small networks feel every call and every branch
    const layer = changetype<Dense>(layerAt(plan, i));
    layer.forward(plan, rows, x, parametersOf(plan, layer), 0, plan.scratch);
    x = layer.a;
  }
  return x;
}

/** planForward for layers of any kinds */
function forwardAny(plan: Plan, rows: i32, x: usize): usize {
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i), statistics = realAt(plan.theta, plan.parameters + layer.statistics);
    layer.forward(plan, rows, x, parametersOf(plan, layer), statistics, plan.scratch);
    x = layer.a;
  }
  return x;
}

/** The address of what layer i put out in the last planForward. */
export function planOutput(at: usize, i: i32): usize {
  return layerAt(changetype<Plan>(at), i).a;
}

/** Σ w·l over the samples of the last planForward   t: rows×outputs, w: rows or 0 */
export function planLoss(at: usize, rows: i32, t: usize, w: usize): f64 {
  const plan = changetype<Plan>(at);
  const top = topLayer(plan);
  return lossValue(plan.loss, rows, top.units, top.y, top.a, t, w);
}

/** l of sample r of the last planForward   t: rows×outputs */
export function planSampleLoss(at: usize, r: i32, t: usize): f64 {
  const plan = changetype<Plan>(at);
  const top = topLayer(plan), offset = <usize>r * top.units * SIZE;
  return lossValue(plan.loss, 1, top.units, top.y + offset, top.a + offset, t + offset, 0);
}

/** delta = scale·w·∂l/∂y at the top, after planForward */
export function planSlope(at: usize, rows: i32, t: usize, w: usize, scale: f64): void {
  const plan = changetype<Plan>(at);
  const top = topLayer(plan);
  lossSlope(plan.loss, rows, top.units, top.a, t, w, scale, plan.delta);
  if (!throughInput(plan.loss)) top.activationBackward(rows, parametersOf(plan, top), plan.delta);
}

/** delta = ∂E/∂y of layer i − 1 from delta = ∂E/∂y of layer i, after planForward on x; the two buffers change places */
export function planDescend(at: usize, i: i32, rows: i32, x: usize): void {
  const plan = changetype<Plan>(at);
  const layer = layerAt(plan, i), below = layerAt(plan, i - 1), d = plan.deltaBelow;
  if (plan.dense) descendDense(plan, layer, below, rows, d);
  else descendAny(plan, layer, below, rows, layerInput(plan, i, x), d);
  exchange(plan);
}

/** The buffers of errors change places. */
// @ts-ignore: decorator
@inline
function exchange(plan: Plan): void {
  const d = plan.deltaBelow;
  plan.deltaBelow = plan.delta;
  plan.delta = d;
}

/** planDescend of one sample through a dense layer where deltaBelow has Σ_o delta[o]·K[i,o] already */
export function planDescended(plan: Plan, i: i32): void {
  const below = layerAt(plan, i - 1);
  timesDerivative(below.activation, below.units, below.y, below.a, plan.deltaBelow, below.slope);
  exchange(plan);
}

/** d = ∂E/∂y of the layer below from delta, through a dense layer to a dense one   d: not delta */
// @ts-ignore: decorator
@inline
function descendDense(plan: Plan, layer: Layer, below: Layer, rows: i32, d: usize): void {
  changetype<Dense>(layer).backward(plan, rows, 0, plan.delta, parametersOf(plan, layer), d, plan.scratch);
  changetype<Dense>(below).activationBackward(rows, 0, d);
}

/** The same through layers of any kinds   x: what the upper one was fed */
function descendAny(plan: Plan, layer: Layer, below: Layer, rows: i32, x: usize, d: usize): void {
  layer.backward(plan, rows, x, plan.delta, parametersOf(plan, layer), d, plan.scratch);
  below.activationBackward(rows, parametersOf(plan, below), d);
}

/**
 * gradient (+)= ∂/∂θ of scale·Σ w·l over `rows` samples; returns Σ w·l. Adds if `accumulate`, else replaces.
 * x: rows×inputs, t: rows×outputs, w: rows or 0; rows ≤ the workspace's.
 */
export function planGradient(
  at: usize, rows: i32, x: usize, t: usize, w: usize, scale: f64, gradient: usize, accumulate: i32,
): f64 {
  planForward(at, rows, x);
  const value = planLoss(at, rows, t, w);
  planSlope(at, rows, t, w, scale);
  planBackward(at, rows, x, gradient, accumulate);
  return value;
}

/** gradient (+)= ∂E/∂θ from delta = ∂E/∂y at the top, after planForward on x */
// @ts-ignore: decorator
@inline
export function planBackward(at: usize, rows: i32, x: usize, gradient: usize, accumulate: i32): void {
  const plan = changetype<Plan>(at);
  if (!plan.dense) {
    backwardAny(plan, rows, x, gradient, accumulate);
    return;
  }
  for (let i = plan.layers - 1; i >= 0; i--) {
    const layer = changetype<Dense>(layerAt(plan, i));
    layer.gradient(rows, layerInput(plan, i, x), plan.delta, 0, realAt(gradient, layer.first), accumulate, plan.scratch);
    if (i == 0) break;
    const d = plan.deltaBelow;
    descendDense(plan, layer, layerAt(plan, i - 1), rows, d);
    exchange(plan);
  }
}

/** planBackward through layers of any kinds */
function backwardAny(plan: Plan, rows: i32, x: usize, gradient: usize, accumulate: i32): void {
  for (let i = plan.layers - 1; i >= 0; i--) {
    const layer = layerAt(plan, i), own = realAt(gradient, layer.first);
    layer.gradient(rows, layerInput(plan, i, x), plan.delta, parametersOf(plan, layer), own, accumulate, plan.scratch);
    if (i) planDescend(changetype<usize>(plan), i, rows, x);
  }
}
