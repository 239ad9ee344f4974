// The table of losses. For sample n with O outputs a, targets t and weight w the loss is l; that of a set is Σ w·l / Σ w.
// These kernels give the numerator, so that sums over shards add up. a, y, t: rows×O row-major; w: rows, or 0 for ones.
//
// A kind is a class in a file of its own, of which nothing is left at run time; one that lacks a part does not compile.
//   throughInput()    whether value and derivatives are taken through the last layer's pre-activation y: at x = y, and ∂/∂y for
//                     ∂/∂a below
//   averages()        whether l is a mean over outputs, of which the parts below give one summand, else their sum
//   value(x, t)       the summand, x = a or y
//   slope(a, t)       ∂/∂a
//   curvature(a, t)   ∂²/∂a², of coupled outputs the diagonal
//   tangent(a, t, ra) how the slope changes as a does by ra = R{a}
//   factor(s, a, t)   √(s·∂²/∂a²): what goes back for the Gauss-Newton matrix
//   curvatureScale()  what ∂²/∂a² is counted in where that matrix is formed from a Jacobian: 0 for losses of straight pieces

import { Loss } from "../codes";
import { LANES, SIZE, add, firstLanes, mul, splat, storeUpTo, sum } from "../vec";
import { BinaryCrossEntropy } from "./binary-cross-entropy";
import { CrossEntropy, crossEntropyFactor, crossEntropyValue } from "./cross-entropy";
import { Hinge } from "./hinge";
import { LogCosh } from "./log-cosh";
import { MeanAbsoluteError } from "./mean-absolute-error";
import { MeanSquaredError } from "./mean-squared-error";

// What is asked of a kind, constants at every call.
const FLAGS: i32 = 0;
const VALUE: i32 = 1;
const FACTOR: i32 = 2;
const ROOT: i32 = 3;
const SLOPE: i32 = 4;
const CURVATURE: i32 = 5;
const TANGENT: i32 = 6;

// Flags of a kind.
const THROUGH_INPUT: i32 = 1;
const AVERAGES: i32 = 2;

/** Of a kind, what is a number: its flags, Σ w·value over rows, or √(scale·curvature) at one output. */
// @ts-ignore: decorator
@inline
function numberOf(what: i32, loss: Loss, rows: i32, units: i32, y: usize, a: usize, t: usize, w: usize, scale: f64): f64 {
  switch (loss) {
    case Loss.meanSquaredError: return number<MeanSquaredError>(what, rows, units, y, a, t, w, scale);
    case Loss.meanAbsoluteError: return number<MeanAbsoluteError>(what, rows, units, y, a, t, w, scale);
    case Loss.binaryCrossEntropy: return number<BinaryCrossEntropy>(what, rows, units, y, a, t, w, scale);
    case Loss.hinge: return number<Hinge>(what, rows, units, y, a, t, w, scale);
    case Loss.logCosh: return number<LogCosh>(what, rows, units, y, a, t, w, scale);
    case Loss.crossEntropy: return what == FLAGS ? flags<CrossEntropy>() : 0;
    default: return unreachable();
  }
}

/** Of a kind, a vector's derivatives. */
// @ts-ignore: decorator
@inline
function vectorOf(what: i32, loss: Loss, a: v128, t: v128, ra: v128): v128 {
  switch (loss) {
    case Loss.meanSquaredError: return vector<MeanSquaredError>(what, a, t, ra);
    case Loss.meanAbsoluteError: return vector<MeanAbsoluteError>(what, a, t, ra);
    case Loss.binaryCrossEntropy: return vector<BinaryCrossEntropy>(what, a, t, ra);
    case Loss.hinge: return vector<Hinge>(what, a, t, ra);
    case Loss.logCosh: return vector<LogCosh>(what, a, t, ra);
    case Loss.crossEntropy: return vector<CrossEntropy>(what, a, t, ra);
    default: return unreachable();
  }
}

// @ts-ignore: decorator
@inline
function flags<L>(): f64 {
  return (changetype<L>(0).throughInput() ? THROUGH_INPUT : 0) + (changetype<L>(0).averages() ? AVERAGES : 0);
}

// @ts-ignore: decorator
@inline
function number<L>(what: i32, rows: i32, units: i32, y: usize, a: usize, t: usize, w: usize, scale: f64): f64 {
  const f = changetype<L>(0);
  if (what == FLAGS) return flags<L>();
  if (what == VALUE) return sumValues<L>(rows, units, f.throughInput() ? y : a, t, w);
  return f.factor(what == ROOT ? 1 / f.curvatureScale() : scale, <f64>load<real>(a), <f64>load<real>(t));
}

// @ts-ignore: decorator
@inline
function vector<L>(what: i32, a: v128, t: v128, ra: v128): v128 {
  if (what == SLOPE) return changetype<L>(0).slope(a, t);
  return what == CURVATURE ? changetype<L>(0).curvature(a, t) : changetype<L>(0).tangent(a, t, ra);
}

/**
 * Σ_r w[r] Σ_j value(x[r,j], t[r,j]), each row's sum in `real`, the rows' in float64; of a short last vector, up to 12 bytes
 * behind it are read
 */
// @ts-ignore: decorator
@inline
function sumValues<L>(rows: i32, units: i32, x: usize, t: usize, w: usize): f64 {
  let result: f64 = 0;
  for (; rows > 0; rows--) {
    let s = splat(0), i = units;
    while (true) {
      const v = changetype<L>(0).value(v128.load(x), v128.load(t)), n = min(i, LANES);
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

/**
 * out[r,j] = scale·w[r]·slope | curvature | tangent   out may be a, t or ra; of a short last vector, up to 12 bytes behind it are
 * read
 */
// @ts-ignore: decorator
@inline
function derivatives(
  what: i32, loss: Loss, rows: i32, units: i32, a: usize, t: usize, ra: usize, w: usize, scale: f64, out: usize,
): void {
  let s = splat(<real>scale), run = units;
  if (!w) { // one factor for all: the rows run together
    run = rows * units;
    rows = 1;
  }
  for (; rows > 0; rows--) {
    if (w) {
      s = splat(<real>(scale * <f64>load<real>(w)));
      w += SIZE;
    }
    if (run <= 0) return;
    let i = run, v: v128;
    while (true) {
      v = mul(s, vectorOf(what, loss, v128.load(a), v128.load(t), what == TANGENT ? v128.load(ra) : s));
      if (i <= LANES) break;
      v128.store(out, v);
      i -= LANES;
      a += 16;
      t += 16;
      out += 16;
      if (what == TANGENT) ra += 16;
    }
    storeUpTo(out, v, i);
    const bytes = <usize>i * SIZE;
    a += bytes;
    t += bytes;
    out += bytes;
    if (what == TANGENT) ra += bytes;
  }
}

/** 1/O where the loss averages over outputs, else 1. */
// @ts-ignore: decorator
@inline
function share(loss: Loss, units: i32): f64 {
  return averages(loss) ? 1 / <f64>units : 1;
}

/** scale/O where the loss averages over outputs, else scale: rounded once, where scale·share is rounded twice. */
// @ts-ignore: decorator
@inline
function perOutput(loss: Loss, units: i32, scale: f64): f64 {
  return averages(loss) ? scale / <f64>units : scale;
}

function averages(loss: Loss): bool {
  return (<i32>numberOf(FLAGS, loss, 0, 0, 0, 0, 0, 0, 0) & AVERAGES) != 0;
}

/** Whether value and derivatives are taken through the last layer's pre-activation y. */
export function throughInput(loss: Loss): bool {
  return (<i32>numberOf(FLAGS, loss, 0, 0, 0, 0, 0, 0, 0) & THROUGH_INPUT) != 0;
}

function valuesOf(loss: Loss, rows: i32, units: i32, y: usize, a: usize, t: usize, w: usize): f64 {
  return numberOf(VALUE, loss, rows, units, y, a, t, w, 0);
}

/** Σ_r w[r]·l_r   y is read by losses through the input only, a by the others and crossEntropy */
export function lossValue(loss: Loss, rows: i32, units: i32, y: usize, a: usize, t: usize, w: usize): f64 {
  if (loss == Loss.crossEntropy) return crossEntropyValue(rows, units, y, a, t, w);
  const factor = share(loss, units);
  // Without weights the rows of a narrow output need not be told apart: one longer row is summed faster.
  if (!w && units < 4 * LANES) {
    const group = 32;
    const whole = rows / group, rest = rows - whole * group;
    const offset = <usize>(whole * group) * <usize>units * SIZE;
    return factor * (valuesOf(loss, whole, units * group, y, a, t, 0)
      + valuesOf(loss, rest ? 1 : 0, rest * units, y + offset, a + offset, t + offset, 0));
  }
  return factor * valuesOf(loss, rows, units, y, a, t, w);
}

/** d[r,j] = scale·w[r]·∂l_r/∂a_j, through the input ∂l_r/∂y_j   d may be a or t */
export function lossSlope(loss: Loss, rows: i32, units: i32, a: usize, t: usize, w: usize, scale: f64, d: usize): void {
  derivatives(SLOPE, loss, rows, units, a, t, 0, w, scale * share(loss, units), d);
}

/** h[r,j] = scale·w[r]·∂²l_r/∂a_j², through the input ∂²l_r/∂y_j²; of crossEntropy the diagonal a(1 − a)   h may be a or t */
export function lossCurvature(loss: Loss, rows: i32, units: i32, a: usize, t: usize, w: usize, scale: f64, h: usize): void {
  derivatives(CURVATURE, loss, rows, units, a, t, 0, w, scale * share(loss, units), h);
}

/** rd[r,j] = scale·w[r]·R{∂l/∂a_j}, through the input R{∂l/∂y_j}   from ra = R{a} of the top; rd may be a, t or ra */
export function lossTangent(
  loss: Loss, rows: i32, units: i32, a: usize, t: usize, ra: usize, w: usize, scale: f64, rd: usize,
): void {
  derivatives(TANGENT, loss, rows, units, a, t, ra, w, perOutput(loss, units, scale), rd);
}

/**
 * d[r,:] = the k-th factor of scale·w·∂²l/∂a², through the input ∂²l/∂y², of sample r: factors f_k with Σ_k f_k·f_kᵀ the whole.
 * One output each, but for crossEntropy
 */
export function lossFactor(loss: Loss, rows: i32, units: i32, k: i32, a: usize, t: usize, w: usize, scale: f64, d: usize): void {
  const width = <usize>units * SIZE, at = <usize>k * SIZE, coupled = loss == Loss.crossEntropy;
  const own = perOutput(loss, units, scale);
  memory.fill(d, 0, <usize>rows * width);
  for (; rows > 0; rows--, a += width, t += width, d += width) {
    let s = own;
    if (w) {
      s *= <f64>load<real>(w);
      w += SIZE;
    }
    if (coupled) crossEntropyFactor(k, units, s, a, d);
    else store<real>(d + at, <real>numberOf(FACTOR, loss, 0, 0, 0, a + at, t + at, 0, s));
  }
}

/** √(∂²/∂a²/curvatureScale), through the input ∂²/∂y², of the summand at one output of a loss that does not couple them */
export function lossRoot(loss: Loss, a: usize, t: usize): f64 {
  return numberOf(ROOT, loss, 0, 0, 0, a, t, 0, 0);
}
