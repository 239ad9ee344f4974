// What models predict for rows that they did not learn from, and what callers' metrics say of it.

import type { Label } from '../data/classes.js';
import { picked } from '../data/pick.js';
import type { Rows, Samples } from '../data/table.js';
import { Classifier } from '../estimators/classifier.js';
import { OptionError, shown } from '../runtime/errors.js';
import { type Checked, flag, value } from '../runtime/options.js';
import { type Learner, type Truths, predictions } from './subject.js';

/**
 * A metric of rows held out: of truths and predictions as the model takes and gives them, single values or rows of them. Those of
 * efficient-backprop/metrics fit.
 */
export type HeldMetric = (truths: never[], predictions: never[]) => number;

/** A metric of a classifier's probabilities: rows with one for each of `classes`. `logLoss`, `rocAuc`, `topKAccuracy` fit. */
export type ProbabilityMetric = (
  truths: never[],
  probabilities: number[][],
  more: { readonly classes: readonly Label[] },
) => number;

function functions<F>(signature: string) {
  const accepts = (v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v) && Object.values(v).every((f) => typeof f === 'function');
  return value<Readonly<Record<string, F>> | undefined>(`an object of functions ${signature} => number`, accepts, undefined);
}

/** Options that ask for what is predicted of rows held out. */
export const PREDICTED = {
  metrics: functions<HeldMetric>('(truths, predictions)'),
  probabilityMetrics: functions<ProbabilityMetric>('(truths, probabilities, { classes })'),
  predictions: flag(false),
};

/** What is asked for of a caller's rows. */
export interface Asked extends Checked<typeof PREDICTED> {
  readonly X: Samples;
  readonly Y: Truths;
}

/** What came of it. */
export interface Held {
  readonly metrics: Readonly<Record<string, number>>;
  readonly predictions: readonly unknown[];
}

/** A number that a caller's metric returned. @throws OptionError */
function numberOf(option: string, returned: unknown): number {
  if (typeof returned === 'number') return returned;
  throw new OptionError(option, returned, 'a number', `${option} returned ${shown(returned)}; expected a number`);
}

/** Rows of one element as that element. */
const plain = (rows: ArrayLike<unknown>[]): unknown[] =>
  rows.every((row) => row.length === 1) ? rows.map((row) => row[0]) : rows.map((row) => Array.from(row));

/**
 * What a model predicts for rows that it did not learn from, and what metrics say of it.
 * @throws OptionError where a metric gives no number, or a model no probabilities; whatever metrics throw
 */
export function heldOf(model: Learner, { X, Y, metrics, probabilityMetrics }: Asked, held: Uint32Array): Held {
  const rows = picked(X, held);
  const truths = Array.from(picked(Y, held) as ArrayLike<unknown>) as never[];
  const found = plain(predictions(model, rows));
  const all: Record<string, number> = {};
  for (const [name, metric] of Object.entries(metrics ?? {}))
    all[name] = numberOf(`crossValidate.metrics.${name}`, metric(truths, found as never[]));
  if (!probabilityMetrics) return { metrics: all, predictions: found };
  if (!(model instanceof Classifier))
    throw new OptionError('crossValidate.probabilityMetrics', probabilityMetrics, 'none where models are no Classifiers');
  const [probabilities, { classes }] = [model.predictProbabilities(rows as Rows), model];
  for (const [name, metric] of Object.entries(probabilityMetrics))
    all[name] = numberOf(`crossValidate.probabilityMetrics.${name}`, metric(truths, probabilities, { classes }));
  return { metrics: all, predictions: found };
}
