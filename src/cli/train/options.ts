// Options of the command train.

import { ESTIMATOR_OPTIONS, type EstimatorOptions, type RunOptions } from '../../estimators/options.js';
import type { ReadingOptions } from '../reading.js';
import type { LearningTask } from '../target.js';
import { type MethodName, methodNamed } from './methods.js';

/** Options of the command; those of the model have its names. */
export interface TrainOptions
  extends Omit<EstimatorOptions, 'seed' | 'missing' | 'method' | 'order' | keyof ReadingOptions>,
    ReadingOptions {
  readonly target: string;
  readonly task?: LearningTask;
  readonly out?: string;
  readonly report?: string;
  readonly drop?: readonly string[];
  /** Columns that are no inputs, and stand beside predictions. */
  readonly keep?: readonly string[];
  /** Whether rows are in order of time, so that the last ones are held out. */
  readonly order?: 'time';
  /** The column of what rows belong to, as those of a person do: whole groups are held out. */
  readonly groups?: string;
  readonly missingTarget?: 'refuse' | 'skip';
  readonly method?: MethodName;
  readonly testShare: number;
  /** Whether the file is read anew for each pass; by default from 256 MB on. */
  readonly stream?: boolean;
  readonly seed?: number;
  readonly timeLimit?: number;
  readonly classWeights?: 'balanced';
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Options of the model and of its training. */
export type Run = EstimatorOptions & RunOptions & { readonly seed: number };

/** Those of the options that are the model's. */
export function modelOptions({ missing, method, ...options }: TrainOptions): EstimatorOptions {
  const isOfModel = ([name, given]: [string, unknown]) => name in ESTIMATOR_OPTIONS && name !== 'seed' && given !== undefined;
  const found: EstimatorOptions = Object.fromEntries(Object.entries(options).filter(isOfModel));
  if (missing?.how) found.missing = missing.how;
  if (!method) return found;
  const { rate, momentum, weightDecay, ...others } = found;
  return { ...others, method: methodNamed(method, { rate, momentum, weightDecay }) };
}
