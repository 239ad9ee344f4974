// Rates of each weight's own that grow and fall by factors, with momentum, over vectors of parameters (Tollenaere 1990). p: the
// gradient before, d: rates.
//
//   p·g > 0: d ← min(up·d, most)                           v ← momentum·v − d·g, w ← w + v, p ← g
//   p·g < 0: d ← down·d, w ← w − v, v ← 0, p ← 0: the last step is taken back

import { UpdateRule } from "../codes";
import { LANES, add, loadUpTo, madd, mul, select, splat, storeUpTo, sub } from "../vec";
import { realAt } from "../addresses";
import { nextRate, sameSign, turnedSign } from "./signs";
import { Update, openUpdate } from "./state";

@unmanaged
export class SuperSab extends Update {
  before: usize; // the gradient before
  rates: usize;
  velocity: usize;
  up: f64;
  down: f64;
  momentum: f64;
  most: f64;
}

/** superSAB for the steps to come. before, rates, velocity: a real for each parameter; rates hold what to start from */
export function superSabOpen(
  at: usize, up: f64, down: f64, momentum: f64, most: f64, decay: f64, before: usize, rates: usize, velocity: usize,
): void {
  const u = openUpdate<SuperSab>(at, UpdateRule.superSAB, decay);
  u.before = before;
  u.rates = rates;
  u.velocity = velocity;
  u.up = up;
  u.down = down;
  u.momentum = momentum;
  u.most = most;
  u.vectors = 3;
}

/** A step of n parameters w with gradient g, the first of them number `first`. */
// @ts-ignore: decorator
@inline
export function superSabStep(u: SuperSab, first: i32, n: i32, g: usize, w: usize, decay: f64): void {
  superSab(
    n, g, w, realAt(u.before, first), realAt(u.rates, first), realAt(u.velocity, first), u.up, u.down, u.momentum, u.most, decay,
  );
}

// @ts-ignore: decorator
@inline
function rule(
  n: i32, g: usize, w: usize, p: usize, d: usize, v: usize, up: v128, down: v128, momentum: v128, most: v128, decay: v128,
): void {
  const old = loadUpTo(w, n), before = loadUpTo(p, n), last = loadUpTo(d, n);
  const now = madd(loadUpTo(g, n), decay, old);
  const turned = turnedSign(now, before);
  const next = nextRate(sameSign(now, before), turned, last, mul(last, up), down, most);
  storeUpTo(d, next, n);
  const step = loadUpTo(v, n), u = sub(mul(momentum, step), mul(next, now));
  storeUpTo(v, v128.andnot(u, turned), n);
  storeUpTo(w, select(turned, sub(old, step), add(old, u)), n);
  storeUpTo(p, v128.andnot(now, turned), n);
}

/** The rule on n parameters w with gradient g; decay: of w, through the gradient */
export function superSab(
  n: i32, g: usize, w: usize, p: usize, d: usize, v: usize, up: f64, down: f64, momentum: f64, most: f64, decay: f64,
): void {
  const u = splat(<real>up), o = splat(<real>down), mu = splat(<real>momentum), high = splat(<real>most);
  const lambda = splat(<real>decay);
  for (; n >= LANES; n -= LANES, g += 16, w += 16, p += 16, d += 16, v += 16) rule(LANES, g, w, p, d, v, u, o, mu, high, lambda);
  if (n > 0) rule(n, g, w, p, d, v, u, o, mu, high, lambda);
}
