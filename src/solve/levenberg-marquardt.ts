// Levenberg and Marquardt's method for sums of squares (Efficient BackProp 6.5, (47)) as networks use it: μ itself is what
// changes, as in MATLAB and in the chapter, on normal equations that kernels add up slab by slab. Callers' residuals have another
// loop, trust-region.ts, which bounds the step instead, and works on J by QR: they come with bounds and any units, are few, and
// each of them may be slow.

import type { DampingRule, DampingScaling } from './choices.js';
import { PAUSE, type Iterate, type SolverState, type Solver, type Squares, holding } from './smooth.js';
import { dot, largest } from './vectors.js';

/** Names are MATLAB's. */
export interface Damping {
  readonly mu: number;
  readonly muInc: number;
  readonly muDec: number;
  readonly muMax: number;
  readonly scaling: DampingScaling;
  readonly rule: DampingRule;
  /** Whether μ is meant as it stands, where it would be relative to the largest diagonal entry. */
  readonly absolute?: boolean;
  /**
   * Whether steps are not damped as long as such steps lower F by nearly as much as the model predicts: where it is linear in its
   * parameters, the first one ends.
   */
  readonly undampedFirst?: boolean;
  /**
   * Whether steps follow the bend of the path that they begin (Transtrum and Sethna 2012), where going is slow and the function
   * knows of it. Default: they don't.
   */
  readonly acceleration?: boolean;
}

/** The share of what the model predicts that a step without damping must keep. */
const LEAST_GAIN = 0.9;

/**
 * How far along a step residuals are looked at to see how they bend, and how long the correction may be that this asks for, both
 * relative to the step.
 */
const PROBE = 0.1;
const LONGEST_BEND = 1;

/** Steps that leave more than this share of F are slow: then it is worth an evaluation to know how the path bends. */
const SLOW = 0.5;

/** Entries of D are at least this share of the largest. */
const LEAST_SCALING = 1e-12;

/** An iteration is an accepted step; trials that raise F only raise μ. */
export function* levenbergMarquardtSolver(f: Squares, x0: Float64Array, damping: Damping, kept?: SolverState): Solver {
  const { n } = f;
  const x = x0.slice();
  const to = new Float64Array(n);
  const p = new Float64Array(n);
  const bend = new Float64Array(n);
  const g = new Float64Array(n);
  const own = new Float64Array(n); // the diagonal of JᵀJ
  const d = new Float64Array(n).fill(damping.scaling === 'identity' ? 1 : 0);
  const begun = f.linearise(x, own, g);
  let cost = typeof begun === 'number' ? begun : yield* begun;
  yield PAUSE;
  let mu = damping.mu;
  let nu = 2;
  if (damping.rule === 'nielsen' && damping.scaling === 'identity' && !damping.absolute) {
    const most = largest(own);
    mu = most === 0 ? Math.sqrt(dot(g, g)) : mu * most; // without any curvature the first step has length 1
  }
  let stuck = 0;
  let left = 0; // of F, by the last step
  let undamped = damping.undampedFirst === true;
  const known = holding(kept, cost, g);
  if (known) {
    let wasUndamped: number;
    [, mu, nu, wasUndamped, left] = known.numbers as [number, number, number, number, number];
    undamped = wasUndamped === 1;
    if (damping.scaling === 'more') d.set(known.vectors['scaling']!);
  }
  for (;;) {
    if (largest(g) === 0) return 'minGradient';
    if (damping.scaling !== 'identity') {
      const least = Math.max(LEAST_SCALING * largest(own), Number.MIN_VALUE);
      for (let i = 0; i < n; i++) {
        const entry = Math.max(own[i]!, least);
        d[i] = damping.scaling === 'more' ? Math.max(d[i]!, entry) : entry;
      }
    }
    const rate = undamped ? 0 : mu;
    const found = f.step(rate, d, p);
    const solved = typeof found === 'boolean' ? found : yield* found;
    let there = Number.NaN;
    if (solved) {
      for (let i = 0; i < n; i++) to[i] = x[i]! + p[i]!;
      if (damping.acceleration && f.bend && left > SLOW && (yield* f.bend(p, PROBE, bend))) {
        if (Math.sqrt(dot(bend, bend)) <= LONGEST_BEND * Math.sqrt(dot(p, p))) for (let i = 0; i < n; i++) to[i]! += bend[i]!;
      }
      const tried = f.cost(to);
      there = typeof tried === 'number' ? tried : yield* tried;
    }
    let predicted = 0; // what the model says that F falls by: Δᵀ(μDΔ − g)
    for (let i = 0; i < n; i++) predicted += p[i]! * (rate * d[i]! * p[i]! - g[i]!);
    const gainRatio = (cost - there) / predicted;
    if (undamped && !(solved && gainRatio >= LEAST_GAIN)) {
      undamped = false;
      yield PAUSE;
    } else if (solved && there < cost) {
      if (damping.rule === 'nielsen') {
        const e = 2 * gainRatio - 1;
        mu = Math.max(mu * Math.max(1 / 3, 1 - e * e * e), 1e-300);
        nu = 2;
      } else {
        mu = Math.max(mu * damping.muDec, 1e-300);
      }
      stuck = 0;
      left = there / cost;
      x.set(to);
      const anew = f.linearise(x, own, g);
      cost = typeof anew === 'number' ? anew : yield* anew;
      if (f.reweigh) cost = yield* f.reweigh(own, g);
      const gradient = g.slice();
      const numbers = [cost, mu, nu, undamped ? 1 : 0, left];
      const vectors = damping.scaling === 'more' ? { gradient, scaling: d.slice() } : { gradient };
      yield { x: x.slice(), value: cost, gradient, rate, keep: () => ({ numbers, vectors }) } satisfies Iterate;
    } else {
      // Steps that no longer change anything are rounding.
      if (solved && Math.sqrt(dot(p, p)) <= 1e-16 * Math.sqrt(dot(x, x))) stuck++;
      if (stuck > 2) return 'noProgress';
      if (damping.rule === 'nielsen') {
        mu *= nu;
        nu *= 2;
      } else {
        mu *= damping.muInc;
      }
      if (!(mu <= damping.muMax)) return 'muMax';
      yield PAUSE;
    }
  }
}
