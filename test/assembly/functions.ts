// The elementary functions, one vector at a time over arrays, in both precisions: test/kernels/elementary.test.ts compiles
// this file, since the engine's binaries export them only as parts of activations and losses.

import { bell, exp, expOfNegative, expm1, log, log1p, logistic, normalCdf, softplus } from "../../assembly/kernels/elementary";
import { tanh } from "../../assembly/kernels/tanh";
import { normalQuantile } from "../../assembly/kernels/random";

const EXP: i32 = 0, EXP_OF_NEGATIVE: i32 = 1, EXPM1: i32 = 2, LOG: i32 = 3, LOG1P: i32 = 4, TANH: i32 = 5;
const LOGISTIC: i32 = 6, SOFTPLUS: i32 = 7, BELL: i32 = 8;

// @ts-ignore: decorator
@inline
function value<T>(kind: i32, x: v128): v128 {
  switch (kind) {
    case EXP: return exp<T>(x);
    case EXP_OF_NEGATIVE: return expOfNegative<T>(x);
    case EXPM1: return expm1<T>(x);
    case LOG: return log<T>(x);
    case LOG1P: return log1p<T>(x);
    case TANH: return tanh<T>(x);
    case LOGISTIC: return logistic<T>(x);
    case SOFTPLUS: return softplus<T>(x);
    case BELL: return bell<T>(x);
    default: return normalCdf<T>(x, bell<T>(x));
  }
}

// @ts-ignore: decorator
@inline
function each<T>(kind: i32, n: i32, x: usize, out: usize): void {
  for (let end = x + <usize>n * sizeof<T>(); x < end; x += 16, out += 16) v128.store(out, value<T>(kind, v128.load(x)));
}

/** out[i] = f(x[i]); n a multiple of the lanes */
export function float32(kind: i32, n: i32, x: usize, out: usize): void {
  each<f32>(kind, n, x, out);
}

/** out[i] = f(x[i]); n a multiple of the lanes */
export function float64(kind: i32, n: i32, x: usize, out: usize): void {
  each<f64>(kind, n, x, out);
}

export function quantile(p: f64): f64 {
  return normalQuantile(p);
}
