// From an input to the outputs of every layer.

import { PatternActivation } from "../codes";
import { add, firstLanes, madd, mul, select, splat } from "../vec";
import { logisticWithoutTail } from "../kernels/elementary";
import { tanh } from "../kernels/tanh";
import { GROUP, PatternLayer, PatternNetwork, above, layerOf, rowOf } from "./network";

/** Lane j: the sum of a_j's lanes. */
// @ts-ignore: decorator
@inline
export function sums(a0: v128, a1: v128, a2: v128, a3: v128): v128 {
  const low = add(v128.shuffle<f32>(a0, a1, 0, 4, 1, 5), v128.shuffle<f32>(a0, a1, 2, 6, 3, 7));
  const high = add(v128.shuffle<f32>(a2, a3, 0, 4, 1, 5), v128.shuffle<f32>(a2, a3, 2, 6, 3, 7));
  return add(v128.shuffle<f64>(low, high, 0, 2), v128.shuffle<f64>(low, high, 1, 3));
}

/** y[j] = Σ_k kernel[j, k]·x[k] */
export function weigh(layer: PatternLayer, x: usize, y: usize): void {
  const row = rowOf(layer);
  let p = layer.kernel;
  for (let g = layer.groups; g > 0; g--, y += 16, p += 3 * row) {
    let c0 = splat(0), c1 = c0, c2 = c0, c3 = c0;
    let q = x;
    for (const end = p + row; p < end; p += 16, q += 16) {
      const v = v128.load(q);
      c0 = madd(c0, v, v128.load(p));
      c1 = madd(c1, v, v128.load(p + row));
      c2 = madd(c2, v, v128.load(p + 2 * row));
      c3 = madd(c3, v, v128.load(p + 3 * row));
    }
    v128.store(y, sums(c0, c1, c2, c3));
  }
}

/** f(y) */
// @ts-ignore: decorator
@inline
function activated(network: PatternNetwork, y: v128): v128 {
  if (network.activation == PatternActivation.sigmoid) return logisticWithoutTail<real>(y);
  if (network.activation == PatternActivation.tanh) return tanh<real>(y);
  // 0 is added for the sake of those who compare: 0 times what is below 0 is -0.
  return madd(splat(0), y, select(v128.lt<real>(y, splat(0)), splat(network.below), splat(network.above)));
}

/** f′(y), given a = f(y) */
// @ts-ignore: decorator
@inline
export function slopeOf(network: PatternNetwork, a: v128): v128 {
  const one = splat(1);
  if (network.activation == PatternActivation.sigmoid) return mul(a, v128.sub<real>(one, a));
  if (network.activation == PatternActivation.tanh) return v128.sub<real>(one, mul(a, a));
  return select(v128.gt<real>(a, splat(0)), one, splat(network.slope));
}

/** outputs[j] = f(y[j] + bias[j]), and 0 behind the last   y may be outputs */
export function activate(network: PatternNetwork, layer: PatternLayer, y: usize): void {
  let a = layer.outputs, b = layer.bias, n = layer.units;
  for (; n >= GROUP; n -= GROUP, y += 16, a += 16, b += 16) {
    v128.store(a, activated(network, add(v128.load(y), v128.load(b))));
  }
  if (n) v128.store(a, firstLanes(activated(network, add(v128.load(y), v128.load(b))), n));
}

/** outputs of layers from `layer` on, those of the layer below being there */
// @ts-ignore: decorator
@inline
export function forwardFrom(network: PatternNetwork, layer: PatternLayer, x: usize): void {
  for (const end = changetype<usize>(layerOf(network, network.layers)); changetype<usize>(layer) < end; layer = above(layer)) {
    weigh(layer, x, layer.outputs);
    activate(network, layer, layer.outputs);
    x = layer.outputs;
  }
}

/** Runs what stands in the input's outputs through all layers. */
export function run(at: usize): void {
  const network = changetype<PatternNetwork>(at);
  forwardFrom(network, layerOf(network, 1), layerOf(network, 0).outputs);
}
