// Batch gradient descent with momentum whose rate grows while the loss falls (Vogl et al. 1988).
//
//   E more than `worse` times the last kept one: back to those weights and that gradient, v ← 0, η ← down·η;
//   else kept, and η ← up·η where E fell;  v ← μ·v − η·g,  w ← w + v
//   MATLAB's traingdx: v ← μ·v − (1 − μ)·η·g, but −η·g in the first step and after one that was taken back

import { UpdateRule } from "../codes";
import { copy, fill } from "../kernels/blas1";
import { realAt } from "../addresses";
import { Plan } from "../layers/table";
import { sgd } from "./sgd";
import { Update, openUpdate } from "./state";

@unmanaged
export class Gdx extends Update {
  velocity: usize;
  weightsKept: usize;
  gradientKept: usize;
  up: f64;
  down: f64;
  worse: f64;
  most: f64;
  momentum: f64;
  share: f64; // of η in a step, save the first and those after one that was taken back
  pace: f64; // η of this step
}

/**
 * gdx for the steps to come; it goes on from the rate and the loss that updateRecall has set. velocity, weightsKept,
 * gradientKept: a real for each parameter
 */
export function gdxOpen(
  at: usize, up: f64, down: f64, worse: f64, most: f64, momentum: f64, share: f64, decay: f64, velocity: usize,
  weightsKept: usize, gradientKept: usize,
): void {
  const u = openUpdate<Gdx>(at, UpdateRule.gdx, decay);
  u.velocity = velocity;
  u.weightsKept = weightsKept;
  u.gradientKept = gradientKept;
  u.up = up;
  u.down = down;
  u.worse = worse;
  u.most = most;
  u.momentum = momentum;
  u.share = share;
}

/** Whether the weights, at which E = loss, are kept, and the rates that follow. */
export function gdxBegin(u: Gdx, plan: Plan, loss: f64): void {
  const n = plan.parameters;
  if (loss > u.worse * u.loss) {
    copy(n, u.weightsKept, plan.theta);
    copy(n, u.gradientKept, u.gradient);
    fill(n, 0, u.velocity);
    u.rate = max(u.rate * u.down, Number.MIN_VALUE);
    u.pace = u.rate;
    return;
  }
  const first = u.loss == Infinity;
  if (loss < u.loss && !first) u.rate = min(u.rate * u.up, u.most);
  u.pace = first ? u.rate : u.rate * u.share;
  u.loss = loss;
  copy(n, plan.theta, u.weightsKept);
  copy(n, u.gradient, u.gradientKept);
}

/** A step of n parameters w with gradient g, the first of them number `first`. */
// @ts-ignore: decorator
@inline
export function gdxStep(u: Gdx, first: i32, n: i32, g: usize, w: usize, decay: f64): void {
  sgd(UpdateRule.momentum, n, g, w, realAt(u.velocity, first), u.pace, u.momentum, decay);
}
