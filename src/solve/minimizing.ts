// How a function is minimised: in units of its own, by the solvers that train networks, and how close to a minimum that came.

import type { DoubleEngine } from '../../bindings/core.js';
import { Arena } from '../../bindings/memory.js';
import { DataError, OptionError, shown } from '../runtime/errors.js';
import { CLOSE_REACHES, FAR_REACHES, lowestAround } from './around.js';
import { Box } from './box.js';
import type { LineSearch, MinimizeMethod, SecantUpdate } from './choices.js';
import { conjugateGradientSolver, scaledConjugateGradientSolver } from './conjugate-gradient.js';
import { Differences } from './differences.js';
import { type SolveObserver, drive } from './drive.js';
import { lackOf, sized, startOf } from './given.js';
import { newtonSolver } from './newton.js';
import { type Minimum, type SolveReason, type SolveSettings, endingAdvice } from './options.js';
import { bfgsSolver, lbfgsSolver, oneStepSecantSolver } from './quasi-newton.js';
import { Scaled, unitsAt } from './scaled.js';
import type { Iterate, Solver } from './smooth.js';
import { largest } from './vectors.js';

/** A search that can go no further has ended at a minimum, to rounding, where the gradient is this small. */
const ROUNDED_GRADIENT = 1e-4;

/** A value below this share of what it has fallen by is 0. */
const FALLEN = 1e-8;

/** A search whose value is so far below 0, in the start's, or whose variables have gone so far, in theirs, may have no end. */
const BOUNDLESS = 1e6;

/** What `minimize` is told, with defaults. */
interface MinimizeSettings extends SolveSettings {
  readonly method: MinimizeMethod;
  readonly gradient: ((x: Float64Array) => ArrayLike<number>) | undefined;
  readonly memory: number;
  readonly lineSearch: LineSearch;
  readonly update: SecantUpdate;
}

/** What `minimize` finds, for options that have been checked. @throws OptionError, DataError */
export async function minimumOf(
  engine: DoubleEngine,
  f: (x: Float64Array) => number,
  x0: ArrayLike<number>,
  settings: MinimizeSettings,
): Promise<Minimum> {
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
