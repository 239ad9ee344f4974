// What a fit leaves behind.

import type { MetricName } from '../evaluation/metrics.js';
import type { Regularisation } from '../methods/method.js';

/** Why a fit may end. */
export const STOP_REASONS = [
  'epochs', // as many epochs as asked for
  'goal', // the training loss reached the goal
  'minGradient', // the gradient's largest magnitude fell to minGradient
  'timeLimit',
  'earlyStopping', // the validation loss stopped falling; a rate on a schedule was brought down before the end
  'noProgress', // no step lowers what is minimised, save rounding
  'muMax', // Levenberg-Marquardt's damping exceeded muMax
  'signal', // the AbortSignal fired
  'solved', // a linear model in closed form: no descent was needed
  'diverged', // the loss grew to more than ten times its start, or ceased to be finite; the weights are the best that were seen
] as const;

/** Why a fit ended. */
export type StopReason = (typeof STOP_REASONS)[number];

/** The record of a fit. Entry i of each list belongs to epoch i + 1. */
export interface History {
  /** Mean training loss of each epoch, every sample taken before the step that it took part in. */
  readonly loss: number[];
  /** Validation loss after each epoch; empty without validation. */
  readonly validationLoss: number[];
  /** Metrics asked for, on the training set and (as `validation…`) on the validation set, after each epoch. */
  readonly metrics: Partial<Record<MetricName | `validation${Capitalize<MetricName>}`, number[]>>;
  /** Epochs begun. */
  epochs: number;
  /** The epoch (from 1) whose weights the network now has. */
  bestEpoch: number;
  reason: StopReason;
  /**
   * What to try, in plain words: after a divergence, where nothing was learned (the loss is not better than the best constant's
   * by a tenth), where some of a few rows were not learned and another seed would have done better, where units are stuck,
   * columns not scaled, or targets beyond what the last layer gives. What could be tried in short was tried before. Missing
   * where there is nothing to say.
   */
  advice?: string;
  /** Which method `method: 'auto'`, or `fit` on a small set without method and epochs, chose, and why. */
  choice?: string;
  /** What the data said of weight decay, where the method asked them (levenbergMarquardt with `bayesian`). */
  regularisation?: Regularisation;
  /** Samples whose gradient was computed, in units of the training set: equals `epochs` unless the fit stopped midway. */
  evaluations: number;
  /** Milliseconds; 0 in a model from a file, so that the same fit gives the same file. */
  time: number;
  /** The seed that repeats the run. */
  seed: number;
}

/** The record of a fit that has not begun. */
export function emptyHistory(seed: number): History {
  return {
    loss: [],
    validationLoss: [],
    metrics: {},
    epochs: 0,
    bestEpoch: 0,
    reason: 'epochs',
    evaluations: 0,
    time: 0,
    seed,
  };
}
