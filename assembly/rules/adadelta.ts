// Rates of each weight's own from running means of its gradient's square and of its steps', over vectors of parameters (Zeiler
// 2012).
//
//   v ← ρ·v + (1 − ρ)·g²    d = g·√(s + ε)/√(v + ε)    s ← ρ·s + (1 − ρ)·d²    w ← w − rate·d
//
// Decay of kernels: g ← g + decay·w before.

import { UpdateRule } from "../codes";
import { LANES, add, flushed, loadUpTo, madd, mul, splat, storeUpTo, sub } from "../vec";
import { realAt } from "../addresses";
import { Update, openUpdate } from "./state";

@unmanaged
export class Adadelta extends Update {
  square: usize; // v
  stepSquare: usize; // s
  rho: f64;
  epsilon: f64;
}

/** adadelta for the steps to come. square, stepSquare: a real for each parameter */
export function adadeltaOpen(at: usize, rate: f64, rho: f64, epsilon: f64, decay: f64, square: usize, stepSquare: usize): void {
  const u = openUpdate<Adadelta>(at, UpdateRule.adadelta, decay);
  u.rate = rate;
  u.square = square;
  u.stepSquare = stepSquare;
  u.rho = rho;
  u.epsilon = epsilon;
  u.vectors = 2;
}

// @ts-ignore: decorator
@inline
function rule(
  n: i32, g: usize, w: usize, v: usize, s: usize, keep: v128, take: v128, epsilon: v128, rate: v128, decay: v128,
): void {
  const old = loadUpTo(w, n), before = loadUpTo(s, n), now = madd(loadUpTo(g, n), decay, old);
  const square = flushed(madd(mul(keep, loadUpTo(v, n)), take, mul(now, now)));
  storeUpTo(v, square, n);
  const step = mul(now, v128.div<real>(v128.sqrt<real>(add(before, epsilon)), v128.sqrt<real>(add(square, epsilon))));
  storeUpTo(s, flushed(madd(mul(keep, before), take, mul(step, step))), n);
  storeUpTo(w, sub(old, mul(rate, step)), n);
}

/** A step of n parameters w with gradient g, the first of them number `first`. */
export function adadeltaStep(u: Adadelta, first: i32, n: i32, g: usize, w: usize, decay: f64): void {
  const keep = splat(<real>u.rho), take = splat(<real>(1 - u.rho)), epsilon = splat(<real>u.epsilon);
  const r = splat(<real>u.rate), lambda = splat(<real>decay);
  let v = realAt(u.square, first), s = realAt(u.stepSquare, first);
  for (; n >= LANES; n -= LANES, g += 16, w += 16, v += 16, s += 16) rule(LANES, g, w, v, s, keep, take, epsilon, r, lambda);
  if (n > 0) rule(n, g, w, v, s, keep, take, epsilon, r, lambda);
}
