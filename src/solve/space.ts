// Bounds kept by a change of variables: x = x(u), u free.

import { OptionError } from '../errors.js';
import type { Immediate } from './smooth.js';

export type Bounds = readonly (readonly [number, number] | null)[];

/** How far from a bound a start is moved, relative to the range (or to 1): at the bound itself every slope is 0. */
const NUDGE = 1e-4;

/** One variable: x(u), its slope, and u(x). */
interface Variable {
  value(u: number): number;
  slope(u: number): number;
  inverse(x: number): number;
}

const FREE: Variable = { value: (u) => u, slope: () => 1, inverse: (x) => x };

/** x = middle + half·2u/(1 + u²): smooth, onto [low, high], which it reaches at u = ±1. Arithmetic only: the same bits everywhere. */
function between(low: number, high: number): Variable {
  const middle = low / 2 + high / 2;
  const half = high / 2 - low / 2;
  return {
    value: (u) => Math.min(Math.max(middle + (half * 2 * u) / (1 + u * u), low), high),
    slope: (u) => (half * 2 * (1 - u * u)) / ((1 + u * u) * (1 + u * u)),
    inverse(x) {
      const t = Math.min(Math.max((x - middle) / half, -1 + NUDGE), 1 - NUDGE);
      return t === 0 ? 0 : (1 - Math.sqrt(1 - t * t)) / t;
    },
  };
}

/** x = bound ± (√(u² + 1) − 1) */
function beyond(bound: number, sign: 1 | -1): Variable {
  return {
    value: (u) => bound + sign * (Math.sqrt(u * u + 1) - 1),
    slope: (u) => (sign * u) / Math.sqrt(u * u + 1),
    inverse(x) {
      const d = Math.max(sign * (x - bound), NUDGE) + 1;
      return Math.sqrt(d * d - 1);
    },
  };
}

/** All variables. */
export class Space {
  private readonly variables: readonly Variable[];
  /** Whether x = u. */
  private readonly free: boolean;

  /** @throws OptionError for bounds that are not one for each variable */
  constructor(
    call: string,
    readonly n: number,
    bounds: Bounds | undefined,
  ) {
    if (bounds && bounds.length !== n) throw new OptionError(`${call}.bounds`, bounds, `${n} pairs, one for each variable`);
    this.variables = Array.from({ length: n }, (_, i) => {
      const [low, high] = bounds?.[i] ?? [-Infinity, Infinity];
      if (low > -Infinity) return high < Infinity ? between(low, high) : beyond(low, 1);
      return high < Infinity ? beyond(high, -1) : FREE;
    });
    this.free = this.variables.every((v) => v === FREE);
  }

  /** x(u) */
  outside(u: Float64Array): Float64Array {
    return this.free ? u.slice() : u.map((e, i) => this.variables[i]!.value(e));
  }

  /** u(x); what is out of bounds is moved inside. */
  inside(x: Float64Array): Float64Array {
    return x.map((e, i) => this.variables[i]!.inverse(e));
  }

  /** ∂x_i/∂u_i */
  slopes(u: Float64Array): Float64Array {
    return this.free ? new Float64Array(u.length).fill(1) : u.map((e, i) => this.variables[i]!.slope(e));
  }

  /** A function of x as one of u. */
  smooth(f: Immediate): Immediate {
    return {
      n: f.n,
      value: (u) => f.value(this.outside(u)),
      gradient: (u, g) => {
        const value = f.gradient(this.outside(u), g);
        if (this.free) return value;
        const slopes = this.slopes(u);
        for (let i = 0; i < g.length; i++) g[i]! *= slopes[i]!;
        return value;
      },
    };
  }
}
