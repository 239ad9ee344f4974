// An estimator before it has a model: what it was told, and how it makes what networks learn from of rows and targets.

import { rowWeights } from '../data/dataset.js';
import { countRows, picked } from '../data/pick.js';
import { type Rows, SomeRows, Table, table } from '../data/table.js';
import type { Checked } from '../runtime/options.js';
import type { TargetCoder } from './coding.js';
import { type EncodedRows, withoutWeightless } from './encoded.js';
import type { Inputs } from './inputs.js';
import type { ESTIMATOR_OPTIONS } from './options.js';
import type { Setting } from './problem.js';
import type { Fixed } from './recipe.js';
import { techniques } from './techniques.js';

/** What an estimator was told, and how it codes targets. */
export interface Specification<Targets, Coding> {
  readonly kind: 'classifier' | 'regressor';
  /** What messages about its options begin with. */
  readonly call: 'Classifier' | 'Regressor';
  readonly options: Checked<typeof ESTIMATOR_OPTIONS>;
  readonly seed: number;
  readonly coder: TargetCoder<Targets, Coding>;
}

/** Whether gaps of a table may be filled. */
export function fills({ missing }: Checked<typeof ESTIMATOR_OPTIONS>, t: Table): boolean {
  return missing === undefined ? t.names !== undefined : missing === 'mean';
}

/** What of a recipe is fixed. */
export function fixedBy(options: Checked<typeof ESTIMATOR_OPTIONS>): Fixed {
  const { hidden, activation, rate, momentum, epochs, batchSize, method } = options;
  return {
    hidden: typeof hidden === 'number' ? [hidden] : hidden,
    activation,
    weightDecay: method ? 0 : options.weightDecay, // a method of the user's own has its decay
    rate,
    momentum,
    epochs,
    batchSize: typeof batchSize === 'number' ? batchSize : typeof batchSize === 'object' ? batchSize.start : undefined,
  };
}

/** What is asked of networks. @param background whether fits run there */
export function settingOf<Targets, Coding>(
  { call, options, seed, coder }: Specification<Targets, Coding>,
  background: boolean,
): Setting {
  const { precision, numerics, threads } = options;
  const byTime = options.order === 'time';
  return { head: coder.head, precision, numerics, threads, seed, byTime, techniques: techniques(call, options, background) };
}

/** How to code targets, learned from all of them. @throws DataError */
export function learnCoding<Targets, Coding>(coder: TargetCoder<Targets, Coding>, targets: Targets, rows: number): Coding {
  const learner = coder.learner();
  learner.add(targets, rows);
  return learner.finish();
}

/** Rows of a table with their targets as networks take them, those that weigh nothing left out. @throws DataError, OptionError */
export function encoded<Targets, Coding>(
  { options: { precision }, coder }: Specification<Targets, Coding>,
  inputs: Inputs,
  coding: Coding,
  t: Table,
  targets: Targets,
  sampleWeights?: ArrayLike<number>,
  byClass?: unknown,
  groups?: Uint32Array,
): EncodedRows {
  const { t: coded, classes } = coder.encode(targets, coding, t.rows, precision);
  const own = sampleWeights && rowWeights(sampleWeights, t.rows);
  return withoutWeightless({
    rows: t.rows,
    inputs: inputs.count,
    outputs: coder.outputs(coding),
    x: inputs.encode(t, precision),
    t: coded,
    w: coder.weights(coding, classes, own, byClass),
    classes,
    groups,
  });
}

/** Rows of a table, with their targets and weights. */
export interface GivenRows<Targets> {
  readonly t: Table;
  readonly targets: Targets;
  readonly weights: Float64Array | undefined;
  /** Which rows of those given they are; undefined for all. */
  readonly kept: Uint32Array | undefined;
}

/** Rows that weigh something: what weighs nothing is no data, and neither means nor labels come from it. @throws DataError */
export function withWeight<Targets>(rows: Rows, targets: Targets, given: ArrayLike<number> | undefined): GivenRows<Targets> {
  const t = table(rows);
  const all = given && rowWeights(given, t.rows);
  const whole = { t, targets, weights: all, kept: undefined };
  if (!all?.includes(0) || countRows(targets, 'targets') !== t.rows) return whole;
  const kept = Uint32Array.from(all.keys()).filter((r) => all[r]! > 0);
  if (kept.length < 2) return whole; // columns of one row do not vary
  const some = rows instanceof Table ? new SomeRows(rows, kept) : table(picked(rows, kept));
  return { t: some, targets: picked(targets, kept), weights: picked(all, kept), kept };
}
