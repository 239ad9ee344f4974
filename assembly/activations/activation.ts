// The table of activations: a = f(y), and f′ and f″ at the same place, each from the output a where that is possible, else
// from y.
//
// A kind is a class in a file of its own, of which nothing is left at run time. `needsInput` says whether f′ and f″ need the
// pre-activation y. value(y, s), first(x, s) and second(x, s) are f, f′ and f″ of a vector, x = y if needsInput, else a; s is the
// kind's parameter, if it has one. whole(n, y, a), if there is one, finds the values of whole vectors in a loop of its own, and
// returns how many elements they had. A kind that lacks one of the others does not compile.

import { Activation } from "../codes";
import { scale } from "../kernels/blas1";
import { WHOLE } from "../extent";
import { LANES, SIZE, loadPart, mul, splat, storePart, storeUpTo } from "../vec";
import { Elu } from "./elu";
import { Gelu } from "./gelu";
import { GeluTanh } from "./gelu-tanh";
import { HardSigmoid } from "./hard-sigmoid";
import { LeakyRelu } from "./leaky-relu";
import { LecunTanh } from "./lecun-tanh";
import { Linear } from "./linear";
import { Mish } from "./mish";
import { Relu } from "./relu";
import { Relu6 } from "./relu6";
import { SELU_SCALE, SELU_SLOPE, Selu } from "./selu";
import { Sigmoid } from "./sigmoid";
import { Softmax } from "./softmax";
import { Softplus } from "./softplus";
import { Softsign } from "./softsign";
import { Swish } from "./swish";
import { Tanh } from "./tanh";
import { ThresholdedRelu } from "./thresholded-relu";
import { TwistedTanh } from "./twisted-tanh";

// What is asked of a kind, constants at every call.
const NEEDS_INPUT: i32 = 0;
const VALUE: i32 = 1;
const TIMES_FIRST: i32 = 2;
const SECOND: i32 = 3;

// @ts-ignore: decorator
@inline
function dispatch(what: i32, kind: Activation, n: i32, y: usize, a: usize, out: usize, slope: real): bool {
  switch (kind) {
    case Activation.tanh: return each<Tanh>(what, n, y, a, out, slope);
    case Activation.lecunTanh: return each<LecunTanh>(what, n, y, a, out, slope);
    case Activation.twistedTanh: return each<TwistedTanh>(what, n, y, a, out, slope);
    case Activation.sigmoid: return each<Sigmoid>(what, n, y, a, out, slope);
    case Activation.relu: return each<Relu>(what, n, y, a, out, slope);
    case Activation.leakyRelu: return each<LeakyRelu>(what, n, y, a, out, slope);
    case Activation.elu: return each<Elu>(what, n, y, a, out, slope);
    case Activation.gelu: return each<Gelu>(what, n, y, a, out, slope);
    case Activation.softplus: return each<Softplus>(what, n, y, a, out, slope);
    case Activation.softmax: return what == VALUE ? false : derivatives<Softmax>(what, n, y, a, out, slope);
    case Activation.linear: return each<Linear>(what, n, y, a, out, slope);
    default: return WHOLE ? mixed(what, kind, n, y, a, out, slope) : unreachable();
  }
}

/** f, f′ or f″ of a vector, of the kinds that share a loop. */
// @ts-ignore: decorator
@inline
function vectorOf(what: i32, kind: Activation, x: v128, s: v128): v128 {
  switch (kind) {
    case Activation.mish: return vector<Mish>(what, x, s);
    case Activation.selu: return what == VALUE ? unreachable() : derivative<Selu>(what, x, s);
    case Activation.hardSigmoid: return vector<HardSigmoid>(what, x, s);
    case Activation.softsign: return vector<Softsign>(what, x, s);
    case Activation.swish: return vector<Swish>(what, x, s);
    case Activation.relu6: return vector<Relu6>(what, x, s);
    case Activation.thresholdedRelu: return vector<ThresholdedRelu>(what, x, s);
    case Activation.geluTanh: return vector<GeluTanh>(what, x, s);
    default: return unreachable();
  }
}

// @ts-ignore: decorator
@inline
function needs(kind: Activation): bool {
  switch (kind) {
    case Activation.mish: return changetype<Mish>(0).needsInput();
    case Activation.selu: return changetype<Selu>(0).needsInput();
    case Activation.hardSigmoid: return changetype<HardSigmoid>(0).needsInput();
    case Activation.softsign: return changetype<Softsign>(0).needsInput();
    case Activation.swish: return changetype<Swish>(0).needsInput();
    case Activation.relu6: return changetype<Relu6>(0).needsInput();
    case Activation.thresholdedRelu: return changetype<ThresholdedRelu>(0).needsInput();
    case Activation.geluTanh: return changetype<GeluTanh>(0).needsInput();
    default: return unreachable();
  }
}

// @ts-ignore: decorator
@inline
function vector<A>(what: i32, x: v128, s: v128): v128 {
  return what == VALUE ? changetype<A>(0).value(x, s) : derivative<A>(what, x, s);
}

// @ts-ignore: decorator
@inline
function derivative<A>(what: i32, x: v128, s: v128): v128 {
  return what == SECOND ? changetype<A>(0).second(x, s) : changetype<A>(0).first(x, s);
}

/** What each<A> does, of a kind that is looked up for every vector. */
// @ts-ignore: decorator
@inline
function mixed(what: i32, kind: Activation, n: i32, y: usize, a: usize, out: usize, slope: real): bool {
  const s = splat(slope);
  if (what == NEEDS_INPUT) return needs(kind);
  if (n <= 0) return false;
  let p = what == VALUE || needs(kind) ? y : a, r: v128;
  while (true) {
    r = vectorOf(what, kind, v128.load(p), s);
    if (what == TIMES_FIRST) r = mul(v128.load(out), r);
    if (n <= LANES) break;
    v128.store(out, r);
    n -= LANES;
    p += 16;
    out += 16;
  }
  storeUpTo(out, r, n);
  return false;
}

// @ts-ignore: decorator
@inline
function each<A>(what: i32, n: i32, y: usize, a: usize, out: usize, slope: real): bool {
  return what == VALUE ? values<A>(n, y, out, slope) : derivatives<A>(what, n, y, a, out, slope);
}

/** out = f(y), elementwise; of a short last vector, up to 12 bytes behind it are read */
// @ts-ignore: decorator
@inline
function values<A>(n: i32, y: usize, out: usize, slope: real): bool {
  const f = changetype<A>(0), s = splat(slope);
  if (n <= 0) return false;
  if (isDefined(f.whole)) { // a loop of its own
    const done = f.whole(n, y, out), rest = n - done;
    if (rest > 0) storePart(out + <usize>done * SIZE, f.value(loadPart(y + <usize>done * SIZE, rest), s), rest);
    return false;
  }
  let r: v128;
  while (true) {
    r = f.value(v128.load(y), s);
    if (n <= LANES) break;
    v128.store(out, r);
    n -= LANES;
    y += 16;
    out += 16;
  }
  storeUpTo(out, r, n);
  return false;
}

/** out = out·f′ | f″, elementwise; of a short last vector, up to 12 bytes behind it are read. Or whether f′ and f″ need y */
// @ts-ignore: decorator
@inline
function derivatives<A>(what: i32, n: i32, y: usize, a: usize, out: usize, slope: real): bool {
  const f = changetype<A>(0), s = splat(slope);
  if (what == NEEDS_INPUT) return f.needsInput();
  if (n <= 0) return false;
  let p = f.needsInput() ? y : a, r: v128;
  while (true) {
    const v = v128.load(p);
    r = what == SECOND ? f.second(v, s) : mul(v128.load(out), f.first(v, s));
    if (n <= LANES) break;
    v128.store(out, r);
    n -= LANES;
    p += 16;
    out += 16;
  }
  storeUpTo(out, r, n);
  return false;
}

/** Whether f′ and f″ need the pre-activation y. */
export function needsInput(kind: Activation): bool {
  return dispatch(NEEDS_INPUT, kind, 0, 0, 0, 0, 0);
}

/** a[i] = f(y[i]) for every kind but softmax (kernels/softmax.ts)   a may be y */
export function activate(kind: Activation, n: i32, y: usize, a: usize, slope: f64): void {
  const scaled = kind == Activation.selu;
  if (kind != Activation.linear || y != a) {
    dispatch(VALUE, scaled ? Activation.elu : kind, n, y, a, a, <real>(scaled ? SELU_SLOPE : slope));
  }
  if (scaled) scale(n, <real>SELU_SCALE, a);
}

/** d[i] *= f′   from y[i] if needsInput(kind), else from a[i] = f(y[i]); for softmax the diagonal a(1 − a) */
export function timesDerivative(kind: Activation, n: i32, y: usize, a: usize, d: usize, slope: f64): void {
  if (kind != Activation.linear) dispatch(TIMES_FIRST, kind, n, y, a, d, <real>slope);
}

/** out[i] = f″   from y[i] or a[i] like timesDerivative; for softmax the diagonal a(1 − a)(1 − 2a) */
export function secondDerivative(kind: Activation, n: i32, y: usize, a: usize, out: usize, slope: f64): void {
  dispatch(SECOND, kind, n, y, a, out, <real>slope);
}
