// Products of the Hessian, and of the Gauss-Newton matrix, with a vector v (Pearlmutter 1994; Efficient BackProp 7.5): forward,
// forward along v, and back. R{q} is the derivative of q along v. docs/mathematics.md has the equations.

import { SIZE } from "../vec";
import { padded, realAt } from "../addresses";
import { Plan, layerAt, layerInput, parametersOf, topLayer, widest } from "../layers/table";
import { lossSlope, lossTangent, throughInput } from "../losses/loss";
import { planBackward, planForward } from "../passes/plan";
import { Samples } from "../passes/samples";

/** Buffers of the passes along v. */
@unmanaged
class Tangents {
  forward: usize; // layer by layer R{y}, R{a}: rows×units each
  rd: usize; // R{∂E/∂y} of the layer at work, and of the one below: rows×(widest layer), like plan.delta and plan.deltaBelow
  rdBelow: usize;
  spare: usize; // rows×(widest layer)
}

/** Bytes of R{y} of layer i. */
// @ts-ignore: decorator
@inline
function bufferBytes(plan: Plan, i: i32): usize {
  return padded(<usize>plan.rows * layerAt(plan, i).units * SIZE);
}

/** The same of the widest layer. */
function widestBytes(plan: Plan): usize {
  return padded(<usize>plan.rows * widest(plan) * SIZE);
}

/** Bytes of the tangents of a bound plan, 64-byte aligned. */
export function tangentsBytes(planAt: usize): usize {
  const plan = changetype<Plan>(planAt);
  let bytes: usize = 64;
  for (let i = 0; i < plan.layers; i++) bytes += 2 * bufferBytes(plan, i);
  return bytes + 3 * widestBytes(plan);
}

/** Lays the tangents out. */
export function tangentsOpen(at: usize, planAt: usize): void {
  const plan = changetype<Plan>(planAt), t = changetype<Tangents>(at), wide = widestBytes(plan);
  t.forward = at + 64;
  let end = t.forward;
  for (let i = 0; i < plan.layers; i++) end += 2 * bufferBytes(plan, i);
  t.rd = end;
  t.rdBelow = end + wide;
  t.spare = end + 2 * wide;
}

/** Where R{y} of layer i is. */
function tangentOfY(t: Tangents, plan: Plan, i: i32): usize {
  let p = t.forward;
  for (let k = 0; k < i; k++) p += 2 * bufferBytes(plan, k);
  return p;
}

/** Where R{a} of layer i is; of what feeds the first layer there is none: 0. */
function tangentOfA(t: Tangents, plan: Plan, i: i32): usize {
  return i < 0 ? 0 : tangentOfY(t, plan, i) + bufferBytes(plan, i);
}

/** y, a, R{y}, R{a} of every layer = those of x (rows×inputs); returns the address of the top's R{a} */
function forward(t: Tangents, plan: Plan, rows: i32, x: usize, v: usize): usize {
  planForward(changetype<usize>(plan), rows, x);
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i), rx = tangentOfA(t, plan, i - 1), ry = tangentOfY(t, plan, i), ra = tangentOfA(t, plan, i);
    layer.tangentForward(
      rows, layerInput(plan, i, x), rx, parametersOf(plan, layer), realAt(v, layer.first), ry, ra, plan.scratch,
    );
  }
  return tangentOfA(t, plan, plan.layers - 1);
}

/** plan.delta, t.rd = ∂E/∂y, R{∂E/∂y} of layer i from ∂E/∂a, R{∂E/∂a}, in place */
function activationBackward(t: Tangents, plan: Plan, i: i32, rows: i32, v: usize): void {
  const layer = layerAt(plan, i), ry = tangentOfY(t, plan, i), ra = tangentOfA(t, plan, i);
  layer.tangentActivationBackward(rows, parametersOf(plan, layer), realAt(v, layer.first), ry, ra, plan.delta, t.rd, t.spare);
}

/** out (+)= H·v over the slab at hand, H = ∂²/∂θ² of scale·Σ w·l   adds if `accumulate`, else replaces */
function hessianSlab(
  t: Tangents, plan: Plan, samples: Samples, rows: i32, scale: f64, v: usize, out: usize, accumulate: i32,
): void {
  const top = topLayer(plan), last = plan.layers - 1, x = samples.atX;
  if (!accumulate) memory.fill(out, 0, <usize>plan.parameters * SIZE);
  const ra = forward(t, plan, rows, x, v);
  lossTangent(plan.loss, rows, top.units, top.a, samples.atT, ra, samples.atW, scale, 1, t.rd);
  lossSlope(plan.loss, rows, top.units, top.a, samples.atT, samples.atW, scale, plan.delta);
  if (!throughInput(plan.loss)) activationBackward(t, plan, last, rows, v);
  for (let i = last; i >= 0; i--) {
    const layer = layerAt(plan, i), first = layer.first, input = layerInput(plan, i, x);
    const rx = tangentOfA(t, plan, i - 1), ry = tangentOfY(t, plan, i);
    const parameters = parametersOf(plan, layer), own = realAt(v, first);
    layer.tangentGradient(rows, input, rx, parameters, own, ry, plan.delta, t.rd, realAt(out, first), plan.scratch);
    if (i == 0) break;
    layer.tangentBackward(rows, input, rx, parameters, own, ry, plan.delta, t.rd, plan.deltaBelow, t.rdBelow, plan.scratch);
    const delta = plan.delta, rd = t.rd;
    plan.delta = plan.deltaBelow;
    plan.deltaBelow = delta;
    t.rd = t.rdBelow;
    t.rdBelow = rd;
    activationBackward(t, plan, i - 1, rows, v);
  }
}

/**
 * out (+)= G·v over the slab at hand, G = Jᵀ·∂²(scale·Σ w·l)/∂a²·J, the Gauss-Newton matrix: R{a} of the top goes back like an
 * error
 */
function gaussNewtonSlab(
  t: Tangents, plan: Plan, samples: Samples, rows: i32, scale: f64, v: usize, out: usize, accumulate: i32,
): void {
  const top = topLayer(plan), ra = forward(t, plan, rows, samples.atX, v);
  lossTangent(plan.loss, rows, top.units, top.a, samples.atT, ra, samples.atW, scale, 0, plan.delta);
  if (!throughInput(plan.loss)) top.activationBackward(rows, parametersOf(plan, top), plan.delta);
  planBackward(changetype<usize>(plan), rows, samples.atX, out, accumulate);
}

/**
 * out (+)= B·v over samples first … first + rows − 1, B the Hessian of scale·Σ w·l or, if `gaussNewton`, its Gauss-Newton part. v
 * and out: one real a parameter. Adds if `accumulate`, else replaces; sums over shards add up.
 */
export function curvatureProduct(
  at: usize, planAt: usize, samplesAt: usize, first: i32, rows: i32, scale: f64, v: usize, out: usize, gaussNewton: i32,
  accumulate: i32,
): void {
  const plan = changetype<Plan>(planAt), samples = changetype<Samples>(samplesAt), t = changetype<Tangents>(at);
  plan.learning = 0;
  for (let done = 0; done < rows; done += plan.rows) {
    const count = min(plan.rows, rows - done);
    samples.take(first + done, count);
    if (gaussNewton) gaussNewtonSlab(t, plan, samples, count, scale, v, out, accumulate);
    else hessianSlab(t, plan, samples, count, scale, v, out, accumulate);
    accumulate = 1;
  }
}
