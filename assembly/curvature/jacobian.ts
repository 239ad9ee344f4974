// The Jacobian of the outputs, sample by sample: a pass back for each output, started by a unit vector (Efficient BackProp 7.2).

import { Activation, Loss } from "../codes";
import { SIZE } from "../vec";
import { get, realAt, set } from "../addresses";
import { normalMatrix } from "../kernels/factor";
import { vectorMatrix } from "../kernels/matvec";
import { foldRows } from "../kernels/qr";
import { Plan, layerAt, layerInput, parametersOf, topLayer } from "../layers/table";
import { lossFactor, lossRoot, throughInput } from "../losses/loss";
import { planDescend, planForward } from "../passes/plan";
import { Samples } from "../passes/samples";

/**
 * jacobianRows of the slab at hand, after planForward on it. With `curved` rows are those of √(∂²l/∂a_k²)·∂a_k/∂θ, l without 1/O
 * and counted in the loss's curvatureScale: JᵀJ is then the Gauss-Newton matrix.
 */
function slabRows(planAt: usize, samples: Samples, rows: i32, weighted: i32, curved: i32, jacobian: usize, stride: usize): void {
  const plan = changetype<Plan>(planAt), top = topLayer(plan), units = top.units, softmax = top.activation == Activation.softmax;
  const x = samples.atX, w = weighted ? samples.atW : 0, rooted = curved && throughInput(plan.loss);
  for (let k = 0; k < units; k++) {
    const d = plan.delta, coupled = curved && plan.loss == Loss.cosineProximity;
    if (coupled) lossFactor(plan.loss, rows, units, k, top.a, samples.atT, w, 1, d);
    else for (let r = 0; r < rows; r++) {
      const root = w ? sqrt(get(w, r)) : 1, at = r * units, a = get(top.a, at + k);
      const here = <usize>(at + k) * SIZE;
      // The softmax couples outputs: ∂a_k/∂y_j = a_k·(δ_kj − a_j), and ∂²l/∂a_k² stands for 1/a_k.
      const own = softmax ? (rooted ? sqrt(a) : a) : curved ? lossRoot(plan.loss, top.a + here, samples.atT + here) : 1;
      for (let j = 0; j < units; j++) {
        const one: f64 = j == k ? 1 : 0;
        set(d, at + j, root * (own * (softmax ? one - get(top.a, at + j) : one)));
      }
    }
    if (!softmax && !rooted) top.activationBackward(rows, parametersOf(plan, top), d);
    for (let i = plan.layers - 1; i >= 0; i--) {
      const layer = layerAt(plan, i), column = realAt(jacobian + <usize>k * stride, layer.first);
      layer.sampleGradients(rows, layerInput(plan, i, x), parametersOf(plan, layer), plan.delta, column, stride * units);
      if (i) planDescend(planAt, i, rows, x);
    }
  }
}

/**
 * jacobian[r·O + k, :] = ∂a_k/∂θ of sample first + r, times √w[r] if `weighted`; outputs[r·O + k] = a_k. r < rows ≤ the plan's; a
 * row of the jacobian has `stride` bytes and P reals.
 */
export function jacobianRows(
  planAt: usize, samplesAt: usize, first: i32, rows: i32, weighted: i32, jacobian: usize, stride: usize, outputs: usize,
): void {
  const plan = changetype<Plan>(planAt), samples = changetype<Samples>(samplesAt), top = topLayer(plan), units = top.units;
  plan.learning = 0;
  samples.take(first, rows);
  planForward(planAt, rows, samples.atX);
  memory.copy(outputs, top.a, <usize>(rows * units) * SIZE);
  slabRows(planAt, samples, rows, weighted, 0, jacobian, stride);
}

/** e[r,o] = √w[r]·(a[r,o] − t[r,o]); returns Σ e² */
function residuals(rows: i32, units: i32, a: usize, t: usize, w: usize, e: usize): f64 {
  let total: f64 = 0;
  for (let r = 0; r < rows; r++) {
    const root = w ? sqrt(get(w, r)) : 1;
    for (let k = r * units, end = k + units; k < end; k++) {
      const v = root * (get(a, k) - get(t, k));
      set(e, k, v);
      total += v * v;
    }
  }
  return total;
}

/**
 * a = JᵀJ (its upper triangle, and a few below), g = Jᵀe, J and e those of √w·(outputs − t) of samples from `begin` on, `rows` of
 * them, formed `slab` ≤ the plan's of them at a time; returns Σ e². With `errors` 0 just a = Jᵀ·∂²(Σ w·l)/∂a²·J, the Gauss-Newton
 * matrix without 1/O, counted in the loss's curvatureScale. a: P×P; g: P; jacobian: slab·O×P; errors: slab·O. forwarded: 1 where
 * the plan's last forward pass was over just these samples, at these parameters, which needs slab ≥ rows. scratch:
 * factorScratch(slab·O, P)
 */
export function normalEquations(
  planAt: usize, samplesAt: usize, begin: i32, rows: i32, slab: i32, forwarded: i32, jacobian: usize, errors: usize, a: usize,
  g: usize, scratch: usize,
): f64 {
  const plan = changetype<Plan>(planAt), samples = changetype<Samples>(samplesAt), units = topLayer(plan).units;
  const n = plan.parameters;
  const stride = <usize>n * SIZE;
  let total: f64 = 0;
  plan.learning = 0;
  memory.fill(a, 0, <usize>n * stride);
  if (errors) memory.fill(g, 0, stride);
  for (let first = 0; first < rows; first += slab) {
    const count = min(slab, rows - first), m = count * units;
    samples.take(begin + first, count);
    if (!forwarded) planForward(planAt, count, samples.atX);
    if (errors) total += residuals(count, units, topLayer(plan).a, samples.atT, samples.atW, errors);
    slabRows(planAt, samples, count, 1, errors ? 0 : 1, jacobian, stride);
    normalMatrix(m, n, jacobian, stride, a, scratch);
    if (errors) vectorMatrix(n, m, errors, SIZE, jacobian, stride, g, g);
  }
  return total;
}

/**
 * R and z with RᵀR = JᵀJ, Rᵀz = Jᵀe, J and e as in normalEquations: for matrices that squaring would make singular   r: P×P; z,
 * spare: P. Adds to what r and z hold
 */
export function triangularEquations(
  planAt: usize, samplesAt: usize, rows: i32, slab: i32, jacobian: usize, errors: usize, r: usize, z: usize, spare: usize,
): void {
  const plan = changetype<Plan>(planAt), samples = changetype<Samples>(samplesAt), units = topLayer(plan).units;
  const n = plan.parameters;
  plan.learning = 0;
  for (let first = 0; first < rows; first += slab) {
    const count = min(slab, rows - first);
    samples.take(first, count);
    planForward(planAt, count, samples.atX);
    residuals(count, units, topLayer(plan).a, samples.atT, samples.atW, errors);
    slabRows(planAt, samples, count, 1, 0, jacobian, <usize>n * SIZE);
    foldRows(n, r, z, count * units, jacobian, errors, spare);
  }
}
