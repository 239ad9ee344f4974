// Activations: a = f(y), and f′, f″ at the same place, each from the output a where that is possible, else from y.
// The softmax couples the units of a row: f is in softmax.ts, f′ and f″ here are the diagonal's.

import { LANES, SIZE, add, loadPart, madd, mul, select, splat, storePart, storeUpTo, sub } from "../vec";
import { bell, expm1, logistic, normalCdf, softplus } from "../kernels/elementary";
import { tanh, tanhVectors } from "../kernels/tanh";

export const LINEAR: i32 = 0;
export const TANH: i32 = 1;
export const LECUN_TANH: i32 = 2;
export const TWISTED_TANH: i32 = 3;
export const SIGMOID: i32 = 4;
export const RELU: i32 = 5;
export const LEAKY_RELU: i32 = 6;
export const ELU: i32 = 7;
export const GELU: i32 = 8;
export const SOFTPLUS: i32 = 9;
export const SOFTMAX: i32 = 10;
export const ACTIVATIONS: i32 = 11;

/** LeCun's sigmoid, A·tanh(S·y): SPEC 1.4.4 */
const A: f64 = 1.7159;
const S: f64 = 2.0 / 3.0;

/** 1/√(2π) */
const BELL_PEAK: f64 = 0.3989422804014327;

/** Whether f′ and f″ need the pre-activation y. */
export function needsInput(kind: i32): bool {
  return kind == TWISTED_TANH || kind == GELU;
}

// @ts-ignore: decorator
@inline
function positive(x: v128): v128 {
  return v128.gt<real>(x, splat(0));
}

/** f(y); s: the slope of twistedTanh and leakyRelu, the scale of elu */
// @ts-ignore: decorator
@inline
function value(kind: i32, y: v128, s: v128): v128 {
  switch (kind) {
    case TANH: return tanh<real>(y);
    case LECUN_TANH: return mul(splat(<real>A), tanh<real>(mul(splat(<real>S), y)));
    case TWISTED_TANH: return madd(tanh<real>(y), s, y);
    case SIGMOID: return logistic<real>(y);
    case RELU: return v128.pmax<real>(y, splat(0));
    case LEAKY_RELU: return select(positive(y), y, mul(s, y));
    case ELU: return select(positive(y), y, mul(s, expm1<real>(y)));
    case GELU: return mul(y, normalCdf<real>(y, bell<real>(y)));
    case SOFTPLUS: return softplus<real>(y);
    default: return y;
  }
}

/** f′(y) */
// @ts-ignore: decorator
@inline
function first(kind: i32, y: v128, a: v128, s: v128): v128 {
  const one = splat(1);
  switch (kind) {
    case TANH: return mul(sub(one, a), add(one, a));
    case LECUN_TANH: return mul(splat(<real>(S / A)), mul(sub(splat(<real>A), a), add(splat(<real>A), a)));
    case TWISTED_TANH: {
      const t = tanh<real>(y);
      return madd(s, sub(one, t), add(one, t));
    }
    case SIGMOID: case SOFTMAX: return mul(a, sub(one, a));
    case RELU: return v128.and(positive(a), one);
    case LEAKY_RELU: return select(positive(y), one, s);
    case ELU: return select(positive(a), one, add(a, s));
    case GELU: {
      const b = bell<real>(y);
      return madd(normalCdf<real>(y, b), y, mul(splat(<real>BELL_PEAK), b));
    }
    case SOFTPLUS: return v128.neg<real>(expm1<real>(v128.neg<real>(a))); // σ(y) = 1 − e^{−a}
    default: return one;
  }
}

/** f″(y) */
// @ts-ignore: decorator
@inline
function second(kind: i32, y: v128, a: v128, s: v128): v128 {
  switch (kind) {
    case TANH: return mul(splat(-2), mul(a, first(TANH, y, a, s)));
    case LECUN_TANH: return mul(splat(<real>(-2 * S / A)), mul(a, first(LECUN_TANH, y, a, s)));
    case TWISTED_TANH: {
      const t = tanh<real>(y);
      return mul(splat(-2), mul(t, first(TANH, y, t, s)));
    }
    case SIGMOID: case SOFTMAX: return mul(sub(splat(1), add(a, a)), first(SIGMOID, y, a, s));
    case ELU: return v128.andnot(add(a, s), positive(a));
    case GELU: {
      const x = v128.pmin<real>(v128.abs<real>(y), splat(40)); // f″ is even, and x² must not overflow
      return mul(mul(splat(<real>BELL_PEAK), bell<real>(x)), sub(splat(2), mul(x, x)));
    }
    case SOFTPLUS: {
      const p = first(SOFTPLUS, y, a, s);
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
function eachTanh(kind: i32, n: i32, y: usize, a: usize): void {
  const done = tanhVectors(n, y, a, kind == LECUN_TANH, <real>S, <real>A), rest = n - done;
  if (rest > 0) storePart(a + <usize>done * SIZE, value(kind, loadPart(y + <usize>done * SIZE, rest), splat(0)), rest);
}

/** out = f(y) | out·f′ | f″, elementwise; of a short last vector, up to 12 bytes behind it are read */
// @ts-ignore: decorator
@inline
function each(kind: i32, order: i32, n: i32, y: usize, a: usize, out: usize, slope: real): void {
  if (n <= 0) return;
  const s = splat(slope), fromInput = order == VALUE || kind == TWISTED_TANH || kind == GELU;
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
function dispatch(order: i32, kind: i32, n: i32, y: usize, a: usize, out: usize, slope: real): void {
  switch (kind) {
    case TANH: {
      if (order == VALUE) eachTanh(TANH, n, y, out);
      else each(TANH, order, n, y, a, out, slope);
      break;
    }
    case LECUN_TANH: {
      if (order == VALUE) eachTanh(LECUN_TANH, n, y, out);
      else each(LECUN_TANH, order, n, y, a, out, slope);
      break;
    }
    case TWISTED_TANH: each(TWISTED_TANH, order, n, y, a, out, slope); break;
    case SIGMOID: each(SIGMOID, order, n, y, a, out, slope); break;
    case RELU: each(RELU, order, n, y, a, out, slope); break;
    case LEAKY_RELU: each(LEAKY_RELU, order, n, y, a, out, slope); break;
    case ELU: each(ELU, order, n, y, a, out, slope); break;
    case GELU: each(GELU, order, n, y, a, out, slope); break;
    case SOFTPLUS: each(SOFTPLUS, order, n, y, a, out, slope); break;
    case SOFTMAX: if (order != VALUE) each(SOFTMAX, order, n, y, a, out, slope); break;
    default: each(LINEAR, order, n, y, a, out, slope); break;
  }
}

/** a[i] = f(y[i]) for every kind but softmax (softmax.ts)   a may be y */
export function activate(kind: i32, n: i32, y: usize, a: usize, slope: f64): void {
  if (kind != LINEAR || y != a) dispatch(VALUE, kind, n, y, a, a, <real>slope);
}

/** d[i] *= f′   from y[i] if needsInput(kind), else from a[i] = f(y[i]); for softmax the diagonal a(1 − a) */
export function timesDerivative(kind: i32, n: i32, y: usize, a: usize, d: usize, slope: f64): void {
  if (kind != LINEAR) dispatch(TIMES_FIRST, kind, n, y, a, d, <real>slope);
}

/** out[i] = f″   from y[i] or a[i] like timesDerivative; for softmax the diagonal a(1 − a)(1 − 2a) */
export function secondDerivative(kind: i32, n: i32, y: usize, a: usize, out: usize, slope: f64): void {
  dispatch(SECOND, kind, n, y, a, out, <real>slope);
}
