// A plan: a network as a table in linear memory, which the calls here build and run over.
//
// The table holds shapes and, once bound, addresses: parameters (flat, kernel then bias, layer by layer), and a workspace
// of activations for up to `rows` samples. Whoever calls allocates; nothing here does.

import { Activation, Loss } from "../codes";
import { SIZE } from "../vec";
import { needsInput, timesDerivative } from "../activations/activation";
import { denseBackward, denseForward, denseGradient } from "../layers/dense";
import { BLOCK_DEPTH } from "../kernels/gemm";
import { lossSlope, lossValue, throughInput } from "../losses/loss";
import {
  BATCH_NORM, DENSE, DROPOUT, LAYER_NORM, Layer, NOISE, Pass, RBF, layerBackward, layerExtra, layerForward, layerGradient, layerScratch, layerSlope,
} from "../layers/layer";

@unmanaged
export class Plan extends Pass {
  layers: i32;
  inputs: i32;
  loss: Loss;
  parameters: i32;
  statistics: i32; // running means and variances, behind the parameters
  dense: i32; // 1 where all layers are dense
  rows: i32; // samples that the workspace holds
  theta: usize; // the parameters, and the statistics behind them
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

/** Begins a plan; a call for each layer must follow, bottom first. */
export function planOpen(at: usize, layers: i32, inputs: i32, loss: Loss): void {
  const plan = changetype<Plan>(at);
  memory.fill(at, 0, planBytes(layers));
  plan.layers = layers;
  plan.inputs = inputs;
  plan.loss = loss;
  plan.dense = 1;
}

/** Layer i is of a kind, with so many units and parameters. */
function describe(plan: Plan, i: i32, kind: i32, units: i32, parameters: i32): Layer {
  const layer = layerAt(plan, i);
  layer.kind = kind;
  layer.inputs = i ? layerAt(plan, i - 1).units : plan.inputs;
  layer.units = units ? units : layer.inputs;
  layer.activation = Activation.linear;
  layer.first = plan.parameters;
  layer.parameters = parameters;
  layer.statistics = plan.statistics;
  plan.parameters += parameters;
  if (kind != DENSE) plan.dense = 0;
  return layer;
}

/** How many units layer i − 1 has. */
// @ts-ignore: decorator
@inline
function width(plan: Plan, i: i32): i32 {
  return i ? layerAt(plan, i - 1).units : plan.inputs;
}

/** Layer i is dense. */
export function planDense(at: usize, i: i32, units: i32, activation: Activation, slope: f64, bias: i32): void {
  const plan = changetype<Plan>(at);
  const layer = describe(plan, i, DENSE, units, width(plan, i) * units + (bias ? units : 0));
  layer.activation = activation;
  layer.slope = slope;
  layer.bias = bias;
  layer.keepsInput = needsInput(activation) || activation == Activation.softmax || (i == plan.layers - 1 && throughInput(plan.loss)) ? 1 : 0;
}

/** Layer i has radial basis functions: parameters are centres (inputs×units) and logarithms of widths (units). */
export function planRbf(at: usize, i: i32, units: i32): void {
  const plan = changetype<Plan>(at);
  describe(plan, i, RBF, units, (width(plan, i) + 1) * units).keepsInput = 1;
}

/** Layer i normalises over batches: parameters γ, β; statistics mean, variance. keep: how much of those a step keeps. */
export function planBatchNorm(at: usize, i: i32, epsilon: f64, keep: f64): void {
  const plan = changetype<Plan>(at);
  const layer = describe(plan, i, BATCH_NORM, 0, 2 * width(plan, i));
  layer.slope = epsilon;
  layer.keep = keep;
  layer.keepsInput = 1;
  plan.statistics += 2 * layer.units;
}

/** Layer i normalises over units: parameters γ, β. */
export function planLayerNorm(at: usize, i: i32, epsilon: f64): void {
  const plan = changetype<Plan>(at);
  const layer = describe(plan, i, LAYER_NORM, 0, 2 * width(plan, i));
  layer.slope = epsilon;
  layer.keepsInput = 1;
}

/** Layer i leaves a share `rate` of its inputs out while training. purpose: of its stream. */
export function planDropout(at: usize, i: i32, rate: f64, purpose: u32): void {
  const layer = describe(changetype<Plan>(at), i, DROPOUT, 0, 0);
  layer.slope = rate;
  layer.purpose = purpose;
  layer.keepsInput = 1;
}

/** Layer i adds normal noise while training. purpose: of its stream. */
export function planNoise(at: usize, i: i32, deviation: f64, purpose: u32): void {
  const layer = describe(changetype<Plan>(at), i, NOISE, 0, 0);
  layer.slope = deviation;
  layer.purpose = purpose;
}

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
 * How many samples run through the network at a time. It follows from the shapes alone, so that sums over samples are
 * always split at the same places. Parameters pass through the caches with every slab: where there are many, it is larger. In training, batches that
 * are normalised as a whole must not be split at all.
 */
export function planSlab(at: usize, training: i32): i32 {
  const plan = changetype<Plan>(at);
  if (training && plan.statistics) return i32.MAX_VALUE;
  let width = plan.inputs;
  for (let i = 0; i < plan.layers; i++) width += layerAt(plan, i).units;
  return max(64, min(SLAB_ROWS, (max(SLAB_REALS, plan.parameters / 4) / width) & ~63));
}

/** Bytes from one buffer of the workspace to the next: sizes rounded up to a cache line. */
// @ts-ignore: decorator
@inline
export function padded(bytes: usize): usize {
  return (bytes + 63) & ~63;
}

// @ts-ignore: decorator
@inline
function widest(plan: Plan): i32 {
  let units = 0;
  for (let i = 0; i < plan.layers; i++) units = max(units, layerAt(plan, i).units);
  return units;
}

/** Bytes of workspace for up to `rows` samples: of forward alone, or also of backward (training = 1). */
export function planWorkspace(at: usize, rows: i32, training: i32): usize {
  const plan = changetype<Plan>(at);
  let bytes: usize = 0, scratch: usize = 0;
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i);
    bytes += padded(<usize>rows * layer.units * SIZE) * (layer.keepsInput ? 2 : 1);
    bytes += padded(<usize>layerExtra(layer, rows) * SIZE);
    scratch = max(scratch, layerScratch(layer, rows, training));
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
    layer.extra = workspace;
    workspace += padded(<usize>layerExtra(layer, rows) * SIZE);
  }
  if (training) {
    const size = padded(<usize>rows * widest(plan) * SIZE);
    plan.delta = workspace;
    plan.deltaBelow = workspace + size;
    workspace += 2 * size;
  }
  plan.scratch = workspace;
}

// @ts-ignore: decorator
@inline
function parametersOf(plan: Plan, layer: Layer): usize {
  return parameterAt(plan.theta, layer.first);
}

/** Runs `rows` samples x (rows×inputs) through the network; returns the address of the outputs, rows×(top layer's units). */
export function planForward(at: usize, rows: i32, x: usize): usize {
  const plan = changetype<Plan>(at);
  return plan.dense ? forwardDense(plan, 0, rows, x) : forwardAny(plan, rows, x);
}

/** The same of layers from number `first` on, all of them dense; x: what that layer is fed with */
export function forwardDense(plan: Plan, first: i32, rows: i32, x: usize): usize {
  for (let i = first; i < plan.layers; i++) { // small networks feel every call and every branch
    const layer = layerAt(plan, i), parameters = parametersOf(plan, layer);
    denseForward(
      rows, layer.inputs, layer.units, x, parameters, layer.panels, layer.bias ? parameterAt(parameters, layer.inputs * layer.units) : 0,
      layer.y, layer.a, layer.activation, layer.slope, plan.scratch,
    );
    x = layer.a;
  }
  return x;
}

/** planForward for layers of any kinds */
function forwardAny(plan: Plan, rows: i32, x: usize): usize {
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i), statistics = parameterAt(plan.theta, plan.parameters + layer.statistics);
    layerForward(layer, plan, rows, x, parametersOf(plan, layer), statistics, plan.scratch);
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
  if (!throughInput(plan.loss)) layerSlope(top, rows, parametersOf(plan, top), plan.delta);
}

/** From delta of layer i to delta of the layer below, after planForward on x; the two buffers change places. */
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

// @ts-ignore: decorator
@inline
function descendDense(plan: Plan, layer: Layer, below: Layer, rows: i32, d: usize): void {
  denseBackward(rows, layer.inputs, layer.units, plan.delta, parametersOf(plan, layer), layer.panelsBack, d, plan.scratch);
  timesDerivative(below.activation, rows * below.units, below.y, below.a, d, below.slope);
}

function descendAny(plan: Plan, layer: Layer, below: Layer, rows: i32, x: usize, d: usize): void {
  layerBackward(layer, plan, rows, x, plan.delta, parametersOf(plan, layer), d, plan.scratch);
  layerSlope(below, rows, parametersOf(plan, below), d);
}

/** What layer i was fed by the last planForward on x. */
// @ts-ignore: decorator
@inline
export function layerInput(plan: Plan, i: i32, x: usize): usize {
  return i ? layerAt(plan, i - 1).a : x;
}

/**
 * gradient (+)= ∂/∂θ of scale·Σ w·l over `rows` samples; returns Σ w·l. Adds if `accumulate`, else replaces.
 * x: rows×inputs, t: rows×outputs, w: rows or 0; rows ≤ the workspace's.
 */
export function planGradient(
  at: usize, rows: i32, x: usize, t: usize, w: usize, scale: f64, gradient: usize, accumulate: i32,
): f64 {
  const plan = changetype<Plan>(at);
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
    const layer = layerAt(plan, i), own = parameterAt(gradient, layer.first);
    denseGradient(
      rows, layer.inputs, layer.units, layerInput(plan, i, x), plan.delta, own,
      layer.bias ? parameterAt(own, layer.inputs * layer.units) : 0, accumulate, plan.scratch,
    );
    if (i == 0) break;
    const d = plan.deltaBelow;
    descendDense(plan, layer, layerAt(plan, i - 1), rows, d);
    exchange(plan);
  }
}

/** planBackward through layers of any kinds */
function backwardAny(plan: Plan, rows: i32, x: usize, gradient: usize, accumulate: i32): void {
  for (let i = plan.layers - 1; i >= 0; i--) {
    const layer = layerAt(plan, i), own = parameterAt(gradient, layer.first);
    layerGradient(layer, rows, layerInput(plan, i, x), plan.delta, parametersOf(plan, layer), own, accumulate, plan.scratch);
    if (i) planDescend(changetype<usize>(plan), i, rows, x);
  }
}
