// A model fitted to points, and what it says of others, with bands.

import { DataError, OptionError, shown } from '../runtime/errors.js';
import { type Checked, callback, checked, number, oneOf } from '../runtime/options.js';
import { Box } from './box.js';
import { Differences } from './differences.js';
import { finiteList, isList, sized, startOf } from './given.js';
import { FITTING_OPTIONS, type FittingOptions, fitted } from './least-squares.js';
import type { LeastSquaresMinimum } from './squares-fit.js';
import { studentQuantile } from './student.js';

/** A model: what is expected at a point, by its parameters. */
export type CurveModel<X> = (x: X, parameters: Float64Array) => number;

const OPTIONS = {
  ...FITTING_OPTIONS,
  gradient: callback<(x: never, parameters: Float64Array) => ArrayLike<number>>('(x, parameters) => ∂model/∂parameters'),
};

/** Options of `curveFit`. `sigma` and `weights` have an entry for each point. */
export interface CurveFitOptions<X> extends FittingOptions {
  /** ∂model/∂parameters at a point: n numbers. Default: central differences. */
  gradient?: (x: X, parameters: Float64Array) => ArrayLike<number>;
}

const PREDICT = {
  confidence: number({ above: 0, below: 1 }, 0.95),
  of: oneOf(['mean', 'observation'], 'mean'),
};

/** Options of a fit's `predict`. */
export interface BandOptions {
  /** The probability that the band contains the value or observation, > 0 and < 1. Default 0.95. */
  confidence?: number;
  /**
   * What the band is for: the model's value ('mean', default), or a new observation at that point, whose own error is added
   * ('observation').
   */
  of?: 'mean' | 'observation';
}

/** What a fit says of points: an entry for each. */
export interface Band {
  readonly values: Float64Array;
  /** Lower bounds of the band; NaN if the fit has no covariance. */
  readonly low: Float64Array;
  /** Upper bounds of the band; NaN if the fit has no covariance. */
  readonly high: Float64Array;
  /** Standard errors of the values. */
  readonly standardErrors: Float64Array;
}

/** A fitted model. */
export interface FittedCurve<X> extends LeastSquaresMinimum {
  /**
   * The model at other points, with a band by Student's distribution (by the normal one with `absoluteSigma`): value ± t·√(gᵀCg),
   * g the model's slopes by parameters and C their covariance, the first order of the delta method. Parameters at bounds count as
   * known.
   * @throws OptionError; whatever the model throws
   */
  predict(x: Iterable<X> & ArrayLike<X>, options?: BandOptions): Band;
}

/**
 * The parameters with which a model comes closest to points: least squares, weighted by `sigma`, or a robust `loss`. As SciPy's
 * curve_fit, with the model of one point.
 *
 * ```ts
 * const fit = await curveFit((t, [a, b]) => a * Math.exp(-b * t), times, seen, [1, 1]);
 * fit.x; fit.standardErrors;
 * const { values, low, high } = fit.predict([0.5, 1.5]); // with 95 % bands
 * ```
 *
 * @param model (x, parameters) ↦ the value expected at x; what is not finite counts as too far
 * @param x points, of any kind that the model takes: numbers, or rows of them
 * @param y what was seen there, finite
 * @param x0 parameters to begin with
 * @throws OptionError; DataError for points that are no numbers or not as many as values, and where the model is not finite at
 * x0; whatever the model throws
 */
export async function curveFit<X>(
  model: CurveModel<X>,
  x: Iterable<X> & ArrayLike<X>,
  y: ArrayLike<number>,
  x0: ArrayLike<number>,
  options?: CurveFitOptions<X>,
): Promise<FittedCurve<X>> {
  const { gradient, ...settings } = checked('curveFit', OPTIONS, options);
  if (typeof model !== 'function') throw new OptionError('curveFit.model', model, 'a function (x, parameters) => number');
  if (!isList(x)) throw new DataError('x', `expected an array of points; got ${shown(x)}`);
  const points = Array.from(x);
  const seen = finiteList('y', y);
  if (points.length === 0) throw new DataError('x', 'curveFit needs at least one point');
  if (points.length !== seen.length) throw new DataError('y', `has ${seen.length} values for ${points.length} points`);
  const wrong = points.findIndex((point) => typeof point === 'number' && !Number.isFinite(point));
  if (wrong >= 0) throw new DataError('x', `${points[wrong]} is not a finite number`, { row: wrong });
  for (const name of ['sigma', 'weights'] as const) {
    const given = settings[name];
    if (given && given.length !== seen.length)
      throw new OptionError(`curveFit.${name}`, given, `${seen.length} numbers, one for each point`);
  }
  const start = startOf('curveFit', x0);
  const valueAt = (point: X, parameters: Float64Array): number => {
    const value: unknown = model(point, parameters.slice());
    if (typeof value === 'number') return value;
    throw new OptionError('curveFit.model', value, 'a number', `curveFit.model returned ${shown(value)}; expected a number`);
  };
  const residuals = (parameters: Float64Array) => Float64Array.from(points, (point, i) => valueAt(point, parameters) - seen[i]!);
  const given = gradient as ((x: X, parameters: Float64Array) => ArrayLike<number>) | undefined;
  // Copied: a caller may write each point's into the same array.
  const slopes =
    given &&
    ((point: X, parameters: Float64Array) =>
      Float64Array.from(sized('curveFit.gradient', given(point, parameters.slice()), start.length)));
  const jacobian = slopes && ((parameters: Float64Array) => points.map((point) => slopes(point, parameters)));
  const found = await fitted('curveFit', residuals, jacobian, start, settings);
  const own = { ...found, x: found.x.slice(), covariance: found.covariance?.slice() };
  return { ...found, predict: (others, given) => band(own, valueAt, slopes, settings, others, given) };
}

/** What a fit says of other points. @throws OptionError; whatever the model throws */
function band<X>(
  { covariance, x: parameters, active, degreesOfFreedom, value }: LeastSquaresMinimum,
  valueAt: CurveModel<X>,
  slopes: ((x: X, parameters: Float64Array) => ArrayLike<number>) | undefined,
  { bounds, sigma, weights, absoluteSigma }: Checked<typeof FITTING_OPTIONS>,
  x: Iterable<X> & ArrayLike<X>,
  options: BandOptions | undefined,
): Band {
  const { confidence, of } = checked('predict', PREDICT, options);
  if (of === 'observation' && (sigma || weights)) {
    throw new OptionError('predict.of', of, "'mean' where points have sigma or weights: that of one more point is not known");
  }
  const n = parameters.length;
  if (!isList(x)) throw new DataError('x', `predict expects an array of points; got ${shown(x)}`);
  const points = Array.from(x);
  const values = Float64Array.from(points, (point) => valueAt(point, parameters));
  const differences = new Differences(new Box('curveFit', n, bounds), parameters);
  const free = Array.from(parameters.keys()).filter((k) => active[k] === 0);
  const columns = free.map((k) => {
    const column = new Float64Array(points.length);
    if (slopes) return Float64Array.from(points, (point) => slopes(point, parameters)[k]!);
    differences.slope(k, parameters, values, (at) => points.map((point) => valueAt(point, at)), column);
    return column;
  });
  const noise = of === 'observation' ? (absoluteSigma ? 1 : value / degreesOfFreedom) : 0;
  const standardErrors = Float64Array.from(points, (_, p) => {
    if (!covariance) return Number.NaN;
    let variance = noise;
    free.forEach((i, a) => {
      free.forEach((j, b) => {
        variance += columns[a]![p]! * covariance[i * n + j]! * columns[b]![p]!;
      });
    });
    return Math.sqrt(Math.max(variance, 0));
  });
  const reach = studentQuantile(confidence, absoluteSigma ? Infinity : Math.max(degreesOfFreedom, 1));
  return {
    values,
    low: values.map((e, p) => e - reach * standardErrors[p]!),
    high: values.map((e, p) => e + reach * standardErrors[p]!),
    standardErrors,
  };
}
