// A caller's residuals as Levenberg and Marquardt's method sees them: weighted, in free variables, their Jacobian in linear memory as a triangle.

import type { DoubleEngine } from '../../bindings/core.js';
import { Arena, viewOf } from '../../bindings/memory.js';
import { DataError, OptionError, shown } from '../errors.js';
import type { Counts } from './drive.js';
import { CENTRAL, isList, sized } from './minimize.js';
import type { Immediate, Squares } from './smooth.js';
import type { Space } from './space.js';

export interface ResidualFunctions {
  residuals(x: Float64Array): ArrayLike<number>;
  readonly jacobian?: ((x: Float64Array) => readonly ArrayLike<number>[] | ArrayLike<number>) | undefined;
  readonly weights?: ArrayLike<number> | undefined;
}

function same(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Σ w·r(x(u))² in u. The residuals at a point are asked for once, and so is their Jacobian. */
export class Residuals implements Squares, Immediate {
  readonly n: number;
  /** How many residuals there are. */
  readonly m: number;
  readonly counts: Counts = { value: 0, gradient: 0, jacobian: 0 };
  private readonly arena = new Arena();
  private readonly roots: Float64Array | undefined;
  /** √w∘r at `at`, and the sum of its squares. */
  private readonly r: Float64Array;
  private readonly at: Float64Array;
  private sum = 0;
  /** Where the triangle is from, and the diagonal of JᵀJ and Jᵀr there. */
  private readonly around: Float64Array;
  private readonly diagonal: Float64Array;
  private readonly slope: Float64Array;
  /** Residuals on one side of a difference. */
  private readonly side: Float64Array;
  /** What steps of differences are relative to where a variable is next to 0. */
  private readonly typical: Float64Array;
  /** Addresses of R, z = Qᵀr, J and r (used up by QR), a spare, and a step's triangle, scaling and result. */
  private readonly place: Readonly<Record<'R' | 'z' | 'J' | 'e' | 'spare' | 'U' | 'd' | 'p', number>>;

  /** @throws OptionError; DataError where residuals are not finite at the start; OutOfMemoryError */
  constructor(
    private readonly engine: DoubleEngine,
    private readonly functions: ResidualFunctions,
    private readonly space: Space,
    start: Float64Array,
  ) {
    const n = start.length;
    this.counts.value++;
    const given: unknown = functions.residuals(space.outside(start));
    if (!isList(given) || given.length === 0) {
      const expected = 'an array of numbers, the residuals';
      const what = 'leastSquares.residuals';
      throw new OptionError(what, given, expected, `${what} returned ${shown(given)}; expected ${expected}`);
    }
    const first = Float64Array.from(given as ArrayLike<number>);
    const m = first.length;
    if (!first.every(Number.isFinite)) throw new DataError('x0', 'the residuals are not all finite there');
    const { weights } = functions;
    if (weights && weights.length !== m) {
      throw new OptionError('leastSquares.weights', weights, `${m} numbers, one for each residual`);
    }
    this.n = n;
    this.m = m;
    this.roots = weights && Float64Array.from(weights, Math.sqrt);
    this.typical = start.map((e) => (e === 0 ? 1 : 1e-2 * Math.abs(e)));
    this.r = first;
    this.side = new Float64Array(m);
    this.at = start.slice();
    [this.around, this.diagonal, this.slope] = [new Float64Array(n).fill(Number.NaN), new Float64Array(n), new Float64Array(n)];
    this.weigh();
    const sizes = { R: n * n, z: n, J: m * n, e: m, spare: (n + 2) * n, U: n * n, d: n, p: n };
    let end = this.arena.allocate(8 * Object.values(sizes).reduce((a, b) => a + b));
    const place = (reals: number) => {
      end += 8 * reals;
      return end - 8 * reals;
    };
    this.place = {
      R: place(sizes.R),
      z: place(sizes.z),
      J: place(sizes.J),
      e: place(sizes.e),
      spare: place(sizes.spare),
      U: place(sizes.U),
      d: place(sizes.d),
      p: place(sizes.p),
    };
  }

  cost(u: Float64Array): number {
    if (!same(u, this.at)) {
      this.at.fill(Number.NaN);
      this.ask(u, this.r);
      this.at.set(u);
      this.weigh();
    }
    return this.sum;
  }

  value(u: Float64Array): number {
    return this.cost(u);
  }

  gradient(u: Float64Array, g: Float64Array): number {
    const value = this.linearise(u, this.diagonal, g);
    for (let k = 0; k < this.n; k++) g[k]! *= 2;
    return value;
  }

  linearise(u: Float64Array, d: Float64Array, g: Float64Array): number {
    const sum = this.cost(u);
    if (!same(u, this.around)) {
      this.around.fill(Number.NaN);
      this.differentiate(u);
      this.around.set(u);
    }
    d.set(this.diagonal);
    g.set(this.slope);
    return sum;
  }

  /** By QR of [J; √(μD)], which does not square the condition number. */
  step(mu: number, d: Float64Array, p: Float64Array): boolean {
    const { n, place } = this;
    viewOf('float64', place.d, n).set(d);
    this.engine.core.dampedTriangularStep(n, place.R, place.z, mu, place.d, place.U, place.p, place.spare);
    p.set(viewOf('float64', place.p, n));
    let total = 0;
    for (let k = 0; k < n; k++) total += p[k]!;
    return total - total === 0;
  }

  /** The residuals at u, without weights. */
  plain(u: Float64Array): Float64Array {
    this.cost(u);
    const { roots, r, m } = this;
    if (!roots) return r.slice();
    if (!roots.includes(0)) return r.map((e, i) => e / roots[i]!);
    const lost = new Float64Array(m); // where a weight is 0
    this.ask(u, lost);
    return lost;
  }

  /**
   * s²·S·(JᵀJ)⁻¹·S, S the slopes of x(u) and s² = Σ w·r²/(m − n), m the number of residuals that weigh anything, with the Jacobian that was found last: n×n;
   * undefined where JᵀJ is singular, or m ≤ n.
   */
  covariance(u: Float64Array): Float64Array | undefined {
    const { n, place, engine, diagonal, roots } = this;
    const m = roots ? roots.reduce((count, root) => count + (root > 0 ? 1 : 0), 0) : this.m;
    if (m <= n) return undefined;
    const variance = this.cost(u) / (m - n);
    const triangle = viewOf('float64', place.R, n * n);
    for (let k = 0; k < n; k++) {
      if (!(Math.abs(triangle[k * n + k]!) > n * Number.EPSILON * Math.sqrt(diagonal[k]!))) return undefined;
    }
    const s = this.space.slopes(u);
    const result = new Float64Array(n * n);
    for (let k = 0; k < n; k++) {
      viewOf('float64', place.p, n).fill(0)[k] = 1;
      engine.core.choleskySolve(n, place.R, place.p, place.p);
      const column = viewOf('float64', place.p, n);
      for (let i = 0; i < n; i++) result[i * n + k] = variance * s[i]! * s[k]! * column[i]!;
    }
    return result;
  }

  dispose(): void {
    this.arena.dispose();
  }

  /** The caller's residuals at u. */
  private ask(u: Float64Array, into: Float64Array): void {
    this.counts.value++;
    const given = sized('leastSquares.residuals', this.functions.residuals(this.space.outside(u)), this.m);
    for (let i = 0; i < into.length; i++) into[i] = given[i]!;
  }

  /** r ← √w∘r, and the sum of its squares. */
  private weigh(): void {
    const { r, roots } = this;
    let sum = 0;
    for (let i = 0; i < r.length; i++) {
      if (roots) r[i]! *= roots[i]!;
      sum += r[i]! * r[i]!;
    }
    this.sum = sum;
  }

  /** R, z, and what follows from them, at u, where the residuals are known. */
  private differentiate(u: Float64Array): void {
    const { n, m, place, engine, diagonal, slope } = this;
    const { core } = engine;
    this.counts.jacobian++;
    if (this.functions.jacobian) this.given(u);
    else this.differences(u);
    core.fill(n * n + n, 0, place.R); // and z behind it
    viewOf('float64', place.e, m).set(this.r);
    core.foldRows(n, place.R, place.z, m, place.J, place.e, place.spare);
    const triangle = viewOf('float64', place.R, n * n + n);
    for (let k = 0; k < n; k++) {
      let [square, along] = [0, 0];
      for (let i = 0; i <= k; i++) {
        const e = triangle[i * n + k]!;
        square += e * e;
        along += e * triangle[n * n + i]!;
      }
      diagonal[k] = square;
      slope[k] = along;
    }
  }

  /** The caller's Jacobian, √w∘∂r/∂u. */
  private given(u: Float64Array): void {
    const { n, m, roots } = this;
    const given = this.functions.jacobian!(this.space.outside(u));
    const what = 'leastSquares.jacobian';
    const slopes = this.space.slopes(u);
    const flat = typeof given?.[0] === 'number' ? sized(what, given as ArrayLike<number>, m * n) : undefined;
    if (!flat && given?.length !== m) throw new OptionError(what, given, `${m} rows of ${n} numbers`);
    const j = viewOf('float64', this.place.J, m * n);
    for (let i = 0, at = 0; i < m; i++) {
      const row = flat ?? sized(`${what}[${i}]`, given[i] as ArrayLike<number>, n);
      const root = roots ? roots[i]! : 1;
      for (let k = 0; k < n; k++, at++) j[at] = row[flat ? at : k]! * slopes[k]! * root;
    }
  }

  /** √w∘(r(u + h·e_k) − r(u − h·e_k))/2h, column by column. */
  private differences(u: Float64Array): void {
    const { n, m, roots, side, space, functions } = this;
    const at = u.slice();
    for (let k = 0; k < n; k++) {
      const h = CENTRAL * Math.max(Math.abs(u[k]!), this.typical[k]!);
      at[k] = u[k]! + h;
      this.ask(at, side);
      at[k] = u[k]! - h;
      this.counts.value++;
      const low = sized('leastSquares.residuals', functions.residuals(space.outside(at)), m);
      at[k] = u[k]!;
      const j = viewOf('float64', this.place.J, m * n); // the caller's function may have made memory grow
      const share = 1 / (2 * h);
      for (let i = 0, to = k; i < m; i++, to += n) {
        const slope = (side[i]! - low[i]!) * share;
        j[to] = roots ? slope * roots[i]! : slope;
      }
    }
  }
}
