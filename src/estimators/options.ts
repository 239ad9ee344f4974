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
import { callback, isList, number, oneOf, value } from '../runtime/options.js';
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
  /** Units of the hidden layer, or an array for several layers; [] makes a linear model. Default: chosen on held-out rows. */
  hidden?: number | readonly number[];
  /**
   * How many networks are averaged (before a softmax). Each starts from its own weights, so their errors partly cancel.
   * Prediction time and file size grow in proportion. Default 3. It is 1 if the linear model wins, if `hidden` and `weightDecay`
   * are both given, with chunks, and in a model that `partialFit` begins.
   */
  members?: number;
  /** Activation of the hidden layers. Default: chosen on held-out rows; 'lecunTanh' if `hidden` is given. */
  activation?: Exclude<Activation, 'softmax'>;
  /** Weight decay λ ≥ 0 of the kernels. Default: chosen on held-out rows. */
  weightDecay?: number;
  /**
   * The initial learning rate of gradient descent; it falls to 0 over the epochs. `partialFit` uses a fifth of it, constant.
   * Default: computed from the largest eigenvalue of the inputs' covariance; in `partialFit` it is also bounded by the curvature
   * seen so far. From 2,000 rows on, networks with hidden layers are trained by Adam at min(0.01, 0.1/√inputs), unless `rate` or
   * `momentum` is given.
   */
  rate?: number;
  /** Momentum of gradient descent, from 0 to below 1. Default 0.9. */
  momentum?: number;
  /**
   * Passes over the rows. Default: as many as make 80,000 rows in all (50,000 with cross-entropy), but at least 20 and at most
   * 1,000. Linear models take 0.4 times as many.
   */
  epochs?: number;
  /** Rows per step, 'full', or `growing()`. Default: 8 to 128, depending on the number of rows. */
  batchSize?: number | 'full' | Growing;
  /** The share of rows, above 0 and below 1, to keep out of training for measuring a validation loss. Default: none. */
  validation?: number;
  /** Whether to stop when the validation loss no longer falls. Needs `validation`. Default false. */
  earlyStopping?: boolean | EarlyStopping;
  /**
   * What to do with missing values: 'mean' fills them with the column's mean (for strings, the most frequent one); 'refuse'
   * throws. Default: 'mean' for records, 'refuse' for arrays.
   */
  missing?: 'mean' | 'refuse';
  /**
   * What it means if a record lacks a key that others have. 'gap': the value is missing. 'zero': the value is 0, as in sparse
   * records; a column of numbers may then be absent from all rows of a prediction. Default 'gap'.
   */
  absent?: 'gap' | 'zero';
  /**
   * Types of columns of records, by name: `{ zip: 'category', when: 'date', note: 'ignore' }`. Cells are then read as that type,
   * whatever they look like: numbers can name categories, numbers in text may have leading zeros, and numbers can be dates in
   * milliseconds. Default: inferred from the cells (docs/defaults.md).
   */
  columns?: Readonly<Record<string, ColumnKind>>;
  /** Precision of the arithmetic. Default 'float32'. */
  precision?: Precision;
  /** 'strict' gives the same bits on every machine. Default 'fast', which fuses multiply-adds where the machine can. */
  numerics?: Numerics;
  /**
   * How many threads compute. Default 'auto': several if they have recently been faster. The results have the same bits either
   * way.
   */
  threads?: Threads;
  /** Seed of everything random. Default: drawn at random; `model.seed` shows it. */
  seed?: number;
}

/** The option that says which rows belong together. */
export const GROUPS = value<Groups | undefined>(
  'the name of a column, or an array of one label for each row',
  (v) => typeof v === 'string' || isList(v),
  undefined,
);

export const RUN_OPTIONS = {
  sampleWeights: FIT_OPTIONS.sampleWeights,
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
  /** 'select' while candidates are compared, 'train' while the chosen one is trained. */
  readonly stage: 'select' | 'train';
  /** How many candidate trainings, or epochs, are done. */
  readonly done: number;
  /** How many there may be at most. */
  readonly all: number;
  /** Training loss of the epoch; undefined until there is one. */
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
   * Which rows belong together, such as those of one person or machine: the name of a column, which is then not an input, or one
   * label for each row. Whole groups are held out, both for choosing and for `validation`, so errors are measured on groups that
   * were not learned from. Default: every row stands alone.
   */
  groups?: string | ArrayLike<unknown>;
  /** Stops the fit when aborted. Before the first epoch of the final training, the fit rejects with the signal's reason. */
  signal?: AbortSignal;
  /**
   * Stops the fit after this time: a number of milliseconds, or a text such as '90s' or '5m'. Choosing takes at most half of it.
   */
  timeLimit?: Duration;
  /**
   * Whether a worker trains the networks, as in `Network.fit`. Linear models and data preparation stay in this thread. Default
   * false.
   */
  background?: boolean;
  /**
   * Whether to continue a fit that was interrupted by `signal`, `timeLimit` or the end of the process. Pass the same data and
   * options. Finished candidates are not tried again, the interrupted training goes on, and the model has the same bits as
   * without the interruption. The model must be the interrupted one, or come from a file saved with `state: true`. You can also
   * pass such a model here: another model with the same options then continues from it (files do not hold `method`). With true,
   * `fit` throws if there is nothing to continue; with 'ifAny' it then starts from the beginning. Default false.
   */
  resume?: boolean | 'ifAny' | Resumable;
  /**
   * Called after each candidate and each epoch. If it returns a promise, the fit awaits it, for at most a second once `signal`
   * or `timeLimit` has ended the fit. If it throws or rejects, the fit rejects with the same error.
   */
  onProgress?: (progress: FitProgress) => unknown;
  /** With chunks: stores the encoded chunks, so that the source is not read again in each epoch. @internal */
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
  /** Stops when aborted. */
  signal?: AbortSignal;
  /** Whether a worker does the work, as in `Network.fit`. Default false. */
  background?: boolean;
}

export const PARTIAL_OPTIONS = {
  epochs: number({ min: 1, integer: true }, 1),
  sampleWeights: RUN_OPTIONS.sampleWeights,
  signal: RUN_OPTIONS.signal,
  background: FIT_OPTIONS.background,
};
