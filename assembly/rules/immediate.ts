// Steps straight from the outer products of one sample, the gradient never written: what gradient descent can do, and no other
// family.

import { UpdateRule } from "../codes";
import { Layer } from "../layers/layer";
import { realAt } from "../addresses";
import { Plan } from "../layers/table";
import { passes, sgdOuterAhead, sgdOuterBack } from "./outer";
import { Sgd, sgd, sgdOuter } from "./sgd";
import { Update } from "./state";

/** Whether the rule can take a step straight from a sample's outer products. */
// @ts-ignore: decorator
@inline
export function isImmediate(u: Update): bool {
  return u.immediate != 0 && !u.extras;
}

/** Whether velocities flush in this step (vec.ts): about one in sixteen; epochs of few samples, too, come by it. */
// @ts-ignore: decorator
@inline
function flushes(plan: Plan): bool {
  return ((plan.epoch + plan.step) & 15) == 0;
}

// @ts-ignore: decorator
@inline
function updateBias(u: Sgd, layer: Layer, d: usize, w: usize, v: usize): void {
  const n = layer.kernelSize;
  if (layer.bias) sgd(u.rule, layer.units, d, realAt(w, n), realAt(v, n), u.rate, u.momentum, 0);
}

/** A layer's parameters move a step against the gradient of one sample: x[i]·d[o] for the kernel, d for the bias. */
export function updateOuter(at: Update, plan: Plan, layer: Layer, x: usize, d: usize): void {
  const u = changetype<Sgd>(at), w = realAt(plan.theta, layer.first), v = realAt(u.velocity, layer.first);
  sgdOuter(u.rule, flushes(plan), layer.inputs, layer.units, x, d, w, v, u.rate, u.momentum, u.decay);
  updateBias(u, layer, d, w, v);
}

/** Whether a layer can be updated in one of the passes below, in this step. A product of depth 1 is formed in another way. */
export function inPassing(u: Update, plan: Plan, layer: Layer): bool {
  return passes(u.rule, layer.units) && u.decay == 0 && layer.inputs > 1 && !(u.rule == UpdateRule.momentum && flushes(plan));
}

/** updateOuter, and y[o] = Σ_i z[i]·K[i,o] of the kernel that it leads to */
export function updateAhead(at: Update, plan: Plan, layer: Layer, x: usize, d: usize, z: usize, y: usize): void {
  const u = changetype<Sgd>(at), w = realAt(plan.theta, layer.first), v = realAt(u.velocity, layer.first);
  sgdOuterAhead(u.rule, layer.inputs, layer.units, x, d, w, v, z, y, u.rate, u.momentum);
  updateBias(u, layer, d, w, v);
}

/** dx[i] = Σ_o d[o]·K[i,o] of the kernel that was, and updateOuter */
export function updateBack(at: Update, plan: Plan, layer: Layer, x: usize, d: usize, dx: usize): void {
  const u = changetype<Sgd>(at), w = realAt(plan.theta, layer.first), v = realAt(u.velocity, layer.first);
  sgdOuterBack(u.rule, layer.inputs, layer.units, x, d, w, v, dx, u.rate, u.momentum);
  updateBias(u, layer, d, w, v);
}
