// Newton's method (Efficient BackProp 6.1; docs/mathematics.md, section 8.6): with the whole Hessian where that is small enough,
// else by truncated conjugate gradients.

import type { DoubleEngine } from '../../bindings/core.js';
import { type Arena, Reals } from '../../bindings/memory.js';
import { type Work, call } from '../runtime/work.js';
import type { LineSearch } from './choices.js';
import { SEARCH_CONSTANTS, search } from './line-search.js';
import { PAUSE, type Iterate, type Searching, type Smooth, type Solver, gradientAt } from './smooth.js';
import { dot } from './vectors.js';

/** β of the shifts: H + τ·I with τ = 0, then β·|H|, doubled until Cholesky succeeds. */
const BETA = 1e-3;

/** A factorised symmetric matrix in linear memory. */
class Factor {
  private readonly l: Reals;
  private readonly b: Reals;
  private readonly scratch: number;

  constructor(
    private readonly engine: DoubleEngine,
    arena: Arena,
    readonly n: number,
  ) {
    this.l = new Reals(arena, 'float64', n * n);
    this.b = new Reals(arena, 'float64', n);
    this.scratch = arena.allocate(engine.core.factorScratch(0, n));
  }

  /** Factorises A + diag(shift). @returns whether it is positive definite */
  *of(a: Float64Array, shift: (i: number) => number): Work<boolean> {
    const { n, l, scratch } = this;
    const view = l.view();
    view.set(a);
    for (let i = 0; i < n; i++) view[i * n + i]! += shift(i);
    return (yield* call('cholesky', n, l.address, scratch)) === 0;
  }

  /** A⁻¹·b into x. */
  solve(b: Float64Array, x: Float64Array): void {
    this.b.view().set(b);
    this.engine.core.choleskySolve(this.n, this.l.address, this.b.address, this.b.address);
    x.set(this.b.view());
  }
}

/**
 * A second-order direction: −B⁻¹·g into p, B the Hessian made positive definite, or the Gauss-Newton matrix. Pauses after each
 * product.
 */
interface Directions {
  direction(x: Float64Array, g: Float64Array, p: Float64Array): Searching<void>;
}

/** By the whole matrix, a product for each column. */
class WholeMatrix implements Directions {
  private readonly factor: Factor;
  private readonly a: Float64Array;

  constructor(
    engine: DoubleEngine,
    arena: Arena,
    private readonly f: Smooth,
    private readonly gaussNewton: boolean,
  ) {
    this.factor = new Factor(engine, arena, f.n);
    this.a = new Float64Array(f.n * f.n);
  }

  *direction(x: Float64Array, g: Float64Array, p: Float64Array): Searching<void> {
    const { f, a } = this;
    const unit = new Float64Array(f.n);
    for (let k = 0; k < f.n; k++) {
      unit.fill(0);
      unit[k] = 1;
      yield* f.product!(x, unit, a.subarray(k * f.n, (k + 1) * f.n), this.gaussNewton);
      yield PAUSE;
    }
    let square = 0;
    for (let i = 0; i < f.n; i++) {
      for (let j = 0; j <= i; j++) {
        const e = (a[i * f.n + j]! + a[j * f.n + i]!) / 2;
        a[i * f.n + j] = a[j * f.n + i] = e;
        square += (i === j ? 1 : 2) * e * e;
      }
    }
    let tau = 0;
    while (!(yield* this.factor.of(a, () => tau))) {
      tau = Math.max(2 * tau, BETA * Math.sqrt(square), Number.MIN_VALUE);
      if (!(tau < Infinity)) break; // not finite: the steepest direction is all there is
    }
    if (tau < Infinity) this.factor.solve(g, p);
    else p.set(g);
    for (let i = 0; i < f.n; i++) p[i] = -p[i]!;
  }
}

/** The model must fall by more than this share of its mean fall for another step of conjugate gradients to be worth it. */
const WORTH = 0.5;

/**
 * p ≈ −B⁻¹·g by conjugate gradients on B·p = −g, ended where the quadratic model hardly falls any more (Nash & Sofer 1990: the
 * residual says little where eigenvalues are far apart), at rounding, or along a direction of negative curvature. Pauses after
 * each product.
 */
export function* truncated(
  times: (v: Float64Array, out: Float64Array) => Work<void>,
  g: Float64Array,
  p: Float64Array,
  worth = WORTH,
): Searching<void> {
  const n = g.length;
  const least = Number.EPSILON * Math.sqrt(dot(g, g));
  let model = 0;
  p.fill(0);
  const r = g.slice();
  let d: Float64Array = g.map((e) => -e);
  let square = dot(r, r);
  const product = new Float64Array(n);
  for (let k = 0; k < 2 * n && Math.sqrt(square) > least; k++) {
    yield* times(d, product);
    yield PAUSE;
    const curvature = dot(d, product);
    if (!(curvature > 1e-16 * dot(d, d))) {
      if (k === 0) p.set(d);
      return;
    }
    const alpha = square / curvature;
    for (let i = 0; i < n; i++) {
      p[i]! += alpha * d[i]!;
      r[i]! += alpha * product[i]!;
    }
    const before = model;
    model = (dot(p, r) + dot(p, g)) / 2; // gᵀp + ½·pᵀBp, since r = Bp + g
    if ((k + 1) * (1 - before / model) <= worth) break;
    const next = dot(r, r);
    const beta = next / square;
    square = next;
    d = d.map((e, i) => -r[i]! + beta * e);
  }
  if (dot(p, g) >= 0) for (let i = 0; i < n; i++) p[i] = -g[i]!;
}

/** By products alone. */
class TruncatedDirections implements Directions {
  constructor(
    private readonly f: Smooth,
    private readonly gaussNewton: boolean,
  ) {}

  *direction(x: Float64Array, g: Float64Array, p: Float64Array): Searching<void> {
    yield* truncated((v, out) => this.f.product!(x, v, out, this.gaussNewton), g, p);
  }
}

/** w ← w + η·Δ, B·Δ = −g, η by a strong Wolfe search from 1. The function must have products. */
export function* newtonSolver(
  engine: DoubleEngine,
  arena: Arena,
  f: Smooth,
  x0: Float64Array,
  gaussNewton: boolean,
  byProducts: boolean,
  lineSearch: LineSearch = 'wolfe',
): Solver {
  let x: Float64Array = x0.slice();
  let g: Float64Array = new Float64Array(f.n);
  let value = yield* gradientAt(f, x, g);
  yield PAUSE;
  const p = new Float64Array(f.n);
  const directions: Directions = byProducts
    ? new TruncatedDirections(f, gaussNewton)
    : new WholeMatrix(engine, arena, f, gaussNewton);
  for (;;) {
    yield* directions.direction(x, g, p);
    let slope = dot(g, p);
    if (!(slope < 0)) {
      for (let i = 0; i < f.n; i++) p[i] = -g[i]!;
      slope = -dot(g, g);
      if (slope === 0) return 'minGradient';
    }
    const found = yield* search(f, x, value, p, slope, 1, SEARCH_CONSTANTS[lineSearch]);
    if (!found) return 'noProgress';
    ({ x, value, g } = { x: found.x, value: found.value, g: found.g });
    yield { x, value, gradient: g, rate: found.alpha } satisfies Iterate;
  }
}
