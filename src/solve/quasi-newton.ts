// BFGS in its inverse form, with limited memory, and with the memory of one step (Efficient BackProp 6.4; docs/mathematics.md,
// section 8.5).

import type { Arena } from '../../bindings/memory.js';
import { DenseInverse, type InverseHessian, LimitedMemory } from './inverse-hessian.js';
import type { LineSearch, SecantUpdate } from './choices.js';
import { SEARCH_CONSTANTS, search } from './line-search.js';
import { PAUSE, type Iterate, type SolverState, type Smooth, type Solver, gradientAt, holding } from './smooth.js';
import { dot, sumOfMagnitudes } from './vectors.js';

/** How a quasi-Newton method searches and learns. */
interface QuasiNewtonSettings {
  readonly lineSearch: LineSearch;
  readonly update: SecantUpdate;
  /**
   * What the whole matrix begins with, times the identity, where variables and values are known to be of the order of 1. Without
   * it steps along the steepest direction begin at length 1, and the matrix begins with the scale that this step shows: safe in
   * any unit, but that of the steepest directions, so that flat ones are found late.
   */
  readonly scale?: number;
}

const USUAL: QuasiNewtonSettings = { lineSearch: 'wolfe', update: 'skip' };

/** The share of sᵀB·s that Powell's damping leaves to sᵀy at least. */
const DAMPING = 0.2;

/** Pairs with less curvature than this, relative to their lengths, say nothing but rounding. */
const LEAST_CURVATURE = 1e-10;

/** The loop that quasi-Newton methods share. */
function* quasiNewton(
  f: Smooth,
  x0: Float64Array,
  memory: InverseHessian,
  settings: QuasiNewtonSettings,
  kept: SolverState | undefined,
): Solver {
  const { lineSearch, update, scale } = settings;
  const vector = () => new Float64Array(f.n);
  let [x, g, workspace] = [x0.slice(), vector(), { x: vector(), g: vector() }];
  let value = yield* gradientAt(f, x, g);
  yield PAUSE;
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
    const found = yield* search(f, x, value, p, slope, first, SEARCH_CONSTANTS[lineSearch], workspace);
    if (!found) {
      if (steepest) return 'noProgress';
      steepest = true;
      continue;
    }
    const { alpha } = found;
    if (steepest) memory.reset();
    for (let i = 0; i < s.length; i++) {
      s[i] = workspace.x[i]! - x[i]!;
      y[i] = workspace.g[i]! - g[i]!;
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
      yield* memory.learn({ s, y, curvature, theta, before: g, after: workspace.g });
    } else {
      yield* memory.pass(workspace.g);
    }
    [x, g, workspace] = [workspace.x, workspace.g, { x, g }];
    value = found.value;
    steepest = memory.fresh;
    const gradient = g.slice();
    const keep = (): SolverState => {
      const { numbers, vectors } = memory.keep();
      return { numbers: [value, ...numbers], vectors: { gradient, ...vectors } };
    };
    yield { x: x.slice(), value, gradient, rate: alpha, keep } satisfies Iterate;
  }
}

/** BFGS: δ = step, φ = change of gradient, M += (1 + φᵀMφ/δᵀφ)·δδᵀ/δᵀφ − (δφᵀM + Mφδᵀ)/δᵀφ ((44), corrected). */
export function bfgsSolver(arena: Arena, f: Smooth, x0: Float64Array, settings = USUAL, kept?: SolverState): Solver {
  return quasiNewton(f, x0, new DenseInverse(arena, f.n, settings.scale), settings, kept);
}

/** BFGS that remembers the last `memory` steps. */
export function lbfgsSolver(f: Smooth, x0: Float64Array, memory: number, settings = USUAL, kept?: SolverState): Solver {
  return quasiNewton(f, x0, new LimitedMemory(memory), settings, kept);
}

/** The secant of one step: BFGS that starts from the identity each time (Battiti 1992). */
export function oneStepSecantSolver(f: Smooth, x0: Float64Array, settings = USUAL, kept?: SolverState): Solver {
  return quasiNewton(f, x0, new LimitedMemory(1), settings, kept);
}
