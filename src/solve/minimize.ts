// The methods of second order on a caller's own function.

import { engineOf } from '../../bindings/load.js';
import { Arena } from '../../bindings/memory.js';
import { DataError, OptionError, shown } from '../errors.js';
import { callback, checked, number, oneOf } from '../options.js';
import { conjugateGradient, scaledConjugateGradient } from './conjugate-gradient.js';
import { drive } from './drive.js';
import { LINE_SEARCHES, type LineSearch } from './line-search.js';
import { newton } from './newton.js';
import { type Minimum, SOLVE_OPTIONS, type SolveOptions } from './options.js';
import { UPDATES, type Update, bfgs, lbfgs, oneStepSecant } from './quasi-newton.js';
import { type Immediate, type Smooth, type Solver, dot, remembering } from './smooth.js';
import { Space } from './space.js';

/** ε^⅓, the best relative step of central differences. */
export const CENTRAL = 6.055454452393343e-6;

const METHODS = [
  'bfgs',
  'lbfgs',
  'conjugateGradient',
  'scaledConjugateGradient',
  'newton',
  'truncatedNewton',
  'oneStepSecant',
] as const;
export type MinimizeMethod = (typeof METHODS)[number];

const OPTIONS = {
  ...SOLVE_OPTIONS,
  method: oneOf(METHODS, 'bfgs'),
  gradient: callback<(x: Float64Array) => ArrayLike<number>>('(x) => gradient'),
  memory: number({ min: 1, integer: true }, 10),
  lineSearch: oneOf(LINE_SEARCHES, 'wolfe'),
  update: oneOf(UPDATES, 'skip'),
};

/** Options of `minimize`. */
export interface MinimizeOptions extends SolveOptions {
  /** 'bfgs' (default) for up to a few hundred variables, 'lbfgs' beyond; 'newton' differentiates gradients. */
  method?: MinimizeMethod;
  /** ∇f(x). Default: central differences, 2n calls of f. */
  gradient?: (x: Float64Array) => ArrayLike<number>;
  /** Of 'lbfgs': steps remembered. Default 10. */
  memory?: number;
  /** Of quasi-Newton and Newton methods: strong Wolfe conditions ('wolfe', default), or going back until the value is low enough ('armijo'). */
  lineSearch?: LineSearch;
  /** Of quasi-Newton methods: steps without positive curvature teach nothing ('skip', default), or something ('damped', after Powell). */
  update?: Update;
}

/**
 * A local minimum of f, from x0 on.
 *
 * ```ts
 * const { x, value, reason } = await minimize(([a, b]) => (1 - a) ** 2 + 100 * (b - a * a) ** 2, [-1.2, 1]);
 * ```
 *
 * @param f x ↦ a number; what is not finite counts as too far
 * @throws OptionError; DataError where f is not finite at x0; whatever f throws
 */
export async function minimize(
  f: (x: Float64Array) => number,
  x0: ArrayLike<number>,
  options?: MinimizeOptions,
): Promise<Minimum> {
  const settings = checked('minimize', OPTIONS, options);
  if (typeof f !== 'function') throw new OptionError('minimize.f', f, 'a function (x) => number');
  const engine = await engineOf('float64', settings.numerics);
  const start = startOf('minimize', x0);
  const counts = { value: 0, gradient: 0, jacobian: 0 };
  const space = new Space('minimize', start.length, settings.bounds);
  const value = (x: Float64Array) => {
    counts.value++;
    const found: unknown = f(x);
    if (typeof found === 'number') return found;
    throw new OptionError('minimize.f', found, 'a number', `minimize.f returned ${shown(found)}; expected a number`);
  };
  const gradient = (x: Float64Array, g: Float64Array): number => {
    counts.gradient++;
    if (settings.gradient) g.set(sized('minimize.gradient', settings.gradient(x), x.length));
    else differences(value, x, g);
    return value(x);
  };
  const smooth = remembering(space.smooth({ n: start.length, value, gradient }));
  const from = space.inside(start);
  if (!Number.isFinite(smooth.value(from))) throw new DataError('x0', 'the function is not finite there');
  const { method, memory, lineSearch, update } = settings;
  const manner = { lineSearch, update };
  const arena = new Arena();
  const solver = (): Solver => {
    switch (method) {
      case 'bfgs':
        return bfgs(arena, smooth, from, manner);
      case 'lbfgs':
        return lbfgs(smooth, from, memory, manner);
      case 'oneStepSecant':
        return oneStepSecant(smooth, from, manner);
      case 'conjugateGradient':
        return conjugateGradient(smooth, from, 'polakRibiere');
      case 'scaledConjugateGradient':
        return scaledConjugateGradient(smooth, from);
      default:
        return newton(engine, arena, withProducts(smooth), from, false, method === 'truncatedNewton', lineSearch);
    }
  };
  try {
    const { u, reason, ...found } = drive(engine, solver(), smooth, from, counts, settings, (at) => space.outside(at));
    return { x: space.outside(u), ...found, evaluations: counts, reason };
  } finally {
    arena.dispose();
  }
}

export const isList = (v: unknown): v is ArrayLike<unknown> => typeof v === 'object' && v !== null && 'length' in v;

/** Where to start. @throws DataError */
export function startOf(call: string, x0: ArrayLike<number>): Float64Array {
  if (!isList(x0)) throw new DataError('x0', `expected an array of numbers; got ${shown(x0)}`);
  const start = Float64Array.from(x0);
  if (start.length === 0) throw new DataError('x0', `${call} needs at least one variable`);
  const bad = start.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw new DataError('x0', `${start[bad]} is not a finite number`, { row: bad });
  return start;
}

/** What a caller's function returned, if it has the right length. @throws OptionError */
export function sized(what: string, given: ArrayLike<number>, length: number): ArrayLike<number> {
  if (given?.length === length) return given;
  throw new OptionError(what, given, `an array of ${length} numbers`);
}

/** g_i = (f(x + h·e_i) − f(x − h·e_i))/2h */
function differences(f: (x: Float64Array) => number, x: Float64Array, g: Float64Array): void {
  const at = x.slice();
  for (let i = 0; i < x.length; i++) {
    const h = CENTRAL * Math.max(Math.abs(x[i]!), 1);
    at[i] = x[i]! + h;
    const high = f(at);
    at[i] = x[i]! - h;
    g[i] = (high - f(at)) / (2 * h);
    at[i] = x[i]!;
  }
}

/** H·v by central differences of the gradient. */
function withProducts(f: Immediate): Smooth {
  const low = new Float64Array(f.n);
  return {
    ...f,
    *product(x, v, out) {
      const h = (CENTRAL * Math.max(1, Math.sqrt(dot(x, x)))) / Math.sqrt(dot(v, v));
      const along = (step: number) => x.map((e, i) => e + step * v[i]!);
      f.gradient(along(h), out);
      f.gradient(along(-h), low);
      for (let i = 0; i < f.n; i++) out[i] = (out[i]! - low[i]!) / (2 * h);
    },
  };
}
