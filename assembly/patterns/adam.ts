// Adam as brain.js has it: a weight moves along its moments, a bias along those that the step before has left.
//
//   low ← β₁·low + (1 − β₁)·g,  high ← β₂·high + (1 − β₂)·g²,  w ← w + rate·(low/b₁)/(√(high/b₂) + ε),  b_k = 1 − β_kⁿ

import { add, flushed, madd, mul, splat, splatAt } from "../vec";
import { PatternLayer, rowOf } from "./network";

/** rate/b₁·low / (√(high/b₂) + ε) */
// @ts-ignore: decorator
@inline
function stepOf(low: v128, high: v128, rate: v128, correction: v128, epsilon: v128): v128 {
  return v128.div<real>(mul(rate, low), add(v128.sqrt<real>(mul(high, correction)), epsilon));
}

/** Changes the layer's kernel and biases by its deltas and its inputs x. rateNow, correction: rate/b₁ and 1/b₂ of this step */
export function changeAdam(
  layer: PatternLayer, x: usize, beta1: f64, beta2: f64, epsilon: f64, rateNow: f64, correction: f64,
): void {
  const row = rowOf(layer), rate = splat(<real>rateNow), correct = splat(<real>correction), little = splat(<real>epsilon);
  const decay1 = splat(<real>beta1), decay2 = splat(<real>beta2);
  const rest1 = splat(<real>(1 - beta1)), rest2 = splat(<real>(1 - beta2));
  let p = layer.kernel, low = layer.low, high = layer.high, d = layer.deltas;
  for (let j = layer.units; j > 0; j--, d += 4) {
    const delta = splatAt(d);
    for (let q = x, end = p + row; p < end; p += 16, q += 16, low += 16, high += 16) {
      const g = mul(delta, v128.load(q));
      const m = flushed(madd(mul(rest1, g), decay1, v128.load(low)));
      const v = flushed(madd(mul(rest2, mul(g, g)), decay2, v128.load(high)));
      v128.store(low, m);
      v128.store(high, v);
      v128.store(p, add(v128.load(p), stepOf(m, v, rate, correct, little)));
    }
  }
  let b = layer.bias;
  d = layer.deltas;
  low = layer.biasLow;
  high = layer.biasHigh;
  for (let g = layer.groups; g > 0; g--, b += 16, d += 16, low += 16, high += 16) {
    const delta = v128.load(d), m = v128.load(low), v = v128.load(high);
    v128.store(b, add(v128.load(b), stepOf(m, v, rate, correct, little)));
    v128.store(low, flushed(madd(mul(rest1, delta), decay1, m)));
    v128.store(high, flushed(madd(mul(rest2, mul(delta, delta)), decay2, v)));
  }
}
