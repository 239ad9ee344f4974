// What estimators can be told, and what they tell.

import type { Numerics } from '../../bindings/core.js';
import type { Precision } from '../../bindings/memory.js';
import { ACTIVATION_NAMES, type Activation } from '../layers/activations.js';
import type { Growing } from '../data/batches.js';
import type { ColumnKind } from '../data/column.js';
import { type EarlyStopping, FIT_OPTIONS } from '../training/options.js';
import type { History } from '../training/history.js';
import { NUMERICS } from '../runtime/numerics.js';
import { DURATION, type Duration } from '../runtime/duration.js';
import { callback, number, oneOf, value } from '../runtime/options.js';
import { SEED } from '../runtime/random.js';
import { THREADS, type Threads } from '../runtime/threads.js';
import type { Spool } from './chunks.js';
import type { Resumable } from './journal.js';
import type { Choice } from './choice.js';
import type { Groups } from '../data/apart.js';
import { TECHNIQUE_OPTIONS, type TechniqueOptions } from './techniques.js';

const isUnits = (v: unknown) => Number.isInteger(v) && (v as number) >= 1;

const KIND = oneOf(['number', 'date', 'category', 'ignore'], undefined);

export const ESTIMATOR_OPTIONS = {
  hidden: value<number | readonly number[] | undefined>(
    'the units of one hidden layer, or an array with those of several ([] for a linear model)',
    (v) => isUnits(v) || (Array.isArray(v) && v.every(isUnits)),
    undefined,
  ),
  activation: oneOf(
    ACTIVATION_NAMES.filter((name) => name !== 'softmax'),
    undefined,
  ),
  weightDecay: number({ min: 0, below: Infinity }, undefined),
  members: number({ min: 1, max: 100, integer: true }, undefined),
  rate: number({ above: 0, below: Infinity }, undefined),
  momentum: number({ min: 0, below: 1 }, undefined),
  epochs: number({ min: 1, integer: true }, undefined),
  batchSize: FIT_OPTIONS.batchSize,
  ...TECHNIQUE_OPTIONS,
  validation: number({ above: 0, below: 1 }, undefined),
  earlyStopping: value<boolean | EarlyStopping>(
    'true, false, or { patience, minDelta, restoreBest }',
    (v) => typeof v === 'boolean' || (typeof v === 'object' && v !== null),
    false,
  ),
  missing: oneOf(['mean', 'refuse'], undefined),
  absent: oneOf(['gap', 'zero'], undefined),
  columns: value<Readonly<Record<string, ColumnKind>> | undefined>(
    `an object that says of columns, by name, ${KIND.expected}`,
    (v) => typeof v === 'object' && v !== null && Object.values(v).every(KIND.accepts),
    undefined,
  ),
  precision: oneOf(['float32', 'float64'], 'float32'),
  numerics: NUMERICS,
  threads: THREADS,
  seed: number(SEED, undefined),
};

/** Options of Classifier and Regressor. Every one may be left out: docs/defaults.md says what is chosen then. */
export interface EstimatorOptions extends TechniqueOptions {
  /** Units of the hidden layer, or of several; [] makes a linear model. Default: chosen on held-out rows. */
  hidden?: number | readonly number[];
  /**
   * How many networks are averaged (before a softmax). Each starts from its own weights, so that their errors partly cancel. A
   * prediction takes that many times as long, and a file is that many times as large. Default: 3. It is 1 where a linear model
   * wins, where `hidden` and `weightDecay` are both given, with chunks, and in a model that `partialFit` begins.
   */
  members?: number;
  /** Of hidden layers. Default: chosen on held-out rows; 'lecunTanh' where `hidden` is given. */
  activation?: Exclude<Activation, 'softmax'>;
  /** λ of kernels. Default: chosen on held-out rows. */
  weightDecay?: number;
  /**
   * The learning rate of gradient descent to start with; it falls to 0 over the epochs. `partialFit` takes a fifth of it, which
   * does not fall. Default: by the largest eigenvalue of the inputs' covariance, in `partialFit` bounded by the curvature so far;
   * from 2,000 rows on networks with hidden layers are trained by Adam, at min(0.01, 0.1/√inputs), unless `rate` or `momentum` is
   * given.
   */
  rate?: number;
  /** Default 0.9. */
  momentum?: number;
  /**
   * Passes over the rows. Default: 80,000 rows in all (50,000 with cross-entropy), but at least 20 passes and at most 1,000;
   * linear models take 0.4 of them.
   */
  epochs?: number;
  /** Rows per step, 'full', or `growing()`. Default: by the number of rows, 8 to 128. */
  batchSize?: number | 'full' | Growing;
  /** A share of the rows to measure a validation loss on, kept out of training. Default none. */
  validation?: number;
  /** Stops when the validation loss ceases to fall; needs `validation`. Default false. */
  earlyStopping?: boolean | EarlyStopping;
  /**
   * What becomes of missing values: 'mean' (the most frequent one of strings) fills them, 'refuse' throws. Default: 'mean' for
   * records, 'refuse' for arrays.
   */
  missing?: 'mean' | 'refuse';
  /**
   * What it means that a record lacks a key that others have: 'gap', that the value is missing, or 'zero', that it is 0, as in
   * records that list only what there is; then a column of numbers may be lacking in all rows of a prediction. Default 'gap'.
   */
  absent?: 'gap' | 'zero';
  /**
   * What columns of records are, by their names: `{ zip: 'category', when: 'date', note: 'ignore' }`. Cells are then read as
   * that, whatever they are: numbers name categories, numbers in text may have leading zeros, numbers are dates in milliseconds.
   * Default: what their cells say (docs/defaults.md).
   */
  columns?: Readonly<Record<string, ColumnKind>>;
  /** Of the arithmetic. Default 'float32'. */
  precision?: Precision;
  /** 'strict' for the same bits on every machine; default 'fast', which fuses multiply-adds where it can. */
  numerics?: Numerics;
  /** How many threads compute; default 'auto': several where they have lately been faster. The results have the same bits. */
  threads?: Threads;
  /** Of all randomness. Default: drawn once, see `model.seed`. */
  seed?: number;
}

/** The option that says which rows belong together. */
export const GROUPS = value<Groups | undefined>(
  'the name of a column, or an array of one label for each row',
  (v) => typeof v === 'string' || Array.isArray(v) || ArrayBuffer.isView(v),
  undefined,
);

export const RUN_OPTIONS = {
  sampleWeights: value<ArrayLike<number> | undefined>(
    'an array of numbers ≥ 0, one for each row',
    (v) => Array.isArray(v) || ArrayBuffer.isView(v),
    undefined,
  ),
  groups: GROUPS,
  signal: value<AbortSignal | undefined>('an AbortSignal', (v) => v instanceof AbortSignal, undefined),
  timeLimit: DURATION,
  background: FIT_OPTIONS.background,
  resume: value<boolean | 'ifAny' | Resumable>(
    "true, false, 'ifAny', or a model whose fit was interrupted",
    (v) => typeof v === 'boolean' || v === 'ifAny' || (typeof v === 'object' && v !== null && 'interruptedFit' in v),
    false,
  ),
  onProgress: callback<(progress: FitProgress) => unknown>('(progress) => void'),
  spool: {
    ...value<Spool | undefined>(
      'where encoded chunks are kept',
      (v) => typeof v === 'object' && v !== null && 'put' in v,
      undefined,
    ),
    internal: true,
  },
};

/** What `onProgress` is told. */
export interface FitProgress {
  /** 'select' while candidates are tried, 'train' during the training of the chosen one. */
  readonly stage: 'select' | 'train';
  /** Trainings of candidates, or epochs, done; and how many there may be at most. */
  readonly done: number;
  readonly all: number;
  /** Training loss of the epoch, once there is one. */
  readonly loss: number | undefined;
  readonly validationLoss: number | undefined;
  readonly rate: number | undefined;
  /** Milliseconds since the fit began. */
  readonly time: number;
}

/** Options of one fit. */
export interface RunOptions {
  /** One weight ≥ 0 for each row. */
  sampleWeights?: ArrayLike<number>;
  /**
   * Which rows belong together, as those of a person or a machine do: the name of a column, which is then no input, or a label
   * for each row. Whole groups are held out to choose by, and for `validation`, so that errors are those on groups that were not
   * learned from. Default: each row is for itself.
   */
  groups?: string | ArrayLike<unknown>;
  /** Stops when aborted. Before the first epoch of the final training the fit rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Stops after so long: a number of milliseconds, or a text such as '90s' or '5m'. Choosing takes at most half of it. */
  timeLimit?: Duration;
  /**
   * Whether a worker trains the networks, as of `Network.fit`; linear models and what is done with data stay in this thread.
   * Default false.
   */
  background?: boolean;
  /**
   * Whether to take up the fit that was interrupted, by `signal`, `timeLimit` or the end of the process, with the same data and
   * options: candidates that were tried are not tried again, the training under way goes on, and the model has the bits of one
   * whose fit was not interrupted. The model must be the one whose fit was interrupted, or come from a file saved with `state:
   * true`; such a model may also be given here, which then is what another with the same options goes on from (files do not hold
   * `method`). true refuses where there is nothing to take up, 'ifAny' begins a fit then. Default false.
   */
  resume?: boolean | 'ifAny' | Resumable;
  /**
   * Called after each candidate and each epoch. A promise that it returns is awaited, after `signal` or `timeLimit` for no more
   * than a second; if it rejects, or the function throws, the fit rejects with the same.
   */
  onProgress?: (progress: FitProgress) => unknown;
  /** With chunks: keeps what they are encoded to, so that they are not asked for in each epoch. @internal */
  spool?: Spool;
}

/** The record of a fit, with what was chosen. */
export type EstimatorHistory = History & { readonly chosen: Choice };

/** Options of `partialFit`. Rates, and what happens where training diverges: docs/defaults.md. */
export interface PartialFitOptions {
  /** Passes over these rows. Default 1. */
  epochs?: number;
  /** One weight ≥ 0 for each row. */
  sampleWeights?: ArrayLike<number>;
  signal?: AbortSignal;
  /** Whether a worker does the work, as of `Network.fit`. Default false. */
  background?: boolean;
}

export const PARTIAL_OPTIONS = {
  epochs: number({ min: 1, integer: true }, 1),
  sampleWeights: RUN_OPTIONS.sampleWeights,
  signal: RUN_OPTIONS.signal,
  background: FIT_OPTIONS.background,
};
