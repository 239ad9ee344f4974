// How well numbers were met.

import { NumberTally } from '../evaluation/metrics.js';
import { DataError } from '../runtime/errors.js';
import { checked, number } from '../runtime/options.js';
import { type MetricOptions, SAMPLE_WEIGHTS, mean, numbersOf, paired, weightsOf } from './given.js';

const PLAIN = { sampleWeights: SAMPLE_WEIGHTS };

interface Pairs {
  readonly truths: Float64Array;
  readonly predictions: Float64Array;
  readonly weights: Float64Array;
}

function pairs(
  call: string,
  truths: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: MetricOptions | undefined,
): Pairs {
  const { sampleWeights } = checked(call, PLAIN, options);
  paired(truths, 'predictions', predictions);
  return {
    truths: numbersOf('truths', truths),
    predictions: numbersOf('predictions', predictions),
    weights: weightsOf(sampleWeights, truths.length),
  };
}

/** The mean of what a pair costs. */
function meanOf(of: (truth: number, prediction: number) => number, { truths, predictions, weights }: Pairs): number {
  return mean(weights, (i) => of(truths[i]!, predictions[i]!));
}

/**
 * 1 − (squared error)/(squared deviation from the mean): 1 for exact predictions, 0 for predicting the mean, below it worse. Of
 * truths that do not vary 1 if they are predicted exactly, else 0.
 * @param truths finite numbers
 * @param predictions as many
 * @throws DataError, OptionError
 */
export function r2(truths: ArrayLike<number>, predictions: ArrayLike<number>, options?: MetricOptions): number {
  const given = pairs('r2', truths, predictions, options);
  const tally = new NumberTally(1);
  given.weights.forEach((weight, i) => {
    tally.add(given.predictions, i, given.truths, i, weight);
  });
  return tally.result().r2;
}

/**
 * The share of the variance that predictions explain: r2 but for a constant error.
 * @throws DataError, OptionError
 */
export function explainedVariance(truths: ArrayLike<number>, predictions: ArrayLike<number>, options?: MetricOptions): number {
  const given = pairs('explainedVariance', truths, predictions, options);
  const bias = meanOf((t, p) => t - p, given);
  return r2(
    given.truths,
    given.predictions.map((p) => p + bias),
    options,
  );
}

/** The mean of squared errors. @throws DataError, OptionError */
export function meanSquaredError(truths: ArrayLike<number>, predictions: ArrayLike<number>, options?: MetricOptions): number {
  return meanOf((t, p) => (t - p) ** 2, pairs('meanSquaredError', truths, predictions, options));
}

/** Its root, in the unit of the truths. @throws DataError, OptionError */
export function rootMeanSquaredError(truths: ArrayLike<number>, predictions: ArrayLike<number>, options?: MetricOptions): number {
  return Math.sqrt(meanOf((t, p) => (t - p) ** 2, pairs('rootMeanSquaredError', truths, predictions, options)));
}

/** The mean of errors without their sign, in the unit of the truths. @throws DataError, OptionError */
export function meanAbsoluteError(truths: ArrayLike<number>, predictions: ArrayLike<number>, options?: MetricOptions): number {
  return meanOf((t, p) => Math.abs(t - p), pairs('meanAbsoluteError', truths, predictions, options));
}

/**
 * The error that half of the samples, by weight, do not exceed: outliers do not move it. Of an even number the mean of the middle
 * two.
 * @throws DataError, OptionError
 */
export function medianAbsoluteError(truths: ArrayLike<number>, predictions: ArrayLike<number>, options?: MetricOptions): number {
  const { truths: t, predictions: p, weights } = pairs('medianAbsoluteError', truths, predictions, options);
  const errors = Array.from(t, (truth, i) => ({ error: Math.abs(truth - p[i]!), weight: weights[i]! }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => a.error - b.error);
  const half = errors.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let sum = 0;
  for (const [i, { error, weight }] of errors.entries()) {
    sum += weight;
    if (sum > half) return error;
    if (sum === half) return (error + errors[i + 1]!.error) / 2;
  }
  return errors.at(-1)!.error; // by rounding
}

/** The largest error. @throws DataError, OptionError */
export function maxError(truths: ArrayLike<number>, predictions: ArrayLike<number>): number {
  const given = pairs('maxError', truths, predictions, undefined);
  return given.truths.reduce((most, t, i) => Math.max(most, Math.abs(t - given.predictions[i]!)), 0);
}

/**
 * The mean of errors relative to the truths: 0.1 is ten per cent. Truths near 0 make it large.
 * @throws DataError for a truth of 0; OptionError
 */
export function meanAbsolutePercentageError(
  truths: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options?: MetricOptions,
): number {
  const given = pairs('meanAbsolutePercentageError', truths, predictions, options);
  const row = given.truths.indexOf(0);
  if (row >= 0) throw new DataError('truths', 'is 0, of which no share can be taken; use meanAbsoluteError', { row });
  return meanOf((t, p) => Math.abs((t - p) / t), given);
}

/**
 * The mean of squared differences of ln(1 + value): of relative errors, where values are ≥ 0 and cover decades.
 * @throws DataError for numbers ≤ −1; OptionError
 */
export function meanSquaredLogError(truths: ArrayLike<number>, predictions: ArrayLike<number>, options?: MetricOptions): number {
  const given = pairs('meanSquaredLogError', truths, predictions, options);
  for (const what of ['truths', 'predictions'] as const) {
    const row = given[what].findIndex((e) => e <= -1);
    if (row >= 0) throw new DataError(what, `${given[what][row]} has no logarithm of 1 + itself: expected numbers > −1`, { row });
  }
  return meanOf((t, p) => (Math.log1p(t) - Math.log1p(p)) ** 2, given);
}

/**
 * What a quantile costs: errors below the truth q times their size, errors above it 1 − q times. Least for the q-quantile.
 * Koenker & Bassett, "Regression quantiles", 1978.
 * @param options `quantile` q, 0 < q < 1. Default 0.5: half of the mean absolute error.
 * @throws DataError, OptionError
 */
export function quantileLoss(
  truths: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { quantile, ...options }: MetricOptions & { quantile?: number } = {},
): number {
  const { quantile: q } = checked('quantileLoss', { quantile: number({ above: 0, below: 1 }, 0.5) }, { quantile });
  return meanOf((t, p) => Math.max(q * (t - p), (q - 1) * (t - p)), pairs('quantileLoss', truths, predictions, options));
}

/**
 * The mean Poisson deviance, 2·(t·ln(t/p) − t + p): for counts, whose variance grows with their mean.
 * @throws DataError for truths < 0 and predictions ≤ 0; OptionError
 */
export function poissonDeviance(truths: ArrayLike<number>, predictions: ArrayLike<number>, options?: MetricOptions): number {
  const given = pairs('poissonDeviance', truths, predictions, options);
  const negative = given.truths.findIndex((t) => t < 0);
  if (negative >= 0)
    throw new DataError('truths', `${given.truths[negative]} is no count: expected numbers ≥ 0`, { row: negative });
  const none = given.predictions.findIndex((p) => p <= 0);
  if (none >= 0)
    throw new DataError('predictions', `${given.predictions[none]} is no mean of counts: expected numbers > 0`, { row: none });
  return 2 * meanOf((t, p) => (t > 0 ? t * Math.log(t / p) : 0) - t + p, given);
}
