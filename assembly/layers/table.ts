// A plan's table in linear memory: the record of the network, and behind it those of its layers, which the kinds' own files
// enlist, bottom first.
//
// Whoever calls allocates; nothing here does.

import { Activation, Loss } from "../codes";
import { realAt } from "../addresses";
import { Layer, Pass } from "./layer";

@unmanaged
export class Plan extends Pass {
  layers: i32;
  inputs: i32;
  loss: Loss;
  parameters: i32;
  statistics: i32; // running means and variances, behind the parameters
  dense: i32; // 1 where all layers are dense
  undivided: i32; // 1 where a layer takes a batch as a whole: its samples must not be told apart, nor come slab by slab
  rows: i32; // samples that the workspace holds
  theta: usize; // the parameters, and the statistics behind them
  delta: usize; // ∂E/∂y of the layer at work: rows×(widest layer)
  deltaBelow: usize; // and of the one below
  scratch: usize;
}

/** Bytes from one layer's record to the next, of any kind. */
export const RECORD: usize = 128;

/**
 * Of those, in front of the record: the number of its class (u32), where the compiler's dispatch looks for it; and room to keep
 * numbers aligned.
 */
const HEAD: usize = 8;

/** Bytes of the table for this many layers. */
export function planBytes(layers: i32): usize {
  return offsetof<Plan>() + <usize>layers * RECORD;
}

// @ts-ignore: decorator
@inline
export function layerAt(plan: Plan, i: i32): Layer {
  return changetype<Layer>(changetype<usize>(plan) + offsetof<Plan>() + HEAD + <usize>i * RECORD);
}

// @ts-ignore: decorator
@inline
export function topLayer(plan: Plan): Layer {
  return layerAt(plan, plan.layers - 1);
}

/** The layer's first parameter. */
// @ts-ignore: decorator
@inline
export function parametersOf(plan: Plan, layer: Layer): usize {
  return realAt(plan.theta, layer.first);
}

/** What layer i was fed by the last pass forward on x. */
// @ts-ignore: decorator
@inline
export function layerInput(plan: Plan, i: i32, x: usize): usize {
  return i ? layerAt(plan, i - 1).a : x;
}

/** How many units layer i − 1 has. */
// @ts-ignore: decorator
@inline
export function inputsOf(plan: Plan, i: i32): i32 {
  return i ? layerAt(plan, i - 1).units : plan.inputs;
}

/** The units of the widest layer. */
export function widest(plan: Plan): i32 {
  let units = 0;
  for (let i = 0; i < plan.layers; i++) units = max(units, layerAt(plan, i).units);
  return units;
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

/**
 * Layer i is of kind K, with so many units (0: as many as inputs) and parameters: `kernelSize` and, behind them, `others`.
 * Returns its record, where what is the kind's own is still to be filled in.
 */
export function enlist<K extends Layer>(at: usize, i: i32, units: i32, kernelSize: i32, others: i32): K {
  if (HEAD + offsetof<K>() > RECORD) ERROR("the kind's record does not fit");
  const plan = changetype<Plan>(at), layer = layerAt(plan, i);
  store<u32>(changetype<usize>(layer) - 8, idof<K>());
  layer.inputs = inputsOf(plan, i);
  layer.units = units ? units : layer.inputs;
  layer.activation = Activation.linear;
  layer.first = plan.parameters;
  layer.kernelSize = kernelSize;
  layer.parameters = kernelSize + others;
  layer.statistics = plan.statistics;
  plan.parameters += layer.parameters;
  plan.dense = 0; // a dense layer takes it back
  return changetype<K>(layer);
}
