// A caller's residuals: weighted, under a loss, with their derivatives.

import type { SquareCore } from '../../bindings/core.js';
import { Arena } from '../../bindings/memory.js';
import { DataError, OptionError, shown } from '../runtime/errors.js';
import type { Box } from './box.js';
import { Differences } from './differences.js';
import type { CallCounts } from './drive.js';
import { isList, lackOf, sized } from './given.js';
import { LinearModel } from './linear-model.js';
import { type ResidualLoss, robustSum } from './robust.js';
import { equalVectors, norm } from './vectors.js';

/** A caller's residuals, and what is made of them. */
export interface ResidualFunctions {
  residuals(x: Float64Array): ArrayLike<number>;
  readonly jacobian?: ((x: Float64Array) => readonly ArrayLike<number>[] | ArrayLike<number>) | undefined;
  /** What residuals are multiplied with: the roots of their weights. */
  readonly roots?: Float64Array | undefined;
  /** The option that these are from. */
  readonly weighing: 'weights' | 'sigma';
  readonly loss: ResidualLoss;
  readonly scale: number;
}

/** Residuals at a point, times the roots of their weights, and what is minimised there. */
interface ResidualsAt {
  readonly x: Float64Array;
  readonly r: Float64Array;
  sum: number;
}

/** How much of a step is gone to see how residuals bend along it. */
const PROBE = 0.125;

/** F(x) = Σ w·r(x)², or s²·Σ ρ(w·r²/s²) under another loss, and its linear model: Σ (J·p + e)² about a point. */
export class Residuals {
  readonly n: number;
  /** How many residuals there are, and how many of them weigh anything. */
  readonly m: number;
  readonly observations: number;
  readonly counts: CallCounts = { value: 0, gradient: 0, jacobian: 0 };
  /** About the point at hand. */
  readonly model: LinearModel;
  readonly differences: Differences;
  private readonly arena = new Arena();
  /** Residuals of the model's point, and of the last other one. */
  private here: ResidualsAt;
  private there: ResidualsAt;
  private readonly column: Float64Array;
  private readonly bent: Float64Array;
  /** Of a robust loss: see robustSum. */
  private readonly share: Float64Array | undefined;
  private readonly pull: Float64Array;

  /** @throws OptionError; DataError where residuals are not finite at the start; OutOfMemoryError */
  constructor(
    private readonly call: string,
    core: SquareCore,
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
    const { roots, loss } = functions;
    const other = Array.from(given as ArrayLike<unknown>).findIndex((e) => typeof e !== 'number');
    if (other >= 0) throw new OptionError(`${call}.residuals`, given, `numbers; residual ${other} is ${shown(given[other])}`);
    if (roots && roots.length !== m) {
      throw new OptionError(`${call}.${functions.weighing}`, roots, `${m} numbers, one for each residual`);
    }
    // What weighs nothing may be anything.
    if (roots) for (let i = 0; i < m; i++) r[i] = roots[i] === 0 ? 0 : r[i]! * roots[i]!;
    const bad = r.findIndex((e) => !Number.isFinite(e));
    if (bad >= 0) throw new DataError('x0', `the residuals are not all finite there: ${bad} is ${r[bad]}${lackOf(r[bad]!, n)}`);
    this.n = n;
    this.m = m;
    this.observations = roots ? roots.reduce((count, root) => count + (root > 0 ? 1 : 0), 0) : m;
    this.differences = new Differences(box, start);
    [this.column, this.bent, this.pull] = [new Float64Array(m), new Float64Array(m), new Float64Array(m)];
    this.share = loss === 'linear' ? undefined : new Float64Array(m);
    this.here = { x: start.slice(), r, sum: 0 };
    this.there = { x: new Float64Array(n).fill(Number.NaN), r: new Float64Array(m), sum: Number.NaN };
    this.weigh(this.here);
    this.model = new LinearModel(core, this.arena, n, m);
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
    if (equalVectors(x, this.here.x)) return this.here.sum;
    if (!equalVectors(x, this.there.x)) {
      this.there.x.fill(Number.NaN);
      this.ask(x, this.there.r);
      this.there.x.set(x);
      this.weigh(this.there);
    }
    return this.there.sum;
  }

  /**
   * Moves the model to x: R, z and what follows from them. `fine` asks for differences of fourth order. Says whether all of it is
   * finite.
   */
  linearise(x: Float64Array, fine = false): boolean {
    this.valueAt(x);
    if (!equalVectors(x, this.here.x)) [this.here, this.there] = [this.there, this.here];
    const { n, m, functions, here, share, pull, model } = this;
    this.counts.jacobian++;
    this.differences.follow(x);
    if (functions.jacobian) this.given(x);
    else for (let k = 0; k < n; k++) this.differ(k, fine);
    if (!share || functions.loss === 'linear') return model.fold(here.r);
    robustSum(functions.loss, functions.scale, here.r, share, pull);
    const j = model.jacobian;
    for (let i = 0, at = 0; i < m; i++) for (let k = 0; k < n; k++) j[at++]! *= share[i]!;
    return model.fold(pull);
  }

  /**
   * Geodesic acceleration (Transtrum & Sethna 2012): the step a that takes back how residuals bend along p, from their second
   * derivative in that direction, by the triangle of the last `step`. Says whether it could be found.
   */
  acceleration(p: Float64Array, free: readonly number[], a: Float64Array): boolean {
    const { n, m, here, share, bent, model } = this;
    this.ask(
      here.x.map((e, i) => e + PROBE * p[i]!),
      bent,
    );
    const j = model.jacobian;
    for (let i = 0, row = 0; i < m; i++, row += n) {
      let along = 0;
      for (let c = 0; c < n; c++) along += j[row + c]! * p[c]!;
      const own = share ? share[i]! : 1;
      bent[i] = (2 / PROBE) * ((own * (bent[i]! - here.r[i]!)) / PROBE - along);
    }
    return model.answer(bent, free, a);
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

  dispose(): void {
    this.arena.dispose();
  }

  /** The caller's residuals at x, times the roots of their weights. */
  private ask(x: Float64Array, into: Float64Array): Float64Array {
    this.counts.value++;
    const given = sized(`${this.call}.residuals`, this.functions.residuals(x.slice()), this.m);
    const { roots } = this.functions;
    for (let i = 0; i < into.length; i++) into[i] = roots ? (roots[i] === 0 ? 0 : given[i]! * roots[i]!) : given[i]!;
    return into;
  }

  /** Of residuals that are multiplied with the roots of their weights: what is minimised. */
  private weigh(seen: ResidualsAt): void {
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
    const j = this.model.jacobian;
    for (let i = 0, at = 0; i < m; i++) {
      const row = flat ?? sized(`${what}[${i}]`, given[i] as ArrayLike<number>, n);
      const root = functions.roots ? functions.roots[i]! : 1;
      for (let k = 0; k < n; k++, at++) {
        const slope = root === 0 ? 0 : row[flat ? at : k]! * root;
        // Later, a fit ends before what is no number.
        if (!Number.isFinite(slope) && this.counts.jacobian === 1) {
          throw new DataError('jacobian', `${slope} is not a finite number, at x0`, { row: i, column: k });
        }
        j[at] = slope;
      }
    }
  }

  /** A column of J by differences. */
  private differ(k: number, fine: boolean): void {
    const { n, m, column, here, differences } = this;
    const ask = (at: Float64Array) => this.ask(at, this.bent);
    differences.slope(k, here.x, here.r, ask, column, fine);
    // A variable that starts at 0: what it takes to move residuals by their own size is its size.
    if (differences.unknown(k) && differences.learn(k, here.x[k]!, norm(here.r) / norm(column))) {
      differences.slope(k, here.x, here.r, ask, column, fine);
    }
    const j = this.model.jacobian; // the caller's function may have made memory grow
    for (let i = 0, to = k; i < m; i++, to += n) j[to] = column[i]!;
  }
}
