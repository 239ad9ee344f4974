// What goes around a rule: what may happen to a gradient before it takes its step, and the average of weights after it.

import { LANES, add, loadPart, loadUpTo, madd, mul, splat, storeUpTo } from "../vec";
import { norm, scale } from "../kernels/blas1";
import { realAt } from "../addresses";
import { Plan, layerAt } from "../layers/table";
import { Update } from "./state";

/** What goes around the rule: Infinity for no bound, addresses 0 for none. */
export function updateExtras(
  at: usize, l1: f64, mostNorm: f64, mostValue: f64, multipliers: usize, average: usize, averageKeep: f64,
): void {
  const u = changetype<Update>(at);
  u.l1 = l1;
  u.mostNorm = mostNorm;
  u.mostValue = mostValue;
  u.multipliers = multipliers;
  u.average = average;
  u.averageKeep = averageKeep;
  u.extras = l1 != 0 || mostNorm < Infinity || mostValue < Infinity || multipliers || average ? 1 : 0;
}

/** The bounds of the gradient, then the slope of l1, then rates of each weight's own, which scale all of it. */
export function refine(u: Update, plan: Plan): void {
  const g = u.gradient;
  if (u.mostNorm < Infinity) clipNorm(plan.parameters, u.mostNorm, g);
  if (u.mostValue < Infinity) clipValue(plan.parameters, u.mostValue, g);
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i), n = layer.decaying, own = realAt(g, layer.first), w = realAt(plan.theta, layer.first);
    if (u.l1 != 0) addSigns(n, u.l1, w, own);
    if (u.multipliers) {
      const m = realAt(u.multipliers, layer.first);
      multiply(n, m, u.decay, w, own);
      multiply(layer.parameters - n, realAt(m, n), 0, realAt(w, n), realAt(own, n));
    }
  }
}

/** The weights of now enter their average. */
// @ts-ignore: decorator
@inline
export function noteAverage(u: Update, plan: Plan): void {
  u.averaged += 1;
  average(plan.parameters, max(1 - u.averageKeep, 1 / u.averaged), plan.theta, u.average);
}

/** g[i] += l1·sign(w[i]): the slope of l1·Σ|w| */
function addSigns(n: i32, l1: f64, w: usize, g: usize): void {
  const up = splat(<real>l1), zero = splat(0);
  for (; n > 0; n -= LANES, w += 16, g += 16) {
    const x = loadUpTo(w, n);
    const slope = v128.sub<real>(v128.and(v128.gt<real>(x, zero), up), v128.and(v128.lt<real>(x, zero), up));
    storeUpTo(g, add(loadUpTo(g, n), slope), n);
  }
}

/** g[i] = m[i]·(g[i] + decay·w[i]): rates of each weight's own */
function multiply(n: i32, m: usize, decay: f64, w: usize, g: usize): void {
  const d = splat(<real>decay);
  for (; n >= LANES; n -= LANES, m += 16, w += 16, g += 16) v128.store(g, mul(v128.load(m), madd(v128.load(g), d, v128.load(w))));
  if (n > 0) storeUpTo(g, mul(loadPart(m, n), madd(loadPart(g, n), d, loadPart(w, n))), n);
}

/** g ← g·min(1, most/‖g‖) */
function clipNorm(n: i32, most: f64, g: usize): void {
  const length = norm(n, g);
  if (length > most) scale(n, <real>(most / length), g);
}

/** g[i] ← max(−most, min(most, g[i])) */
function clipValue(n: i32, most: f64, g: usize): void {
  const high = splat(<real>most), low = splat(<real>-most);
  for (; n > 0; n -= LANES, g += 16) storeUpTo(g, v128.pmax<real>(v128.pmin<real>(loadUpTo(g, n), high), low), n);
}

/** a[i] += share·(w[i] − a[i]): a running mean of weights */
function average(n: i32, share: f64, w: usize, a: usize): void {
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
