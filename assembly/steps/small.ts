// A step on one sample of a small network, in one function: no packing, no choice of a product's path, no gradient written.

import { Activation } from "../codes";
import { LANES, SIZE, add, loadPart, madd, splat, splatAt, sum } from "../vec";
import { Samples } from "../passes/samples";
import { activate, timesDerivative } from "../activations/activation";
import { lossSlope, lossValue, throughInput } from "../losses/loss";
import { softmax } from "../kernels/softmax";
import { Layer } from "../layers/layer";
import { realAt } from "../addresses";
import { Plan, layerAt, layerInput, topLayer } from "../layers/table";
import { inPassing, updateBack, updateOuter } from "../rules/immediate";
import { Update } from "../rules/state";

/** The widest layer of a small network. */
const WIDEST: i32 = 64;

/** Whether all layers are dense, and as narrow as that. */
export function isSmall(plan: Plan): bool {
  if (!plan.dense || plan.inputs > WIDEST) return false;
  for (let i = 0; i < plan.layers; i++) if (layerAt(plan, i).units > WIDEST) return false;
  return true;
}

/** Numbers of whole vectors that n take: buffers of the workspace are padded to them. */
// @ts-ignore: decorator
@inline
function whole(n: i32): i32 {
  return (n + LANES - 1) & ~(LANES - 1);
}

/** y[j] = b[j] + Σ_k x[k]·K[k,j]   K: m×n; b = 0: no bias; lanes of y beyond n are overwritten with anything */
// @ts-ignore: decorator
@inline
function forward(m: i32, n: i32, x: usize, kernel: usize, bias: usize, y: usize): void {
  const next = <usize>n * SIZE;
  for (let j = 0; j < n; j += 2 * LANES, kernel += 32, y += 32) {
    let c0 = splat(0), c1 = c0, p = kernel, q = x;
    for (let k = m; k > 0; k--) {
      const v = splatAt(q);
      c0 = madd(c0, v, v128.load(p)); // reads past a row are harmless: their sums are nobody's
      c1 = madd(c1, v, v128.load(p, 16));
      p += next;
      q += SIZE;
    }
    if (bias) {
      c0 = add(v128.load(bias), c0);
      c1 = add(v128.load(bias, 16), c1);
      bias += 32;
    }
    v128.store(y, c0);
    if (n - j > LANES) v128.store(y, c1, 16);
  }
}

/** dx[k] = Σ_j d[j]·K[k,j]   K: m×n; lanes of dx beyond m are overwritten with anything where n = 1 */
// @ts-ignore: decorator
@inline
function backward(m: i32, n: i32, d: usize, kernel: usize, dx: usize): void {
  if (n == 1) {
    const v = splatAt(d);
    for (; m > 0; m -= LANES, kernel += 16, dx += 16) v128.store(dx, v128.mul<real>(v, v128.load(kernel)));
    return;
  }
  const end = <usize>(n & ~(LANES - 1)) * SIZE, rest = n & (LANES - 1), tail = rest ? loadPart(d + end, rest) : splat(0);
  for (; m > 0; m--, kernel += <usize>n * SIZE, dx += SIZE) {
    let c = splat(0);
    for (let j: usize = 0; j < end; j += 16) c = madd(c, v128.load(d + j), v128.load(kernel + j));
    if (rest) c = madd(c, tail, loadPart(kernel + end, rest));
    store<real>(dx, sum(c));
  }
}

// @ts-ignore: decorator
@inline
function biasOf(layer: Layer, kernel: usize): usize {
  return layer.bias ? realAt(kernel, layer.inputs * layer.units) : 0;
}

/** One step along the gradient of scale·w·l on the sample at hand; returns w·l, and changes nothing where that is not finite. */
export function stepSmall(u: Update, plan: Plan, samples: Samples, scale: f64): f64 {
  let x = samples.atX;
  const layers = plan.layers;
  for (let i = 0; i < layers; i++) {
    const layer = layerAt(plan, i), kernel = realAt(plan.theta, layer.first), n = layer.units;
    forward(layer.inputs, n, x, kernel, biasOf(layer, kernel), layer.y);
    if (layer.activation == Activation.softmax) softmax(1, n, layer.y, layer.a);
    else activate(layer.activation, whole(n), layer.y, layer.a, layer.slope);
    x = layer.a;
  }
  const top = topLayer(plan), t = samples.atT, value = lossValue(plan.loss, 1, top.units, top.y, top.a, t, samples.atW);
  if (!isFinite(value)) return value;
  let d = plan.delta, below = plan.deltaBelow;
  lossSlope(plan.loss, 1, top.units, top.a, t, samples.atW, scale, d);
  if (!throughInput(plan.loss)) timesDerivative(top.activation, top.units, top.y, top.a, d, top.slope);
  for (let i = layers - 1; i >= 0; i--) {
    const layer = layerAt(plan, i), input = layerInput(plan, i, samples.atX);
    if (i && layer.units >= 2 * LANES && inPassing(u, plan, layer)) {
      updateBack(u, plan, layer, input, d, below);
    } else {
      // Before the kernel that it reads is updated
      if (i) backward(layer.inputs, layer.units, d, realAt(plan.theta, layer.first), below);
      updateOuter(u, plan, layer, input, d);
    }
    if (i) {
      const under = layerAt(plan, i - 1);
      timesDerivative(under.activation, layer.inputs, under.y, under.a, below, under.slope);
    }
    const other = d;
    d = below;
    below = other;
  }
  return value;
}
