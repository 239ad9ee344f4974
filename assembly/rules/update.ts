// What a step does to the parameters once their gradient is known: the table of rules, and the order in which things happen.

import { UpdateRule } from "../codes";
import { WHOLE } from "../extent";
import { Layer } from "../layers/layer";
import { realAt } from "../addresses";
import { Plan, layerAt } from "../layers/table";
import { Adaptive, adaptiveBegin, adaptiveStep } from "./adaptive";
import { noteAverage, refine } from "./around";
import { isImmediate } from "./immediate";
import { otherBegin, otherStep } from "./others";
import { Sgd, sgd, sgdStep } from "./sgd";
import { Update } from "./state";

/** What a step decides once for all parameters, E = loss before it. */
export function updateBegin(u: Update, plan: Plan, loss: f64): void {
  switch (u.rule) {
    case UpdateRule.plain:
    case UpdateRule.momentum:
    case UpdateRule.nesterov: break;
    case UpdateRule.adaGrad:
    case UpdateRule.rmsProp:
    case UpdateRule.adam:
    case UpdateRule.amsGrad:
    case UpdateRule.adamax:
    case UpdateRule.nadam: adaptiveBegin(changetype<Adaptive>(u)); break;
    default: if (WHOLE) otherBegin(u, plan, loss);
  }
}

/** The rule on n parameters from the first-th on, with a decay. */
function step(u: Update, plan: Plan, first: i32, n: i32, decay: f64): void {
  const g = realAt(u.gradient, first), w = realAt(plan.theta, first);
  switch (u.rule) {
    case UpdateRule.plain:
    case UpdateRule.momentum:
    case UpdateRule.nesterov: sgdStep(changetype<Sgd>(u), first, n, g, w, decay); break;
    case UpdateRule.adaGrad:
    case UpdateRule.rmsProp:
    case UpdateRule.adam:
    case UpdateRule.amsGrad:
    case UpdateRule.adamax:
    case UpdateRule.nadam: adaptiveStep(changetype<Adaptive>(u), first, n, g, w, decay); break;
    default: if (WHOLE) otherStep(u, first, n, g, w, decay); else unreachable();
  }
}

/** Whether parameters can move part by part, each once its gradient is known: after updateBegin, nothing but them counts. */
export function isByParts(u: Update): bool {
  return u.vectors != 0 && !u.extras;
}

/** Parameters from … to − 1 of a layer move a step, where isByParts. */
export function updateRange(u: Update, plan: Plan, layer: Layer, from: i32, to: i32): void {
  const n = layer.decaying, first = layer.first;
  if (u.decay == 0) {
    step(u, plan, first + from, to - from, 0);
    return;
  }
  if (from < n) step(u, plan, first + from, min(to, n) - from, u.decay);
  if (to > n) step(u, plan, first + max(from, n), to - max(from, n), 0);
}

/** θ moves one step against the gradient, found where E = loss; kernels decay, biases do not. */
export function update(u: Update, plan: Plan, loss: f64): void {
  if (isImmediate(u) && u.decay == 0) { // small networks feel every call and every branch
    const own = changetype<Sgd>(u);
    sgd(u.rule, plan.parameters, u.gradient, plan.theta, own.velocity, u.rate, own.momentum, 0);
    return;
  }
  if (u.extras) refine(u, plan);
  updateBegin(u, plan, loss);
  const decay = u.multipliers ? 0 : u.decay; // where rates differ, the decay is in the gradient
  if (decay == 0) {
    step(u, plan, 0, plan.parameters, 0);
  } else {
    for (let i = 0; i < plan.layers; i++) {
      const layer = layerAt(plan, i), n = layer.decaying;
      step(u, plan, layer.first, n, decay);
      step(u, plan, layer.first + n, layer.parameters - n, 0);
    }
  }
  if (u.average) noteAverage(u, plan);
}
