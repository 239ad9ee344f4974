// Conjugate gradients (Efficient BackProp 6.2; SPEC 1.6.2) and Møller's scaled form without a line search (SPEC 1.6.6).

import type { Work } from '../runtime/work.js';
import { type LineSearch, type Point, backtracking, strongWolfe } from './line-search.js';
import {
  type Iterate,
  type Kept,
  type Searching,
  type Smooth,
  type Solver,
  dot,
  gradientAt,
  holding,
  moved,
  sumOfMagnitudes,
} from './smooth.js';

/** How β follows from gradients: Fletcher-Reeves, Polak-Ribière kept ≥ 0, Hestenes-Stiefel, or Powell and Beale's restarts with the second. */
export const BETAS = ['fletcherReeves', 'polakRibiere', 'hestenesStiefel', 'powellBeale'] as const;
export type Beta = (typeof BETAS)[number];

/** Where the points that a search looks at are put, and their gradients. */
export interface Room {
  readonly x: Float64Array;
  readonly g: Float64Array;
}

/** What a line search along a direction finds: the function at x + α·p, and its gradient there. */
export class Line {
  readonly x: Float64Array;
  readonly g: Float64Array;

  constructor(
    private readonly f: Smooth,
    private readonly from: Float64Array,
    private readonly p: Float64Array,
    room?: Room,
  ) {
    this.x = room?.x ?? new Float64Array(f.n);
    this.g = room?.g ?? new Float64Array(f.n);
  }

  *at(alpha: number): Work<Point> {
    moved(this.from, alpha, this.p, this.x);
    const value = yield* gradientAt(this.f, this.x, this.g);
    return { alpha, value, slope: dot(this.g, this.p) };
  }

  /** The point with its gradient, which may not be the one looked at last. */
  *settle(point: Point, last: number): Work<{ x: Float64Array; g: Float64Array; value: number }> {
    if (point.alpha !== last) yield* this.at(point.alpha);
    this.f.settle?.(this.x, this.g);
    return { x: this.x, g: this.g, value: point.value };
  }
}

/** The constants of a search: without c2 it goes back until the value is low enough, and asks for one gradient in the end. */
export interface Search {
  readonly c1: number;
  readonly c2?: number;
}

/**
 * For directions of a natural length: nearly any decrease will do, and the curvature condition keeps what quasi-Newton methods learn positive definite.
 */
export const SEARCHES: Readonly<Record<LineSearch, Search>> = { wolfe: { c1: 1e-4, c2: 0.9 }, armijo: { c1: 1e-4 } };

/** Searches from x along p; the new point with its gradient, in the room where that is given, or undefined where nothing lower was found. */
export function* search(
  f: Smooth,
  x: Float64Array,
  value: number,
  p: Float64Array,
  slope: number,
  first: number,
  { c1, c2 }: Search,
  room?: Room,
): Searching<{ x: Float64Array; g: Float64Array; value: number; alpha: number } | undefined> {
  f.hold?.(p);
  const line = new Line(f, x, p, room);
  if (c2 === undefined) {
    const valueAt = function* (alpha: number): Work<number> {
      moved(x, alpha, p, line.x);
      const found = f.value(line.x);
      return typeof found === 'number' ? found : yield* found;
    };
    const lower = yield* backtracking(valueAt, { alpha: 0, value, slope }, first, c1);
    if (!lower) return undefined;
    const { alpha, value: there } = yield* line.at(lower.alpha);
    f.settle?.(line.x, line.g);
    return { x: line.x, g: line.g, value: there, alpha };
  }
  let last = 0;
  const evaluate = (alpha: number) => {
    last = alpha;
    return line.at(alpha);
  };
  const found = yield* strongWolfe(evaluate, { alpha: 0, value, slope }, first, { c1, c2 });
  return found && { ...(yield* line.settle(found, last)), alpha: found.alpha };
}

/** Directions p ← −g + β·p with a strong Wolfe search (c2 0.1: directions stay conjugate where steps are nearly exact); the steepest one again where p hardly descends, or after n steps. */
export function* conjugateGradient(f: Smooth, x0: Float64Array, beta: Beta, c2 = 0.1, kept?: Kept): Solver {
  let x: Float64Array = x0.slice();
  let g: Float64Array = new Float64Array(f.n);
  let value = yield* gradientAt(f, x, g);
  yield undefined;
  let p: Float64Array = g.map((e) => -e);
  let slope = -dot(g, g);
  /** The length of the next search's first step, and how many steps directions are conjugate. */
  let alpha = 1 / sumOfMagnitudes(g);
  let since = 0;
  const known = holding(kept, value, g);
  if (known) {
    [, slope, alpha, since] = known.numbers as [number, number, number, number];
    p = known.vectors['direction']!;
  }
  for (;;) {
    if (slope === 0) return 'minGradient';
    const found = yield* search(f, x, value, p, slope, alpha, { c1: Math.min(1e-4, c2 / 2), c2 });
    if (!found) {
      if (since === 0) return 'noProgress';
      p = g.map((e) => -e);
      slope = -dot(g, g);
      alpha = 1 / sumOfMagnitudes(g);
      since = 0;
      continue;
    }
    const old = g;
    const oldSlope = slope;
    ({ x, value, g } = { x: found.x, value: found.value, g: found.g });
    const square = dot(g, g);
    const before = dot(old, old);
    const crossed = dot(g, old);
    let b: number;
    if (beta === 'fletcherReeves') b = square / before;
    else if (beta === 'hestenesStiefel') b = Math.max(0, (square - crossed) / (dot(g, p) - oldSlope));
    else b = Math.max(0, (square - crossed) / before);
    // Powell: gradients that are no longer orthogonal mean that directions are no longer conjugate.
    const stale = since + 1 >= f.n || (beta === 'powellBeale' && Math.abs(crossed) >= 0.2 * square);
    if (stale) b = 0;
    const next = p.map((e, i) => -g[i]! + b * e);
    slope = dot(g, next);
    if (!(slope < -0.01 * square)) {
      for (let i = 0; i < next.length; i++) next[i] = -g[i]!;
      slope = -square;
      b = 0;
    }
    since = b === 0 ? 0 : since + 1;
    p = next;
    alpha = found.alpha * (oldSlope / slope);
    const numbers = [value, slope, alpha, since];
    const vectors = { gradient: g, direction: p }; // none of them is written to: the next step makes others
    yield { x, value, gradient: g, rate: found.alpha, keep: () => ({ numbers, vectors }) } satisfies Iterate;
  }
}

/** Møller's constants, as MATLAB has them. */
const SIGMA = 5e-5;
const LAMBDA = 5e-7;

/**
 * Scaled conjugate gradients: the step length from a difference of gradients along p (or an exact product, where the function has one), made safe by a damping λ as in Levenberg and
 * Marquardt's method.
 */
export function* scaledConjugateGradient(f: Smooth, x0: Float64Array, sigma = SIGMA, first = LAMBDA, kept?: Kept): Solver {
  const n = f.n;
  const x = x0.slice();
  const to = new Float64Array(n);
  const g = new Float64Array(n);
  const s = new Float64Array(n);
  let value = yield* gradientAt(f, x, g);
  yield undefined;
  let p: Float64Array = g.map((e) => -e);
  let r: Float64Array = p.slice();
  let lambda = first;
  let barred = 0;
  let ok = true;
  let delta = 0;
  let failures = 0;
  let k = 1;
  const known = holding(kept, value, g);
  if (known) {
    [, lambda, failures, k] = known.numbers as [number, number, number, number];
    p = known.vectors['direction']!;
  }
  for (;;) {
    if (!(lambda < 1e100) || failures > 50) return 'noProgress';
    const square = dot(p, p);
    if (square === 0 || dot(r, r) === 0) return 'minGradient';
    if (ok) {
      if (f.product) {
        yield* f.product(x, p, s, false);
      } else {
        const step = sigma / Math.sqrt(square);
        moved(x, step, p, to);
        yield* gradientAt(f, to, s);
        for (let i = 0; i < n; i++) s[i] = (s[i]! - g[i]!) / step;
        yield undefined;
      }
      delta = dot(p, s);
    }
    delta += (lambda - barred) * square;
    if (delta <= 0) {
      barred = 2 * (lambda - delta / square);
      delta = -delta + lambda * square;
      lambda = barred;
    }
    f.hold?.(p);
    const mu = dot(p, r);
    const alpha = mu / delta;
    moved(x, alpha, p, to);
    const next = new Float64Array(n);
    const there = yield* gradientAt(f, to, next);
    const gain = Number.isFinite(there) ? (2 * delta * (value - there)) / (mu * mu) : -1;
    if (gain >= 0) {
      f.settle?.(to, next);
      failures = there < value ? 0 : failures + 1;
      x.set(to);
      g.set(next);
      value = there;
      const fresh = g.map((e) => -e);
      barred = 0;
      ok = true;
      if (k % n === 0) {
        p = fresh.slice();
      } else {
        const b = (dot(fresh, fresh) - dot(fresh, r)) / mu;
        p = p.map((e, i) => fresh[i]! + b * e);
        if (dot(p, fresh) <= 0) p = fresh.slice();
      }
      r = fresh;
      if (gain >= 0.75) lambda /= 4;
    } else {
      barred = lambda;
      ok = false;
      failures++;
    }
    k++;
    if (gain < 0.25) lambda += (delta * (1 - Math.max(gain, -1e3))) / square;
    if (!ok) yield undefined;
    else {
      const numbers = [value, lambda, failures, k];
      const [gradient, direction] = [g.slice(), p];
      const keep = () => ({ numbers, vectors: { gradient, direction } });
      yield { x: x.slice(), value, gradient, rate: alpha, keep } satisfies Iterate;
    }
  }
}
