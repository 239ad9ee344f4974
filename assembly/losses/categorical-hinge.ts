// l = max(0, 1 + max_j (1 − t_j)·a_j − Σ_j t_j·a_j); its parts are those of a row

import { get, set } from "../addresses";

@final
export class CategoricalHinge {
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
    return 0;
  }
}

/** l; where out is not 0, out = s·∂l/∂a if `slope`, else 0, as second derivatives are. Of equals, the first is the largest. */
export function categoricalHinge(slope: bool, units: i32, a: usize, t: usize, s: f64, out: usize): f64 {
  let own: f64 = 0, other: f64 = -Infinity, at = 0;
  for (let j = 0; j < units; j++) {
    const v = (1 - get(t, j)) * get(a, j);
    own += get(t, j) * get(a, j);
    if (v > other) {
      other = v;
      at = j;
    }
  }
  const value = max<f64>(0, 1 + other - own), factor = slope && value > 0 ? s : 0;
  if (!out) return value;
  for (let j = 0; j < units; j++) set(out, j, factor * ((j == at ? 1 - get(t, j) : 0) - get(t, j)));
  return value;
}
