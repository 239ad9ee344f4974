// A plan: a network as a table in linear memory, which the calls here build and run over.
//
// The table holds shapes and, once bound, addresses: parameters (flat, kernel then bias, layer by layer), and a workspace
// of activations for up to `rows` patterns. Whoever calls allocates; nothing here does.

import { SIZE } from "./vec";
import { SOFTMAX, needsInput, timesDerivative } from "./kernels/activation";
import { denseBackward, denseForward, denseGradient, denseScratch } from "./kernels/dense";
import { lossSlope, lossValue, throughInput } from "./kernels/loss";

/** One layer of a plan. */
@unmanaged
export class Layer {
  inputs: i32;
  units: i32;
  activation: i32;
  bias: i32; // 1 with a bias, else 0
  slope: f64; // the activation's parameter
  first: i32; // index of its first parameter
  keepsInput: i32; // 1 where y has a buffer of its own beside a
  y: usize; // rows×units, or the same as a
  a: usize; // rows×units

  @inline get kernelSize(): i32 {
    return this.inputs * this.units;
  }

  /** How many of its parameters decay: the first ones, the kernel. */
  @inline get decaying(): i32 {
    return this.kernelSize;
  }

  @inline get parameters(): i32 {
    return this.kernelSize + (this.bias ? this.units : 0);
  }
}

@unmanaged
export class Plan {
  layers: i32;
  inputs: i32;
  loss: i32;
  parameters: i32;
  rows: i32; // patterns that the workspace holds
  theta: usize; // the parameters
  delta: usize; // ∂E/∂y of the layer at work: rows×(widest layer)
  deltaBelow: usize; // and of the one below
  scratch: usize;
}

// @ts-ignore: decorator
@inline
export function layerAt(plan: Plan, i: i32): Layer {
  return changetype<Layer>(changetype<usize>(plan) + offsetof<Plan>() + <usize>i * offsetof<Layer>());
}

// @ts-ignore: decorator
@inline
export function topLayer(plan: Plan): Layer {
  return layerAt(plan, plan.layers - 1);
}

/** Address of parameter `index`. */
// @ts-ignore: decorator
@inline
export function parameterAt(base: usize, index: i32): usize {
  return base + <usize>index * SIZE;
}

/** Bytes of the table for this many layers. */
export function planBytes(layers: i32): usize {
  return offsetof<Plan>() + <usize>layers * offsetof<Layer>();
}

/** Begins a plan; planDense must follow for every layer, bottom first. */
export function planOpen(at: usize, layers: i32, inputs: i32, loss: i32): void {
  const plan = changetype<Plan>(at);
  memory.fill(at, 0, planBytes(layers));
  plan.layers = layers;
  plan.inputs = inputs;
  plan.loss = loss;
}

/** Layer i is dense. */
export function planDense(at: usize, i: i32, units: i32, activation: i32, slope: f64, bias: i32): void {
  const plan = changetype<Plan>(at);
  const layer = layerAt(plan, i);
  layer.inputs = i ? layerAt(plan, i - 1).units : plan.inputs;
  layer.units = units;
  layer.activation = activation;
  layer.slope = slope;
  layer.bias = bias;
  layer.first = plan.parameters;
  layer.keepsInput = needsInput(activation) || activation == SOFTMAX || (i == plan.layers - 1 && throughInput(plan.loss)) ? 1 : 0;
  plan.parameters += layer.parameters;
}

/** How many parameters the plan has. */
export function planParameters(at: usize): i32 {
  const plan = changetype<Plan>(at);
  return plan.parameters;
}

/** Reals of input and activations that a slab may hold: 1 MiB in float32, about what a second cache keeps. */
const SLAB_REALS: i32 = 1 << 18;

/**
 * How many patterns run through the network at a time. It follows from the shapes alone, so that sums over patterns are
 * always split at the same places.
 */
export function planSlab(at: usize): i32 {
  const plan = changetype<Plan>(at);
  let width = plan.inputs;
  for (let i = 0; i < plan.layers; i++) width += layerAt(plan, i).units;
  return max(64, min(1024, (SLAB_REALS / width) & ~63));
}

/** Bytes from one buffer of the workspace to the next: sizes rounded up to a cache line. */
// @ts-ignore: decorator
@inline
function padded(bytes: usize): usize {
  return (bytes + 63) & ~63;
}

// @ts-ignore: decorator
@inline
function widest(plan: Plan): i32 {
  let units = 0;
  for (let i = 0; i < plan.layers; i++) units = max(units, layerAt(plan, i).units);
  return units;
}

/** Bytes of workspace for up to `rows` patterns: of forward alone, or also of backward (training = 1). */
export function planWorkspace(at: usize, rows: i32, training: i32): usize {
  const plan = changetype<Plan>(at);
  let bytes: usize = 0, scratch: usize = 0;
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i);
    bytes += padded(<usize>rows * layer.units * SIZE) * (layer.keepsInput ? 2 : 1);
    scratch = max(scratch, denseScratch(rows, layer.inputs, layer.units, training));
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
  }
  if (training) {
    const size = padded(<usize>rows * widest(plan) * SIZE);
    plan.delta = workspace;
    plan.deltaBelow = workspace + size;
    workspace += 2 * size;
  }
  plan.scratch = workspace;
}

/** Runs `rows` patterns x (rows×inputs) through the network; returns the address of the outputs, rows×(top layer's units). */
export function planForward(at: usize, rows: i32, x: usize): usize {
  const plan = changetype<Plan>(at);
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i), kernel = parameterAt(plan.theta, layer.first);
    denseForward(
      rows, layer.inputs, layer.units, x, kernel, layer.bias ? parameterAt(kernel, layer.kernelSize) : 0,
      layer.y, layer.a, layer.activation, layer.slope, plan.scratch,
    );
    x = layer.a;
  }
  return x;
}

/** Σ w·l over the patterns of the last planForward   t: rows×outputs, w: rows or 0 */
export function planLoss(at: usize, rows: i32, t: usize, w: usize): f64 {
  const plan = changetype<Plan>(at);
  const top = topLayer(plan);
  return lossValue(plan.loss, rows, top.units, top.y, top.a, t, w);
}

/** l of pattern r of the last planForward   t: rows×outputs */
export function planPatternLoss(at: usize, r: i32, t: usize): f64 {
  const plan = changetype<Plan>(at);
  const top = topLayer(plan), offset = <usize>r * top.units * SIZE;
  return lossValue(plan.loss, 1, top.units, top.y + offset, top.a + offset, t + offset, 0);
}

/** delta = scale·w·∂l/∂y at the top, after planForward */
export function planSlope(at: usize, rows: i32, t: usize, w: usize, scale: f64): void {
  const plan = changetype<Plan>(at);
  const top = topLayer(plan);
  lossSlope(plan.loss, rows, top.units, top.a, t, w, scale, plan.delta);
  if (!throughInput(plan.loss)) {
    timesDerivative(top.activation, rows * top.units, top.y, top.a, plan.delta, top.slope);
  }
}

/** From delta of layer i to delta of the layer below; the two buffers change places. */
export function planDescend(at: usize, i: i32, rows: i32): void {
  const plan = changetype<Plan>(at);
  const layer = layerAt(plan, i), below = layerAt(plan, i - 1), d = plan.deltaBelow;
  denseBackward(rows, layer.inputs, layer.units, plan.delta, parameterAt(plan.theta, layer.first), d, plan.scratch);
  timesDerivative(below.activation, rows * below.units, below.y, below.a, d, below.slope);
  plan.deltaBelow = plan.delta;
  plan.delta = d;
}

/** What layer i was fed by the last planForward on x. */
// @ts-ignore: decorator
@inline
export function layerInput(plan: Plan, i: i32, x: usize): usize {
  return i ? layerAt(plan, i - 1).a : x;
}

/**
 * gradient (+)= ∂/∂θ of scale·Σ w·l over `rows` patterns; returns Σ w·l. Adds if `accumulate`, else replaces.
 * x: rows×inputs, t: rows×outputs, w: rows or 0; rows ≤ the workspace's.
 */
export function planGradient(
  at: usize, rows: i32, x: usize, t: usize, w: usize, scale: f64, gradient: usize, accumulate: i32,
): f64 {
  const plan = changetype<Plan>(at);
  planForward(at, rows, x);
  const value = planLoss(at, rows, t, w);
  planSlope(at, rows, t, w, scale);
  for (let i = plan.layers - 1; i >= 0; i--) {
    const layer = layerAt(plan, i), kernel = parameterAt(gradient, layer.first);
    denseGradient(
      rows, layer.inputs, layer.units, layerInput(plan, i, x), plan.delta, kernel,
      layer.bias ? parameterAt(kernel, layer.kernelSize) : 0, accumulate, plan.scratch,
    );
    if (i) planDescend(at, i, rows);
  }
  return value;
}
