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
  number,
  oneOf,
  value,
} from '../runtime/options.js';
import { SEED } from '../runtime/random.js';

/** What `onEpoch` is told. */
export interface Progress {
  /** From 1. */
  readonly epoch: number;
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
  /** What counts as better: a loss that is lower by more than this, ≥ 0. Default 0. */
  minDelta?: number;
  /** Whether to go back to the best weights. Default true. */
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
  /** Of its Euclidean norm over all parameters, > 0. */
  norm?: number;
  /** Of each of its elements, > 0. */
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
  sampleWeights: value<FitOptions['sampleWeights']>(
    'an array of numbers ≥ 0, one for each row',
    (v) => Array.isArray(v) || ArrayBuffer.isView(v),
    undefined,
  ),
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
   * How to learn. Default sgd(): gradient descent, rate 0.01, momentum 0.9. Where neither method nor epochs is given, `fit`
   * chooses both for up to 1000 rows (not chunks): sgd with a rate that falls from 0.03 (less for wide layers), weight decay
   * 0.0045 to 0.015 (0.0003 below 12 rows), 100,000 samples in all, in batches of a twentieth of the rows. 'auto' chooses by the
   * loss and the numbers of rows and parameters, as measured (docs/second-order.md); `history.choice` says what and why.
   */
  method?: Method | 'auto';
  /** Passes over the training samples at most. Default 100, or as `method` says; 1 of chunks that can be read once. */
  epochs?: number;
  /**
   * Samples per step: an integer ≥ 1, 'full', or `growing()`. Default 32 (less where `fit` chooses for a small set), or 'full'
   * for methods that need it; more than there are samples counts as 'full'. Where it does not divide their number, `lastBatch`
   * says what steps take.
   */
  batchSize?: number | 'full' | Growing;
  /**
   * What becomes of N samples that do not fill batches of B. 'even' (default): ⌈N/B⌉ batches whose sizes differ by one at most,
   * the larger ones first, so that no step rests on much fewer samples than the others, at a rate that was chosen for B. 'short':
   * batches of B, and a last one of what is left, as in Keras, PyTorch and scikit-learn. 'drop': ⌊N/B⌋ batches of B, and what is
   * left is not used in this epoch; in a shuffled order these are others each time. Loss and evaluations are then of what was
   * used; with fewer than B samples there is no batch, which is an error. Of data in chunks: within each chunk.
   */
  lastBatch?: LastBatch;
  /**
   * 'shuffle' (default) takes the samples in a new random order each epoch, 'interleave' in one in which neighbours rarely share
   * a class, 'sequential' as they stand (of data in chunks: within each chunk); 'emphasize', or `emphasize()` with settings,
   * takes hard ones more often. Full batches have no order.
   */
  order?: Order;
  /** L1 decay ≥ 0: adds l1·Σ|w| of kernels to what is minimised (not to the loss that is reported). Default 0. */
  l1?: number;
  /**
   * ε ≥ 0 and < 1: training takes (1 − ε)·t + ε/outputs for the targets of crossEntropy, (1 − ε)·t + ε/2 for those of
   * binaryCrossEntropy, so that outputs need not become certain (the targets of 4.5, for probabilities). Validation and metrics
   * keep the true ones; the training loss reported is that of the smoothed. 0.1 is customary. Default 0.
   */
  labelSmoothing?: number;
  /**
   * Bounds the gradient of the loss in each step: a gradient longer than `norm` is shortened to it, elements beyond ±`value` are
   * cut.
   */
  clip?: Clip;
  /**
   * Averages the weights over steps, and gives the network the average: 'polyak' all alike, { decay } with weights that fall by
   * that factor from step to step, 0.99 to 0.9999. Evens out the noise of small batches. Validation measures the average.
   * Default: none.
   */
  average?: 'polyak' | { decay: number };
  /**
   * What the validation loss is measured on: a share of the rows, set aside by the seed (stratified for classes), a dataset, or
   * [X, Y]. None by default.
   */
  validation?: number | Dataset | readonly [X: MatrixLike, Y: MatrixLike] | readonly MatrixLike[];
  /**
   * Stops when the validation loss has not fallen by more than `minDelta` (0) for `patience` (6) epochs, and goes back to the
   * best weights (`restoreBest`, true). Needs `validation`. Default false.
   *
   * Where the rate falls by a schedule or a function of the epoch, a high rate hides what was learned: the fit goes on while the
   * rate is above half of its highest, waits for a tenth of the epochs at least, and then goes through what is left of the
   * schedule in a quarter of the epochs so far. At the low rate it goes back to earlier weights only if their validation loss is
   * lower by more than a tenth.
   */
  earlyStopping?: boolean | EarlyStopping;
  /**
   * One weight ≥ 0 for each row; only their ratios matter. Losses that are reported divide by the sum of weights, Σ w·l/Σ w. The
   * gradient of a step is Σ w·g/(rows of the batch × mean weight of all rows that are learned), so that a row's weight means the
   * same whichever rows share its batch, and the mean of an epoch's steps is the gradient of that loss (each call of `partialFit`
   * takes the mean of its own rows). Rows of weight 0 are not learned.
   */
  sampleWeights?: ArrayLike<number>;
  /** One weight ≥ 0 for each class, or 'balanced': N/(classes·members). They multiply sample weights, in training only. */
  classWeights?: readonly number[] | 'balanced';
  /**
   * 'samples': the gradient of a step of first order is Σ w·g/(rows of the batch), as some libraries define it, and a common
   * factor of all weights counts.
   * @internal
   */
  weighting?: 'set' | 'samples';
  /**
   * Of data in chunks: how many rows an epoch has. Only schedules that go by the share of the fit that is done need it, and only
   * in the first epoch, at whose end the rows have been counted.
   */
  rows?: number;
  /** Stops when the training loss is at most this. */
  goal?: number;
  /** Stops when no element of the gradient is larger; for batchSize 'full'. */
  minGradient?: number;
  /** Stops after so long: a number of milliseconds, or a text such as '90s' or '5m'. */
  timeLimit?: Duration;
  /** Stops when aborted; what was learned is kept. */
  signal?: AbortSignal;
  /** Of shuffling and the validation split. Default: the network's. */
  seed?: number;
  /**
   * Metrics to record per epoch, on the training set (unless it comes in chunks) and the validation set, at the cost of a forward
   * pass: `'accuracy'`, `'f1'` and the like for classes, `'mse'`, `'mae'` and `'r2'` for numbers. `history.metrics` has them by
   * these names; `MetricName` says what averages they are.
   */
  metrics?: readonly (MetricName | MetricAlias)[];
  /**
   * Whether a worker does the work, so that this thread stays free: a page draws 60 frames a second, a server answers. Progress,
   * `signal`, `timeLimit`, the history and the bits of the weights are the same. Preparing the data, and starts taken from them,
   * stay here, as does all of it where there are no threads (which is said once) — in slices, as without this option. Meanwhile
   * `predict` sees weights in the midst of a step (with methods of second order those of the last accepted step), and
   * `setWeights` is refused. Default false.
   */
  background?: boolean;
  /**
   * Whether to take up the fit that was interrupted, by `signal`, `timeLimit` or the end of the process, with the same data,
   * options and total of epochs: what comes out has the bits, and the whole record, of a fit that was not. The network must be
   * the one that was interrupted, or come from a file saved with `state: true`. true refuses where there is nothing to take up,
   * 'ifAny' begins a fit then. Default false.
   */
  resume?: boolean | 'ifAny';
  /**
   * Called after each epoch. A promise that it returns is awaited before the next epoch, after
   * `signal` or `timeLimit` for no more than a second; if it rejects, or the function throws,
   * the fit rejects with the same.
   */
  onEpoch?: (progress: Progress) => unknown;
}

/** Options of a fit, and of early stopping, with defaults filled in. */
export type FitSettings = Omit<Checked<typeof FIT_OPTIONS>, 'method'> & { readonly method: Method };
export type Stopping = Checked<typeof STOPPING>;
