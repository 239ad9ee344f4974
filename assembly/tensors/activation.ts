// The activations of TensorFlow.js's layers, with its slopes: those of the library where they are the same, others of their own
// in activations/. A kind is a class as activations/activation.ts explains it, without the second derivative.

import { TensorActivation } from "../codes";
import { LANES, loadPart, mul, splat, storeUpTo } from "../vec";
import { Elu } from "../activations/elu";
import { Gelu } from "../activations/gelu";
import { GeluTanh } from "../activations/gelu-tanh";
import { LeakyRelu } from "../activations/leaky-relu";
import { Linear } from "../activations/linear";
import { Mish } from "../activations/mish";
import { Relu } from "../activations/relu";
import { Relu6 } from "../activations/relu6";
import { Softplus } from "../activations/softplus";
import { Softsign } from "../activations/softsign";
import { Swish } from "../activations/swish";
import { Tanh } from "../activations/tanh";
import { ThresholdedRelu } from "../activations/thresholded-relu";
import { ClippedRelu } from "./activations/clipped-relu";
import { HardSigmoid } from "./activations/hard-sigmoid";
import { PlusZero } from "./activations/plus-zero";
import { Selu } from "./activations/selu";
import { Sigmoid } from "./activations/sigmoid";

// @ts-ignore: decorator
@inline
function dispatch(forward: bool, kind: TensorActivation, n: i32, x: usize, y: usize, dy: usize, dx: usize, s: real): void {
  switch (kind) {
    case TensorActivation.linear: each<Linear>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.relu: each<PlusZero<Relu>>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.relu6: each<PlusZero<Relu6>>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.clippedRelu: each<ClippedRelu>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.leakyRelu: each<LeakyRelu>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.thresholdedRelu: each<ThresholdedRelu>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.elu: each<Elu>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.selu: each<Selu>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.sigmoid: each<Sigmoid>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.hardSigmoid: each<HardSigmoid>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.tanh: each<Tanh>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.softplus: each<Softplus>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.softsign: each<Softsign>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.swish: each<Swish>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.mish: each<Mish>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.gelu: each<Gelu>(forward, n, x, y, dy, dx, s); break;
    case TensorActivation.geluNew: each<GeluTanh>(forward, n, x, y, dy, dx, s); break;
    default: unreachable();
  }
}

// @ts-ignore: decorator
@inline
function each<A>(forward: bool, n: i32, x: usize, y: usize, dy: usize, dx: usize, s: real): void {
  if (forward) values<A>(n, x, y, splat(s));
  else slopes<A>(n, x, y, dy, dx, splat(s));
}

// @ts-ignore: decorator
@inline
function values<A>(n: i32, x: usize, y: usize, s: v128): void {
  const f = changetype<A>(0);
  for (; n >= LANES; n -= LANES, x += 16, y += 16) v128.store(y, f.value(v128.load(x), s));
  if (n > 0) storeUpTo(y, f.value(loadPart(x, n), s), n);
}

// @ts-ignore: decorator
@inline
function slopes<A>(n: i32, x: usize, y: usize, dy: usize, dx: usize, s: v128): void {
  const f = changetype<A>(0);
  let p = f.needsInput() ? x : y;
  for (; n >= LANES; n -= LANES, p += 16, dy += 16, dx += 16) {
    v128.store(dx, mul(v128.load(dy), f.first(v128.load(p), s)));
  }
  if (n > 0) storeUpTo(dx, mul(loadPart(dy, n), f.first(loadPart(p, n), s)), n);
}

/** y[i] = f(x[i]); s: the kind's parameter   y may be x, if the kind does not need its input to go back */
export function activate(kind: TensorActivation, n: i32, x: usize, y: usize, s: f64): void {
  dispatch(true, kind, n, x, y, 0, 0, <real>s);
}

/** dx[i] = dy[i]·f′, from x[i] and y[i] = f(x[i])   dx may be dy */
export function activationBackward(kind: TensorActivation, n: i32, x: usize, y: usize, dy: usize, dx: usize, s: f64): void {
  dispatch(false, kind, n, x, y, dy, dx, <real>s);
}
