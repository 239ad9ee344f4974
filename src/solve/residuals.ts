// A caller's residuals: weighted, under a loss, their Jacobian in linear memory as a triangle.

import type { DoubleEngine } from '../../bindings/core.js';
import { Arena, viewOf } from '../../bindings/memory.js';
import { DataError, OptionError, shown } from '../errors.js';
import type { Box } from './box.js';
import { Differences } from './differences.js';
import type { Counts } from './drive.js';
import { isList, sized } from './given.js';
import { type ResidualLoss, robustSum } from './robust.js';

export interface ResidualFunctions {
  residuals(x: Float64Array): ArrayLike<number>;
  readonly jacobian?: ((x: Float64Array) => readonly ArrayLike<number>[] | ArrayLike<number>) | undefined;
  /** What residuals are multiplied with: the roots of their weights. */
  readonly roots?: Float64Array | undefined;
  readonly loss: ResidualLoss;
  readonly scale: number;
}

/** Residuals at a point, times the roots of their weights, and what is minimised there. */
interface Seen {
  readonly x: Float64Array;
  readonly r: Float64Array;
  sum: number;
}

function same(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function lengthOf(v: Float64Array): number {
  let square = 0;
  for (const e of v) square += e * e;
  return Math.sqrt(square);
}

/** How much of a step is gone to see how residuals bend along it. */
const BEND = 0.125;

/** F(x) = Σ w·r(x)², or s²·Σ ρ(w·r²/s²) under another loss, and its linear model: Σ (J·p + e)² about a point. */
export class Residuals {
  readonly n: number;
  /** How many residuals there are, and how many of them weigh anything. */
  readonly m: number;
  readonly observations: number;
  readonly counts: Counts = { value: 0, gradient: 0, jacobian: 0 };
  /** |J_i|, the lengths of J's columns, and Jᵀe, half of ∇F. */
  readonly lengths: Float64Array;
  readonly slope: Float64Array;
  /** |e|: of plain residuals √F. */
  errors = 0;
  readonly differences: Differences;
  private readonly arena = new Arena();
  /** Residuals of the model's point, and of the last other one. */
  private here: Seen;
  private there: Seen;
  private readonly column: Float64Array;
  private readonly bent: Float64Array;
  /** Of a robust loss: see robustSum. */
  private readonly share: Float64Array | undefined;
  private readonly pull: Float64Array;
  /** Addresses: R, z = Qᵀe, J as it is and as QR uses it up, e, a spare; R of some variables, its z, their steps' triangle, scaling and result. */
  private readonly place: Readonly<Record<(typeof PLACES)[number], number>>;

  /** @throws OptionError; DataError where residuals are not finite at the start; OutOfMemoryError */
  constructor(
    private readonly call: string,
    private readonly engine: DoubleEngine,
    private readonly functions: ResidualFunctions,
    box: Box,
    start: Float64Array,
  ) {
    const n = start.length;
    this.counts.value++;
    const given: unknown = functions.residuals(start.slice());
    if (!isList(given) || given.length === 0) {
      const expected = 'an array of numbers, the residuals';
      const what = `${call}.residuals`;
      throw new OptionError(what, given, expected, `${what} returned ${shown(given)}; expected ${expected}`);
    }
    const r = Float64Array.from(given as ArrayLike<number>);
    const m = r.length;
    if (!r.every(Number.isFinite)) throw new DataError('x0', 'the residuals are not all finite there');
    const { roots, loss } = functions;
    if (roots && roots.length !== m) throw new OptionError(`${call}.weights`, roots, `${m} numbers, one for each residual`);
    if (roots) for (let i = 0; i < m; i++) r[i]! *= roots[i]!;
    this.n = n;
    this.m = m;
    this.observations = roots ? roots.reduce((count, root) => count + (root > 0 ? 1 : 0), 0) : m;
    this.differences = new Differences(box, start);
    [this.lengths, this.slope] = [new Float64Array(n), new Float64Array(n)];
    [this.column, this.bent, this.pull] = [new Float64Array(m), new Float64Array(m), new Float64Array(m)];
    this.share = loss === 'linear' ? undefined : new Float64Array(m);
    this.here = { x: start.slice(), r, sum: 0 };
    this.there = { x: new Float64Array(n).fill(Number.NaN), r: new Float64Array(m), sum: Number.NaN };
    this.weigh(this.here);
    const sizes = [n * n, n, m * n, m * n, m, (n + 2) * n, n * n, n, n * n, n, n];
    let end = this.arena.allocate(8 * sizes.reduce((a, b) => a + b));
    this.place = Object.fromEntries(
      PLACES.map((name, k) => {
        end += 8 * sizes[k]!;
        return [name, end - 8 * sizes[k]!];
      }),
    ) as typeof this.place;
  }

  /** F at the model's point, for the residuals of now. */
  get sum(): number {
    return this.here.sum;
  }

  /** Where the model is. */
  get x(): Float64Array {
    return this.here.x;
  }

  /** F(x); what is not finite is too far. */
  valueAt(x: Float64Array): number {
    if (same(x, this.here.x)) return this.here.sum;
    if (!same(x, this.there.x)) {
      this.there.x.fill(Number.NaN);
      this.ask(x, this.there.r);
      this.there.x.set(x);
      this.weigh(this.there);
    }
    return this.there.sum;
  }

  /** Moves the model to x: R, z and what follows from them. `fine` asks for differences of fourth order. Says whether all of it is finite. */
  linearise(x: Float64Array, fine = false): boolean {
    this.valueAt(x);
    if (!same(x, this.here.x)) [this.here, this.there] = [this.there, this.here];
    const { n, m, place, engine, lengths, slope, functions, here } = this;
    const { core } = engine;
    this.counts.jacobian++;
    this.differences.follow(x);
    if (functions.jacobian) this.given(x);
    else for (let k = 0; k < n; k++) this.differ(k, fine);
    const errors = viewOf('float64', place.e, m);
    if (this.share && functions.loss !== 'linear') {
      robustSum(functions.loss, functions.scale, here.r, this.share, this.pull);
      errors.set(this.pull);
      const j = viewOf('float64', place.J, m * n);
      for (let i = 0, at = 0; i < m; i++) for (let k = 0; k < n; k++) j[at++]! *= this.share[i]!;
    } else errors.set(here.r);
    this.errors = lengthOf(errors as Float64Array);
    viewOf('float64', place.used, m * n).set(viewOf('float64', place.J, m * n));
    core.fill(n * n + n, 0, place.R); // and z behind it
    core.foldRows(n, place.R, place.z, m, place.used, place.e, place.spare);
    const triangle = viewOf('float64', place.R, n * n + n);
    let total = 0;
    for (let k = 0; k < n; k++) {
      let [square, along] = [0, 0];
      for (let i = 0; i <= k; i++) {
        const e = triangle[i * n + k]!;
        square += e * e;
        along += e * triangle[n * n + i]!;
      }
      lengths[k] = Math.sqrt(square);
      slope[k] = along;
      total += square + along;
    }
    return total - total === 0;
  }

  /**
   * The minimum of |R·p + z|² + μ·|D·p|² over variables that are `free`, the others' steps being what they are in p. Says whether it could be found.
   * @param d D² of each variable
   */
  step(mu: number, d: Float64Array, free: readonly number[], p: Float64Array): boolean {
    const { n, place, engine } = this;
    const { core } = engine;
    const k = free.length;
    let [R, z] = [place.R, place.z];
    if (k < n) {
      [R, z] = [place.some, place.someZ];
      const [whole, rows] = [viewOf('float64', place.R, n * n + n), viewOf('float64', place.used, n * k)];
      const errors = viewOf('float64', place.e, n);
      for (let i = 0; i < n; i++) {
        let e = whole[n * n + i]!;
        for (let j = i; j < n; j++) if (!free.includes(j)) e += whole[i * n + j]! * p[j]!;
        errors[i] = e;
        free.forEach((j, at) => {
          rows[i * k + at] = j < i ? 0 : whole[i * n + j]!;
        });
      }
      core.fill(k * k + k, 0, R);
      core.foldRows(k, R, z, n, place.used, place.e, place.spare);
    }
    const scaling = viewOf('float64', place.d, k);
    free.forEach((j, at) => {
      scaling[at] = d[j]!;
    });
    core.dampedTriangularStep(k, R, z, mu, place.d, place.U, place.p, place.spare);
    const found = viewOf('float64', place.p, k);
    let total = 0;
    free.forEach((j, at) => {
      p[j] = found[at]!;
      total += found[at]!;
    });
    return total - total === 0;
  }

  /** |U⁻ᵀ·v|² for the triangle of the last `step`, UᵀU = RᵀR + μ·D² of what was free. */
  solvedSquare(free: readonly number[], v: Float64Array): number {
    const k = free.length;
    const u = viewOf('float64', this.place.U, k * k);
    const w = new Float64Array(k);
    let square = 0;
    for (let i = 0; i < k; i++) {
      let e = v[free[i]!]!;
      for (let j = 0; j < i; j++) e -= u[j * k + i]! * w[j]!;
      w[i] = e / u[i * k + i]!;
      square += w[i]! * w[i]!;
    }
    return square;
  }

  /** R·p */
  times(p: Float64Array): Float64Array {
    const { n } = this;
    const triangle = viewOf('float64', this.place.R, n * n);
    const product = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) product[i]! += triangle[i * n + j]! * p[j]!;
    return product;
  }

  /** Jᵀ(J·p + e), half of the model's gradient at p. */
  slopeAt(p: Float64Array): Float64Array {
    const { n } = this;
    const product = this.times(p);
    const triangle = viewOf('float64', this.place.R, n * n);
    const slope = this.slope.slice();
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) slope[j]! += triangle[i * n + j]! * product[i]!;
    return slope;
  }

  /**
   * Geodesic acceleration (Transtrum & Sethna 2012): the step a that takes back how residuals bend along p, from their second derivative in that direction, by the triangle of the last
   * `step`. Says whether it could be found.
   */
  acceleration(p: Float64Array, free: readonly number[], a: Float64Array): boolean {
    const { n, m, place, here, share, bent } = this;
    const at = here.x.map((e, i) => e + BEND * p[i]!);
    this.ask(at, bent);
    const j = viewOf('float64', place.J, m * n);
    const k = free.length;
    const slope = new Float64Array(k);
    for (let i = 0; i < m; i++) {
      const row = i * n;
      let along = 0;
      for (let c = 0; c < n; c++) along += j[row + c]! * p[c]!;
      const own = share ? share[i]! : 1;
      const second = (2 / BEND) * ((own * (bent[i]! - here.r[i]!)) / BEND - along);
      for (let c = 0; c < k; c++) slope[c]! -= j[row + free[c]!]! * second;
    }
    viewOf('float64', place.p, k).set(slope);
    this.engine.core.choleskySolve(k, place.U, place.p, place.p);
    const found = viewOf('float64', place.p, k);
    let total = 0;
    a.fill(0);
    free.forEach((c, at) => {
      a[c] = found[at]!;
      total += found[at]!;
    });
    return total - total === 0;
  }

  /** The residuals at the model's point, without weights. */
  plain(): Float64Array {
    const { here, m, functions } = this;
    const { roots } = functions;
    if (!roots) return here.r.slice();
    if (!roots.includes(0)) return here.r.map((e, i) => e / roots[i]!);
    this.counts.value++;
    return Float64Array.from(sized(`${this.call}.residuals`, functions.residuals(here.x.slice()), m));
  }

  /** (JᵀJ)⁻¹ of the free variables, 0 elsewhere: n×n; undefined where JᵀJ is singular. */
  inverse(free: readonly number[]): Float64Array | undefined {
    const { n, place, lengths, engine } = this;
    const k = free.length;
    if (!this.step(0, lengths, free, new Float64Array(n)) && k > 0) return undefined;
    const triangle = viewOf('float64', place.U, k * k);
    for (let i = 0; i < k; i++) {
      if (!(Math.abs(triangle[i * k + i]!) > n * Number.EPSILON * lengths[free[i]!]!)) return undefined;
    }
    const result = new Float64Array(n * n);
    for (let i = 0; i < k; i++) {
      viewOf('float64', place.p, k).fill(0)[i] = 1;
      engine.core.choleskySolve(k, place.U, place.p, place.p);
      const column = viewOf('float64', place.p, k);
      for (let j = 0; j < k; j++) result[free[j]! * n + free[i]!] = column[j]!;
    }
    return result;
  }

  dispose(): void {
    this.arena.dispose();
  }

  /** The caller's residuals at x, times the roots of their weights. */
  private ask(x: Float64Array, into: Float64Array): Float64Array {
    this.counts.value++;
    const given = sized(`${this.call}.residuals`, this.functions.residuals(x.slice()), this.m);
    const { roots } = this.functions;
    // What weighs nothing may be anything.
    for (let i = 0; i < into.length; i++) into[i] = roots ? (roots[i] === 0 ? 0 : given[i]! * roots[i]!) : given[i]!;
    return into;
  }

  /** Of residuals that are multiplied with the roots of their weights: what is minimised. */
  private weigh(seen: Seen): void {
    const { loss, scale } = this.functions;
    if (loss !== 'linear') {
      seen.sum = robustSum(loss, scale, seen.r);
      return;
    }
    let sum = 0;
    for (const e of seen.r) sum += e * e;
    seen.sum = sum;
  }

  /** The caller's Jacobian, √w∘∂r/∂x. */
  private given(x: Float64Array): void {
    const { n, m, functions } = this;
    const given = functions.jacobian!(x.slice());
    const what = `${this.call}.jacobian`;
    const flat = typeof given?.[0] === 'number' ? sized(what, given as ArrayLike<number>, m * n) : undefined;
    if (!flat && given?.length !== m) throw new OptionError(what, given, `${m} rows of ${n} numbers`);
    const j = viewOf('float64', this.place.J, m * n);
    for (let i = 0, at = 0; i < m; i++) {
      const row = flat ?? sized(`${what}[${i}]`, given[i] as ArrayLike<number>, n);
      const root = functions.roots ? functions.roots[i]! : 1;
      for (let k = 0; k < n; k++, at++) {
        const slope = row[flat ? at : k]!;
        if (!Number.isFinite(slope)) {
          throw new DataError('jacobian', `${slope} is not a finite number, at x = ${shown([...x])}`, { row: i, column: k });
        }
        j[at] = slope * root;
      }
    }
  }

  /** A column of J by differences. */
  private differ(k: number, fine: boolean): void {
    const { n, m, column, here, differences, place } = this;
    const ask = (at: Float64Array) => this.ask(at, this.bent);
    differences.slope(k, here.x, here.r, ask, column, fine);
    // A variable that starts at 0: what it takes to move residuals by their own size is its size.
    if (differences.learn(k, here.x[k]!, lengthOf(here.r) / lengthOf(column)))
      differences.slope(k, here.x, here.r, ask, column, fine);
    const j = viewOf('float64', place.J, m * n); // the caller's function may have made memory grow
    for (let i = 0, to = k; i < m; i++, to += n) j[to] = column[i]!;
  }
}

const PLACES = ['R', 'z', 'J', 'used', 'e', 'spare', 'some', 'someZ', 'U', 'd', 'p'] as const;
