// Diagonals, back-propagated: LeCun's approximation of the Hessian's (SPEC 1.7.4) with squared weights and inputs in the place of weights and inputs; and
// squares of each sample's own gradient, summed.

import { DiagonalKind, Loss, Operand } from "../codes";
import { LANES, SIZE, loadPart, mul, storePart } from "../vec";
import { Samples } from "../steps/samples";
import { secondDerivative, timesDerivative } from "../activations/activation";
import { columnSums, copy } from "../kernels/blas1";
import { exp } from "../kernels/elementary";
import { gemm } from "../kernels/gemm";
import { times } from "../layers/noise";
import { lossCurvature, lossSlope, throughInput } from "../losses/loss";
import { BATCH_NORM, DENSE, DROPOUT, LAYER_NORM, Layer, RBF, layerBackward, layerSlope } from "../layers/layer";
import { Plan, layerAt, layerInput, parameterAt, planDescend, planForward, planGradient, topLayer } from "../steps/plan";

/** Buffers of the recursion. */
@unmanaged
class Curvatures {
  h: usize; // second derivatives at the layer at work, and below: rows×(widest layer)
  hBelow: usize;
  spare: usize;
  squares: usize; // of a layer's inputs: rows×(widest input)
  kernel: usize; // squares of a kernel
}

// @ts-ignore: decorator
@inline
function padded(bytes: usize): usize {
  return (bytes + 63) & ~63;
}

// @ts-ignore: decorator
@inline
function get(p: usize, i: i32): f64 {
  return <f64>load<real>(p + <usize>i * SIZE);
}

// @ts-ignore: decorator
@inline
function add(p: usize, i: i32, x: f64): void {
  store<real>(p + <usize>i * SIZE, <real>(get(p, i) + x));
}

// @ts-ignore: decorator
@inline
function behind(p: usize, reals: i32): usize {
  return p + <usize>reals * SIZE;
}

function widest(plan: Plan): i32 {
  let units = plan.inputs;
  for (let i = 0; i < plan.layers; i++) units = max(units, layerAt(plan, i).units);
  return units;
}

function largestKernel(plan: Plan): i32 {
  let size = 1;
  for (let i = 0; i < plan.layers; i++) size = max(size, layerAt(plan, i).kernelSize);
  return size;
}

/** Bytes of the buffers for a bound plan, 64-byte aligned. */
export function curvaturesBytes(planAt: usize): usize {
  const plan = changetype<Plan>(planAt);
  return 64 + 4 * padded(<usize>plan.rows * widest(plan) * SIZE) + padded(<usize>largestKernel(plan) * SIZE);
}

/** Lays the buffers out. */
export function curvaturesOpen(at: usize, planAt: usize): void {
  const plan = changetype<Plan>(planAt), c = changetype<Curvatures>(at), wide = padded(<usize>plan.rows * widest(plan) * SIZE);
  c.h = at + 64;
  c.hBelow = c.h + wide;
  c.spare = c.hBelow + wide;
  c.squares = c.spare + wide;
  c.kernel = c.squares + wide;
}

/** out[i] = x[i]² */
function square(n: i32, x: usize, out: usize): void {
  for (; n >= LANES; n -= LANES, x += 16, out += 16) {
    const v = v128.load(x);
    v128.store(out, mul(v, v));
  }
  if (n > 0) {
    const v = loadPart(x, n);
    storePart(out, mul(v, v), n);
  }
}

/** h[i] = f′[i]²·h[i] + f″[i]·d[i]   d = 0: without the second term */
function throughActivation(c: Curvatures, layer: Layer, n: i32, d: usize, h: usize): void {
  timesDerivative(layer.activation, n, layer.y, layer.a, h, layer.slope);
  timesDerivative(layer.activation, n, layer.y, layer.a, h, layer.slope);
  if (SIZE == 4 || !d) return; // float32 has the recursion without it only
  secondDerivative(layer.activation, n, layer.y, layer.a, c.spare, layer.slope);
  for (let i = 0; i < n; i++) add(h, i, get(c.spare, i) * get(d, i));
}

// @ts-ignore: decorator
@inline
function narrow(s: f64): f64 {
  return min(<f64>v128.extract_lane<real>(exp<real>(v128.splat<real>(<real>(-2 * s))), 0), 1e30);
}

/**
 * From h = ∂²E/∂a² to ∂²E/∂y² (of rbf layers ∂²E/∂D², and that of s to out)   d = ∂E/∂a with the full recursion, else 0
 */
function curvatureSlope(c: Curvatures, layer: Layer, rows: i32, parameters: usize, d: usize, h: usize, out: usize): void {
  const units = layer.units, n = rows * units;
  if (layer.kind == DENSE) {
    throughActivation(c, layer, n, d, h);
  } else if (layer.kind == RBF) {
    const s = behind(parameters, layer.kernelSize), own = behind(out, layer.kernelSize);
    for (let k = 0; k < n; k++) {
      const j = k % units, p = narrow(get(s, j)), a = get(layer.a, k), D = get(layer.y, k), z = 2 * D * p, ha = get(h, k);
      const da = d ? get(d, k) : 0;
      add(own, j, ha * z * a * z * a + da * a * (z * z - 2 * z));
      store<real>(h + <usize>k * SIZE, <real>(ha * a * p * a * p + da * a * p * p));
    }
  }
}

/** out += ∂²E/∂parameters² from h at y   q = ∂E/∂D of rbf layers with the full recursion, else 0 */
function curvatureGradient(c: Curvatures, layer: Layer, rows: i32, x: usize, parameters: usize, q: usize, h: usize, out: usize, scratch: usize): void {
  const inputs = layer.inputs, units = layer.units, second = behind(out, layer.kernelSize);
  switch (layer.kind) {
    case DENSE: {
      const ldx = <usize>inputs * SIZE, ld = <usize>units * SIZE;
      square(rows * inputs, x, c.squares);
      gemm(Operand.transposed, Operand.plain, inputs, units, rows, c.squares, ldx, h, ld, out, ld, out, ld, scratch);
      if (layer.bias) columnSums(rows, units, h, second, second);
      break;
    }
    case RBF: {
      for (let r = 0; r < rows; r++) for (let i = 0; i < inputs; i++) for (let j = 0; j < units; j++) {
        const k = r * units + j, at = i * units + j, apart = get(parameters, at) - get(x, r * inputs + i);
        add(out, at, get(h, k) * apart * apart + (q ? get(q, k) : 0));
      }
      break;
    }
    case BATCH_NORM: case LAYER_NORM: {
      for (let k = 0; k < rows * units; k++) {
        const v = get(layer.y, k);
        add(out, k % units, get(h, k) * v * v);
        add(second, k % units, get(h, k));
      }
    }
  }
}

/** hx = ∂²E/∂x² from h at y   d = ∂E/∂y (of rbf ∂E/∂D) with the full recursion, else 0 */
function curvatureBackward(
  c: Curvatures, layer: Layer, learning: i32, rows: i32, x: usize, parameters: usize, d: usize, h: usize, hx: usize, scratch: usize,
): void {
  const inputs = layer.inputs, units = layer.units;
  switch (layer.kind) {
    case DENSE: {
      const ldx = <usize>inputs * SIZE, ld = <usize>units * SIZE;
      square(inputs * units, parameters, c.kernel);
      gemm(Operand.plain, Operand.transposed, rows, inputs, units, h, ld, c.kernel, ld, hx, ldx, 0, 0, scratch);
      break;
    }
    case RBF: {
      for (let r = 0; r < rows; r++) for (let i = 0; i < inputs; i++) {
        let sum: f64 = 0;
        for (let j = 0; j < units; j++) {
          const k = r * units + j, apart = get(x, r * inputs + i) - get(parameters, i * units + j);
          sum += get(h, k) * apart * apart + (d ? get(d, k) : 0);
        }
        store<real>(hx + <usize>(r * inputs + i) * SIZE, <real>sum);
      }
      break;
    }
    case BATCH_NORM: {
      const inverse = behind(layer.extra, units);
      for (let k = 0; k < rows * units; k++) {
        const j = k % units, s = get(parameters, j) * get(inverse, j);
        store<real>(hx + <usize>k * SIZE, <real>(get(h, k) * s * s));
      }
      break;
    }
    case LAYER_NORM: {
      // ∂x̂_j/∂x_i = A_ji = s·(δ_ij − 1/n − x̂_i·x̂_j/n), ∂²x̂_j/∂x_i² = −(s/n)·(2·x̂_i·A_ji + x̂_j·A_ii)
      for (let r = 0; r < rows; r++) {
        const at = r * units, s = get(layer.extra, r), share = 1 / <f64>units;
        for (let i = 0; i < units; i++) {
          const hi = get(layer.y, at + i), own = s * (1 - share - hi * hi * share);
          let sum: f64 = 0;
          for (let j = 0; j < units; j++) {
            const hj = get(layer.y, at + j), a = j == i ? own : -s * share * (1 + hi * hj), g = get(parameters, j);
            sum += get(h, at + j) * g * a * g * a;
            if (d) sum -= get(d, at + j) * g * s * share * (2 * hi * a + hj * own);
          }
          store<real>(hx + <usize>(at + i) * SIZE, <real>sum);
        }
      }
      break;
    }
    default: {
      if (layer.kind == DROPOUT && learning) {
        times(rows * units, h, layer.y, hx);
        times(rows * units, hx, layer.y, hx);
      } else {
        copy(rows * units, h, hx);
      }
    }
  }
}

/** One slab of the recursion, after planForward on it. */
function diagonalSlab(c: Curvatures, plan: Plan, samples: Samples, rows: i32, scale: f64, full: i32, out: usize): void {
  const x = samples.atX, top = topLayer(plan), through = throughInput(plan.loss);
  lossCurvature(plan.loss, rows, top.units, top.a, samples.atW, scale, c.h);
  if (full) lossSlope(plan.loss, rows, top.units, top.a, samples.atT, samples.atW, scale, plan.delta);
  for (let i = plan.layers - 1; i >= 0; i--) {
    const layer = layerAt(plan, i), parameters = parameterAt(plan.theta, layer.first), own = parameterAt(out, layer.first);
    if (i < plan.layers - 1 || !through) {
      curvatureSlope(c, layer, rows, parameters, full ? plan.delta : 0, c.h, own);
      if (full) layerSlope(layer, rows, parameters, plan.delta);
    }
    const d = full ? plan.delta : 0, input = layerInput(plan, i, x);
    curvatureGradient(c, layer, rows, input, parameters, d, c.h, own, plan.scratch);
    if (i == 0) break;
    curvatureBackward(c, layer, plan.learning, rows, input, parameters, d, c.h, c.hBelow, plan.scratch);
    const h = c.h;
    c.h = c.hBelow;
    c.hBelow = h;
    if (full) descend(plan, i, rows, input);
  }
}

/** delta of the layer below at a, before its slope; the two buffers change places */
function descend(plan: Plan, i: i32, rows: i32, input: usize): void {
  const layer = layerAt(plan, i), d = plan.deltaBelow;
  layerBackward(layer, plan, rows, input, plan.delta, parameterAt(plan.theta, layer.first), d, plan.scratch);
  plan.deltaBelow = plan.delta;
  plan.delta = d;
}

/**
 * delta[r,:] = the k-th factor of ∂²l/∂a² (through the input ∂²l/∂y²) of sample r: factors f_k with Σ_k f_k·f_kᵀ = scale·w·∂²l. One output each, but for the
 * softmax, where diag(p) − p·pᵀ = Σ_k p_k·(e_k − p)(e_k − p)ᵀ
 */
function factorOf(plan: Plan, rows: i32, k: i32, w: usize, scale: f64): void {
  const top = topLayer(plan), units = top.units, share = scale / <f64>units, d = plan.delta;
  memory.fill(d, 0, <usize>(rows * units) * SIZE);
  for (let r = 0; r < rows; r++) {
    const weight = w ? get(w, r) : 1, at = r * units, a = get(top.a, at + k);
    if (plan.loss == Loss.meanSquaredError) {
      add(d, at + k, sqrt(2 * share * weight));
    } else if (plan.loss == Loss.binaryCrossEntropy) {
      add(d, at + k, sqrt(share * weight * a * (1 - a)));
    } else if (plan.loss == Loss.crossEntropy) {
      const root = sqrt(scale * weight * a);
      for (let j = 0; j < units; j++) add(d, at + j, -root * get(top.a, at + j));
      add(d, at + k, root);
    }
  }
}

/** out += the squares of each sample's gradient of a layer's parameters, from delta = d at y */
function squaredGradient(c: Curvatures, layer: Layer, rows: i32, x: usize, parameters: usize, d: usize, out: usize, scratch: usize): void {
  const inputs = layer.inputs, units = layer.units, n = rows * units, second = behind(out, layer.kernelSize);
  switch (layer.kind) {
    case DENSE: {
      const ldx = <usize>inputs * SIZE, ld = <usize>units * SIZE;
      square(rows * inputs, x, c.squares);
      square(n, d, c.spare);
      gemm(Operand.transposed, Operand.plain, inputs, units, rows, c.squares, ldx, c.spare, ld, out, ld, out, ld, scratch);
      if (layer.bias) columnSums(rows, units, c.spare, second, second);
      break;
    }
    case RBF: {
      for (let k = 0; k < n; k++) {
        const r = k / units, j = k % units, q = get(d, k), own = 2 * q * get(layer.y, k);
        add(second, j, own * own);
        for (let i = 0; i < inputs; i++) {
          const g = q * (get(parameters, i * units + j) - get(x, r * inputs + i));
          add(out, i * units + j, g * g);
        }
      }
      break;
    }
    case BATCH_NORM: case LAYER_NORM: {
      for (let k = 0; k < n; k++) {
        const g = get(d, k), own = g * get(layer.y, k);
        add(out, k % units, own * own);
        add(second, k % units, g * g);
      }
    }
  }
}

/** One slab of the diagonal of Jᵀ·∂²l·J: a pass back for each factor of ∂²l, its gradients squared sample by sample. */
function exactSlab(c: Curvatures, plan: Plan, samples: Samples, rows: i32, scale: f64, out: usize): void {
  const at = changetype<usize>(plan), x = samples.atX, top = topLayer(plan);
  planForward(at, rows, x);
  for (let k = 0; k < top.units; k++) {
    factorOf(plan, rows, k, samples.atW, scale);
    if (!throughInput(plan.loss)) layerSlope(top, rows, parameterAt(plan.theta, top.first), plan.delta);
    for (let i = plan.layers - 1; i >= 0; i--) {
      const layer = layerAt(plan, i), parameters = parameterAt(plan.theta, layer.first);
      squaredGradient(c, layer, rows, layerInput(plan, i, x), parameters, plan.delta, parameterAt(out, layer.first), plan.scratch);
      if (i) planDescend(at, i, rows, x);
    }
  }
}

/** out (+)= LeCun's diagonal of the slab at hand, after planForward on it: for those who have just found its gradient */
export function slabDiagonal(at: usize, plan: Plan, samples: Samples, rows: i32, scale: f64, full: i32, out: usize, accumulate: i32): void {
  if (!accumulate) memory.fill(out, 0, <usize>plan.parameters * SIZE);
  diagonalSlab(changetype<Curvatures>(at), plan, samples, rows, scale, full, out);
}

/**
 * objectiveGradient (evaluate.ts) and, from the same forward passes, curvatureDiagonal of kind 0, or with `full` 1. Returns Σ w·l.
 */
export function gradientAndDiagonal(
  at: usize, planAt: usize, samplesAt: usize, first: i32, rows: i32, scale: f64, gradient: usize, out: usize, full: i32, accumulate: i32,
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
 * out (+)= a diagonal of ∂²/∂θ² of scale·Σ w·l over samples first … first + rows − 1: LeCun's recursion, never negative; in float64 also
 * the full one, with f″ and the other terms of first derivatives, or exactly that of the Gauss-Newton matrix. Adds if `accumulate`, else replaces; sums over shards add up. SPEC 1.7.4
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
    if (SIZE == 8 && kind == DiagonalKind.gaussNewton) exactSlab(c, plan, samples, count, scale, out);
    else {
      planForward(planAt, count, samples.atX);
      diagonalSlab(c, plan, samples, count, scale, SIZE == 8 && kind == DiagonalKind.full ? 1 : 0, out);
    }
  }
}
