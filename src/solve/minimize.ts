// The methods of second order on a caller's own function.

import { engineOf } from '../../bindings/load.js';
import { Arena } from '../../bindings/memory.js';
import { DataError, OptionError, shown } from '../runtime/errors.js';
import { callback, checked, number, oneOf } from '../runtime/options.js';
import { CLOSE_REACHES, FAR_REACHES, lowestAround } from './around.js';
import { Box } from './box.js';
import { conjugateGradientSolver, scaledConjugateGradientSolver } from './conjugate-gradient.js';
import { Differences } from './differences.js';
import { type SolveObserver, drive } from './drive.js';
import { lackOf, sized, startOf } from './given.js';
import { LINE_SEARCHES, type LineSearch } from './line-search.js';
import { newtonSolver } from './newton.js';
import { type Minimum, SOLVE_OPTIONS, type SolveOptions, type SolveReason, endingAdvice } from './options.js';
import { SECANT_UPDATES, type SecantUpdate, bfgsSolver, lbfgsSolver, oneStepSecantSolver } from './quasi-newton.js';
import { Scaled, unitsAt } from './scaled.js';
import type { Iterate, Solver } from './smooth.js';
import { largest } from './vectors.js';

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
  update: oneOf(SECANT_UPDATES, 'skip'),
};

/** Options of `minimize`. */
export interface MinimizeOptions extends SolveOptions {
  /** 'bfgs' (default) for up to a few hundred variables, 'lbfgs' beyond; 'newton' differentiates gradients. */
  method?: MinimizeMethod;
  /** ∇f(x). Default: central differences, 2n calls of f. */
  gradient?: (x: Float64Array) => ArrayLike<number>;
  /** Of 'lbfgs': steps remembered. Default 10. */
  memory?: number;
  /**
   * Of quasi-Newton and Newton methods: strong Wolfe conditions ('wolfe', default), or going back until the value is low enough
   * ('armijo').
   */
  lineSearch?: LineSearch;
  /**
   * Of quasi-Newton methods: steps without positive curvature teach nothing ('skip', default), or something ('damped', after
   * Powell).
   */
  update?: SecantUpdate;
}

const QUASI_NEWTON: readonly MinimizeMethod[] = ['bfgs', 'lbfgs', 'oneStepSecant'];

/** Which methods options are of that not all methods have. */
const METHODS_OF = {
  memory: ['lbfgs'],
  lineSearch: [...QUASI_NEWTON, 'newton', 'truncatedNewton'],
  update: QUASI_NEWTON,
} as const satisfies Partial<Record<keyof MinimizeOptions, readonly MinimizeMethod[]>>;

/** A search that can go no further has ended at a minimum, to rounding, where the gradient is this small. */
const ROUNDED_GRADIENT = 1e-4;

/** A value below this share of what it has fallen by is 0. */
const FALLEN = 1e-8;

/** A search whose value is so far below 0, in the start's, or whose variables have gone so far, in theirs, may have no end. */
const BOUNDLESS = 1e6;

/**
 * A local minimum of f, from x0 on. The answer does not depend on the units of f and of the variables. Bounds are kept by
 * projection: a variable at a bound stays there while the gradient pushes it out, and comes back when it does not.
 *
 * ```ts
 * const { x, value, reason } = await minimize(([a, b]) => (1 - a) ** 2 + 100 * (b - a * a) ** 2, [-1.2, 1]);
 * ```
 *
 * @param f x ↦ a number; what is not finite counts as too far
 * @param x0 where to begin, finite; with bounds the nearest point inside. Its size tells what is a small change of a variable
 * @throws OptionError; DataError where f or its gradient is not finite at x0; whatever f throws
 */
export async function minimize(
  f: (x: Float64Array) => number,
  x0: ArrayLike<number>,
  options?: MinimizeOptions,
): Promise<Minimum> {
  const settings = checked('minimize', OPTIONS, options);
  if (typeof f !== 'function') throw new OptionError('minimize.f', f, 'a function (x) => number');
  for (const [name, methods] of Object.entries(METHODS_OF) as [keyof typeof METHODS_OF, readonly MinimizeMethod[]][]) {
    if (options?.[name] === undefined || methods.includes(settings.method)) continue;
    throw new OptionError(
      `minimize.${name}`,
      options[name],
      `none with method '${settings.method}': it is an option of ${methods.join(', ')}`,
    );
  }
  const engine = await engineOf('float64', settings.numerics);
  const start = startOf('minimize', x0);
  const { length: n } = start;
  const box = new Box('minimize', n, settings.bounds);
  box.project(start);
  const counts = { value: 0, gradient: 0, jacobian: 0 };
  const value = (x: Float64Array) => {
    counts.value++;
    const found: unknown = f(x.slice());
    if (typeof found === 'number') return found;
    throw new OptionError('minimize.f', found, 'a number', `minimize.f returned ${shown(found)}; expected a number`);
  };
  const differences = new Differences(box, start);
  const column = new Float64Array(1);
  const slopes = (x: Float64Array, own: () => number, g: Float64Array) => {
    counts.gradient++;
    if (settings.gradient) {
      g.set(sized('minimize.gradient', settings.gradient(x.slice()), n));
      return;
    }
    const there = Float64Array.of(own());
    for (let i = 0; i < n; i++) {
      differences.slope(i, x, there, (at) => [value(at)], column);
      g[i] = column[0]!;
    }
  };
  const first = new Float64Array(n);
  const atStart = value(start);
  if (!Number.isFinite(atStart)) {
    throw new DataError('x0', `the function is ${atStart} there; expected a finite number${lackOf(atStart, n)}`);
  }
  slopes(start, () => atStart, first);
  const bad = first.findIndex((e) => !Number.isFinite(e));
  if (bad >= 0) throw new DataError('x0', `the gradient there is ${first[bad]}; expected a finite number`, { row: bad });
  const unit = unitsAt(start, atStart, first, differences);
  const sizes = (x: Float64Array) => x.map((e, i) => differences.size(i, e));
  const around = (x: Float64Array, reaches = FAR_REACHES) => lowestAround(value, x, sizes(x), box, reaches);
  const found = (x: Float64Array, there: number, gradientNorm: number, iterations: number, reason: SolveReason): Minimum => {
    const advice = endingAdvice(reason, FLAT_FUNCTION);
    return {
      x,
      value: there,
      gradientNorm,
      iterations,
      evaluations: counts,
      reason,
      active: box.active(x),
      ...(advice && { advice }),
    };
  };

  let from = start;
  if (first.every((e) => e === 0)) {
    // A minimum has nothing lower beside it, a maximum or a saddle has.
    const { x, varies } = around(start);
    if (x === start) {
      const frozen = start.every((_, i) => box.isFrozen(i));
      const reason: SolveReason = varies || frozen ? 'minGradient' : 'flat';
      return found(start, atStart, 0, 0, reason);
    }
    from = x;
  }
  const smooth = new Scaled({ value, slopes }, box, unit, atStart);
  if (from === start) smooth.remember(start, atStart, first);
  const begun = smooth.inside(from);
  const g = new Float64Array(n);
  let last: Iterate = { x: begun, value: smooth.gradient(begun, g), gradient: g, rate: 0 };
  smooth.accept(begun, g);
  /**
   * The gradient in no unit: what a change of a variable by its size does to the value, relative to that, or to what it has
   * fallen by if that is less: f may have a constant part. Of the start nothing is known.
   */
  const relative = ({ x, value: now, gradient: slope }: Iterate): number => {
    const size = sizes(smooth.outside(x));
    const change = largest(slope.map((e, i) => (e * size[i]!) / unit[i]!));
    const fallen = Math.abs(atStart / smooth.scale - now);
    return change === 0 ? 0 : change / Math.max(Math.min(Math.abs(now), fallen), FALLEN * fallen);
  };
  const norm = (slope: Float64Array) => largest(slope.map((e, i) => (e * smooth.scale) / unit[i]!));
  let small = 0;
  /** Whether either of the last two steps lowered the value by more than rounding. */
  let lowered = false;
  let loweredBefore = false;
  const watch: SolveObserver = {
    calls: () => counts.value + (settings.gradient ? counts.gradient : 0),
    told: ({ x, value: now, gradient: slope }, iteration) => ({
      iteration,
      x: smooth.outside(x),
      value: now * smooth.scale,
      gradientNorm: norm(slope),
    }),
    endsAt(iterate) {
      const before = last;
      last = iterate;
      const x = smooth.outside(iterate.x);
      differences.follow(x);
      if (relative(iterate) <= settings.minGradient) return 'minGradient';
      const size = sizes(x);
      const still = iterate.x.every((e, i) => Math.abs(e - before.x[i]!) * unit[i]! <= settings.tolerance * size[i]!);
      const fell = Math.abs(before.value - iterate.value);
      const level = fell <= settings.tolerance * Math.max(Math.abs(before.value), Math.abs(iterate.value));
      small = still || level ? small + 1 : 0;
      [loweredBefore, lowered] = [lowered, fell > 8 * Number.EPSILON * Math.abs(iterate.value)];
      return small >= 2 ? 'tolerance' : undefined;
    },
  };
  const arena = new Arena();
  try {
    const { method, memory, lineSearch, update } = settings;
    const own = { lineSearch, update };
    const solver = (): Solver => {
      switch (method) {
        case 'bfgs':
          return bfgsSolver(arena, smooth, begun, own);
        case 'lbfgs':
          return lbfgsSolver(smooth, begun, memory, own);
        case 'oneStepSecant':
          return oneStepSecantSolver(smooth, begun, own);
        case 'conjugateGradient':
          return conjugateGradientSolver(smooth, begun, 'polakRibiere');
        case 'scaledConjugateGradient':
          return scaledConjugateGradientSolver(smooth, begun);
        default:
          return newtonSolver(engine, arena, smooth, begun, false, method === 'truncatedNewton', lineSearch);
      }
    };
    const ended =
      relative(last) <= settings.minGradient
        ? { iterations: 0, reason: 'minGradient' as const }
        : await drive(engine, solver(), settings, watch);
    let { reason }: { reason: SolveReason } = ended;
    const x = smooth.outside(last.x);
    // Where nothing is lower as closely as differences can tell, rounding has ended it.
    if (reason === 'noProgress' && (relative(last) <= ROUNDED_GRADIENT || around(x, CLOSE_REACHES).x === x)) reason = 'tolerance';
    // Steps that lower nothing, where the gradient is not small and something close by is lower: it is the gradient that is
    // wrong.
    if (
      reason === 'tolerance' &&
      !lowered &&
      !loweredBefore &&
      relative(last) > ROUNDED_GRADIENT &&
      around(x, CLOSE_REACHES).x !== x
    )
      reason = 'noProgress';
    if (reason === 'minGradient' && last.gradient.every((e) => e === 0) && !around(x).varies) reason = 'flat';
    const end = found(x, last.value * smooth.scale, norm(last.gradient), ended.iterations, reason);
    if (reason === 'minGradient' || reason === 'tolerance' || reason === 'flat') return end;
    const far = last.x.some((e, i) => Math.abs(e - begun[i]!) > BOUNDLESS);
    const fallen = last.value < -BOUNDLESS || (far && last.value < Math.min(0, atStart / smooth.scale));
    return fallen ? { ...end, advice: BOUNDLESS_FUNCTION } : end;
  } finally {
    arena.dispose();
  }
}

const BOUNDLESS_FUNCTION =
  'the value fell and fell: the function may be unbounded below, which bounds would end; if it has a minimum, a start closer to it';

const FLAT_FUNCTION = 'the function does not change with the variables there';
