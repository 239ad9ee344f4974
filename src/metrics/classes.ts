// How well classes were found: from labels alone.

import { type Label, CLASSES, classIndices, classesIn } from '../data/classes.js';
import { ClassTally } from '../evaluation/metrics.js';
import { DataError, OptionError } from '../runtime/errors.js';
import { checked, number, oneOf, value } from '../runtime/options.js';
import { type MetricOptions, SAMPLE_WEIGHTS, mean, paired, positiveOf, weightsOf } from './given.js';

const AVERAGES = ['binary', 'macro', 'weighted', 'micro'] as const;

/**
 * How one number is made of one for each class: 'binary' takes that of the positive class; 'macro' is the mean over classes,
 * 'weighted' their mean by how many samples are of each, 'micro' counts right and wrong answers of all classes together.
 */
export type Average = (typeof AVERAGES)[number];

/** Options of `precision`, `recall`, `f1` and `fBeta`. */
export interface AveragedOptions extends MetricOptions {
  /** Default 'binary' where there are two classes, else 'macro'. */
  average?: Average;
  /** The class that 'binary' is about. Default: the second of two in their order: true, 1, or the later in the alphabet. */
  positive?: Label;
}

const PLAIN = { sampleWeights: SAMPLE_WEIGHTS };

const AVERAGED = {
  ...PLAIN,
  average: oneOf(AVERAGES, undefined),
  positive: value<Label | undefined>('a label', (v) => ['string', 'number', 'boolean'].includes(typeof v), undefined),
};

/** The classes that occur, of as many truths as predictions. @throws DataError for what is no label, or of another type */
function occurring(truths: ArrayLike<Label>, predictions: ArrayLike<Label>): Label[] {
  const { length } = truths;
  try {
    return classesIn([...Array.from(truths), ...Array.from(predictions)]);
  } catch (error) {
    if (!(error instanceof DataError) || error.row === undefined) throw error;
    throw new DataError(error.row < length ? 'truths' : 'predictions', error.detail, { row: error.row % length });
  }
}

/** Counts of pairs. @throws DataError */
function counts(
  truths: ArrayLike<Label>,
  predictions: ArrayLike<Label>,
  given: ArrayLike<number> | undefined,
  listed?: readonly Label[],
) {
  paired(truths, 'predictions', predictions);
  const weights = weightsOf(given, truths.length);
  const classes = listed ?? occurring(truths, predictions);
  const [are, said] = [classIndices(truths, classes), classIndices(predictions, classes)];
  const tally = new ClassTally(classes.length);
  for (let i = 0; i < are.length; i++) tally.add(are[i]!, said[i]!, weights[i]!);
  return { classes, tally };
}

const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

/** Of each class: how many samples are of it, how many were said to be, and how many both. */
function margins({ confusion }: ClassTally) {
  const are = confusion.map(sum);
  const said = confusion.map((_, c) => sum(confusion.map((row) => row[c]!)));
  return { are, said, right: confusion.map((row, c) => row[c]!) };
}

/**
 * The share of samples whose class was found.
 * @param truths the samples' labels: strings, finite numbers or booleans
 * @param predictions as many labels
 * @throws DataError, OptionError
 */
export function accuracy(truths: ArrayLike<Label>, predictions: ArrayLike<Label>, options?: MetricOptions): number {
  const { sampleWeights } = checked('accuracy', PLAIN, options);
  paired(truths, 'predictions', predictions);
  occurring(truths, predictions); // or '1' for 1 would be a wrong answer
  return mean(weightsOf(sampleWeights, truths.length), (i) => Number(truths[i] === predictions[i]));
}

/**
 * The mean of the classes' recalls: guessing one class of k comes to 1/k, however rare the others are. Classes that no truth has
 * do not count.
 * @throws DataError, OptionError
 */
export function balancedAccuracy(truths: ArrayLike<Label>, predictions: ArrayLike<Label>, options?: MetricOptions): number {
  const { sampleWeights } = checked('balancedAccuracy', PLAIN, options);
  const { are, right } = margins(counts(truths, predictions, sampleWeights).tally);
  const recalls = are.flatMap((all, c) => (all > 0 ? [right[c]! / all] : []));
  return sum(recalls) / recalls.length;
}

/** Who was taken for whom. */
export interface ConfusionMatrix {
  /** The classes, in the order of rows and columns. */
  readonly classes: readonly Label[];
  /** [true class][predicted class]: weights added up. */
  readonly matrix: readonly (readonly number[])[];
}

/**
 * How many samples of each class were taken for each.
 * @param options.classes the classes in the order that the matrix is to have. Default: all that occur, sorted.
 * @throws DataError, OptionError
 */
export function confusionMatrix(
  truths: ArrayLike<Label>,
  predictions: ArrayLike<Label>,
  options?: MetricOptions & { classes?: readonly Label[] },
): ConfusionMatrix {
  const { sampleWeights, classes: listed } = checked('confusionMatrix', { ...PLAIN, classes: CLASSES }, options);
  const { classes, tally } = counts(truths, predictions, sampleWeights, listed);
  return { classes, matrix: tally.confusion };
}

/** One number by an average of what holds for right answers among those said, and among those there are. */
function averaged(
  call: string,
  truths: ArrayLike<Label>,
  predictions: ArrayLike<Label>,
  options: AveragedOptions | undefined,
  of: (right: number, said: number, are: number) => number,
): number {
  const { sampleWeights, average, positive } = checked(call, AVERAGED, options);
  const { classes, tally } = counts(truths, predictions, sampleWeights);
  const { right, said, are } = margins(tally);
  const way = average ?? (classes.length === 2 || positive !== undefined ? 'binary' : 'macro');
  const values = classes.map((_, c) => of(right[c]!, said[c]!, are[c]!));
  if (way === 'binary') return values[classes.indexOf(positiveOf(positive, classes))]!;
  if (way === 'macro') return sum(values) / values.length;
  if (way === 'micro') return of(sum(right), sum(said), sum(are));
  return dot(are, values) / sum(are);
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, e, c) => total + e * b[c]!, 0);

const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);

/**
 * Of the samples said to be of a class, the share that are; 0 where none was said to be.
 * @throws DataError, OptionError
 */
export function precision(truths: ArrayLike<Label>, predictions: ArrayLike<Label>, options?: AveragedOptions): number {
  return averaged('precision', truths, predictions, options, (right, said) => share(right, said));
}

/**
 * Of the samples that are of a class, the share that was found; 0 where there is none.
 * @throws DataError, OptionError
 */
export function recall(truths: ArrayLike<Label>, predictions: ArrayLike<Label>, options?: AveragedOptions): number {
  return averaged('recall', truths, predictions, options, (right, _, are) => share(right, are));
}

/**
 * The harmonic mean of precision and recall; 0 where both are.
 * @throws DataError, OptionError
 */
export function f1(truths: ArrayLike<Label>, predictions: ArrayLike<Label>, options?: AveragedOptions): number {
  return averaged('f1', truths, predictions, options, (right, said, are) => share(2 * right, said + are));
}

/**
 * The harmonic mean of precision and recall in which recall counts β times as much (van Rijsbergen).
 * @param options `beta` > 0: 2 where what is missed costs more than a false alarm, 0.5 where it costs less
 * @throws DataError, OptionError
 */
export function fBeta(
  truths: ArrayLike<Label>,
  predictions: ArrayLike<Label>,
  { beta, ...options }: AveragedOptions & { beta: number },
): number {
  const given = checked('fBeta', { beta: number<number | undefined>({ above: 0, below: Infinity }, undefined) }, { beta }).beta;
  if (given === undefined) throw new OptionError('fBeta.beta', given, 'a number > 0');
  const square = given ** 2;
  return averaged('fBeta', truths, predictions, options, (right, said, are) => share((1 + square) * right, said + square * are));
}

/**
 * Cohen's κ: agreement beyond what chance would come to; 1 for all, 0 for chance.
 * Cohen, "A coefficient of agreement for nominal scales", 1960.
 * @throws DataError, where all labels are the same too
 */
export function cohenKappa(truths: ArrayLike<Label>, predictions: ArrayLike<Label>, options?: MetricOptions): number {
  const { sampleWeights } = checked('cohenKappa', PLAIN, options);
  const { are, said, right } = margins(counts(truths, predictions, sampleWeights).tally);
  const all = sum(are);
  const chance = dot(are, said) / all;
  if (chance === all) throw new DataError('truths', 'and predictions are one class: there is nothing to agree about');
  return (sum(right) - chance) / (all - chance);
}

/**
 * Matthews' correlation of truths and predictions, for any number of classes (Gorodkin 2004); from −1 to 1, 0 where either is
 * always the same.
 * @throws DataError, OptionError
 */
export function matthewsCorrelation(truths: ArrayLike<Label>, predictions: ArrayLike<Label>, options?: MetricOptions): number {
  const { sampleWeights } = checked('matthewsCorrelation', PLAIN, options);
  const { are, said, right } = margins(counts(truths, predictions, sampleWeights).tally);
  const all = sum(are);
  const spread = (all * all - dot(said, said)) * (all * all - dot(are, are));
  return spread > 0 ? (sum(right) * all - dot(are, said)) / Math.sqrt(spread) : 0;
}
