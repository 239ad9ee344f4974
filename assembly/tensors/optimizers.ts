// The steps of TensorFlow.js's optimizers, in the order of its operations. w, g and what is accumulated: n numbers each.
// What is accumulated is flushed (vec.ts): of units that no longer fire it decays into numbers that processors take long over.

import { LANES, add, flushed, loadUpTo, mul, splat, storeUpTo, sub } from "../vec";

// @ts-ignore: decorator
@inline
function div(a: v128, b: v128): v128 {
  return v128.div<real>(a, b);
}

// @ts-ignore: decorator
@inline
function root(a: v128): v128 {
  return v128.sqrt<real>(a);
}

/** w = w − rate·g */
export function sgd(n: i32, w: usize, g: usize, rate: f64): void {
  const c = splat(<real>-rate);
  for (; n > 0; n -= LANES, w += 16, g += 16) storeUpTo(w, add(mul(c, loadUpTo(g, n)), loadUpTo(w, n)), n);
}

/** a = momentum·a + g; w = w − rate·a, or with nesterov w − rate·(g + momentum·a) */
export function momentum(n: i32, w: usize, g: usize, a: usize, rate: f64, factor: f64, nesterov: i32): void {
  const c = splat(<real>-rate), m = splat(<real>factor);
  for (; n > 0; n -= LANES, w += 16, g += 16, a += 16) {
    const d = loadUpTo(g, n), v = flushed(add(mul(m, loadUpTo(a, n)), d));
    storeUpTo(a, v, n);
    storeUpTo(w, add(mul(c, nesterov ? add(d, mul(v, m)) : v), loadUpTo(w, n)), n);
  }
}

/** a = a + g²; w = w − rate·g/√(a + ε) */
export function adagrad(n: i32, w: usize, g: usize, a: usize, rate: f64, epsilon: f64): void {
  const c = splat(<real>-rate), e = splat(<real>epsilon);
  for (; n > 0; n -= LANES, w += 16, g += 16, a += 16) {
    const d = loadUpTo(g, n), v = add(loadUpTo(a, n), mul(d, d));
    storeUpTo(a, v, n);
    storeUpTo(w, add(mul(div(d, root(add(v, e))), c), loadUpTo(w, n)), n);
  }
}

/** u = √(b + ε)/√(a + ε)·g with the old a; a = ρ·a + (1 − ρ)·g²; b = ρ·b + (1 − ρ)·u²; w = w − rate·u */
export function adadelta(n: i32, w: usize, g: usize, a: usize, b: usize, rate: f64, rho: f64, epsilon: f64): void {
  const c = splat(<real>-rate), keep = splat(<real>rho), take = splat(<real>(1 - rho)), e = splat(<real>epsilon);
  for (; n > 0; n -= LANES, w += 16, g += 16, a += 16, b += 16) {
    const d = loadUpTo(g, n), v = loadUpTo(a, n), o = loadUpTo(b, n), u = mul(div(root(add(o, e)), root(add(v, e))), d);
    storeUpTo(a, flushed(add(mul(v, keep), mul(mul(d, d), take))), n);
    storeUpTo(b, flushed(add(mul(o, keep), mul(mul(u, u), take))), n);
    storeUpTo(w, add(mul(u, c), loadUpTo(w, n)), n);
  }
}

/** s = ρ·s + (1 − ρ)·g²; m = momentum·m + rate·g/√(s + ε); w = w − m; centred on c = ρ·c + (1 − ρ)·g: √(s − (c² + ε)) */
export function rmsprop(
  n: i32, w: usize, g: usize, s: usize, m: usize, c: usize, rate: f64, rho: f64, factor: f64, epsilon: f64, centered: i32,
): void {
  const keep = splat(<real>rho), take = splat(<real>(1 - rho)), f = splat(<real>factor);
  const l = splat(<real>rate), e = splat(<real>epsilon);
  for (; n > 0; n -= LANES, w += 16, g += 16, s += 16, m += 16) {
    const d = loadUpTo(g, n), v = flushed(add(mul(loadUpTo(s, n), keep), mul(mul(d, d), take)));
    storeUpTo(s, v, n);
    let under: v128;
    if (centered) {
      const mean = flushed(add(mul(loadUpTo(c, n), keep), mul(d, take)));
      storeUpTo(c, mean, n);
      c += 16;
      under = sub(v, add(mul(mean, mean), e));
    } else {
      under = add(v, e);
    }
    const u = flushed(add(mul(loadUpTo(m, n), f), div(mul(d, l), root(under))));
    storeUpTo(m, u, n);
    storeUpTo(w, sub(loadUpTo(w, n), u), n);
  }
}

/**
 * m = β₁·m + (1 − β₁)·g; v = β₂·v + (1 − β₂)·g²; w = w − rate·(m/first)/(√(v/second) + ε), first and second being 1 − βᵗ: as
 * rate·√second/first·m/(√v + ε·√second), since divisions of vectors take most of the time
 */
export function adam(
  n: i32, w: usize, g: usize, m: usize, v: usize, rate: f64, beta1: f64, beta2: f64, epsilon: f64, first: f64, second: f64,
): void {
  const keep1 = splat(<real>beta1), take1 = splat(<real>(1 - beta1)), keep2 = splat(<real>beta2);
  const take2 = splat(<real>(1 - beta2)), spread = sqrt(second);
  const c = splat(<real>(-rate * spread / first)), e = splat(<real>(epsilon * spread));
  for (; n > 0; n -= LANES, w += 16, g += 16, m += 16, v += 16) {
    const d = loadUpTo(g, n), a = flushed(add(mul(loadUpTo(m, n), keep1), mul(d, take1)));
    const b = flushed(add(mul(loadUpTo(v, n), keep2), mul(mul(d, d), take2)));
    storeUpTo(m, a, n);
    storeUpTo(v, b, n);
    storeUpTo(w, add(mul(div(a, add(root(b), e)), c), loadUpTo(w, n)), n);
  }
}

/** m = β₁·m + (1 − β₁)·g; u = max(β₂·u, |g|); w = w + step·m/(u + ε) */
export function adamax(
  n: i32, w: usize, g: usize, m: usize, u: usize, step: f64, beta1: f64, beta2: f64, epsilon: f64,
): void {
  const keep = splat(<real>beta1), take = splat(<real>(1 - beta1)), fade = splat(<real>beta2);
  const c = splat(<real>step), e = splat(<real>epsilon);
  for (; n > 0; n -= LANES, w += 16, g += 16, m += 16, u += 16) {
    const d = loadUpTo(g, n), a = flushed(add(mul(loadUpTo(m, n), keep), mul(d, take)));
    const most = flushed(v128.max<real>(mul(loadUpTo(u, n), fade), v128.abs<real>(d)));
    storeUpTo(m, a, n);
    storeUpTo(u, most, n);
    storeUpTo(w, add(mul(c, div(a, add(most, e))), loadUpTo(w, n)), n);
  }
}
