// l = −Σ t·ln a, a = softmax(y); targets of a sample sum to 1
//
// Value and derivatives are taken through y, where they neither overflow nor cancel: ∂l/∂y = a − t. The outputs of a sample
// are coupled: value and factors are those of a row; of the second derivative, the class has the diagonal.

import {
  LANES, SIZE, add, before, firstLane, firstLanes, largestLane, loadPart, mul, select, splat, sub, sum, turned,
} from "../vec";
import { logarithm } from "../kernels/called";

@final
export class CrossEntropy {
  // @ts-ignore: decorator
  @inline
  throughInput(): bool {
    return true;
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

  // @ts-ignore: decorator
  @inline
  slope(a: v128, t: v128): v128 {
    return sub(a, t);
  }

  // @ts-ignore: decorator
  @inline
  curvature(a: v128, t: v128): v128 {
    return mul(a, sub(splat(1), a));
  }

  // @ts-ignore: decorator
  @inline
  tangent(a: v128, t: v128, ra: v128): v128 {
    return ra;
  }
}

/** t·(total − y), nothing where t = 0: 0·∞ counts nothing */
// @ts-ignore: decorator
@inline
function crossEntropies(total: v128, y: v128, t: v128): v128 {
  return v128.and(mul(t, sub(total, y)), v128.ne<real>(t, splat(0)));
}

/**
 * max_j x[j] in every lane, NaN left out; the last lanes of a short row are those of `there`. Softmax's own finds them row by
 * row: the loss of sixteen rows of three would take a sixth longer.
 */
// @ts-ignore: decorator
@inline
function rowLargest(x: usize, whole: usize, rest: i32, there: v128, least: v128): v128 {
  let m = least;
  for (let j: usize = 0; j < whole; j += 16) m = v128.pmax<real>(m, v128.load(x + j));
  if (rest) m = v128.pmax<real>(m, select(there, loadPart(x + whole, rest), least));
  return largestLane(m);
}

/** Σ_r w[r] Σ_j t·(ln Σ_k e^y_k − y_j), ln Σ e^y found as y_m − ln a_m at the row's largest output m; each row's sum in `real` */
export function crossEntropyValue(rows: i32, units: i32, y: usize, a: usize, t: usize, w: usize): f64 {
  let result: f64 = 0;
  const rest = units & (LANES - 1), there = rest ? v128.ne<real>(firstLanes(splat(1), rest), splat(0)) : splat(0);
  const whole = <usize>(units - rest) * SIZE, width = <usize>units * SIZE, lowest = splat(<real>-Infinity), none = splat(-1);
  while (rows > 0) { // as many rows at a time as one logarithm is of
    const count = min(rows, LANES);
    let high = splat(0), most = splat(1);
    for (let p = <usize>count * width; p > 0; ) {
      p -= width;
      // The largest of y and of a are the same unit's. Where y has a NaN, all of a are NaN, the largest stays negative and
      // its logarithm is NaN.
      high = before(rowLargest(y + p, whole, rest, there, lowest), high);
      most = before(rowLargest(a + p, whole, rest, there, none), most);
    }
    let totals = sub(high, logarithm(most));
    for (let r = count; r > 0; r--, y += width, a += width, t += width) {
      const total = firstLane(totals);
      let s = rest ? crossEntropies(total, loadPart(y + whole, rest), loadPart(t + whole, rest)) : splat(0);
      for (let j: usize = 0; j < whole; j += 16) s = add(s, crossEntropies(total, v128.load(y + j), v128.load(t + j)));
      totals = turned(totals);
      if (w) {
        result += <f64>load<real>(w) * <f64>sum(s);
        w += SIZE;
      } else {
        result += <f64>sum(s);
      }
    }
    rows -= count;
  }
  return result;
}

/** d[j] = the k-th factor of s·∂²l/∂y² of one sample: diag(a) − a·aᵀ = Σ_k a_k·(e_k − a)(e_k − a)ᵀ   a, d: units */
export function crossEntropyFactor(k: i32, units: i32, s: f64, a: usize, d: usize): void {
  const own = d + <usize>k * SIZE, root = sqrt(s * <f64>load<real>(a + <usize>k * SIZE));
  for (let j: usize = 0; j < <usize>units * SIZE; j += SIZE) store<real>(d + j, <real>(-root * <f64>load<real>(a + j)));
  store<real>(own, <real>(<f64>load<real>(own) + root));
}
