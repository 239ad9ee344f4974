// Levenberg and Marquardt's method for sums of squares (Efficient BackProp 6.5, (47); SPEC 1.6.5).

import type { DoubleEngine } from '../../bindings/core.js';
import { Factor } from './newton.js';
import { type Iterate, type Solver, type Squares, dot, largest } from './smooth.js';

/** What μ multiplies: the identity (Levenberg), the diagonal of JᵀJ (Marquardt), or the largest that each entry of it has been (Moré). */
export const SCALINGS = ['identity', 'marquardt', 'more'] as const;
export type Scaling = (typeof SCALINGS)[number];

/** Names are MATLAB's. */
export interface Damping {
  readonly mu: number;
  readonly muInc: number;
  readonly muDec: number;
  readonly muMax: number;
  readonly scaling: Scaling;
  /** 'tenfold': μ times muInc or muDec. 'nielsen': by how well the quadratic model foretold the decrease. */
  readonly rule: 'tenfold' | 'nielsen';
}

/** Entries of D are at least this share of the largest. */
const FLOOR = 1e-12;

/** Solves (JᵀJ + μ·D)·Δ = −Jᵀr; undefined where it cannot be. */
export type Solve = (mu: number, d: Float64Array, a: Float64Array, g: Float64Array) => Float64Array | undefined;

/** By Cholesky's factor of the normal equations. */
export function byCholesky(engine: DoubleEngine, n: number): { solve: Solve; dispose(): void } {
  const factor = new Factor(engine, n);
  const p = new Float64Array(n);
  return {
    solve(mu, d, a, g) {
      if (!factor.of(a, (i) => mu * d[i]!)) return undefined;
      factor.solve(g, p);
      for (let i = 0; i < n; i++) p[i] = -p[i]!;
      return p;
    },
    dispose: () => factor.dispose(),
  };
}

/** An iteration is an accepted step; trials that raise F only raise μ. */
export function* levenbergMarquardt(f: Squares, x0: Float64Array, solve: Solve, damping: Damping): Solver {
  const { n } = f;
  const x = x0.slice();
  const to = new Float64Array(n);
  const a = new Float64Array(n * n);
  const g = new Float64Array(n);
  const d = new Float64Array(n).fill(damping.scaling === 'identity' ? 1 : 0);
  let cost = f.normal(x, a, g);
  yield undefined;
  let mu = damping.mu;
  let nu = 2;
  if (damping.rule === 'nielsen' && damping.scaling === 'identity') {
    let most = 0;
    for (let i = 0; i < n; i++) most = Math.max(most, a[i * n + i]!);
    mu *= most;
  }
  let stuck = 0;
  for (;;) {
    if (largest(g) === 0) return 'minGradient';
    if (damping.scaling !== 'identity') {
      let most = 0;
      for (let i = 0; i < n; i++) most = Math.max(most, a[i * n + i]!);
      for (let i = 0; i < n; i++) {
        const own = Math.max(a[i * n + i]!, FLOOR * most, Number.MIN_VALUE);
        d[i] = damping.scaling === 'more' ? Math.max(d[i]!, own) : own;
      }
    }
    const p = solve(mu, d, a, g);
    let there = Number.NaN;
    if (p) {
      for (let i = 0; i < n; i++) to[i] = x[i]! + p[i]!;
      there = f.cost(to);
    }
    if (p && there < cost) {
      let foretold = 0; // what the model says that F falls by: Δᵀ(μDΔ − g)
      for (let i = 0; i < n; i++) foretold += p[i]! * (mu * d[i]! * p[i]! - g[i]!);
      const ratio = (cost - there) / foretold;
      const rate = mu;
      if (damping.rule === 'nielsen') {
        const e = 2 * ratio - 1;
        mu = Math.max(mu * Math.max(1 / 3, 1 - e * e * e), 1e-300);
        nu = 2;
      } else {
        mu = Math.max(mu * damping.muDec, 1e-300);
      }
      stuck = 0;
      x.set(to);
      cost = f.normal(x, a, g);
      yield { x: x.slice(), value: cost, gradient: g.slice(), rate } satisfies Iterate;
    } else {
      // Steps that no longer change anything are rounding.
      if (p && Math.sqrt(dot(p, p)) <= 1e-16 * Math.sqrt(dot(x, x))) stuck++;
      if (stuck > 2) return 'noProgress';
      if (damping.rule === 'nielsen') {
        mu *= nu;
        nu *= 2;
      } else {
        mu *= damping.muInc;
      }
      if (!(mu <= damping.muMax)) return 'muMax';
      yield undefined;
    }
  }
}
