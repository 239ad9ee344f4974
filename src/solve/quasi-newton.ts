// BFGS in its inverse form, with limited memory, and with the memory of one step (Efficient BackProp 6.4; SPEC 1.6.4).

import { type Arena, Reals } from '../../bindings/memory.js';
import { type Work, calling } from '../work.js';
import { SEARCHES, search } from './conjugate-gradient.js';
import type { LineSearch } from './line-search.js';
import { type Iterate, type Kept, type Smooth, type Solver, dot, gradientAt, holding, sumOfMagnitudes } from './smooth.js';

/** What to do with a step that shows no positive curvature: learn nothing from it, or as much as keeps the matrix positive definite (Powell 1978). */
export const UPDATES = ['skip', 'damped'] as const;
export type Update = (typeof UPDATES)[number];

/** How a quasi-Newton method searches and learns. */
export interface Manner {
  readonly lineSearch: LineSearch;
  readonly update: Update;
  /**
   * What the whole matrix begins with, times the identity, where variables and values are known to be of the order of 1. Without it steps along the steepest direction begin at length 1, and the matrix
   * begins with the scale that this step shows: safe in any unit, but that of the steepest directions, so that flat ones are found late.
   */
  readonly scale?: number;
}

export const USUAL: Manner = { lineSearch: 'wolfe', update: 'skip' };

/** The share of sᵀB·s that Powell's damping leaves to sᵀy at least. */
const DAMPING = 0.2;

/** Pairs with less curvature than this, relative to their lengths, say nothing but rounding. */
const LEAST_CURVATURE = 1e-10;

/** A step that was accepted. */
export interface Step {
  /** How far it went. */
  readonly s: Float64Array;
  /** What it changed in the gradient, or where damped θ·y + (1 − θ)·B·s. */
  readonly y: Float64Array;
  /** sᵀy > 0 */
  readonly curvature: number;
  readonly theta: number;
  /** The gradients before and after. */
  readonly before: Float64Array;
  readonly after: Float64Array;
}

/** How a quasi-Newton method turns gradients into directions. It changes where a step was accepted, and only there. */
interface Memory {
  /** Whether it knows of no step. */
  readonly fresh: boolean;
  /** −M·g into p, for the gradient after the last step that it was told of. */
  direction(g: Float64Array, p: Float64Array): void;
  /** Learns from a step. */
  learn(step: Step): Work<void>;
  /** Takes note of a step that teaches nothing. */
  pass(after: Float64Array): Work<void>;
  /** Forgets everything. */
  reset(): void;
  /** What it knows, behind what every solver keeps. */
  keep(): Kept;
  recall(numbers: readonly number[], vectors: Kept['vectors']): void;
}

/** The loop that quasi-Newton methods share. */
function* quasiNewton(f: Smooth, x0: Float64Array, memory: Memory, manner: Manner, kept: Kept | undefined): Solver {
  const { lineSearch, update, scale } = manner;
  const vector = () => new Float64Array(f.n);
  let [x, g, room] = [x0.slice(), vector(), { x: vector(), g: vector() }];
  let value = yield* gradientAt(f, x, g);
  yield undefined;
  const [p, s, y] = [vector(), vector(), vector()];
  const known = holding(kept, value, g);
  if (known) memory.recall(known.numbers.slice(1), known.vectors);
  let steepest = memory.fresh;
  for (;;) {
    if (!steepest) memory.direction(g, p);
    if (steepest || !(dot(g, p) < 0)) {
      steepest = true;
      for (let i = 0; i < p.length; i++) p[i] = -g[i]!;
    }
    const slope = dot(g, p);
    if (slope === 0) return 'minGradient';
    let first = 1;
    if (steepest) first = scale === undefined ? 1 / Math.sqrt(-slope) : Math.min(1, 1 / sumOfMagnitudes(g));
    const found = yield* search(f, x, value, p, slope, first, SEARCHES[lineSearch], room);
    if (!found) {
      if (steepest) return 'noProgress';
      steepest = true;
      continue;
    }
    const { alpha } = found;
    if (steepest) memory.reset();
    for (let i = 0; i < s.length; i++) {
      s[i] = room.x[i]! - x[i]!;
      y[i] = room.g[i]! - g[i]!;
    }
    let curvature = dot(s, y);
    let theta = 1;
    if (update === 'damped') {
      // B·s = −α·g, since s = −α·M·g.
      const own = -alpha * dot(s, g);
      if (curvature < DAMPING * own) {
        theta = ((1 - DAMPING) * own) / (own - curvature);
        for (let i = 0; i < y.length; i++) y[i] = theta * y[i]! - (1 - theta) * alpha * g[i]!;
        curvature = dot(s, y);
      }
    }
    if (curvature > LEAST_CURVATURE * Math.sqrt(dot(s, s) * dot(y, y))) {
      yield* memory.learn({ s, y, curvature, theta, before: g, after: room.g });
    } else {
      yield* memory.pass(room.g);
    }
    [x, g, room] = [room.x, room.g, { x, g }];
    value = found.value;
    steepest = memory.fresh;
    const gradient = g.slice();
    const keep = (): Kept => {
      const { numbers, vectors } = memory.keep();
      return { numbers: [value, ...numbers], vectors: { gradient, ...vectors } };
    };
    yield { x: x.slice(), value, gradient, rate: alpha, keep } satisfies Iterate;
  }
}

/** The last `m` pairs, and Nocedal's two loops over them. */
export class Pairs implements Memory {
  private readonly s: Float64Array[] = [];
  private readonly y: Float64Array[] = [];
  private readonly rho: number[] = [];
  private readonly a: Float64Array;

  constructor(private readonly m: number) {
    this.a = new Float64Array(m);
  }

  get fresh(): boolean {
    return this.s.length === 0;
  }

  direction(g: Float64Array, p: Float64Array): void {
    const { s, y, rho, a } = this;
    for (let i = 0; i < g.length; i++) p[i] = -g[i]!;
    for (let k = s.length - 1; k >= 0; k--) {
      a[k] = rho[k]! * dot(s[k]!, p);
      add(-a[k]!, y[k]!, p);
    }
    if (s.length > 0) {
      const last = y.at(-1)!;
      const scale = 1 / (rho.at(-1)! * dot(last, last));
      for (let i = 0; i < p.length; i++) p[i]! *= scale;
    }
    for (let k = 0; k < s.length; k++) add(a[k]! - rho[k]! * dot(y[k]!, p), s[k]!, p);
  }

  // biome-ignore lint/correctness/useYield: there is nothing to wait for
  *learn({ s, y, curvature }: Pick<Step, 's' | 'y' | 'curvature'>): Work<void> {
    const full = this.s.length === this.m;
    for (const [list, v] of [
      [this.s, s],
      [this.y, y],
    ] as const) {
      const room = full ? list.shift()! : new Float64Array(v.length);
      room.set(v);
      list.push(room);
    }
    if (full) this.rho.shift();
    this.rho.push(1 / curvature);
  }

  *pass(): Work<void> {}

  reset(): void {
    for (const list of [this.s, this.y, this.rho]) list.length = 0;
  }

  keep(): Kept {
    const of = (name: string, list: Float64Array[]) => list.map((v, k): [string, Float64Array] => [`${name} ${k}`, v.slice()]);
    return { numbers: this.rho.slice(), vectors: Object.fromEntries([...of('step', this.s), ...of('change', this.y)]) };
  }

  recall(numbers: readonly number[], vectors: Kept['vectors']): void {
    numbers.slice(-this.m).forEach((rho, k, { length }) => {
      const from = numbers.length - length + k;
      this.s.push(vectors[`step ${from}`]!.slice());
      this.y.push(vectors[`change ${from}`]!.slice());
      this.rho.push(rho);
    });
  }
}

/** y += a·x */
function add(a: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < y.length; i++) y[i]! += a * x[i]!;
}

/** What is still to be written into the matrix: M ← γ·M + a·s·sᵀ − b·(s·tᵀ + t·sᵀ). */
interface Pending {
  readonly gamma: number;
  readonly a: number;
  readonly b: number;
}

/**
 * The whole matrix M, an approximation of the inverse Hessian, in linear memory, read and written once an iteration: what a step taught is written in the pass that
 * multiplies M with the next gradient, g. From that product u = M·g and the one before, v = M·(g − y), follow M·y = u − v and, with a few products of vectors, what
 * the matrix that has learned would make of g.
 *
 * Where a step shows that the function is flatter than M has it, sᵀy > yᵀM·y, all of M is scaled by their ratio first (Oren and Luenberger's factor, upwards only): BFGS by itself takes
 * eigenvalues that are too large back at once, and finds out slowly about those that are too small.
 */
export class Matrix implements Memory {
  private readonly m: Reals;
  private readonly s: Reals;
  private readonly t: Reals;
  private readonly g: Reals;
  private readonly u: Reals;
  private pending: Pending | undefined;
  /** M·g of the next direction. */
  private readonly v: Float64Array;
  fresh = true;

  /** @param scale what M begins with, times the identity; by default what the first step tells of it (Nocedal & Wright 6.20) */
  constructor(
    arena: Arena,
    private readonly n: number,
    private readonly scale?: number,
  ) {
    const reals = (length: number) => new Reals(arena, 'float64', length);
    this.m = reals(n * n);
    [this.s, this.t, this.g, this.u] = [reals(n), reals(n), reals(n), reals(n)] as [Reals, Reals, Reals, Reals];
    this.v = new Float64Array(n);
  }

  direction(_: Float64Array, p: Float64Array): void {
    const { v } = this;
    for (let i = 0; i < p.length; i++) p[i] = -v[i]!;
  }

  *learn({ s, y, curvature, theta, after }: Step): Work<void> {
    const { v, n } = this;
    let u: Float64Array;
    const t = v; // M·y, in its place
    if (this.fresh) {
      const scale = this.scale ?? curvature / dot(y, y);
      const view = this.m.view();
      view.fill(0);
      for (let i = 0; i < n; i++) view[i * n + i] = scale;
      u = after.map((e) => scale * e);
      for (let i = 0; i < n; i++) t[i] = scale * y[i]!;
      this.fresh = false;
    } else {
      u = yield* this.times(after);
      for (let i = 0; i < n; i++) t[i] = theta * (u[i]! - v[i]!) + (1 - theta) * s[i]!;
    }
    const square = dot(y, t);
    const gamma = Math.max(1, curvature / square);
    const b = gamma / curvature;
    const a = (1 + (gamma * square) / curvature) / curvature;
    this.s.view().set(s);
    this.t.view().set(t);
    this.pending = { gamma, a, b };
    const [alongS, alongT] = [dot(s, after), dot(t, after)];
    const [ofS, ofT] = [a * alongS - b * alongT, b * alongS];
    for (let i = 0; i < n; i++) v[i] = gamma * u[i]! + ofS * s[i]! - ofT * t[i]!;
  }

  *pass(after: Float64Array): Work<void> {
    if (!this.fresh) this.v.set(yield* this.times(after));
  }

  reset(): void {
    this.fresh = true;
    this.pending = undefined;
  }

  /** M·v, after what is pending. Valid until the next call. */
  *times(v: Float64Array): Work<Float64Array> {
    const { n, m, s, t, g, u } = this;
    g.view().set(v);
    const { gamma, a, b } = this.pending ?? { gamma: 1, a: 0, b: 0 };
    const rank = this.pending ? 1 : 0;
    yield calling('rankTwoTimesVector', n, m.address, gamma, a, b, s.address, t.address, g.address, u.address, rank);
    this.pending = undefined;
    return u.view() as Float64Array;
  }

  keep(): Kept {
    if (this.fresh) return { numbers: [], vectors: {} };
    const { m, s, t, v, pending } = this;
    const read = (from: Reals) => from.read() as Float64Array;
    const numbers = pending ? [pending.gamma, pending.a, pending.b] : [];
    return { numbers, vectors: { matrix: read(m), product: v.slice(), ...(pending && { step: read(s), image: read(t) }) } };
  }

  recall(numbers: readonly number[], { matrix, product, step, image }: Kept['vectors']): void {
    if (!matrix) return;
    this.fresh = false;
    this.m.view().set(matrix);
    this.v.set(product!);
    if (!step) return;
    const [gamma, a, b] = numbers as [number, number, number];
    this.pending = { gamma, a, b };
    this.s.view().set(step);
    this.t.view().set(image!);
  }
}

/** BFGS: δ = step, φ = change of gradient, M += (1 + φᵀMφ/δᵀφ)·δδᵀ/δᵀφ − (δφᵀM + Mφδᵀ)/δᵀφ ((44), corrected). */
export function bfgs(arena: Arena, f: Smooth, x0: Float64Array, manner = USUAL, kept?: Kept): Solver {
  return quasiNewton(f, x0, new Matrix(arena, f.n, manner.scale), manner, kept);
}

/** BFGS that remembers the last `memory` steps. */
export function lbfgs(f: Smooth, x0: Float64Array, memory: number, manner = USUAL, kept?: Kept): Solver {
  return quasiNewton(f, x0, new Pairs(memory), manner, kept);
}

/** The secant of one step: BFGS that starts from the identity each time (Battiti 1992). */
export function oneStepSecant(f: Smooth, x0: Float64Array, manner = USUAL, kept?: Kept): Solver {
  return quasiNewton(f, x0, new Pairs(1), manner, kept);
}
