// What quasi-Newton methods know of the inverse Hessian: the whole matrix, or the last few steps (Nocedal & Wright 6.1, 7.2).

import { type Arena, Reals } from '../../bindings/memory.js';
import { type Work, calling } from '../runtime/work.js';
import type { SolverState } from './smooth.js';
import { dot } from './vectors.js';

/** A step that was accepted. */
interface AcceptedStep {
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
export interface InverseHessian {
  /** Whether it knows of no step. */
  readonly fresh: boolean;
  /** −M·g into p, for the gradient after the last step that it was told of. */
  direction(g: Float64Array, p: Float64Array): void;
  /** Learns from a step. */
  learn(step: AcceptedStep): Work<void>;
  /** Takes note of a step that teaches nothing. */
  pass(after: Float64Array): Work<void>;
  /** Forgets everything. */
  reset(): void;
  /** What it knows, behind what every solver keeps. */
  keep(): SolverState;
  recall(numbers: readonly number[], vectors: SolverState['vectors']): void;
}

/** The last `m` pairs, and Nocedal's two loops over them. */
export class LimitedMemory implements InverseHessian {
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
  *learn({ s, y, curvature }: Pick<AcceptedStep, 's' | 'y' | 'curvature'>): Work<void> {
    const full = this.s.length === this.m;
    for (const [list, v] of [
      [this.s, s],
      [this.y, y],
    ] as const) {
      const oldest = full ? list.shift()! : new Float64Array(v.length);
      oldest.set(v);
      list.push(oldest);
    }
    if (full) this.rho.shift();
    this.rho.push(1 / curvature);
  }

  *pass(): Work<void> {}

  reset(): void {
    for (const list of [this.s, this.y, this.rho]) list.length = 0;
  }

  keep(): SolverState {
    const of = (name: string, list: Float64Array[]) => list.map((v, k): [string, Float64Array] => [`${name} ${k}`, v.slice()]);
    return { numbers: this.rho.slice(), vectors: Object.fromEntries([...of('step', this.s), ...of('change', this.y)]) };
  }

  recall(numbers: readonly number[], vectors: SolverState['vectors']): void {
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
 * The whole matrix M, an approximation of the inverse Hessian, in linear memory, read and written once an iteration: what a step
 * taught is written in the pass that multiplies M with the next gradient, g. From that product u = M·g and the one before, v =
 * M·(g − y), follow M·y = u − v and, with a few products of vectors, what the matrix that has learned would make of g.
 *
 * Where a step shows that the function is flatter than M has it, sᵀy > yᵀM·y, all of M is scaled by their ratio first (Oren and
 * Luenberger's factor, upwards only): BFGS by itself takes eigenvalues that are too large back at once, and finds out slowly
 * about those that are too small.
 */
export class DenseInverse implements InverseHessian {
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

  *learn({ s, y, curvature, theta, after }: AcceptedStep): Work<void> {
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

  keep(): SolverState {
    if (this.fresh) return { numbers: [], vectors: {} };
    const { m, s, t, v, pending } = this;
    const read = (from: Reals) => from.read() as Float64Array;
    const numbers = pending ? [pending.gamma, pending.a, pending.b] : [];
    return { numbers, vectors: { matrix: read(m), product: v.slice(), ...(pending && { step: read(s), image: read(t) }) } };
  }

  recall(numbers: readonly number[], { matrix, product, step, image }: SolverState['vectors']): void {
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
