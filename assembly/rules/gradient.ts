// What may happen to a gradient before a rule takes its step.

import { LANES, add, loadPart, loadUpTo, madd, mul, splat, storeUpTo } from "../vec";
import { norm, scale } from "../kernels/blas1";

/** g[i] += l1·sign(w[i]): the slope of l1·Σ|w| */
export function addSigns(n: i32, l1: f64, w: usize, g: usize): void {
  const up = splat(<real>l1), zero = splat(0);
  for (; n > 0; n -= LANES, w += 16, g += 16) {
    const x = loadUpTo(w, n);
    const slope = v128.sub<real>(v128.and(v128.gt<real>(x, zero), up), v128.and(v128.lt<real>(x, zero), up));
    storeUpTo(g, add(loadUpTo(g, n), slope), n);
  }
}

/** g[i] = m[i]·(g[i] + decay·w[i]): rates of each weight's own */
export function multiply(n: i32, m: usize, decay: f64, w: usize, g: usize): void {
  const d = splat(<real>decay);
  for (; n >= LANES; n -= LANES, m += 16, w += 16, g += 16) v128.store(g, mul(v128.load(m), madd(v128.load(g), d, v128.load(w))));
  if (n > 0) storeUpTo(g, mul(loadPart(m, n), madd(loadPart(g, n), d, loadPart(w, n))), n);
}

/** g ← g·min(1, most/‖g‖) */
export function clipNorm(n: i32, most: f64, g: usize): void {
  const length = norm(n, g);
  if (length > most) scale(n, <real>(most / length), g);
}

/** g[i] ← max(−most, min(most, g[i])) */
export function clipValue(n: i32, most: f64, g: usize): void {
  const high = splat(<real>most), low = splat(<real>-most);
  for (; n > 0; n -= LANES, g += 16) storeUpTo(g, v128.pmax<real>(v128.pmin<real>(loadUpTo(g, n), high), low), n);
}

/** a[i] += share·(w[i] − a[i]): a running mean of weights */
export function average(n: i32, share: f64, w: usize, a: usize): void {
  const s = splat(<real>share);
  for (; n >= LANES; n -= LANES, w += 16, a += 16) {
    const old = v128.load(a);
    v128.store(a, madd(old, s, v128.sub<real>(v128.load(w), old)));
  }
  if (n > 0) {
    const old = loadPart(a, n);
    storeUpTo(a, madd(old, s, v128.sub<real>(loadPart(w, n), old)), n);
  }
}
