// Activations: a = f(y), and f′, f″ at the same place, each from the output a where that is possible, else from y.
// The softmax couples the units of a row: f is in softmax.ts, f′ and f″ here are the diagonal's.

import { Activation } from "../codes";
import { LANES, SIZE, add, loadPart, madd, mul, select, splat, storePart, storeUpTo, sub } from "../vec";
import { bell, expm1, logistic, normalCdf, softplus } from "../kernels/elementary";
import { tanh, tanhVectors } from "../kernels/tanh";

export const ACTIVATIONS: i32 = 11;

/** LeCun's sigmoid, A·tanh(S·y): SPEC 1.4.4 */
const A: f64 = 1.7159;
const S: f64 = 2.0 / 3.0;

/** 1/√(2π) */
const BELL_PEAK: f64 = 0.3989422804014327;

/** Whether f′ and f″ need the pre-activation y. */
export function needsInput(kind: Activation): bool {
  return kind == Activation.twistedTanh || kind == Activation.gelu;
}

// @ts-ignore: decorator
@inline
function positive(x: v128): v128 {
  return v128.gt<real>(x, splat(0));
}

/** f(y); s: the slope of twistedTanh and leakyRelu, the scale of elu */
// @ts-ignore: decorator
@inline
function value(kind: Activation, y: v128, s: v128): v128 {
  switch (kind) {
    case Activation.tanh: return tanh<real>(y);
    case Activation.lecunTanh: return mul(splat(<real>A), tanh<real>(mul(splat(<real>S), y)));
    case Activation.twistedTanh: return madd(tanh<real>(y), s, y);
    case Activation.sigmoid: return logistic<real>(y);
    case Activation.relu: return v128.pmax<real>(y, splat(0));
    case Activation.leakyRelu: return select(positive(y), y, mul(s, y));
    case Activation.elu: return select(positive(y), y, mul(s, expm1<real>(y)));
    case Activation.gelu: return mul(y, normalCdf<real>(y, bell<real>(y)));
    case Activation.softplus: return softplus<real>(y);
    default: return y;
  }
}

/** f′(y) */
// @ts-ignore: decorator
@inline
function first(kind: Activation, y: v128, a: v128, s: v128): v128 {
  const one = splat(1);
  switch (kind) {
    case Activation.tanh: return mul(sub(one, a), add(one, a));
    case Activation.lecunTanh: return mul(splat(<real>(S / A)), mul(sub(splat(<real>A), a), add(splat(<real>A), a)));
    case Activation.twistedTanh: {
      const t = tanh<real>(y);
      return madd(s, sub(one, t), add(one, t));
    }
    case Activation.sigmoid: case Activation.softmax: return mul(a, sub(one, a));
    case Activation.relu: return v128.and(positive(a), one);
    case Activation.leakyRelu: return select(positive(y), one, s);
    case Activation.elu: return select(positive(a), one, add(a, s));
    case Activation.gelu: {
      const b = bell<real>(y);
      return madd(normalCdf<real>(y, b), y, mul(splat(<real>BELL_PEAK), b));
    }
    case Activation.softplus: return v128.neg<real>(expm1<real>(v128.neg<real>(a))); // σ(y) = 1 − e^{−a}
    default: return one;
  }
}

/** f″(y) */
// @ts-ignore: decorator
@inline
function second(kind: Activation, y: v128, a: v128, s: v128): v128 {
  switch (kind) {
    case Activation.tanh: return mul(splat(-2), mul(a, first(Activation.tanh, y, a, s)));
    case Activation.lecunTanh: return mul(splat(<real>(-2 * S / A)), mul(a, first(Activation.lecunTanh, y, a, s)));
    case Activation.twistedTanh: {
      const t = tanh<real>(y);
      return mul(splat(-2), mul(t, first(Activation.tanh, y, t, s)));
    }
    case Activation.sigmoid: case Activation.softmax: return mul(sub(splat(1), add(a, a)), first(Activation.sigmoid, y, a, s));
    case Activation.elu: return v128.andnot(add(a, s), positive(a));
    case Activation.gelu: {
      const x = v128.pmin<real>(v128.abs<real>(y), splat(40)); // f″ is even, and x² must not overflow
      return mul(mul(splat(<real>BELL_PEAK), bell<real>(x)), sub(splat(2), mul(x, x)));
    }
    case Activation.softplus: {
      const p = first(Activation.softplus, y, a, s);
      return mul(p, sub(splat(1), p));
    }
    default: return splat(0);
  }
}

// The orders of derivative that `each` computes, constants at every call.
const VALUE: i32 = 0;
const TIMES_FIRST: i32 = 1;
const SECOND: i32 = 2;

/** f(y) of the sigmoids that are tanh with or without scales, whose whole vectors have a loop of their own */
// @ts-ignore: decorator
@inline
function eachTanh(kind: Activation, n: i32, y: usize, a: usize): void {
  const done = tanhVectors(n, y, a, kind == Activation.lecunTanh, <real>S, <real>A), rest = n - done;
  if (rest > 0) storePart(a + <usize>done * SIZE, value(kind, loadPart(y + <usize>done * SIZE, rest), splat(0)), rest);
}

/** out = f(y) | out·f′ | f″, elementwise; of a short last vector, up to 12 bytes behind it are read */
// @ts-ignore: decorator
@inline
function each(kind: Activation, order: i32, n: i32, y: usize, a: usize, out: usize, slope: real): void {
  if (n <= 0) return;
  const s = splat(slope), fromInput = order == VALUE || kind == Activation.twistedTanh || kind == Activation.gelu;
  let p = fromInput ? y : a, r: v128;
  while (true) {
    const v = v128.load(p);
    if (order == VALUE) r = value(kind, v, s);
    else if (order == SECOND) r = second(kind, v, v, s);
    else r = mul(v128.load(out), first(kind, v, v, s));
    if (n <= LANES) break;
    v128.store(out, r);
    n -= LANES;
    p += 16;
    out += 16;
  }
  storeUpTo(out, r, n);
}

// @ts-ignore: decorator
@inline
function dispatch(order: i32, kind: Activation, n: i32, y: usize, a: usize, out: usize, slope: real): void {
  switch (kind) {
    case Activation.tanh: {
      if (order == VALUE) eachTanh(Activation.tanh, n, y, out);
      else each(Activation.tanh, order, n, y, a, out, slope);
      break;
    }
    case Activation.lecunTanh: {
      if (order == VALUE) eachTanh(Activation.lecunTanh, n, y, out);
      else each(Activation.lecunTanh, order, n, y, a, out, slope);
      break;
    }
    case Activation.twistedTanh: each(Activation.twistedTanh, order, n, y, a, out, slope); break;
    case Activation.sigmoid: each(Activation.sigmoid, order, n, y, a, out, slope); break;
    case Activation.relu: each(Activation.relu, order, n, y, a, out, slope); break;
    case Activation.leakyRelu: each(Activation.leakyRelu, order, n, y, a, out, slope); break;
    case Activation.elu: each(Activation.elu, order, n, y, a, out, slope); break;
    case Activation.gelu: each(Activation.gelu, order, n, y, a, out, slope); break;
    case Activation.softplus: each(Activation.softplus, order, n, y, a, out, slope); break;
    case Activation.softmax: if (order != VALUE) each(Activation.softmax, order, n, y, a, out, slope); break;
    default: each(Activation.linear, order, n, y, a, out, slope); break;
  }
}

/** a[i] = f(y[i]) for every kind but softmax (softmax.ts)   a may be y */
export function activate(kind: Activation, n: i32, y: usize, a: usize, slope: f64): void {
  if (kind != Activation.linear || y != a) dispatch(VALUE, kind, n, y, a, a, <real>slope);
}

/** d[i] *= f′   from y[i] if needsInput(kind), else from a[i] = f(y[i]); for softmax the diagonal a(1 − a) */
export function timesDerivative(kind: Activation, n: i32, y: usize, a: usize, d: usize, slope: f64): void {
  if (kind != Activation.linear) dispatch(TIMES_FIRST, kind, n, y, a, d, <real>slope);
}

/** out[i] = f″   from y[i] or a[i] like timesDerivative; for softmax the diagonal a(1 − a)(1 − 2a) */
export function secondDerivative(kind: Activation, n: i32, y: usize, a: usize, out: usize, slope: f64): void {
  dispatch(SECOND, kind, n, y, a, out, <real>slope);
}
