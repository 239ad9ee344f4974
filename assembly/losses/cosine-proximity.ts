// l = −Σ â·t̂, â = a/‖a‖ and t̂ = t/‖t‖, lengths at least √ε; its parts are those of a row
//
// l = ½·‖â − t̂‖² − 1: for the Gauss-Newton matrix â − t̂ are residuals, whose squares bend by (I − â·âᵀ)/‖a‖².

import { LOSS_EPSILON } from "../codes";
import { get, set } from "../addresses";

/** In place of a direction r: the diagonal. */
export const DIAGONAL: usize = 1;

@final
export class CosineProximity {
  // @ts-ignore: decorator
  @inline
  throughInput(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  averages(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  curvatureScale(): f64 {
    return 1;
  }
}

/** Σ x·y */
function dot(n: i32, x: usize, y: usize): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) sum += get(x, i) * get(y, i);
  return sum;
}

/**
 * l; where out is not 0, out = s·∂l/∂a. Or where r is not 0, that of the Hessian: of the Gauss-Newton one, or with `exact` of the
 * whole one, s·H·r, or with r = `DIAGONAL` s times its diagonal.
 */
export function cosineProximity(units: i32, a: usize, t: usize, r: usize, exact: bool, s: f64, out: usize): f64 {
  const square = dot(units, a, a), free: f64 = square > LOSS_EPSILON ? 1 : 0;
  const length = sqrt(max<f64>(square, LOSS_EPSILON)), other = sqrt(max<f64>(dot(units, t, t), LOSS_EPSILON));
  const cosine = dot(units, a, t) / (length * other);
  if (!out) return -cosine;
  const own = r > DIAGONAL ? dot(units, a, r) / length : 0, across = r > DIAGONAL ? dot(units, t, r) / other : 0;
  for (let j = 0; j < units; j++) {
    const u = get(a, j) / length, v = get(t, j) / other;
    let d = (free * cosine * u - v) / length;
    if (r) {
      const x = r > DIAGONAL ? get(r, j) : 1, ux = r > DIAGONAL ? own : u, vx = r > DIAGONAL ? across : v;
      const curved = exact ? v * ux + u * vx + cosine * (x - 3 * u * ux) : x - u * ux;
      d = (free * curved) / (length * length);
    }
    set(out, j, s * d);
  }
  return -cosine;
}

/** d = √s times the k-th factor of the Gauss-Newton one, Σ_k (e_k − â_k·â)(e_k − â_k·â)ᵀ/‖a‖²; left as it is where that is 0 */
export function cosineFactor(k: i32, units: i32, s: f64, a: usize, d: usize): void {
  const square = dot(units, a, a), root = sqrt(s / square), u = get(a, k) / square;
  if (square > LOSS_EPSILON) for (let j = 0; j < units; j++) set(d, j, root * ((j == k ? 1 : 0) - u * get(a, j)));
}
