// A step on one sample of a large network: every kernel is updated straight from x and delta, the gradient never written. A
// kernel passes through the caches once: errors are carried down, and the next sample is begun, in the pass that updates it.

import { Samples } from "../passes/samples";
import { axpy } from "../kernels/blas1";
import { denseActivate } from "../layers/dense";
import { realAt } from "../addresses";
import { Plan, layerAt, layerInput } from "../layers/table";
import { forwardDense, planDescend, planDescended, planForward, planLoss, planSlope } from "../passes/plan";
import { inPassing, updateAhead, updateBack, updateOuter } from "../rules/immediate";
import { Update } from "../rules/state";

/**
 * One step along the gradient of scale·w·l on the sample at hand; returns w·l, and changes nothing where that is not finite.
 * begun: the step before has left the first layer's sums in its y. next: the inputs of the sample for which this step leaves
 * them there, or 0; only where it `begins`.
 */
export function stepOnline(u: Update, plan: Plan, samples: Samples, begun: bool, next: usize, scale: f64): f64 {
  const at = changetype<usize>(plan), x = samples.atX, first = layerAt(plan, 0);
  if (begun) {
    if (first.bias) axpy(first.units, 1, realAt(plan.theta, first.first + first.kernelSize), first.y);
    denseActivate(1, first.units, first.y, first.a, first.activation, first.slope);
    forwardDense(plan, 1, 1, first.a);
  } else {
    planForward(at, 1, x);
  }
  const value = planLoss(at, 1, samples.atT, samples.atW);
  if (!isFinite(value)) return value;
  planSlope(at, 1, samples.atT, samples.atW, scale);
  for (let i = plan.layers - 1; i > 0; i--) {
    const layer = layerAt(plan, i), below = layerInput(plan, i, x), d = plan.delta;
    if (inPassing(u, plan, layer)) {
      updateBack(u, plan, layer, below, d, plan.deltaBelow);
      planDescended(plan, i);
    } else {
      planDescend(at, i, 1, x); // before the kernel that it reads is updated
      updateOuter(u, plan, layer, below, d);
    }
  }
  if (next) updateAhead(u, plan, first, x, plan.delta, next, first.y);
  else updateOuter(u, plan, first, x, plan.delta);
  return value;
}

/** Whether the step to come can begin the next sample. */
// @ts-ignore: decorator
@inline
export function begins(u: Update, plan: Plan): bool {
  return inPassing(u, plan, layerAt(plan, 0));
}
