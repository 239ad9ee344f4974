// Losses. For sample n with O outputs a, targets t and weight w:
//
//   meanSquaredError     l = (1/O) Σ (a − t)²                      hinge          l = (1/O) Σ max(0, 1 − t·a)
//   meanAbsoluteError    l = (1/O) Σ |a − t|                       crossEntropy   l = −Σ t·ln a       a = softmax(y)
//   binaryCrossEntropy   l = −(1/O) Σ t·ln a + (1 − t)·ln(1 − a)   a = σ(y)
//
// The loss of a set is Σ w·l / Σ w; these kernels give the numerator, so that sums over shards add up.
// Cross-entropies take value and derivatives through y, where they neither overflow nor cancel: ∂l/∂y = a − t.
// Of crossEntropy, targets of a sample sum to 1. a, y, t: rows×O row-major; w: rows, or 0 for ones.

import { Loss } from "../codes";
import { LANES, SIZE, add, before, firstLane, largestLane, loadPart, madd, mul, select, splat, storePart, sub, sum, turned } from "../vec";
import { log, softplus } from "../kernels/elementary";

export const LOSSES: i32 = 5;

/** Whether value and derivatives are taken through the last layer's pre-activation y. */
export function throughInput(loss: Loss): bool {
  return loss == Loss.binaryCrossEntropy || loss == Loss.crossEntropy;
}

/** 1/O where the loss averages over outputs, else 1. */
// @ts-ignore: decorator
@inline
function share(loss: Loss, units: i32): f64 {
  return loss == Loss.crossEntropy ? 1 : 1 / <f64>units;
}

/** The summand of l (without 1/O) at x = a, or y through the input */
// @ts-ignore: decorator
@inline
function value(loss: Loss, x: v128, t: v128): v128 {
  switch (loss) {
    case Loss.meanSquaredError: {
      const e = sub(x, t);
      return mul(e, e);
    }
    case Loss.meanAbsoluteError: return v128.abs<real>(sub(x, t));
    case Loss.binaryCrossEntropy: return sub(softplus<real>(x), mul(t, x));
    default: return v128.max<real>(splat(0), sub(splat(1), mul(t, x))); // max, not pmax: NaN must show
  }
}

/** ∂(summand)/∂a, or ∂/∂y through the input */
// @ts-ignore: decorator
@inline
function slope(loss: Loss, a: v128, t: v128): v128 {
  const one = splat(1);
  switch (loss) {
    case Loss.meanSquaredError: {
      const e = sub(a, t);
      return add(e, e);
    }
    case Loss.meanAbsoluteError: {
      const e = sub(a, t), zero = splat(0);
      return sub(v128.and(v128.gt<real>(e, zero), one), v128.and(v128.lt<real>(e, zero), one));
    }
    case Loss.hinge: return v128.and(v128.lt<real>(mul(t, a), one), v128.neg<real>(t));
    default: return sub(a, t);
  }
}

/** ∂²(summand)/∂a², or ∂²/∂y² through the input (crossEntropy: the diagonal) */
// @ts-ignore: decorator
@inline
function curvature(loss: Loss, a: v128): v128 {
  switch (loss) {
    case Loss.meanSquaredError: return splat(2);
    case Loss.binaryCrossEntropy: case Loss.crossEntropy: return mul(a, sub(splat(1), a));
    default: return splat(0);
  }
}

/** Σ_r w[r] Σ_j value(x[r,j], t[r,j]), each row's sum in `real`, the rows' in float64; of a short last vector, up to 12 bytes behind it are read */
// @ts-ignore: decorator
@inline
function sumValues(loss: Loss, rows: i32, units: i32, x: usize, t: usize, w: usize): f64 {
  let result: f64 = 0;
  for (; rows > 0; rows--) {
    let s = splat(0), i = units;
    while (true) {
      const v = value(loss, v128.load(x), v128.load(t)), n = min(i, LANES);
      s = add(s, n < LANES ? firstLanes(v, n) : v);
      x += <usize>n * SIZE;
      t += <usize>n * SIZE;
      i -= LANES;
      if (i <= 0) break;
    }
    if (w) {
      result += <f64>load<real>(w) * <f64>sum(s);
      w += SIZE;
    } else {
      result += <f64>sum(s);
    }
  }
  return result;
}

/** The first n lanes of v, the others 0. */
// @ts-ignore: decorator
@inline
function firstLanes(v: v128, n: i32): v128 {
  if (sizeof<real>() == 8) return v128.and(v, i64x2(-1, 0));
  return v128.and(v, v128.lt<i32>(i32x4(0, 1, 2, 3), v128.splat<i32>(n)));
}

/** t·(total − y), nothing where t = 0: 0·∞ counts nothing */
// @ts-ignore: decorator
@inline
function crossEntropies(total: v128, y: v128, t: v128): v128 {
  return v128.and(mul(t, sub(total, y)), v128.ne<real>(t, splat(0)));
}

/** max_j x[j] in every lane, NaN left out; the last lanes of a short row are those of `there`. Softmax's own finds them row by row: the loss of sixteen rows of three would take a sixth longer. */
// @ts-ignore: decorator
@inline
function rowLargest(x: usize, whole: usize, rest: i32, there: v128, least: v128): v128 {
  let m = least;
  for (let j: usize = 0; j < whole; j += 16) m = v128.pmax<real>(m, v128.load(x + j));
  if (rest) m = v128.pmax<real>(m, select(there, loadPart(x + whole, rest), least));
  return largestLane(m);
}

/** Σ_r w[r] Σ_j t·(ln Σ_k e^y_k − y_j), ln Σ e^y found as y_m − ln a_m at the row's largest output m; each row's sum in `real` */
function sumCrossEntropies(rows: i32, units: i32, y: usize, a: usize, t: usize, w: usize): f64 {
  let result: f64 = 0;
  const rest = units & (LANES - 1), there = rest ? v128.ne<real>(firstLanes(splat(1), rest), splat(0)) : splat(0);
  const whole = <usize>(units - rest) * SIZE, width = <usize>units * SIZE, lowest = splat(<real>-Infinity), none = splat(-1);
  while (rows > 0) { // as many rows at a time as one logarithm is of
    const count = min(rows, LANES);
    let high = splat(0), most = splat(1);
    for (let p = <usize>count * width; p > 0; ) {
      p -= width;
      // The largest of y and of a are the same unit's. Where y has a NaN, all of a are NaN, the largest stays negative and its logarithm is NaN.
      high = before(rowLargest(y + p, whole, rest, there, lowest), high);
      most = before(rowLargest(a + p, whole, rest, there, none), most);
    }
    let totals = sub(high, log<real>(most));
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

/** Σ_r w[r]·l_r   y is read by cross-entropies only, a by the others and crossEntropy */
export function lossValue(loss: Loss, rows: i32, units: i32, y: usize, a: usize, t: usize, w: usize): f64 {
  if (loss == Loss.crossEntropy) return sumCrossEntropies(rows, units, y, a, t, w);
  // Without weights the rows of a narrow output need not be told apart: one longer row is summed faster.
  const factor = share(loss, units);
  if (!w && units < 4 * LANES) {
    const group = 32;
    const whole = rows / group, rest = rows - whole * group;
    const offset = <usize>(whole * group) * <usize>units * SIZE;
    return factor * (valuesOf(loss, whole, units * group, y, a, t, 0)
      + valuesOf(loss, rest ? 1 : 0, rest * units, y + offset, a + offset, t + offset, 0));
  }
  return factor * valuesOf(loss, rows, units, y, a, t, w);
}

function valuesOf(loss: Loss, rows: i32, units: i32, y: usize, a: usize, t: usize, w: usize): f64 {
  switch (loss) {
    case Loss.meanSquaredError: return sumValues(Loss.meanSquaredError, rows, units, a, t, w);
    case Loss.meanAbsoluteError: return sumValues(Loss.meanAbsoluteError, rows, units, a, t, w);
    case Loss.binaryCrossEntropy: return sumValues(Loss.binaryCrossEntropy, rows, units, y, t, w);
    default: return sumValues(Loss.hinge, rows, units, a, t, w);
  }
}

/** d[r,j] = scale·w[r]·(∂l_r/∂a_j, or ∂l_r/∂y_j through the input)   d may be a or t */
// @ts-ignore: decorator
@inline
function slopes(loss: Loss, rows: i32, units: i32, a: usize, t: usize, w: usize, scale: f64, d: usize): void {
  const factor = scale * share(loss, units);
  let s = splat(<real>factor), run = units;
  if (!w) { // one factor for all: the rows run together
    run = rows * units;
    rows = 1;
  }
  for (; rows > 0; rows--) {
    if (w) {
      s = splat(<real>(factor * <f64>load<real>(w)));
      w += SIZE;
    }
    let i = run;
    for (; i >= LANES; i -= LANES, a += 16, t += 16, d += 16) {
      v128.store(d, mul(s, slope(loss, v128.load(a), v128.load(t))));
    }
    if (i > 0) {
      storePart(d, mul(s, slope(loss, loadPart(a, i), loadPart(t, i))), i);
      a += <usize>i * SIZE;
      t += <usize>i * SIZE;
      d += <usize>i * SIZE;
    }
  }
}

/** d[r,j] = scale·w[r]·∂l_r/∂a_j, through the input ∂l_r/∂y_j   d may be a or t */
export function lossSlope(loss: Loss, rows: i32, units: i32, a: usize, t: usize, w: usize, scale: f64, d: usize): void {
  switch (loss) {
    case Loss.meanSquaredError: slopes(Loss.meanSquaredError, rows, units, a, t, w, scale, d); break;
    case Loss.meanAbsoluteError: slopes(Loss.meanAbsoluteError, rows, units, a, t, w, scale, d); break;
    case Loss.binaryCrossEntropy: slopes(Loss.binaryCrossEntropy, rows, units, a, t, w, scale, d); break;
    case Loss.hinge: slopes(Loss.hinge, rows, units, a, t, w, scale, d); break;
    default: slopes(Loss.crossEntropy, rows, units, a, t, w, scale, d); break;
  }
}

/** h[r,j] = scale·w[r]·∂²l_r/∂a_j², through the input ∂²l_r/∂y_j²; of crossEntropy the diagonal a(1 − a) */
export function lossCurvature(loss: Loss, rows: i32, units: i32, a: usize, w: usize, scale: f64, h: usize): void {
  const factor = scale * share(loss, units);
  for (; rows > 0; rows--) {
    let f = factor;
    if (w) {
      f *= <f64>load<real>(w);
      w += SIZE;
    }
    const s = splat(<real>f);
    for (let i = units; i > 0; i -= LANES) {
      const n = min(i, LANES), v = n == LANES ? v128.load(a) : loadPart(a, n);
      let c: v128;
      if (loss == Loss.meanSquaredError) c = curvature(Loss.meanSquaredError, v);
      else if (throughInput(loss)) c = curvature(Loss.crossEntropy, v);
      else c = curvature(Loss.hinge, v);
      if (n == LANES) v128.store(h, mul(s, c));
      else storePart(h, mul(s, c), n);
      a += <usize>n * SIZE;
      h += <usize>n * SIZE;
    }
  }
}
