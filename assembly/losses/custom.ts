// l is the host's, a function of a row's outputs and targets

import { Loss } from "../codes";

@final
export class Custom {
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

/**
 * Σ_r w[r]·l_r; or where d is not 0, d[r,j] = scale·w[r]·∂l_r/∂a_j   a, t: rows×units, of `size` bytes a number; w: rows, or 0
 * for ones; d may be a or t
 */
// @ts-ignore: decorator
@external("env", "customLoss")
export declare function customLoss(
  loss: Loss, rows: i32, units: i32, a: usize, t: usize, w: usize, scale: f64, d: usize, size: usize,
): f64;
