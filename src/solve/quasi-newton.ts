// BFGS in its inverse form, with limited memory, and with the memory of one step (Efficient BackProp 6.4; SPEC 1.6.4).

import { type Arena, Reals } from '../../bindings/memory.js';
import { type Work, call } from '../work.js';
import { SEARCHES, search } from './conjugate-gradient.js';
import type { LineSearch } from './line-search.js';
import { type Iterate, type Smooth, type Solver, dot, gradientAt, sumOfMagnitudes } from './smooth.js';

/** What to do with a step that shows no positive curvature: learn nothing from it, or as much as keeps the matrix positive definite (Powell 1978). */
export const UPDATES = ['skip', 'damped'] as const;
export type Update = (typeof UPDATES)[number];

/** How a quasi-Newton method searches and learns. */
export interface Manner {
  readonly lineSearch: LineSearch;
  readonly update: Update;
}

export const USUAL: Manner = { lineSearch: 'wolfe', update: 'skip' };

/** The share of sᵀB·s that Powell's damping leaves to sᵀy at least. */
const DAMPING = 0.2;

/** Pairs with less curvature than this, relative to their lengths, say nothing but rounding. */
const LEAST_CURVATURE = 1e-10;

function difference(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i]! - b[i]!;
  return result;
}

/** How a quasi-Newton method turns gradients into directions. */
interface Memory {
  /** −M·g into p. */
  direction(g: Float64Array, p: Float64Array): Work<void>;
  /**
   * Learns from a step s and what it changed in the gradient: y, or where damped θ·y + (1 − θ)·B·s, sᵀy = curvature > 0. g is the new gradient, for which the next
   * direction will be, and `before` the one that the last was for.
   */
  learn(s: Float64Array, y: Float64Array, curvature: number, g: Float64Array, before: Float64Array, theta: number): Work<void>;
  /** Forgets everything. */
  reset(): void;
}

/** The loop that quasi-Newton methods share. */
function* quasiNewton(f: Smooth, x0: Float64Array, memory: Memory, { lineSearch, update }: Manner): Solver {
  let x: Float64Array = x0.slice();
  let g: Float64Array = new Float64Array(f.n);
  let value = yield* gradientAt(f, x, g);
  yield undefined;
  const p = new Float64Array(f.n);
  for (let since = 0; ; since++) {
    yield* memory.direction(g, p);
    let slope = dot(g, p);
    if (!(slope < 0)) {
      memory.reset();
      since = 0;
      yield* memory.direction(g, p);
      slope = dot(g, p);
      if (slope === 0) return 'minGradient';
    }
    const first = since === 0 ? Math.min(1, 1 / sumOfMagnitudes(g)) : 1;
    const found = yield* search(f, x, value, p, slope, first, SEARCHES[lineSearch]);
    if (!found) {
      if (since === 0) return 'noProgress';
      memory.reset();
      since = -1;
      continue;
    }
    const before = g;
    const s = difference(found.x, x);
    const y = difference(found.g, before);
    x = found.x;
    g = found.g;
    value = found.value;
    yield { x, value, gradient: g, rate: found.alpha } satisfies Iterate;
    let curvature = dot(s, y);
    let theta = 1;
    if (update === 'damped') {
      // B·s = −α·g, since s = −α·M·g.
      const own = -found.alpha * dot(s, before);
      if (curvature < DAMPING * own) {
        theta = ((1 - DAMPING) * own) / (own - curvature);
        for (let i = 0; i < y.length; i++) y[i] = theta * y[i]! - (1 - theta) * found.alpha * before[i]!;
        curvature = dot(s, y);
      }
    }
    if (curvature > LEAST_CURVATURE * Math.sqrt(dot(s, s) * dot(y, y))) {
      yield* memory.learn(s, y, curvature, g, before, theta);
    }
  }
}

/** The last `m` pairs, and Nocedal's two loops over them. */
export class Pairs implements Memory {
  private readonly s: Float64Array[] = [];
  private readonly y: Float64Array[] = [];
  private readonly rho: number[] = [];

  constructor(private readonly m: number) {}

  // biome-ignore lint/correctness/useYield: there is nothing to wait for
  *direction(g: Float64Array, p: Float64Array): Work<void> {
    const { s, y, rho } = this;
    for (let i = 0; i < g.length; i++) p[i] = -g[i]!;
    const a = new Float64Array(s.length);
    for (let k = s.length - 1; k >= 0; k--) {
      a[k] = rho[k]! * dot(s[k]!, p);
      const yk = y[k]!;
      for (let i = 0; i < p.length; i++) p[i]! -= a[k]! * yk[i]!;
    }
    if (s.length > 0) {
      const last = y.at(-1)!;
      const scale = 1 / (rho.at(-1)! * dot(last, last));
      for (let i = 0; i < p.length; i++) p[i]! *= scale;
    }
    for (let k = 0; k < s.length; k++) {
      const b = a[k]! - rho[k]! * dot(y[k]!, p);
      const sk = s[k]!;
      for (let i = 0; i < p.length; i++) p[i]! += b * sk[i]!;
    }
  }

  // biome-ignore lint/correctness/useYield: there is nothing to wait for
  *learn(s: Float64Array, y: Float64Array, curvature: number): Work<void> {
    this.s.push(s);
    this.y.push(y);
    this.rho.push(1 / curvature);
    if (this.s.length > this.m) for (const list of [this.s, this.y, this.rho]) list.shift();
  }

  reset(): void {
    for (const list of [this.s, this.y, this.rho]) list.length = 0;
  }
}

/**
 * The whole matrix M, an approximation of the inverse Hessian, in linear memory, read and written once an iteration: what a step taught is written in the pass that
 * multiplies M with the next gradient, g. From that product u = M·g and the one before, v = M·(g − y), follow M·y = u − v and, with a few products of vectors, what
 * the matrix that has learned would make of g.
 */
export class Matrix implements Memory {
  private readonly m: Reals;
  private readonly s: Reals;
  private readonly t: Reals;
  private readonly g: Reals;
  private readonly u: Reals;
  /** What is still to be written: M += a·s·sᵀ − b·(s·tᵀ + t·sᵀ). */
  private pending: { a: number; b: number } | undefined;
  /** M·g of the last direction, or of the next one where `ahead`. */
  private readonly v: Float64Array;
  private ahead = false;
  private fresh = true;

  constructor(
    arena: Arena,
    private readonly n: number,
  ) {
    const reals = (length: number) => new Reals(arena, 'float64', length);
    this.m = reals(n * n);
    [this.s, this.t, this.g, this.u] = [reals(n), reals(n), reals(n), reals(n)] as [Reals, Reals, Reals, Reals];
    this.v = new Float64Array(n);
  }

  *direction(g: Float64Array, p: Float64Array): Work<void> {
    const { v } = this;
    if (this.fresh) v.set(g);
    else if (!this.ahead) v.set(yield* this.times(g));
    this.ahead = false;
    for (let i = 0; i < p.length; i++) p[i] = -v[i]!;
  }

  *learn(s: Float64Array, y: Float64Array, curvature: number, g: Float64Array, before: Float64Array, theta: number): Work<void> {
    const { v, n } = this;
    if (this.fresh) {
      // Before anything is known the matrix is the identity times what this step tells of its scale (Nocedal & Wright 6.20).
      const scale = curvature / dot(y, y);
      const view = this.m.view();
      view.fill(0);
      for (let i = 0; i < n; i++) {
        view[i * n + i] = scale;
        v[i] = scale * before[i]!;
      }
      this.fresh = false;
    }
    const u = yield* this.times(g);
    const t = v; // M·y, in its place
    for (let i = 0; i < n; i++) t[i] = theta * (u[i]! - v[i]!) + (1 - theta) * s[i]!;
    const [a, b] = [(1 + dot(y, t) / curvature) / curvature, 1 / curvature];
    this.s.view().set(s);
    this.t.view().set(t);
    this.pending = { a, b };
    const [alongS, alongT] = [dot(s, g), dot(t, g)];
    for (let i = 0; i < n; i++) v[i] = u[i]! + (a * alongS - b * alongT) * s[i]! - b * alongS * t[i]!;
    this.ahead = true;
  }

  reset(): void {
    this.fresh = true;
    this.ahead = false;
    this.pending = undefined;
  }

  /** M·v, after what is pending. Valid until the next call. */
  private *times(v: Float64Array): Work<Float64Array> {
    const { n, m, s, t, g, u } = this;
    g.view().set(v);
    const { a, b } = this.pending ?? { a: 0, b: 0 };
    const rank = this.pending ? 1 : 0;
    yield* call('rankTwoTimesVector', n, m.address, a, b, s.address, t.address, g.address, u.address, rank);
    this.pending = undefined;
    return u.view() as Float64Array;
  }
}

/** BFGS: δ = step, φ = change of gradient, M += (1 + φᵀMφ/δᵀφ)·δδᵀ/δᵀφ − (δφᵀM + Mφδᵀ)/δᵀφ ((44), corrected). */
export function bfgs(arena: Arena, f: Smooth, x0: Float64Array, manner = USUAL): Solver {
  return quasiNewton(f, x0, new Matrix(arena, f.n), manner);
}

/** BFGS that remembers the last `memory` steps. */
export function lbfgs(f: Smooth, x0: Float64Array, memory: number, manner = USUAL): Solver {
  return quasiNewton(f, x0, new Pairs(memory), manner);
}

/** The secant of one step: BFGS that starts from the identity each time (Battiti 1992). */
export function oneStepSecant(f: Smooth, x0: Float64Array, manner = USUAL): Solver {
  return quasiNewton(f, x0, new Pairs(1), manner);
}
