// The box that variables are kept in: low_i ≤ x_i ≤ high_i, by projection and by holding what stands at a bound and would leave
// it.

import { OptionError } from '../runtime/errors.js';

/** [low, high] of each variable, ±Infinity where there is none on that side; null for none at all. */
export type Bounds = readonly (readonly [number, number] | null)[];

/** Whether a value is a list of bounds. */
export const isBounds = (v: unknown): boolean =>
  Array.isArray(v) && v.every((b: unknown) => b === null || (Array.isArray(b) && b.length === 2 && isRange(b[0], b[1])));

const isRange = (low: unknown, high: unknown) =>
  typeof low === 'number' && typeof high === 'number' && low <= high && low < Infinity && high > -Infinity;

/** Narrower ranges have no room for differences. */
const LEAST_WIDTH = 1e-300;

/** Bounds of all variables. */
export class Box {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Whether any variable has a bound. */
  readonly bounded: boolean;

  /** @throws OptionError for bounds that are not one for each variable */
  constructor(
    call: string,
    readonly n: number,
    bounds: Bounds | undefined,
  ) {
    if (bounds && bounds.length !== n) throw new OptionError(`${call}.bounds`, bounds, `${n} pairs, one for each variable`);
    this.low = Float64Array.from({ length: n }, (_, i) => bounds?.[i]?.[0] ?? -Infinity);
    this.high = Float64Array.from({ length: n }, (_, i) => bounds?.[i]?.[1] ?? Infinity);
    this.bounded = this.low.some((e) => e > -Infinity) || this.high.some((e) => e < Infinity);
  }

  /** x ← the nearest point of the box. */
  project(x: Float64Array): void {
    if (!this.bounded) return;
    const { low, high } = this;
    for (let i = 0; i < x.length; i++) x[i] = Math.min(Math.max(x[i]!, low[i]!), high[i]!);
  }

  /** Whether bounds leave a variable one value, to rounding. */
  isFrozen(i: number): boolean {
    const [low, high] = [this.low[i]!, this.high[i]!];
    return high - low < Infinity && high - low <= Math.max(Number.EPSILON * Math.abs(low), LEAST_WIDTH);
  }

  /** Whether x_i stands at a bound that a step against the slope would cross. */
  holds(i: number, x: number, slope: number): boolean {
    return this.isFrozen(i) || (x <= this.low[i]! && slope > 0) || (x >= this.high[i]! && slope < 0);
  }

  /** −1 for variables at their lower bound (frozen ones too), 1 for those at their upper one, 0 for others. */
  active(x: Float64Array): Int8Array {
    return Int8Array.from(x, (e, i) => (e <= this.low[i]! ? -1 : e >= this.high[i]! ? 1 : 0));
  }
}
