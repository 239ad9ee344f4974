// What a fit can be told.

import { type Growing, LAST_BATCHES, type LastBatch, isGrowing } from '../data/batches.js';
import { type Order, isEmphasis } from '../data/orders.js';
import { Dataset } from '../data/dataset.js';
import type { MatrixLike } from '../data/matrix.js';
import { OptionError } from '../runtime/errors.js';
import { METRIC_ALIASES, METRIC_NAMES, type MetricAlias, type MetricName } from '../evaluation/metrics.js';
import { type Method, isMethod } from '../methods/method.js';
import { sgd } from '../methods/sgd.js';
import { DURATION, type Duration } from '../runtime/duration.js';
import {
  type Checked,
  type Field,
  type SchemaOf,
  named,
  callback,
  checked,
  either,
  flag,
  isList,
  number,
  oneOf,
  value,
} from '../runtime/options.js';
import { SEED } from '../runtime/random.js';

/** What `onEpoch` is told. */
export interface Progress {
  /** The epoch that has just ended, from 1. */
  readonly epoch: number;
  /** How many epochs there may be at most. */
  readonly epochs: number;
  readonly loss: number;
  readonly validationLoss: number | undefined;
  /** The learning rate. */
  readonly rate: number;
  /** Milliseconds since the fit began. */
  readonly time: number;
}

/** Options of early stopping. */
export interface EarlyStopping {
  /** Epochs to wait for a better validation loss, ≥ 1. Default 6. */
  patience?: number;
  /** By how much the loss must fall to count as better, ≥ 0. Default 0. */
  minDelta?: number;
  /** Whether to restore the best weights at the end. Default true. */
  restoreBest?: boolean;
}

const STOPPING = {
  patience: number({ min: 1, integer: true }, 6),
  minDelta: number({ min: 0, below: Infinity }, 0),
  restoreBest: flag(true),
} satisfies SchemaOf<EarlyStopping>;

/**
 * The settings of early stopping among the options of `call`; undefined where there is none.
 * @throws OptionError for a bad one, or one without validation
 */
export function checkedStopping(
  call: string,
  { earlyStopping, validation }: { earlyStopping: boolean | EarlyStopping; validation: unknown },
): Checked<typeof STOPPING> | undefined {
  if (!earlyStopping) return undefined;
  if (validation === undefined) {
    const expected = 'a validation share or set beside it: validation: 0.2, for example';
    throw new OptionError(`${call}.earlyStopping`, earlyStopping, expected);
  }
  return checked(`${call}.earlyStopping`, STOPPING, earlyStopping === true ? {} : earlyStopping);
}

/** Bounds of the gradient. */
export interface Clip {
  /** Bound of the gradient's Euclidean norm over all parameters, > 0. */
  norm?: number;
  /** Bound of each element's absolute value, > 0. */
  value?: number;
}

const isClip = (v: unknown) => {
  if (typeof v !== 'object' || v === null) return false;
  const entries = Object.entries(v);
  return entries.length > 0 && entries.every(([name, bound]) => (name === 'norm' || name === 'value') && bound > 0);
};

const isAverage = (v: unknown) => {
  if (typeof v !== 'object' || v === null) return false;
  const entries = Object.entries(v);
  return entries.length === 1 && entries.every(([name, decay]) => name === 'decay' && decay > 0 && decay < 1);
};

const isObject = (v: unknown) => typeof v === 'object' && v !== null;

const METRIC = named(METRIC_NAMES, METRIC_ALIASES, undefined);

const METRICS: Field<readonly MetricName[]> = {
  ...value<readonly MetricName[]>(`an array of ${METRIC.expected}`, (v) => Array.isArray(v) && v.every(METRIC.accepts), []),
  read: (names) => (names as unknown[]).map((name) => METRIC.read!(name)!),
};

/** How each option of `fit` is checked, and its default; FitOptions says what it is. */
export const FIT_OPTIONS = {
  method: value<NonNullable<FitOptions['method']>>(
    "a method, such as sgd({ rate: 0.1 }), or 'auto'",
    (v) => v === 'auto' || isMethod(v),
    sgd(),
  ),
  epochs: number({ min: 1, integer: true }, 100),
  batchSize: either(
    number({ min: 1, integer: true }, undefined),
    value<FitOptions['batchSize']>("'full', or growing()", (v) => v === 'full' || isGrowing(v), 'full'),
  ),
  lastBatch: oneOf(LAST_BATCHES, 'even'),
  order: either(
    oneOf(['shuffle', 'interleave', 'sequential', 'emphasize'], 'shuffle'),
    value<Order>('emphasize({ … })', isEmphasis, undefined as never),
  ),
  l1: number({ min: 0, below: Infinity }, 0),
  labelSmoothing: number({ min: 0, below: 1 }, 0),
  clip: value<FitOptions['clip']>('{ norm } or { value }, numbers > 0', isClip, undefined),
  average: either(
    oneOf(['polyak'], undefined),
    value<FitOptions['average']>('{ decay } with 0 < decay < 1', isAverage, undefined as never),
  ),
  validation: value<FitOptions['validation']>(
    'a share > 0 and < 1 of the rows, a dataset, or [X, Y]',
    (v) => (typeof v === 'number' && v > 0 && v < 1) || v instanceof Dataset || (Array.isArray(v) && v.length === 2),
    undefined,
  ),
  earlyStopping: value<NonNullable<FitOptions['earlyStopping']>>(
    'true, false, or { patience, minDelta, restoreBest }',
    (v) => typeof v === 'boolean' || isObject(v),
    false,
  ),
  sampleWeights: value<FitOptions['sampleWeights']>('an array of numbers ≥ 0, one for each row', isList, undefined),
  classWeights: value<FitOptions['classWeights']>(
    "an array of numbers ≥ 0, one for each class, or 'balanced'",
    (v) => v === 'balanced' || (Array.isArray(v) && v.every((w) => typeof w === 'number' && w >= 0 && w < Infinity)),
    undefined,
  ),
  weighting: { ...oneOf(['set', 'samples'], 'set'), internal: true },
  rows: number({ min: 1, integer: true }, undefined),
  goal: number({ min: -Infinity, max: Infinity }, -Infinity),
  minGradient: number({ min: 0 }, 0),
  timeLimit: DURATION,
  signal: value<FitOptions['signal']>('an AbortSignal', (v) => v instanceof AbortSignal, undefined),
  seed: number(SEED, undefined),
  metrics: METRICS,
  background: flag(false),
  resume: either(flag(false), oneOf(['ifAny'], undefined as never)),
  onEpoch: callback<NonNullable<FitOptions['onEpoch']>>('(progress) => void'),
} satisfies SchemaOf<FitOptions>;

/** Options of `fit`. Every one may be left out. */
export interface FitOptions {
  /**
   * The training method. Default sgd(): gradient descent with rate 0.01 and momentum 0.9. If neither method nor epochs is given,
   * `fit` chooses both for up to 1000 rows (not for chunks): sgd with a rate that falls from 0.03 (less for wide layers), weight
   * decay from 0.0045 to 0.015 (0.0003 below 12 rows), and 100,000 samples in all, in batches of a twentieth of the rows. 'auto'
   * chooses by the loss and the numbers of rows and parameters, based on measurements (docs/second-order.md); `history.choice`
   * says what was chosen and why.
   */
  method?: Method | 'auto';
  /**
   * The largest number of passes over the training samples. Default 100, or see `method`; 1 for chunks that can be read only
   * once.
   */
  epochs?: number;
  /**
   * Samples per step: an integer ≥ 1, 'full', or `growing()`. Default 32 (less if `fit` chooses for a small set), or 'full' for
   * methods that need it. A number above the number of samples means 'full'. If it does not divide that number, see `lastBatch`.
   */
  batchSize?: number | 'full' | Growing;
  /**
   * What to do if N samples do not fill batches of B.
   *
   * 'even' (default) makes ⌈N/B⌉ batches whose sizes differ by at most one, larger ones first. The rate was chosen for B, and no
   * step then rests on far fewer samples than the others. 'short' makes batches of B and a last one with the rest, as Keras,
   * PyTorch and scikit-learn do. 'drop' makes ⌊N/B⌋ batches of B and leaves out the rest for this epoch; in a shuffled order the
   * rest is different each time. Losses and evaluations then cover only the samples used; fewer than B samples make no batch,
   * which is an error. With data in chunks, this applies within each chunk.
   */
  lastBatch?: LastBatch;
  /**
   * The order of samples. 'shuffle' (default): a new random order each epoch. 'interleave': a random order in which neighbours
   * rarely share a class. 'sequential': as given. 'emphasize', or `emphasize()` with settings: hard samples more often. With
   * data in chunks, the order applies within each chunk. Full batches have no order.
   */
  order?: Order;
  /** L1 decay ≥ 0: adds l1·Σ|w| over the kernels to the training objective, but not to the reported loss. Default 0. */
  l1?: number;
  /**
   * ε ≥ 0 and < 1. Training replaces the targets t of crossEntropy by (1 − ε)·t + ε/outputs, and those of binaryCrossEntropy by
   * (1 − ε)·t + ε/2, so that outputs need not become certain (the same idea as the targets of Efficient BackProp 4.5, for
   * probabilities). Validation and metrics use the true targets; the reported training loss uses the smoothed ones. 0.1 is
   * customary. Default 0.
   */
  labelSmoothing?: number;
  /**
   * Limits the gradient of the loss in each step: a gradient longer than `norm` is shortened to it, and elements beyond ±`value`
   * are cut to it. Default: no limit.
   */
  clip?: Clip;
  /**
   * Averages the weights over the steps, and gives the network that average. 'polyak' weights all steps alike; { decay } weights
   * each earlier step less by that factor, from 0.99 to 0.9999. Averaging evens out the noise of small batches. Validation
   * measures the average. Default: none.
   */
  average?: 'polyak' | { decay: number };
  /**
   * What to measure the validation loss on: a share of the rows (chosen by the seed, stratified for classes), a dataset, or [X,
   * Y]. Default: none.
   */
  validation?: number | Dataset | readonly [X: MatrixLike, Y: MatrixLike] | readonly MatrixLike[];
  /**
   * Stops if the validation loss has not fallen by more than `minDelta` (0) for `patience` (6) epochs, and restores the best
   * weights (`restoreBest`, true). Needs `validation`. Default false.
   *
   * If the rate falls by a schedule or a function of the epoch, a high rate hides what was learned. The fit therefore goes on
   * while the rate is above half of its highest value, and waits for at least a tenth of the epochs. It then runs through the
   * rest of the schedule in a quarter of the epochs so far. At the low rate, it restores earlier weights only if their
   * validation loss is lower by more than a tenth.
   */
  earlyStopping?: boolean | EarlyStopping;
  /**
   * One weight ≥ 0 for each row; only their ratios matter. Reported losses are divided by the sum of weights: Σ w·l/Σ w. The
   * gradient of a step is Σ w·g/(rows of the batch × mean weight of all training rows). A row's weight therefore means the same
   * in any batch, and the mean of an epoch's steps is the gradient of the reported loss. Each call of `partialFit` uses the mean
   * of its own rows. Rows of weight 0 are not learned.
   */
  sampleWeights?: ArrayLike<number>;
  /**
   * One weight ≥ 0 for each class, or 'balanced': rows/(classes·rows of the class). They multiply the sample weights, in
   * training only.
   */
  classWeights?: readonly number[] | 'balanced';
  /**
   * 'samples': the gradient of a step of first order is Σ w·g/(rows of the batch), as some libraries define it, and a common
   * factor of all weights counts.
   * @internal
   */
  weighting?: 'set' | 'samples';
  /**
   * Rows per epoch, for data in chunks. Only schedules that depend on the progress of the fit need it, and only in the first
   * epoch; by its end the rows have been counted.
   */
  rows?: number;
  /** Stops when the training loss is at most this. Default: none. */
  goal?: number;
  /** Stops when no element of the gradient is larger than this, ≥ 0; for batchSize 'full'. Default 0. */
  minGradient?: number;
  /** Stops after this time: a number of milliseconds, or a text such as '90s' or '5m'. */
  timeLimit?: Duration;
  /** Stops when aborted; the network keeps what it has learned. */
  signal?: AbortSignal;
  /** Seed of shuffling and of the validation split. Default: the network's seed. */
  seed?: number;
  /**
   * Metrics to record per epoch, on the training set (unless it comes in chunks) and the validation set, at the cost of a forward
   * pass: `'accuracy'`, `'f1'` and the like for classes, `'mse'`, `'mae'` and `'r2'` for numbers. `history.metrics` has them by
   * these names; `MetricName` says what averages they are.
   */
  metrics?: readonly (MetricName | MetricAlias)[];
  /**
   * Whether a worker does the work, so that this thread stays free: a page can draw 60 frames a second, a server can answer.
   * Progress, `signal`, `timeLimit`, the history and the bits of the weights are the same. Data preparation, and initial weights
   * that depend on data, stay in this thread. Without threads all of the work does, in slices as without this option, and a
   * warning says so once. Meanwhile `predict` sees weights in the middle of a step (with second-order methods, those of the last
   * accepted step), and `setWeights` throws. Default false.
   */
  background?: boolean;
  /**
   * Whether to continue a fit that was interrupted by `signal`, `timeLimit` or the end of the process. Pass the same data,
   * options and total of epochs. The weights have the same bits as without the interruption, and the history is complete. The
   * network must be the interrupted one, or come from a file saved with `state: true`. With true, `fit` throws if there is
   * nothing to continue; with 'ifAny' it then starts from the beginning. Default false.
   */
  resume?: boolean | 'ifAny';
  /**
   * Called after each epoch. If it returns a promise, the fit awaits it before the next epoch, for at most a second once
   * `signal` or `timeLimit` has ended the fit. If it throws or rejects, the fit rejects with the same error.
   */
  onEpoch?: (progress: Progress) => unknown;
}

/** Options of a fit, and of early stopping, with defaults filled in. */
export type FitSettings = Omit<Checked<typeof FIT_OPTIONS>, 'method'> & { readonly method: Method };
export type Stopping = Checked<typeof STOPPING>;
