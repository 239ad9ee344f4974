// Diagonals, back-propagated: LeCun's approximation of the Hessian's (Efficient BackProp 7.4), with squared weights and inputs in
// the place of weights and inputs; and the squares of each sample's own gradient, summed. docs/mathematics.md has the equations.

import { DiagonalKind } from "../codes";
import { SIZE } from "../vec";
import { padded, realAt } from "../addresses";
import { Layer, Spare } from "../layers/layer";
import { Plan, layerAt, layerInput, parametersOf, topLayer, widest } from "../layers/table";
import { lossCurvature, lossFactor, lossSlope, throughInput } from "../losses/loss";
import { planDescend, planForward, planGradient } from "../passes/plan";
import { Samples } from "../passes/samples";

/** Buffers of the recursion, beside what layers may overwrite. */
@unmanaged
class Curvatures extends Spare {
  h: usize; // second derivatives at the layer at work, and at the one below: rows×(widest layer)
  hBelow: usize;
}

/** Reals of a sample's widest buffer: inputs, or units of a layer. */
function breadth(plan: Plan): i32 {
  return max(plan.inputs, widest(plan));
}

/** Reals of the largest kernel. */
function largestKernel(plan: Plan): i32 {
  let size = 1;
  for (let i = 0; i < plan.layers; i++) size = max(size, layerAt(plan, i).kernelSize);
  return size;
}

/** Bytes of the buffers for a bound plan, 64-byte aligned. */
export function curvaturesBytes(planAt: usize): usize {
  const plan = changetype<Plan>(planAt);
  return 64 + 4 * padded(<usize>plan.rows * breadth(plan) * SIZE) + padded(<usize>largestKernel(plan) * SIZE);
}

/** Lays the buffers out. */
export function curvaturesOpen(at: usize, planAt: usize): void {
  const plan = changetype<Plan>(planAt), c = changetype<Curvatures>(at), wide = padded(<usize>plan.rows * breadth(plan) * SIZE);
  c.h = at + 64;
  c.hBelow = c.h + wide;
  c.units = c.hBelow + wide;
  c.inputs = c.units + wide;
  c.kernel = c.inputs + wide;
}

/** out += LeCun's diagonal of scale·Σ w·l over the slab at hand, or with `full` that with all terms, after planForward on it */
function diagonalSlab(c: Curvatures, plan: Plan, samples: Samples, rows: i32, scale: f64, full: i32, out: usize): void {
  const x = samples.atX, top = topLayer(plan), through = throughInput(plan.loss);
  lossCurvature(plan.loss, rows, top.units, top.a, samples.atT, samples.atW, scale, SIZE == 8 ? full : 0, c.h);
  if (full) lossSlope(plan.loss, rows, top.units, top.a, samples.atT, samples.atW, scale, plan.delta);
  for (let i = plan.layers - 1; i >= 0; i--) {
    const layer = layerAt(plan, i), parameters = parametersOf(plan, layer), own = realAt(out, layer.first);
    if (i < plan.layers - 1 || !through) {
      layer.diagonalActivationBackward(c, rows, parameters, full ? plan.delta : 0, c.h, own);
      if (full) layer.activationBackward(rows, parameters, plan.delta);
    }
    const d = full ? plan.delta : 0, input = layerInput(plan, i, x);
    layer.diagonalGradient(c, rows, input, parameters, d, c.h, own, plan.scratch);
    if (i == 0) break;
    layer.diagonalBackward(c, plan, rows, input, parameters, d, c.h, c.hBelow, plan.scratch);
    const h = c.h;
    c.h = c.hBelow;
    c.hBelow = h;
    if (full) descend(plan, layer, rows, input);
  }
}

/** delta = ∂E/∂a of the layer below; the two buffers change places */
function descend(plan: Plan, layer: Layer, rows: i32, input: usize): void {
  const d = plan.deltaBelow;
  layer.backward(plan, rows, input, plan.delta, parametersOf(plan, layer), d, plan.scratch);
  plan.deltaBelow = plan.delta;
  plan.delta = d;
}

/** One slab of the diagonal of Jᵀ·∂²l·J: a pass back for each factor of ∂²l, its gradients squared sample by sample. */
function exactSlab(c: Curvatures, plan: Plan, samples: Samples, rows: i32, scale: f64, out: usize): void {
  const at = changetype<usize>(plan), x = samples.atX, top = topLayer(plan);
  planForward(at, rows, x);
  for (let k = 0; k < top.units; k++) {
    lossFactor(plan.loss, rows, top.units, k, top.a, samples.atT, samples.atW, scale, plan.delta);
    if (!throughInput(plan.loss)) top.activationBackward(rows, parametersOf(plan, top), plan.delta);
    for (let i = plan.layers - 1; i >= 0; i--) {
      const layer = layerAt(plan, i), parameters = parametersOf(plan, layer);
      layer.squaredGradient(c, rows, layerInput(plan, i, x), parameters, plan.delta, realAt(out, layer.first), plan.scratch);
      if (i) planDescend(at, i, rows, x);
    }
  }
}

/** out (+)= LeCun's diagonal of the slab at hand, after planForward on it: for those who have just found its gradient */
export function slabDiagonal(
  at: usize, plan: Plan, samples: Samples, rows: i32, scale: f64, full: i32, out: usize, accumulate: i32,
): void {
  if (!accumulate) memory.fill(out, 0, <usize>plan.parameters * SIZE);
  diagonalSlab(changetype<Curvatures>(at), plan, samples, rows, scale, full, out);
}

/**
 * objectiveGradient (evaluate.ts) and, from the same passes forward, LeCun's curvatureDiagonal, with `full` the full one. Returns
 * Σ w·l.
 */
export function gradientAndDiagonal(
  at: usize, planAt: usize, samplesAt: usize, first: i32, rows: i32, scale: f64, gradient: usize, out: usize, full: i32,
  accumulate: i32,
): f64 {
  const plan = changetype<Plan>(planAt), samples = changetype<Samples>(samplesAt);
  let value: f64 = 0;
  plan.learning = 0;
  for (let done = 0; done < rows; done += plan.rows) {
    const count = min(plan.rows, rows - done);
    samples.take(first + done, count);
    value += planGradient(planAt, count, samples.atX, samples.atT, samples.atW, scale, gradient, accumulate);
    slabDiagonal(at, plan, samples, count, scale, full, out, accumulate);
    accumulate = 1;
  }
  return value;
}

/**
 * out (+)= a diagonal of ∂²/∂θ² of scale·Σ w·l over samples first … first + rows − 1: LeCun's recursion, never negative; in
 * float64 also the full one, with f″ and the other terms of first derivatives, or exactly that of the Gauss-Newton matrix. Adds
 * if `accumulate`, else replaces; sums over shards add up.
 */
export function curvatureDiagonal(
  at: usize, planAt: usize, samplesAt: usize, first: i32, rows: i32, scale: f64, out: usize, kind: DiagonalKind, accumulate: i32,
): void {
  const plan = changetype<Plan>(planAt), samples = changetype<Samples>(samplesAt), c = changetype<Curvatures>(at);
  plan.learning = 0;
  if (!accumulate) memory.fill(out, 0, <usize>plan.parameters * SIZE);
  for (let done = 0; done < rows; done += plan.rows) {
    const count = min(plan.rows, rows - done);
    samples.take(first + done, count);
    if (SIZE == 8 && kind == DiagonalKind.gaussNewton) {
      exactSlab(c, plan, samples, count, scale, out);
    } else {
      planForward(planAt, count, samples.atX);
      diagonalSlab(c, plan, samples, count, scale, SIZE == 8 && kind == DiagonalKind.full ? 1 : 0, out);
    }
  }
}
