// Cross-validation: how a model does on rows that it did not learn from.

import type { Engine } from '../../bindings/core.js';
import { engineOf } from '../runtime/engines.js';
import { Dataset } from '../data/dataset.js';
import type { Turn } from '../data/apart.js';
import { APART } from '../data/loading.js';
import { deal, permutation, without } from '../data/split.js';
import { type Samples, table } from '../data/table.js';
import { SAID } from '../estimators/loading.js';
import { GROUPS } from '../estimators/options.js';
import { answered } from '../runtime/callbacks.js';
import { OptionError } from '../runtime/errors.js';
import { type Checked, callback, checked, number, oneOf, value } from '../runtime/options.js';
import { Purpose, SEED } from '../runtime/random.js';
import { FIT_OPTIONS } from '../training/options.js';
import { type Asked, type HeldMetric, PREDICTED, type ProbabilityMetric, heldOf } from './held-predictions.js';
import { type Summary, summary } from './summary.js';
import { type Learner, type Make, type Source, type Truths, maker, sourceOf } from './subject.js';

/** Options that all ways to validate share. */
export const SHARED = {
  seed: number(SEED, 0),
  fit: value<object>('an object: options of the fit', (v) => typeof v === 'object' && v !== null && !Array.isArray(v), {}),
  sampleWeights: FIT_OPTIONS.sampleWeights,
  signal: value<AbortSignal | undefined>('an AbortSignal', (v) => v instanceof AbortSignal, undefined),
};

export interface SharedOptions {
  /**
   * Of dealing rows. Default 0, so that models are compared on the same parts. The models' own seeds are their makers' business.
   */
  seed?: number;
  /** Options for each `fit`. */
  fit?: object;
  /** One weight ≥ 0 for each row, in training and in measuring; a dataset has its own. */
  sampleWeights?: ArrayLike<number>;
  /** Rejects with its reason when aborted, after the training under way. */
  signal?: AbortSignal;
}

/** How rows are dealt into those that are learned from and those held out. */
export const DEALING = {
  order: oneOf(['random', 'time'], 'random'),
  groups: GROUPS,
  folds: number({ min: 2, integer: true }, 5),
  repeats: number({ min: 1, integer: true }, 1),
};

const OPTIONS = {
  ...DEALING,
  ...SHARED,
  ...PREDICTED,
  onFold: callback<(fold: Fold<object>) => unknown>('(fold) => void'),
};

/** Options of `crossValidate`. */
export interface CrossValidateOptions<E extends object = object> extends SharedOptions {
  /**
   * 'time' says that rows are in order of time, from the earliest on: of k + 1 stretches all but the first are held out in
   * turn, and models are trained on the rows before. Models whose own choices are to keep to it are made with `order: 'time'`,
   * too. Default 'random'.
   */
  order?: 'random' | 'time';
  /**
   * Which rows belong together: the name of a column of records, or a label for each row. Parts are then of whole groups.
   * Classifiers and regressors are told of them, too, as of `fit`'s option `groups`. Default: each row is for itself.
   */
  groups?: string | ArrayLike<unknown>;
  /** k: the parts that take turns in being left out. From 2 to the number of rows. Default 5. */
  folds?: number;
  /** How often all is done again with other parts. Default 1. */
  repeats?: number;
  /**
   * Further metrics of the rows left out, functions of truths and predictions, by the names under which evaluations are to have
   * them. Those of efficient-backprop/metrics fit: `{ f1, balancedAccuracy }`. Not with a dataset.
   */
  metrics?: Readonly<Record<string, HeldMetric>>;
  /** The same of a Classifier's probabilities: `{ rocAuc, logLoss }`. Not with a dataset. */
  probabilityMetrics?: Readonly<Record<string, ProbabilityMetric>>;
  /** Whether to keep what was predicted for rows left out. Default false. Not with a dataset. */
  predictions?: boolean;
  /** Called after each training. A promise that it returns is awaited; if it rejects, so does the call. */
  onFold?: (fold: Fold<E>) => unknown;
}

/** One training and what it came to. */
export interface Fold<E extends object> {
  /** From 0. */
  readonly repeat: number;
  readonly fold: number;
  /** Indices of the rows left out, ascending; all others were trained on. */
  readonly held: Uint32Array;
  /** What `evaluate` found on the rows left out, and `metrics`. */
  readonly evaluation: E;
  /** With `predictions`: what was predicted for each of `held`. */
  readonly predictions?: readonly unknown[];
}

/** What cross-validation found: `mean` and `deviation` of each number of the evaluations, over all trainings. */
export interface CrossValidation<E extends object> extends Summary {
  readonly folds: readonly Fold<E>[];
  /**
   * With `predictions`: what was predicted for each row when it was left out, in the first repeat; undefined for rows that never
   * were, as the earliest with `order: 'time'`.
   */
  readonly predictions?: readonly unknown[];
}

type EvaluationOf<M extends Learner> = ReturnType<M['evaluate']>;

/**
 * k-fold cross-validation: rows are dealt into k parts (each with its share of every class), and each part is predicted by a
 * model trained on the others.
 *
 * ```ts
 * const { mean, deviation } = await crossValidate(() => new Classifier({ seed: 1 }), rows, labels, { folds: 10 });
 * console.log(mean.accuracy, deviation.accuracy);
 * ```
 *
 * @param make makes a fresh model for each training; it is disposed of afterwards
 * @param X rows, as the model's `fit` takes them; or a dataset (without Y), for networks
 * @throws OptionError, DataError
 */
export function crossValidate<M extends Learner>(
  make: Make<M>,
  X: Samples,
  Y: Truths,
  options?: CrossValidateOptions<EvaluationOf<M>>,
): Promise<CrossValidation<EvaluationOf<M>>>;
export function crossValidate<M extends Learner>(
  make: Make<M>,
  data: Dataset,
  options?: CrossValidateOptions<EvaluationOf<M>>,
): Promise<CrossValidation<EvaluationOf<M>>>;
export async function crossValidate<M extends Learner>(
  make: Make<M>,
  X: Samples | Dataset,
  Y?: Truths | object,
  more?: object,
): Promise<CrossValidation<EvaluationOf<M>>> {
  const options = X instanceof Dataset ? Y : more;
  const given = checked('crossValidate', OPTIONS, options);
  const { folds, repeats, seed, fit, sampleWeights, signal, onFold } = given;
  const source = sourceOf(X, Y as Truths, sampleWeights, given.groups);
  const asked = askedOf(X, Y as Truths, given);
  if (folds > source.rows) {
    throw new OptionError('crossValidate.folds', folds, `at most the number of rows, which is ${source.rows}`);
  }
  const turns = await turnsFor(X, source.rows, given);
  const fresh = maker('crossValidate', make);
  const engine = await engineOf('float32', 'fast', 'common');
  const done: Fold<EvaluationOf<M>>[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    let parts: readonly Turn[] | undefined;
    for (let fold = 0; fold < folds; fold++) {
      signal?.throwIfAborted();
      const model = await fresh();
      try {
        parts ??= turns
          ? turns(permutation(engine, source.rows, seed, Purpose.folds, repeat))
          : dealt(engine, source, model, folds, seed, repeat).map((held) => ({ held }));
        const { held, learned = without(held, source.rows) } = parts[fold]!;
        await source.fit(model, learned, fit);
        const evaluation = source.evaluate(model, held) as EvaluationOf<M>;
        const found = asked && heldOf(model, asked, held);
        Object.assign(evaluation, found?.metrics);
        done.push({ repeat, fold, held, evaluation, ...(given.predictions && { predictions: found!.predictions }) });
        await answered(onFold?.(done.at(-1)!), signal);
      } finally {
        model.dispose();
      }
    }
  }
  const found = summary(done.map(({ evaluation }) => evaluation));
  return { folds: done, ...found, ...(given.predictions && { predictions: inOrder(done, source.rows) }) };
}

/** What is asked for of rows and truths, if anything. @throws OptionError with a dataset */
function askedOf(X: Samples | Dataset, Y: Truths, given: Checked<typeof PREDICTED>): Asked | undefined {
  const option = (['metrics', 'probabilityMetrics', 'predictions'] as const).find((name) => given[name]);
  if (!option) return undefined;
  if (!(X instanceof Dataset)) return { X, Y, ...given };
  throw new OptionError(`crossValidate.${option}`, given[option], 'none with a dataset: give rows and truths');
}

/** Predictions of the first repeat, row by row. */
function inOrder(folds: readonly Fold<object>[], rows: number): unknown[] {
  const all = new Array<unknown>(rows).fill(undefined);
  for (const { repeat, held, predictions } of folds) {
    if (repeat === 0)
      held.forEach((row, i) => {
        all[row] = predictions![i];
      });
  }
  return all;
}

/**
 * How rows are held out in turn by time or by groups; undefined where neither is asked for.
 * @throws OptionError for what does not go together, or more folds than groups
 */
async function turnsFor(
  X: Samples | Dataset,
  rows: number,
  { order, groups, folds, repeats }: Checked<typeof OPTIONS>,
): Promise<((order: Uint32Array) => readonly Turn[]) | undefined> {
  if (order === 'random' && groups === undefined) return undefined;
  const { countGroups, turnsByGroup, turnsByTime } = await APART.load();
  if (order === 'time') {
    if (groups !== undefined) throw new OptionError('crossValidate.groups', groups, "none beside order: 'time'");
    if (repeats > 1)
      throw new OptionError('crossValidate.repeats', repeats, "1 with order: 'time', whose parts are always the same");
    if (folds >= rows) throw new OptionError('crossValidate.folds', folds, `fewer than the number of rows, which is ${rows}`);
    return () => turnsByTime(rows, folds);
  }
  const { groupsIn } = await SAID.load();
  const named = typeof groups === 'string' && !(X instanceof Dataset);
  const numbers = groupsIn('crossValidate', groups!, named ? table(X) : undefined, rows);
  const count = countGroups(numbers);
  if (folds > count) throw new OptionError('crossValidate.folds', folds, `at most the number of groups, which is ${count}`);
  return (of) => turnsByGroup(numbers, folds, of);
}

/** Rows dealt into equal parts, each with its share of every class. */
export function dealt(engine: Engine, source: Source, model: Learner, parts: number, seed: number, round: number): Uint32Array[] {
  const order = permutation(engine, source.rows, seed, Purpose.folds, round);
  return deal(order, new Array<number>(parts).fill(1 / parts), source.strata(model));
}
