// The table of losses. For sample n with O outputs a, targets t and weight w the loss is l; that of a set is Σ w·l / Σ w.
// These kernels give the numerator, so that sums over shards add up. a, y, t: rows×O row-major; w: rows, or 0 for ones.
//
// A kind is a class in a file of its own, of which nothing is left at run time; one that lacks a part does not compile.
//   throughInput()    whether value and derivatives are taken through the last layer's pre-activation y: at x = y, and ∂/∂y for
//                     ∂/∂a below
//   averages()        whether l is a mean over outputs, of which the parts below give one summand, else their sum
//   value(x, t)       the summand, x = a or y
//   slope(a, t)       ∂/∂a
//   curvature(a, t)   ∂²/∂a², of coupled outputs the diagonal; where it may be negative, what the Gauss-Newton matrix has for it
//   bend(a, t)        ∂²/∂a², where that is something else
//   tangent(a, t, ra) how the slope changes as a does by ra = R{a}, by the curvature
//   factor(s, a, t)   √(s·curvature): what goes back for the Gauss-Newton matrix
//   curvatureScale()  what curvature is counted in where that matrix is formed from a Jacobian: 0 for losses of straight pieces
//
// Where outputs of a sample are coupled, parts are functions of a row: the values of crossEntropy and kullbackLeiblerDivergence,
// and all parts of categoricalHinge and cosineProximity.
//
// From Loss.custom on they are the host's, which has values and slopes alone (custom.ts).

import { Loss } from "../codes";
import { WHOLE } from "../extent";
import { LANES, SIZE, add, firstLanes, mul, splat, storeUpTo, sum } from "../vec";
import { BinaryCrossEntropy } from "./binary-cross-entropy";
import { CategoricalHinge, categoricalHinge } from "./categorical-hinge";
import { CosineProximity, DIAGONAL, cosineFactor, cosineProximity } from "./cosine-proximity";
import { CrossEntropy, crossEntropyFactor, crossEntropyValue } from "./cross-entropy";
import { Custom, customLoss } from "./custom";
import { Hinge } from "./hinge";
import { KullbackLeiblerDivergence } from "./kullback-leibler-divergence";
import { LogCosh } from "./log-cosh";
import { MeanAbsoluteError } from "./mean-absolute-error";
import { MeanAbsolutePercentageError } from "./mean-absolute-percentage-error";
import { MeanSquaredError } from "./mean-squared-error";
import { MeanSquaredLogarithmicError } from "./mean-squared-logarithmic-error";
import { Poisson } from "./poisson";
import { SquaredHinge } from "./squared-hinge";

// What is asked of a kind, constants at every call.
const FLAGS: i32 = 0;
const FACTOR: i32 = 1;
const ROOT: i32 = 2;
const SLOPE: i32 = 3;
const CURVATURE: i32 = 4;
const TANGENT: i32 = 5;

// Flags of a kind.
const THROUGH_INPUT: i32 = 1;
const AVERAGES: i32 = 2;

/** Of a kind, what is a number: its flags, or √(scale·curvature) at one output. */
// @ts-ignore: decorator
@inline
function numberOf(what: i32, loss: Loss, a: usize, t: usize, scale: f64): f64 {
  switch (loss) {
    case Loss.meanSquaredError: return number<MeanSquaredError>(what, a, t, scale);
    case Loss.meanAbsoluteError: return number<MeanAbsoluteError>(what, a, t, scale);
    case Loss.binaryCrossEntropy: return number<BinaryCrossEntropy>(what, a, t, scale);
    case Loss.crossEntropy: return what == FLAGS ? flags<CrossEntropy>() : 0;
    default: return WHOLE ? otherNumberOf(what, loss, a, t, scale) : unreachable();
  }
}

/** The same of the kinds that few networks have. */
// @ts-ignore: decorator
@inline
function otherNumberOf(what: i32, loss: Loss, a: usize, t: usize, scale: f64): f64 {
  switch (loss) {
    case Loss.hinge: return number<Hinge>(what, a, t, scale);
    case Loss.logCosh: return number<LogCosh>(what, a, t, scale);
    case Loss.squaredHinge: return number<SquaredHinge>(what, a, t, scale);
    case Loss.poisson: return number<Poisson>(what, a, t, scale);
    case Loss.meanAbsolutePercentageError: return number<MeanAbsolutePercentageError>(what, a, t, scale);
    case Loss.meanSquaredLogarithmicError: return number<MeanSquaredLogarithmicError>(what, a, t, scale);
    case Loss.kullbackLeiblerDivergence: return what == FLAGS ? flags<KullbackLeiblerDivergence>() : 0;
    case Loss.categoricalHinge: return what == FLAGS ? flags<CategoricalHinge>() : 0;
    case Loss.cosineProximity: return what == FLAGS ? flags<CosineProximity>() : 0;
    default: return what == FLAGS ? flags<Custom>() : unreachable();
  }
}

/** Of a kind, a vector's derivatives. */
// @ts-ignore: decorator
@inline
function vectorOf(what: i32, loss: Loss, exact: bool, a: v128, t: v128, ra: v128): v128 {
  switch (loss) {
    case Loss.meanSquaredError: return vector<MeanSquaredError>(what, exact, a, t, ra);
    case Loss.meanAbsoluteError: return vector<MeanAbsoluteError>(what, exact, a, t, ra);
    case Loss.binaryCrossEntropy: return vector<BinaryCrossEntropy>(what, exact, a, t, ra);
    case Loss.crossEntropy:
    case Loss.kullbackLeiblerDivergence: return vector<CrossEntropy>(what, exact, a, t, ra);
    default: return WHOLE ? otherVectorOf(what, loss, exact, a, t, ra) : unreachable();
  }
}

/** The same of the kinds that few networks have. */
// @ts-ignore: decorator
@inline
function otherVectorOf(what: i32, loss: Loss, exact: bool, a: v128, t: v128, ra: v128): v128 {
  switch (loss) {
    case Loss.hinge: return vector<Hinge>(what, exact, a, t, ra);
    case Loss.logCosh: return vector<LogCosh>(what, exact, a, t, ra);
    case Loss.squaredHinge: return vector<SquaredHinge>(what, exact, a, t, ra);
    case Loss.poisson: return vector<Poisson>(what, exact, a, t, ra);
    case Loss.meanAbsolutePercentageError: return vector<MeanAbsolutePercentageError>(what, exact, a, t, ra);
    case Loss.meanSquaredLogarithmicError: return vector<MeanSquaredLogarithmicError>(what, exact, a, t, ra);
    default: return unreachable();
  }
}

/** Σ_r w[r] Σ_j value; of kullbackLeiblerDivergence what it differs by from crossEntropy. */
function valuesOf(loss: Loss, rows: i32, units: i32, y: usize, a: usize, t: usize, w: usize): f64 {
  switch (loss) {
    case Loss.meanSquaredError: return sumValues<MeanSquaredError>(loss, rows, units, a, t, w);
    case Loss.meanAbsoluteError: return sumValues<MeanAbsoluteError>(loss, rows, units, a, t, w);
    case Loss.binaryCrossEntropy: return sumValues<BinaryCrossEntropy>(loss, rows, units, y, t, w);
    default: return WHOLE ? sumValues<Mixed>(loss, rows, units, a, t, w) : unreachable();
  }
}

/** Losses that share a loop, which looks the kind up for every vector: a loop takes more bytes than a summand. */
@final
class Mixed {
  // @ts-ignore: decorator
  @inline
  summand(loss: Loss, x: v128, t: v128): v128 {
    switch (loss) {
      case Loss.hinge: return changetype<Hinge>(0).value(x, t);
      case Loss.logCosh: return changetype<LogCosh>(0).value(x, t);
      case Loss.squaredHinge: return changetype<SquaredHinge>(0).value(x, t);
      case Loss.kullbackLeiblerDivergence: return changetype<KullbackLeiblerDivergence>(0).value(x, t);
      case Loss.poisson: return changetype<Poisson>(0).value(x, t);
      case Loss.meanAbsolutePercentageError: return changetype<MeanAbsolutePercentageError>(0).value(x, t);
      case Loss.meanSquaredLogarithmicError: return changetype<MeanSquaredLogarithmicError>(0).value(x, t);
      default: return unreachable();
    }
  }
}

// @ts-ignore: decorator
@inline
function flags<L>(): f64 {
  return (changetype<L>(0).throughInput() ? THROUGH_INPUT : 0) + (changetype<L>(0).averages() ? AVERAGES : 0);
}

// @ts-ignore: decorator
@inline
function number<L>(what: i32, a: usize, t: usize, scale: f64): f64 {
  const f = changetype<L>(0);
  if (what == FLAGS) return flags<L>();
  return f.factor(what == ROOT ? 1 / f.curvatureScale() : scale, <f64>load<real>(a), <f64>load<real>(t));
}

// @ts-ignore: decorator
@inline
function vector<L>(what: i32, exact: bool, a: v128, t: v128, ra: v128): v128 {
  const f = changetype<L>(0);
  if (what == SLOPE) return f.slope(a, t);
  if (isDefined(f.bend)) {
    if (exact) return what == CURVATURE ? f.bend(a, t) : mul(f.bend(a, t), ra);
  }
  return what == CURVATURE ? f.curvature(a, t) : f.tangent(a, t, ra);
}

// @ts-ignore: decorator
@inline
function summandOf<L>(loss: Loss, x: v128, t: v128): v128 {
  const f = changetype<L>(0);
  if (isDefined(f.summand)) return f.summand(loss, x, t);
  return f.value(x, t);
}

/**
 * Σ_r w[r] Σ_j value(x[r,j], t[r,j]), each row's sum in `real`, the rows' in float64; of a short last vector, up to 12 bytes
 * behind it are read
 */
// @ts-ignore: decorator
@inline
function sumValues<L>(loss: Loss, rows: i32, units: i32, x: usize, t: usize, w: usize): f64 {
  let result: f64 = 0;
  for (; rows > 0; rows--) {
    let s = splat(0), i = units;
    while (true) {
      const v = summandOf<L>(loss, v128.load(x), v128.load(t)), n = min(i, LANES);
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
 * Σ_r w[r]·l_r of a loss whose parts are those of a row; where out is not 0, out[r,:] = scale·w[r] times its slope, or what its
 * second derivative makes of r, which may be DIAGONAL
 */
function rowwise(
  what: i32, loss: Loss, exact: bool, rows: i32, units: i32, a: usize, t: usize, ra: usize, w: usize, scale: f64, out: usize,
): f64 {
  const width = <usize>units * SIZE;
  let result: f64 = 0;
  for (; rows > 0; rows--, a += width, t += width) {
    let s = scale;
    if (w) {
      s *= <f64>load<real>(w);
      w += SIZE;
    }
    result += s * (loss == Loss.categoricalHinge
      ? categoricalHinge(what == SLOPE, units, a, t, s, out) : cosineProximity(units, a, t, ra, exact, s, out));
    if (out) out += width;
    if (ra > DIAGONAL) ra += width;
  }
  return result;
}

// @ts-ignore: decorator
@inline
function isRowwise(loss: Loss): bool {
  return loss == Loss.categoricalHinge || loss == Loss.cosineProximity;
}

/**
 * out[r,j] = scale·w[r]·slope | curvature | tangent   out may be a, t or ra; of a short last vector, up to 12 bytes behind it are
 * read
 */
// @ts-ignore: decorator
@inline
function derivatives(
  what: i32, loss: Loss, exact: bool, rows: i32, units: i32, a: usize, t: usize, ra: usize, w: usize, scale: f64, out: usize,
): void {
  if (WHOLE && isRowwise(loss)) {
    rowwise(what, loss, exact, rows, units, a, t, what == CURVATURE ? DIAGONAL : ra, w, scale, out);
    return;
  }
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
      v = mul(s, vectorOf(what, loss, exact, v128.load(a), v128.load(t), what == TANGENT ? v128.load(ra) : s));
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

// @ts-ignore: decorator
@inline
function ofSoftmax(loss: Loss): bool {
  return loss == Loss.crossEntropy || (WHOLE && loss == Loss.kullbackLeiblerDivergence);
}

function averages(loss: Loss): bool {
  return (<i32>numberOf(FLAGS, loss, 0, 0, 0) & AVERAGES) != 0;
}

/** Whether value and derivatives are taken through the last layer's pre-activation y. */
export function throughInput(loss: Loss): bool {
  return (<i32>numberOf(FLAGS, loss, 0, 0, 0) & THROUGH_INPUT) != 0;
}

/** Σ_r w[r]·l_r   y is read by losses through the input only, a by the others and cross-entropies of softmax */
export function lossValue(loss: Loss, rows: i32, units: i32, y: usize, a: usize, t: usize, w: usize): f64 {
  if (WHOLE && loss >= Loss.custom) return customLoss(loss, rows, units, a, t, w, 0, 0, SIZE);
  if (WHOLE && isRowwise(loss)) return rowwise(SLOPE, loss, false, rows, units, a, t, 0, w, 1, 0);
  if (ofSoftmax(loss)) {
    const own = crossEntropyValue(rows, units, y, a, t, w);
    return loss == Loss.crossEntropy ? own : own + valuesOf(loss, rows, units, y, a, t, w);
  }
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
  if (WHOLE && loss >= Loss.custom) {
    customLoss(loss, rows, units, a, t, w, scale, d, SIZE);
    return;
  }
  derivatives(SLOPE, loss, false, rows, units, a, t, 0, w, scale * share(loss, units), d);
}

/**
 * h[r,j] = scale·w[r]·∂²l_r/∂a_j², through the input ∂²l_r/∂y_j²; of coupled outputs the diagonal, of softmax's a(1 − a). Without
 * `exact` what the Gauss-Newton matrix has for it, which is never negative   h may be a or t
 */
export function lossCurvature(
  loss: Loss, rows: i32, units: i32, a: usize, t: usize, w: usize, scale: f64, exact: i32, h: usize,
): void {
  derivatives(CURVATURE, loss, exact != 0, rows, units, a, t, 0, w, scale * share(loss, units), h);
}

/**
 * rd[r,j] = scale·w[r]·R{∂l/∂a_j}, through the input R{∂l/∂y_j}   from ra = R{a} of the top; without `exact` by what the
 * Gauss-Newton matrix has for the second derivative; rd may be a, t or ra
 */
export function lossTangent(
  loss: Loss, rows: i32, units: i32, a: usize, t: usize, ra: usize, w: usize, scale: f64, exact: i32, rd: usize,
): void {
  derivatives(TANGENT, loss, exact != 0, rows, units, a, t, ra, w, perOutput(loss, units, scale), rd);
}

/**
 * d[r,:] = the k-th factor of scale·w·∂²l/∂a² of the Gauss-Newton matrix, through the input ∂²l/∂y², of sample r: factors f_k
 * with Σ_k f_k·f_kᵀ the whole. One output each, but where outputs are coupled
 */
export function lossFactor(loss: Loss, rows: i32, units: i32, k: i32, a: usize, t: usize, w: usize, scale: f64, d: usize): void {
  const width = <usize>units * SIZE, at = <usize>k * SIZE;
  const own = perOutput(loss, units, scale);
  memory.fill(d, 0, <usize>rows * width);
  for (; rows > 0; rows--, a += width, t += width, d += width) {
    let s = own;
    if (w) {
      s *= <f64>load<real>(w);
      w += SIZE;
    }
    if (ofSoftmax(loss)) crossEntropyFactor(k, units, s, a, d);
    else if (loss == Loss.cosineProximity) cosineFactor(k, units, s, a, d);
    else store<real>(d + at, <real>numberOf(FACTOR, loss, a + at, t + at, s));
  }
}

/** √(curvature/curvatureScale), through the input of ∂²/∂y², of the summand at one output of a loss that does not couple them */
export function lossRoot(loss: Loss, a: usize, t: usize): f64 {
  return numberOf(ROOT, loss, a, t, 0);
}
