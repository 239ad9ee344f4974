// From a target to the errors and deltas of every layer.

import { madd, mul, splat, splatAt, sub } from "../vec";
import { slopeOf } from "./forward";
import { PatternLayer, PatternNetwork, below, layerOf, rowOf } from "./network";

/** deltas[j] = errors[j]·f′ */
export function throughActivation(network: PatternNetwork, layer: PatternLayer): void {
  let a = layer.outputs, e = layer.errors, d = layer.deltas;
  for (let g = layer.groups; g > 0; g--, a += 16, e += 16, d += 16) {
    v128.store(d, mul(v128.load(e), slopeOf(network, v128.load(a))));
  }
}

/** errors[j] = target[j] − outputs[j] of the last layer, and its deltas; returns the mean of errors² */
export function errorsOfTop(network: PatternNetwork, target: usize): f64 {
  const layer = layerOf(network, network.layers - 1);
  let a = layer.outputs, e = layer.errors, d = layer.deltas, squares = f64x2(0, 0);
  for (let g = layer.groups; g > 0; g--, a += 16, e += 16, d += 16, target += 16) {
    const output = v128.load(a), error = sub(v128.load(target), output);
    v128.store(e, error);
    v128.store(d, mul(error, slopeOf(network, output)));
    const low = f64x2.promote_low_f32x4(error), high = f64x2.promote_low_f32x4(v128.shuffle<f64>(error, error, 1, 0));
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
  }
  return (f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1)) / <f64>layer.units;
}

/** errors[k] = Σ_j upper's deltas[j]·kernel[j, k] of the layer below `upper`, and its deltas */
export function errorsBelow(network: PatternNetwork, upper: PatternLayer): void {
  const layer = below(upper), row = rowOf(upper);
  let e = layer.errors, kernel = upper.kernel;
  for (let k = upper.width; k > 0; k--, e += 16, kernel += 16) {
    let c = splat(0), d = upper.deltas, p = kernel;
    for (let j = upper.units; j > 0; j--, d += 4, p += row) c = madd(c, splatAt(d), v128.load(p));
    v128.store(e, c);
  }
  throughActivation(network, layer);
}

/** Errors and deltas of all layers, after run: the input's too. */
export function calculateDeltas(at: usize, target: usize): void {
  const network = changetype<PatternNetwork>(at), input = changetype<usize>(layerOf(network, 0));
  errorsOfTop(network, target);
  for (let layer = layerOf(network, network.layers - 1); changetype<usize>(layer) > input; layer = below(layer)) {
    errorsBelow(network, layer);
  }
}
