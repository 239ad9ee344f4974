// What callers of metrics hand in, checked: as many predictions as truths, and weights.

import type { Label } from '../data/classes.js';
import { DataError, counted, shown } from '../runtime/errors.js';
import { isList, value } from '../runtime/options.js';

/** Options that all metrics share. */
export interface MetricOptions {
  /** One weight ≥ 0 for each sample. Default: all are 1. */
  sampleWeights?: ArrayLike<number>;
}

export const SAMPLE_WEIGHTS = value<ArrayLike<number> | undefined>(
  'an array of numbers ≥ 0, one for each sample',
  isList,
  undefined,
);

/** @throws DataError for what is no list, or an empty one */
export function listOf<T>(what: string, given: ArrayLike<T>): ArrayLike<T> {
  if (!isList(given)) throw new DataError(what, `expected an array; got ${shown(given)}`);
  if (given.length === 0) throw new DataError(what, 'has no samples');
  return given;
}

/** @throws DataError where predictions are not as many as truths */
export function paired<T, P>(truths: ArrayLike<T>, what: string, predictions: ArrayLike<P>): ArrayLike<P> {
  listOf('truths', truths);
  if (listOf(what, predictions).length !== truths.length)
    throw new DataError(what, `has ${counted(predictions.length, 'sample')}, but truths has ${truths.length}`);
  return predictions;
}

/** Finite numbers. @throws DataError with the row of what is none */
export function numbersOf(what: string, given: ArrayLike<number>): Float64Array {
  return Float64Array.from(given, (e: unknown, row) => {
    if (typeof e === 'number' && Number.isFinite(e)) return e;
    throw new DataError(what, `${shown(e)} is not a finite number`, { row });
  });
}

/** Numbers from 0 to 1. @throws DataError with the row of what is none */
export function probabilitiesOf(what: string, given: ArrayLike<number>): Float64Array {
  return Float64Array.from(given, (e: unknown, row) => {
    if (typeof e === 'number' && e >= 0 && e <= 1) return e;
    throw new DataError(what, `${shown(e)} is not a probability from 0 to 1`, { row });
  });
}

/** A weight for each of so many samples. @throws DataError for weights that are none, or whose sum is 0 */
export function weightsOf(given: ArrayLike<number> | undefined, samples: number): Float64Array {
  if (!given) return new Float64Array(samples).fill(1);
  if (given.length !== samples)
    throw new DataError('sampleWeights', `has ${counted(given.length, 'element')}, but there are ${counted(samples, 'sample')}`);
  const weights = Float64Array.from(given, (e: unknown, row) => {
    if (typeof e === 'number' && e >= 0 && e < Infinity) return e;
    throw new DataError('sampleWeights', `${shown(e)} is not a finite number ≥ 0`, { row });
  });
  if (weights.every((e) => e === 0)) throw new DataError('sampleWeights', 'are all 0');
  return weights;
}

/** The mean of f over samples, by their weights. */
export function mean(weights: Float64Array, f: (sample: number) => number): number {
  let [sum, all] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue; // what weighs nothing may be anything
    sum += weights[i]! * f(i);
    all += weights[i]!;
  }
  return sum / all;
}

/** The class that counts as positive: the one that was asked for, else the second of two. @throws DataError */
export function positiveOf(given: Label | undefined, classes: readonly Label[]): Label {
  if (given !== undefined) {
    if (classes.includes(given)) return given;
    throw new DataError(
      'truths',
      `has no ${shown(given)}, the class that positive names; there are ${classes.map(shown).join(', ')}`,
    );
  }
  if (classes.length === 2) return classes[1]!;
  throw new DataError(
    'truths',
    `has ${classes.length === 1 ? 'one class' : `${classes.length} classes`}; the option positive says which one is meant`,
  );
}
