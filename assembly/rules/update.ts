// What a step does to the parameters once their gradient is known: the table of rules, and the order in which things happen.

import { UpdateRule } from "../codes";
import { Layer } from "../layers/layer";
import { realAt } from "../addresses";
import { Plan, layerAt } from "../layers/table";
import { Adadelta, adadeltaStep } from "./adadelta";
import { Adaptive, adaptiveBegin, adaptiveStep } from "./adaptive";
import { noteAverage, refine } from "./around";
import { CurvedMean, curvedMeanBegin, curvedMeanStep } from "./curved-mean";
import { DeltaBarDelta, deltaBarDeltaStep } from "./delta-bar-delta";
import { Gdx, gdxBegin, gdxStep } from "./gdx";
import { isImmediate } from "./immediate";
import { Lion, lionStep } from "./lion";
import { Murata, murataBegin, murataStep } from "./murata";
import { Quickprop, quickpropStep } from "./quickprop";
import { Resilient, resilientBegin, resilientStep } from "./resilient";
import { Sgd, sgd, sgdStep } from "./sgd";
import { Update } from "./state";
import { StochasticDiagonal, stochasticDiagonalBegin, stochasticDiagonalStep } from "./stochastic-diagonal";
import { SuperSab, superSabStep } from "./super-sab";

/** What a step decides once for all parameters, E = loss before it. Rules that are not listed decide nothing. */
export function updateBegin(u: Update, plan: Plan, loss: f64): void {
  switch (u.rule) {
    case UpdateRule.adaGrad:
    case UpdateRule.rmsProp:
    case UpdateRule.adam:
    case UpdateRule.amsGrad:
    case UpdateRule.adamax:
    case UpdateRule.nadam: adaptiveBegin(changetype<Adaptive>(u)); break;
    case UpdateRule.rpropMinus:
    case UpdateRule.rpropPlus:
    case UpdateRule.rpropImproved:
    case UpdateRule.rpropImprovedPlus: resilientBegin(changetype<Resilient>(u), loss); break;
    case UpdateRule.murata: murataBegin(changetype<Murata>(u), plan.parameters); break;
    case UpdateRule.gdx: gdxBegin(changetype<Gdx>(u), plan, loss); break;
    case UpdateRule.stochasticDiagonalLM: stochasticDiagonalBegin(changetype<StochasticDiagonal>(u), plan.parameters); break;
    case UpdateRule.adaHessian:
    case UpdateRule.sophia: curvedMeanBegin(changetype<CurvedMean>(u), plan.parameters); break;
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
    case UpdateRule.rpropMinus:
    case UpdateRule.rpropPlus:
    case UpdateRule.rpropImproved:
    case UpdateRule.rpropImprovedPlus: resilientStep(changetype<Resilient>(u), first, n, g, w, decay); break;
    case UpdateRule.deltaBarDelta: deltaBarDeltaStep(changetype<DeltaBarDelta>(u), first, n, g, w, decay); break;
    case UpdateRule.superSAB: superSabStep(changetype<SuperSab>(u), first, n, g, w, decay); break;
    case UpdateRule.quickprop: quickpropStep(changetype<Quickprop>(u), first, n, g, w, decay); break;
    case UpdateRule.murata: murataStep(changetype<Murata>(u), n, g, w, decay); break;
    case UpdateRule.gdx: gdxStep(changetype<Gdx>(u), first, n, g, w, decay); break;
    case UpdateRule.stochasticDiagonalLM: stochasticDiagonalStep(changetype<StochasticDiagonal>(u), first, n, g, w, decay); break;
    case UpdateRule.adaHessian:
    case UpdateRule.sophia: curvedMeanStep(changetype<CurvedMean>(u), first, n, g, w, decay); break;
    case UpdateRule.lion: lionStep(changetype<Lion>(u), first, n, g, w, decay); break;
    case UpdateRule.adadelta: adadeltaStep(changetype<Adadelta>(u), first, n, g, w, decay); break;
    default: unreachable();
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
