// The step of a damped linear least-squares model within bounds, by an active set (Stark & Parker's BVLS, 1995).

import type { Box } from './box.js';
import type { LinearModel } from './linear-model.js';

/** Steps of n variables from x that stay in the box. */
export class BoundedStep {
  readonly p: Float64Array;
  /** The variables that the last step was free to change. */
  free: number[] = [];
  private readonly low: Float64Array;
  private readonly high: Float64Array;
  private readonly aim: Float64Array;

  constructor(
    private readonly model: LinearModel,
    private readonly box: Box,
  ) {
    const { n } = model;
    [this.p, this.aim] = [new Float64Array(n), new Float64Array(n)];
    [this.low, this.high] = [new Float64Array(n), new Float64Array(n)];
  }

  /**
   * p = argmin |J·p + e|² + μ·|D·p|² with x + p in the box. Says whether it could be found.
   * @param x where the model is
   * @param d D²
   */
  solve(x: Float64Array, mu: number, d: Float64Array): boolean {
    const { model, box, p, aim, low, high } = this;
    const { n, slope } = model;
    const all = Array.from({ length: n }, (_, i) => i);
    p.fill(0);
    this.free = all;
    if (!box.bounded) return model.step(mu, d, all, p);
    for (const i of all) {
      low[i] = box.low[i]! - x[i]!;
      high[i] = box.high[i]! - x[i]!;
    }
    this.free = all.filter((i) => !box.holds(i, x[i]!, slope[i]!));
    for (let k = 0; k < 4 * n + 4; k++) {
      aim.set(p);
      if (this.free.length > 0 && !model.step(mu, d, this.free, aim)) return false;
      // As far as the first bound on the way.
      let share = 1;
      let first = -1;
      for (const i of this.free) {
        const bound = aim[i]! < low[i]! ? low[i]! : aim[i]! > high[i]! ? high[i]! : undefined;
        if (bound === undefined) continue;
        const own = (bound - p[i]!) / (aim[i]! - p[i]!);
        if (own < share) [share, first] = [own, i];
        else if (first < 0) first = i;
      }
      for (const i of this.free) p[i] = Math.min(Math.max(p[i]! + share * (aim[i]! - p[i]!), low[i]!), high[i]!);
      if (first >= 0) {
        p[first] = aim[first]! < low[first]! ? low[first]! : high[first]!;
        this.free = this.free.filter((i) => i !== first);
        continue;
      }
      const released = this.released(mu, d);
      if (released < 0) return true;
      this.free = [...this.free, released].sort((a, b) => a - b);
    }
    return true; // rounding makes it go round: the step is feasible, and lowers the model
  }

  /** The held variable that the model most wants back inside, or −1. */
  private released(mu: number, d: Float64Array): number {
    const { model, box, p, free, low, high } = this;
    if (free.length === model.n) return -1;
    const slope = model.slopeAt(p);
    let best = -1;
    let most = 0;
    for (let i = 0; i < model.n; i++) {
      if (free.includes(i) || box.isFrozen(i)) continue;
      const own = slope[i]! + mu * d[i]! * p[i]!;
      const wants = p[i]! <= low[i]! ? -own : p[i]! >= high[i]! ? own : Math.abs(own);
      // In units in which all variables are alike; less is rounding.
      const share = wants / (model.lengths[i]! || 1);
      if (share > most) [best, most] = [i, share];
    }
    return most > 1e-12 * model.errors ? best : -1;
  }
}
