// Conjugate gradients (Efficient BackProp 6.2; docs/mathematics.md, section 8.3) and Møller's scaled form without a line search
// (docs/mathematics.md, section 8.4).

import { search } from './line-search.js';
import { PAUSE, type Iterate, type SolverState, type Smooth, type Solver, gradientAt, holding } from './smooth.js';
import type { Beta } from './choices.js';
import { dot, stepped, sumOfMagnitudes } from './vectors.js';

/**
 * Directions p ← −g + β·p with a strong Wolfe search (c2 0.1: directions stay conjugate where steps are nearly exact); the
 * steepest one again where p hardly descends, or after n steps.
 */
export function* conjugateGradientSolver(f: Smooth, x0: Float64Array, beta: Beta, c2 = 0.1, kept?: SolverState): Solver {
  let x: Float64Array = x0.slice();
  let g: Float64Array = new Float64Array(f.n);
  let value = yield* gradientAt(f, x, g);
  yield PAUSE;
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
 * Scaled conjugate gradients: the step length from a difference of gradients along p (or an exact product, where the function has
 * one), made safe by a damping λ as in Levenberg and Marquardt's method.
 */
export function* scaledConjugateGradientSolver(
  f: Smooth,
  x0: Float64Array,
  sigma = SIGMA,
  first = LAMBDA,
  kept?: SolverState,
): Solver {
  const n = f.n;
  const x = x0.slice();
  const to = new Float64Array(n);
  const g = new Float64Array(n);
  const s = new Float64Array(n);
  let value = yield* gradientAt(f, x, g);
  yield PAUSE;
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
        stepped(x, step, p, to);
        yield* gradientAt(f, to, s);
        for (let i = 0; i < n; i++) s[i] = (s[i]! - g[i]!) / step;
        yield PAUSE;
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
    stepped(x, alpha, p, to);
    const next = new Float64Array(n);
    const there = yield* gradientAt(f, to, next);
    const gain = Number.isFinite(there) ? (2 * delta * (value - there)) / (mu * mu) : -1;
    if (gain >= 0) {
      f.accept?.(to, next);
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
    if (!ok) yield PAUSE;
    else {
      const numbers = [value, lambda, failures, k];
      const [gradient, direction] = [g.slice(), p];
      const keep = () => ({ numbers, vectors: { gradient, direction } });
      yield { x: x.slice(), value, gradient, rate: alpha, keep } satisfies Iterate;
    }
  }
}
