// Derivatives by differences, inside the box, with steps that follow the size of variables.

import type { Box } from './box.js';

/**
 * Relative steps, powers of two so that x ± h is exact more often than not: about ∛ε, the best of central differences, and the
 * best of those of fourth order.
 */
export const CENTRAL = 2 ** -17;
const FINE = 2 ** -12;

/**
 * A variable's typical size is at least this share of the largest that it has had: on its way through 0 it has not become small.
 */
const LASTING = 2 ** -10;

/** At an end, a variable is not taken for smaller than this share of what it was taken for before. */
const SHRUNK = 2 ** -26;

/** Tries where the function is not finite next to x, each with a step so many times smaller. */
const SMALLER_STEPS = 4;
const SMALLER = 2 ** -6;

/** Steps relative to less would be no numbers any more. */
const isZero = (e: number) => Math.abs(e) < 1e-280;

/** The power of two at or below a number > 0. */
export const powerOfTwo = (v: number): number => 2 ** Math.floor(Math.log2(v));

/** Typical sizes of variables, and what differences are taken over. */
export class Differences {
  /** Sizes of variables where they are close to 0. */
  private readonly least: Float64Array;
  /** Whether a variable has been anything but 0. */
  private readonly left: Uint8Array;

  constructor(
    private readonly box: Box,
    start: Float64Array,
  ) {
    this.least = start.map((e) => (isZero(e) ? 1 : LASTING * Math.abs(e)));
    this.left = Uint8Array.from(start, (e) => Number(!isZero(e)));
  }

  /** The variables have come to x. */
  follow(x: Float64Array): void {
    for (let i = 0; i < x.length; i++) {
      if (isZero(x[i]!)) continue;
      if (!this.left[i]) this.least[i]! *= LASTING;
      this.left[i] = 1;
      this.least[i] = Math.max(this.least[i]!, LASTING * Math.abs(x[i]!));
    }
  }

  /**
   * At an end: variables that have become much smaller than they were have sizes of now, no less than `natural`. Says whether any
   * differs much.
   */
  refine(x: Float64Array, natural: (i: number) => number): boolean {
    let changed = false;
    for (let i = 0; i < x.length; i++) {
      const before = this.size(i, x[i]!);
      this.least[i] = Math.min(this.least[i]!, Math.max(LASTING * Math.abs(x[i]!), natural(i) || 0, SHRUNK * this.least[i]!));
      if (this.size(i, x[i]!) < before / 16) changed = true;
    }
    return changed;
  }

  /** How large a variable at x_i typically is. */
  size(i: number, x: number): number {
    return Math.max(Math.abs(x), this.least[i]!);
  }

  /** Whether a variable has been 0 so far, so that its size is not known. */
  unknown(i: number): boolean {
    return this.left[i] === 0;
  }

  /** The size of a variable that starts at 0, as its influence tells it. Says whether that is news. */
  learn(i: number, x: number, size: number): boolean {
    const known = LASTING * size < this.least[i]! && LASTING * this.least[i]! < size;
    if (!this.unknown(i) || !isZero(x) || known || !(size > 0 && size < Infinity)) return false;
    this.least[i] = size;
    return true;
  }

  /**
   * ∂f/∂x_i at x into `slope`, f with as many values as `own`, its values there. Asks for two other points, for four where
   * `fine`; beside a bound both are on one side of x. A frozen variable has slope 0. Where f is not finite close by, steps are
   * smaller and on one side.
   */
  slope(
    i: number,
    x: Float64Array,
    own: Float64Array,
    ask: (at: Float64Array) => ArrayLike<number>,
    slope: Float64Array,
    fine = false,
  ): void {
    if (this.box.isFrozen(i)) {
      slope.fill(0);
      return;
    }
    let h = powerOfTwo(this.size(i, x[i]!)) * (fine ? FINE : CENTRAL);
    if (!fine && this.central(i, x, h, ask, slope)) return;
    for (let k = 0; k < SMALLER_STEPS; k++, h *= SMALLER) {
      for (const points of this.stencils(i, x[i]!, h, fine)) {
        if (this.combine(i, x, own, ask, slope, points)) return;
      }
    }
  }

  /** The common case: (f(x + h) − f(x − h))/2h. Says whether the points are in the box, and the slope is finite. */
  private central(
    i: number,
    x: Float64Array,
    h: number,
    ask: (at: Float64Array) => ArrayLike<number>,
    slope: Float64Array,
  ): boolean {
    const [high, low] = [x[i]! + h, x[i]! - h];
    if (high > this.box.high[i]! || low < this.box.low[i]!) return false;
    const at = x.slice();
    at[i] = high;
    slope.set(ask(at));
    at[i] = low;
    const values = ask(at);
    const share = 1 / (high - low);
    let total = 0;
    for (let e = 0; e < slope.length; e++) {
      slope[e] = (slope[e]! - values[e]!) * share;
      total += slope[e]!;
    }
    return total - total === 0;
  }

  /** Offsets of the points to look at, the best ones first: those inside the box. */
  private *stencils(i: number, x: number, h: number, fine: boolean): Generator<readonly number[]> {
    const [low, high] = [this.box.low[i]!, this.box.high[i]!];
    const fits = (offsets: readonly number[]) => offsets.every((o) => x + o >= low && x + o <= high);
    const choices = [
      [h, 2 * h],
      [-h, -2 * h],
    ];
    if (fine) choices.unshift([h, -h, 2 * h, -2 * h], [h, -h]);
    let some = false;
    for (const offsets of choices) {
      if (!fits(offsets)) continue;
      some = true;
      yield offsets;
    }
    // The box is narrower than the step.
    if (!some) yield high - x > x - low ? [(high - x) / 2, high - x] : [(low - x) / 2, low - x];
  }

  private combine(
    i: number,
    x: Float64Array,
    own: Float64Array,
    ask: (at: Float64Array) => ArrayLike<number>,
    slope: Float64Array,
    offsets: readonly number[],
  ): boolean {
    const at = x.slice();
    const [low, high] = [this.box.low[i]!, this.box.high[i]!];
    // As they are after rounding.
    const steps = offsets.map((o) => Math.min(Math.max(x[i]! + o, low), high) - x[i]!);
    const weights = weightsOf(steps);
    slope.fill(0);
    steps.forEach((step, k) => {
      at[i] = Math.min(Math.max(x[i]! + step, low), high);
      const values = ask(at);
      const weight = weights[k]!;
      for (let e = 0; e < slope.length; e++) slope[e]! += weight * (values[e]! - own[e]!);
    });
    return slope.every(Number.isFinite);
  }
}

/** What f(x + steps) − f(x) is multiplied with: the slope at x of the polynomial through these points. */
function weightsOf(steps: readonly number[]): readonly number[] {
  // Lagrange: w_k = Π_{j≠k} (−s_j)/(s_k − s_j) / s_k
  return steps.map((own, k) => steps.reduce((w, s, j) => (j === k ? w : (w * -s) / (own - s)), 1 / own));
}
