// A caller's function in units of its own: variables by their sizes at the start, the value by its own there, so that no method
// depends on what they are measured in; and held in its box.

import type { Work } from '../runtime/work.js';
import type { Box } from './box.js';
import { CENTRAL, type Differences, powerOfTwo } from './differences.js';
import type { Immediate } from './smooth.js';
import { dot, equalVectors } from './vectors.js';

/** What may be asked of a caller. */
interface CallerFunction {
  value(x: Float64Array): number;
  /** ∇f(x) into g; `own` gives f(x), where that is needed. */
  slopes(x: Float64Array, own: () => number, g: Float64Array): void;
}

/**
 * Sizes of variables as powers of two: the largest of all starts, x_i, where variables are alike. One that starts smaller, and
 * whose slope is as much steeper, is smaller: it has the size with which it changes f as much as the most influential one does. A
 * small start alone says nothing.
 */
export function unitsAt(x: Float64Array, value: number, g: Float64Array, differences: Differences): Float64Array {
  const [largest, influence] = x.reduce(
    ([most, changes], e, i) => [Math.max(most, Math.abs(e)), Math.max(changes, Math.abs(e * g[i]!))],
    [0, 0] as [number, number],
  );
  return x.map((e, i) => {
    const [own, slope] = [Math.abs(e), Math.abs(g[i]!)];
    let size = own;
    // Of one at 0: what it takes to change f by its own size, no more than that of others.
    if (own === 0) size = Math.min(value !== 0 && slope !== 0 ? Math.abs(value) / slope : Infinity, largest || 1);
    else if (influence > 0) size = Math.min(Math.max(influence / slope, own), largest);
    differences.learn(i, e, size);
    return powerOfTwo(size);
  });
}

/**
 * A variable this close to a bound, relative to its size, with a slope that would take it there, is at the bound: searches end
 * just before it, where the slope has its kink.
 */
const CLOSE = 2 ** -30;

/** f(unit∘u)/scale, remembered where it is asked again for the last point. */
export class Scaled implements Immediate {
  readonly n: number;
  /** The unit of the value. */
  readonly scale: number;
  /** The last points that f and ∇f were asked for, and what came of it. */
  private readonly valued: Float64Array;
  private readonly graded: Float64Array;
  private readonly slope: Float64Array;
  private known = 0;
  /** Variables that bounds hold at the last accepted point. */
  private readonly held: Uint8Array;

  constructor(
    private readonly asked: CallerFunction,
    private readonly box: Box,
    readonly unit: Float64Array,
    value: number,
  ) {
    const n = unit.length;
    this.n = n;
    this.scale = value === 0 ? 1 : powerOfTwo(Math.abs(value));
    [this.valued, this.graded, this.slope] = [
      new Float64Array(n).fill(Number.NaN),
      new Float64Array(n).fill(Number.NaN),
      new Float64Array(n),
    ];
    this.held = new Uint8Array(n);
  }

  /** What is known of a point already. */
  remember(x: Float64Array, value: number, slope: Float64Array): void {
    this.valued.set(x);
    this.graded.set(x);
    this.slope.set(slope);
    this.known = value;
  }

  outside(u: Float64Array): Float64Array {
    const x = u.map((e, i) => e * this.unit[i]!);
    this.box.project(x);
    return x;
  }

  inside(x: Float64Array): Float64Array {
    return x.map((e, i) => e / this.unit[i]!);
  }

  value(u: Float64Array): number {
    return this.valueAt(this.outside(u)) / this.scale;
  }

  private valueAt(x: Float64Array): number {
    if (!equalVectors(x, this.valued)) {
      this.valued.fill(Number.NaN);
      this.known = this.asked.value(x);
      this.valued.set(x);
    }
    return this.known;
  }

  /** Along variables that bounds hold, or have stopped on the way to u, the slope is 0. */
  gradient(u: Float64Array, g: Float64Array): number {
    const { unit, scale, box, slope, graded } = this;
    const x = this.outside(u);
    const own = this.valueAt(x);
    if (!equalVectors(x, graded)) {
      graded.fill(Number.NaN);
      this.asked.slopes(x, () => own, slope);
      graded.set(x);
    }
    for (let i = 0; i < g.length; i++) {
      const beyond = box.bounded && u[i]! * unit[i]! !== x[i];
      g[i] = beyond || box.holds(i, x[i]!, slope[i]!) ? 0 : (slope[i]! * unit[i]!) / scale;
    }
    return own / scale;
  }

  /** H·v by central differences of the gradient, for variables that no bound holds; the identity for the others. */
  *product(u: Float64Array, v: Float64Array, out: Float64Array): Work<void> {
    const { unit, scale, held, n } = this;
    const free = v.map((e, i) => (held[i] ? 0 : e));
    const square = dot(free, free);
    out.set(v);
    if (square === 0) return;
    const h = (CENTRAL * Math.max(1, Math.sqrt(dot(u, u)))) / Math.sqrt(square);
    const slopesAt = (step: number) => {
      const x = this.outside(u.map((e, i) => e + step * free[i]!));
      const slopes = new Float64Array(n);
      this.asked.slopes(x, () => this.asked.value(x), slopes);
      return slopes;
    };
    const [high, low] = [slopesAt(h), slopesAt(-h)];
    for (let i = 0; i < n; i++) if (!held[i]) out[i] = ((high[i]! - low[i]!) * unit[i]!) / scale / (2 * h);
  }

  /** An accepted point: u ← where the function was asked for u, g ← the gradient there, from memory. */
  accept(u: Float64Array, g: Float64Array): void {
    if (!this.box.bounded) return;
    u.set(this.inside(this.outside(u)));
    this.gradient(u, g);
    const { box, graded, slope, unit, held } = this;
    for (let i = 0; i < u.length; i++) {
      const close = CLOSE * Math.max(Math.abs(graded[i]!), unit[i]!);
      const bound = slope[i]! > 0 ? graded[i]! - close : graded[i]! + close;
      held[i] = Number(box.holds(i, bound, slope[i]!));
      if (held[i]) g[i] = 0;
    }
  }

  /** p_i ← 0 for variables that bounds hold: their slope was left out, so that a direction knows nothing of them. */
  hold(p: Float64Array): void {
    for (let i = 0; i < p.length; i++) if (this.held[i]) p[i] = 0;
  }
}
