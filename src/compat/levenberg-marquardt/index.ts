// npm's ml-levenberg-marquardt, by this library's least squares: the same call, the answer at once.

import { squareCore } from '../../../bindings/squares.js';
import { OptionError } from '../../runtime/errors.js';
import { isList } from '../../runtime/options.js';
import { driveNow } from '../../solve/drive.js';
import { finiteList } from '../../solve/given.js';
import { SquaresFit } from '../../solve/squares-fit.js';
import { Curve } from './curve.js';
import { boundsOf, differencesOf, weightsOf } from './given.js';
import { marquardt } from './marquardt.js';
import type { Data2D, LevenbergMarquardtOptions, LevenbergMarquardtReturn, ParameterizedFunction } from './types.js';

export { DataError, EfficientBackpropError, OptionError, OutOfMemoryError, UnsupportedError } from '../../runtime/errors.js';
export type {
  Data2D,
  JacobianFunction,
  LevenbergMarquardtOptions,
  LevenbergMarquardtReturn,
  ParameterizedFunction,
} from './types.js';

/** Shares of the sum, or of the parameters, that count as no change: little more than rounding. As `leastSquares` has them. */
const TOLERANCES = { minGradient: 1e-8, tolerance: 1e-14 };

/** A sum is lower than another one if it is by more than this share of it. */
const CHANGE = 1e-9;

/** Checks as ml-levenberg-marquardt makes them, in its order and words. */
function check({ x, y }: Data2D, { damping, initialValues }: LevenbergMarquardtOptions): void {
  if (damping !== undefined && damping <= 0) throw new Error('The damping option must be a positive number');
  if (!x || !y) throw new Error('The data parameter must have x and y elements');
  if (!isList(x) || x.length < 2 || !isList(y) || y.length < 2) {
    throw new Error('The data parameter elements must be an array with more than 2 points');
  }
  if (x.length !== y.length) throw new Error('The data parameter elements must have the same size');
  if (!(initialValues?.length > 0)) throw new Error('The initialValues option is mandatory and must be an array');
}

/**
 * The parameters with which a curve comes closest to points: min Σ (weight·(y − f(x)))², by Levenberg and Marquardt's method in a
 * trust region (MINPACK's, with bounds and geodesic acceleration; see `leastSquares` of the package), to the precision of
 * float64. It has the signature of npm's ml-levenberg-marquardt and its error texts, and returns at once. Where the sum stays
 * above `errorTolerance`, that package's method is tried as well, and the lower of the two minima returned.
 *
 * ```ts
 * const line = ([a, b]: number[]) => (x: number) => a * x + b;
 * const { parameterValues } = levenbergMarquardt({ x: [0, 1, 2], y: [1, 3, 5] }, line, { initialValues: [1, 0] });
 * ```
 *
 * @param data x and y, finite numbers, as many of one as of the other
 * @param parameterizedFunction parameters ↦ (x ↦ y); what is not finite counts as too far
 * @throws Error in ml-levenberg-marquardt's words; DataError for numbers that are not finite, and where the curve is not finite
 * at the start; OptionError; whatever the curve throws
 */
export function levenbergMarquardt(
  data: Data2D,
  parameterizedFunction: ParameterizedFunction,
  options: LevenbergMarquardtOptions,
): LevenbergMarquardtReturn {
  check(data, options);
  const { maxIterations = 100, errorTolerance = 1e-7, timeout, jacobianFunction } = options;
  if (typeof parameterizedFunction !== 'function')
    throw new OptionError('levenbergMarquardt.parameterizedFunction', parameterizedFunction, 'a function (params) => (x) => y');
  const start = finiteList('initialValues', options.initialValues);
  const differences = differencesOf(options.gradientDifference, start.length);
  const bounds = boundsOf(options, start, differences);
  const weights = weightsOf(options.weights, data.x.length);
  if (timeout !== undefined && typeof timeout !== 'number') throw new Error('timeout should be a number');
  const ends = timeout === undefined ? Infinity : performance.now() + 1000 * timeout;
  const points = { x: finiteList('x', data.x), y: finiteList('y', data.y) };
  const curve = new Curve(points, weights, parameterizedFunction, jacobianFunction);
  const core = squareCore();
  const fitFrom = (from: Float64Array): LevenbergMarquardtReturn => {
    const fit = new SquaresFit('levenbergMarquardt', core, curve, from, { ...TOLERANCES, bounds, absoluteSigma: false });
    try {
      const isLow = () => fit.sum <= errorTolerance;
      const iterations = isLow() ? 0 : maxIterations;
      const limits = {
        iterations,
        evaluations: Infinity,
        onIteration: undefined,
        signal: undefined,
        timeLimit: ends - performance.now(),
      };
      const endsAt = () => (isLow() ? ('tolerance' as const) : undefined);
      const driven = driveNow(fit.solver, limits, { calls: fit.calls, told: fit.told, endsAt });
      if (driven.reason === 'timeLimit') throw new Error(`The execution time is over to ${timeout} seconds`);
      return { parameterValues: Array.from(fit.x), parameterError: fit.sum, iterations: driven.iterations };
    } finally {
      fit.dispose();
    }
  };
  const found = fitFrom(start);
  if (found.parameterError <= errorTolerance) return found;
  const lowest = marquardt(core, start, { curve, bounds, differences, ends }, options);
  const other = fitFrom(lowest.x);
  const isLower = other.parameterError < (1 - CHANGE) * found.parameterError;
  return isLower ? { ...other, iterations: lowest.iterations + other.iterations } : found;
}
