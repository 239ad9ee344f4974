// Gradient descent with momentum: change = rate·delta·x + momentum·change; biases have none.

import { add, madd, mul, smallBeside, flushedBy, splat, splatAt } from "../vec";
import { sums } from "./forward";
import { PatternLayer, rowOf } from "./network";

/** The change of four weights of a row, which it stores, and the weights after it. g = rate·delta */
// @ts-ignore: decorator
@inline
function changed(w: v128, c: usize, g: v128, x: v128, momentum: v128, tiny: v128): v128 {
  const change = flushedBy(tiny, madd(mul(g, x), momentum, v128.load(c)));
  v128.store(c, change);
  return add(w, change);
}

/** bias[j] += rate·deltas[j] */
// @ts-ignore: decorator
@inline
function changeBias(layer: PatternLayer, rate: v128): void {
  let b = layer.bias, d = layer.deltas;
  for (let g = layer.groups; g > 0; g--, b += 16, d += 16) v128.store(b, madd(v128.load(b), rate, v128.load(d)));
}

/**
 * kernel[j, k] += changes[j, k], changes[j, k] = rate·deltas[j]·x[k] + momentum·changes[j, k]; errors[k] = Σ_j
 * deltas[j]·kernel[j, k] with the kernel as it was
 */
export function changeBack(layer: PatternLayer, x: usize, errors: usize, rate: real, momentum: real): void {
  const row = rowOf(layer), r = splat(rate), m = splat(momentum), tiny = smallBeside(r), changes = layer.changes - layer.kernel;
  let kernel = layer.kernel;
  for (let k = layer.width; k > 0; k--, kernel += 16, x += 16, errors += 16) {
    const v = v128.load(x);
    let e = splat(0), d = layer.deltas, p = kernel;
    for (let j = layer.units; j > 0; j--, d += 4, p += row) {
      const delta = splatAt(d), w = v128.load(p);
      e = madd(e, delta, w);
      v128.store(p, changed(w, p + changes, mul(r, delta), v, m, tiny));
    }
    v128.store(errors, e);
  }
  changeBias(layer, r);
}

/** The same without errors; y[j] = Σ_k kernel[j, k]·next[k] with the kernel as it has become. */
export function changeAhead(layer: PatternLayer, x: usize, next: usize, y: usize, rate: real, momentum: real): void {
  const row = rowOf(layer), r = splat(rate), m = splat(momentum), tiny = smallBeside(r), changes = layer.changes - layer.kernel;
  let p = layer.kernel, d = layer.deltas;
  for (let g = layer.groups; g > 0; g--, d += 16, y += 16, p += 3 * row) {
    const delta = mul(r, v128.load(d));
    const d0 = v128.shuffle<f32>(delta, delta, 0, 0, 0, 0), d1 = v128.shuffle<f32>(delta, delta, 1, 1, 1, 1);
    const d2 = v128.shuffle<f32>(delta, delta, 2, 2, 2, 2), d3 = v128.shuffle<f32>(delta, delta, 3, 3, 3, 3);
    let c0 = splat(0), c1 = c0, c2 = c0, c3 = c0, q = x, n = next;
    for (const end = p + row; p < end; p += 16, q += 16, n += 16) {
      const v = v128.load(q), u = v128.load(n);
      const p1 = p + row, p2 = p1 + row, p3 = p2 + row;
      const w0 = changed(v128.load(p), p + changes, d0, v, m, tiny), w1 = changed(v128.load(p1), p1 + changes, d1, v, m, tiny);
      const w2 = changed(v128.load(p2), p2 + changes, d2, v, m, tiny), w3 = changed(v128.load(p3), p3 + changes, d3, v, m, tiny);
      v128.store(p, w0);
      v128.store(p1, w1);
      v128.store(p2, w2);
      v128.store(p3, w3);
      c0 = madd(c0, w0, u);
      c1 = madd(c1, w1, u);
      c2 = madd(c2, w2, u);
      c3 = madd(c3, w3, u);
    }
    v128.store(y, sums(c0, c1, c2, c3));
  }
  changeBias(layer, r);
}
