// How good probabilities are, and how well scores rank.

import { type Label, CLASSES, classIndices, classesIn } from '../data/classes.js';
import { type Reliability, reliability } from '../evaluation/reliability.js';
import { type RocCurve, rocCurve as curveOf } from '../evaluation/ranking.js';
import { DataError, OptionError, counted, shown } from '../runtime/errors.js';
import { checked, number, value } from '../runtime/options.js';
import {
  type MetricOptions,
  SAMPLE_WEIGHTS,
  listOf,
  mean,
  numbersOf,
  paired,
  positiveOf,
  probabilitiesOf,
  weightsOf,
} from './given.js';

export type { Reliability, RocCurve };

/** Options of metrics of one class against all others. */
export interface PositiveOptions {
  /** The class that scores are of. Default: the second of two in their order: true, 1, or the later in the alphabet. */
  positive?: Label;
}

const POSITIVE = {
  positive: value<Label | undefined>('a label', (v) => ['string', 'number', 'boolean'].includes(typeof v), undefined),
};

/** Which samples are of the positive class. @throws DataError where all are, or none is */
function positives(truths: ArrayLike<Label>, positive: Label | undefined): boolean[] {
  const classes = classesIn(listOf('truths', truths));
  if (classes.length < 2) throw new DataError('truths', 'has one class only; a curve needs samples of the class and others');
  const own = positiveOf(positive, classes);
  return Array.from(truths, (truth) => truth === own);
}

/**
 * The receiver operating characteristic of scores: what share of the class, and of all others, lies at or above each threshold.
 * @param truths the samples' labels
 * @param scores one finite number for each: the higher, the likelier the positive class
 * @throws DataError, OptionError
 */
export function rocCurve(truths: ArrayLike<Label>, scores: ArrayLike<number>, options?: PositiveOptions): RocCurve {
  const { positive } = checked('rocCurve', POSITIVE, options);
  return curveOf(numbersOf('scores', paired(truths, 'scores', scores)), positives(truths, positive));
}

/**
 * The area under the ROC curve: the chance that a sample of the class scores above one that is not, ties counting half. Of rows
 * of probabilities, one for each of several classes, the mean over the classes, each against all others.
 * @param scores one finite number for each sample, or rows with one for each of `classes`
 * @param options.classes the classes in the order of the rows' columns. Default: all that occur, sorted.
 * @throws DataError, OptionError
 */
export function rocAuc(
  truths: ArrayLike<Label>,
  scores: ArrayLike<number> | ArrayLike<ArrayLike<number>>,
  options: PositiveOptions & { classes?: readonly Label[] } = {},
): number {
  if (typeof scores?.[0] === 'number') return rocCurve(truths, scores as ArrayLike<number>, options).area;
  const { classes } = checked('rocAuc', { ...POSITIVE, classes: CLASSES }, options);
  const columns = rowsOf(truths, scores as ArrayLike<ArrayLike<number>>, classes);
  const areas = columns.classes.map(
    (label, c) =>
      curveOf(
        columns.column(c),
        Array.from(truths, (truth) => truth === label),
      ).area,
  );
  const known = areas.filter((area) => !Number.isNaN(area));
  return known.reduce((a, b) => a + b, 0) / known.length;
}

/** Precision and recall of the samples at or above each threshold. */
export interface PrecisionRecallCurve {
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  /** Rising; the last point, precision 1 and recall 0, has none. */
  readonly thresholds: readonly number[];
}

/**
 * Precision and recall by threshold: each distinct score is one.
 * @param scores one finite number for each sample: the higher, the likelier the positive class
 * @throws DataError, OptionError
 */
export function precisionRecallCurve(
  truths: ArrayLike<Label>,
  scores: ArrayLike<number>,
  options?: PositiveOptions,
): PrecisionRecallCurve {
  const { positive } = checked('precisionRecallCurve', POSITIVE, options);
  const isPositive = positives(truths, positive);
  const all = isPositive.filter(Boolean).length;
  const others = isPositive.length - all;
  const roc = curveOf(numbersOf('scores', paired(truths, 'scores', scores)), isPositive);
  const points = roc.thresholds.slice(1).map((threshold, i) => {
    const [hits, misses] = [roc.truePositives[i + 1]! * all, roc.falsePositives[i + 1]! * others];
    return { threshold, precision: hits / (hits + misses), recall: roc.truePositives[i + 1]! };
  });
  points.reverse();
  return {
    precision: [...points.map((point) => point.precision), 1],
    recall: [...points.map((point) => point.recall), 0],
    thresholds: points.map((point) => point.threshold),
  };
}

/**
 * The mean of precision over the steps of recall: the area under the precision-recall curve, without a straight line between
 * points that nothing reaches.
 * @throws DataError, OptionError
 */
export function averagePrecision(truths: ArrayLike<Label>, scores: ArrayLike<number>, options?: PositiveOptions): number {
  const { precision, recall } = precisionRecallCurve(truths, scores, options);
  return precision.reduce((sum, p, i) => (i + 1 < recall.length ? sum + (recall[i]! - recall[i + 1]!) * p : sum), 0);
}

/** Rows of finite probabilities or scores with a column for each class. @throws DataError */
function rowsOf(truths: ArrayLike<Label>, rows: ArrayLike<ArrayLike<number>>, listed: readonly Label[] | undefined) {
  paired(truths, 'probabilities', rows);
  const classes = listed ?? classesIn(truths);
  for (let row = 0; row < rows.length; row++) {
    const own = Array.from(rows[row] ?? []);
    if (own.length !== classes.length) {
      const detail = `has ${counted(own.length, 'number')}; expected ${classes.length}, one for each class`;
      throw new DataError('probabilities', detail, { row });
    }
    const bad = own.findIndex((e) => !Number.isFinite(e));
    if (bad >= 0) throw new DataError('probabilities', `${shown(own[bad])} is not a finite number`, { row });
  }
  const column = (c: number) => Float64Array.from({ length: rows.length }, (_, row) => rows[row]![c]!);
  return { classes, column };
}

/**
 * The mean of −ln(probability of the true class): of two classes from one probability, that of the positive one, or from rows
 * with one for each class. Probabilities below 2⁻⁵² count as that, so that one of 0 does not hide all others.
 * @param options.classes the classes in the order of the rows' columns. Default: all that occur, sorted.
 * @throws DataError, OptionError
 */
export function logLoss(
  truths: ArrayLike<Label>,
  probabilities: ArrayLike<number> | ArrayLike<ArrayLike<number>>,
  options?: MetricOptions & PositiveOptions & { classes?: readonly Label[] },
): number {
  const { sampleWeights, positive, classes } = checked(
    'logLoss',
    { ...POSITIVE, sampleWeights: SAMPLE_WEIGHTS, classes: CLASSES },
    options,
  );
  paired<Label, unknown>(truths, 'probabilities', probabilities);
  const weights = weightsOf(sampleWeights, truths.length);
  const cost = (p: number) => -Math.log(Math.min(Math.max(p, Number.EPSILON), 1));
  if (typeof probabilities[0] === 'number') {
    const found = probabilitiesOf('probabilities', probabilities as ArrayLike<number>);
    const known = classes ?? classesIn(truths);
    const own = known.length === 1 && positive !== undefined ? positive : positiveOf(positive, known);
    return mean(weights, (i) => cost(truths[i] === own ? found[i]! : 1 - found[i]!));
  }
  const rows = probabilities as ArrayLike<ArrayLike<number>>;
  const columns = rowsOf(truths, rows, classes);
  const indices = classIndices(truths, columns.classes);
  const found = probabilitiesOf(
    'probabilities',
    Array.from(rows, (row, i) => row[indices[i]!]!),
  );
  return mean(weights, (i) => cost(found[i]!));
}

/**
 * The mean squared distance between the positive class's probability and what happened, 1 or 0: from 0 to 1, the lower the
 * better. Brier, "Verification of forecasts expressed in terms of probability", 1950.
 * @param probabilities numbers from 0 to 1
 * @throws DataError, OptionError
 */
export function brierScore(
  truths: ArrayLike<Label>,
  probabilities: ArrayLike<number>,
  options?: MetricOptions & PositiveOptions,
): number {
  const { sampleWeights, positive } = checked('brierScore', { ...POSITIVE, sampleWeights: SAMPLE_WEIGHTS }, options);
  const found = probabilitiesOf('probabilities', paired(truths, 'probabilities', probabilities));
  const own = positiveOf(positive, classesIn(truths));
  return mean(weightsOf(sampleWeights, truths.length), (i) => (found[i]! - Number(truths[i] === own)) ** 2);
}

/**
 * Whether probabilities are to be believed: of the samples called 70 % likely, do 70 % come true? In equally wide bins, with the
 * expected calibration error, the mean distance between the two.
 * @param probabilities numbers from 0 to 1, of the positive class
 * @param options.bins how many, from 0 to 1. Default 10.
 * @throws DataError, OptionError
 */
export function calibrationCurve(
  truths: ArrayLike<Label>,
  probabilities: ArrayLike<number>,
  options?: PositiveOptions & { bins?: number },
): Reliability {
  const { positive, bins } = checked('calibrationCurve', { ...POSITIVE, bins: number({ min: 1, integer: true }, 10) }, options);
  const found = probabilitiesOf('probabilities', paired(truths, 'probabilities', probabilities));
  const own = positiveOf(positive, classesIn(truths));
  return reliability(
    found,
    Array.from(truths, (truth) => truth === own),
    bins,
  );
}

/**
 * The share of samples whose class is among the k with the highest scores; of equal scores the earlier classes come first.
 * @param scores rows with one for each class
 * @param options.k 1 … the number of classes. Default 2.
 * @param options.classes the classes in the order of the rows' columns. Default: all that occur, sorted.
 * @throws DataError, OptionError
 */
export function topKAccuracy(
  truths: ArrayLike<Label>,
  scores: ArrayLike<ArrayLike<number>>,
  options?: MetricOptions & { k?: number; classes?: readonly Label[] },
): number {
  const schema = { sampleWeights: SAMPLE_WEIGHTS, classes: CLASSES, k: number({ min: 1, integer: true }, 2) };
  const { sampleWeights, classes, k } = checked('topKAccuracy', schema, options);
  const columns = rowsOf(truths, scores, classes);
  const most = columns.classes.length;
  if (k > most) throw new OptionError('topKAccuracy.k', k, `an integer from 1 to ${most}, the number of classes`);
  const indices = classIndices(truths, columns.classes);
  return mean(weightsOf(sampleWeights, truths.length), (i) => {
    const [row, own] = [scores[i]!, indices[i]!];
    let before = 0;
    for (let c = 0; c < row.length; c++) if (row[c]! > row[own]! || (row[c] === row[own] && c < own)) before++;
    return Number(before < k);
  });
}
