// Learning curves: how errors on rows learned and rows held out come together as there are more rows.

import { engineOf } from '../runtime/engines.js';
import { Dataset } from '../data/dataset.js';
import { leading, permutation, without } from '../data/split.js';
import type { Samples } from '../data/table.js';
import { answered } from '../runtime/callbacks.js';
import { OptionError } from '../runtime/errors.js';
import { callback, checked, number, value } from '../runtime/options.js';
import { Purpose } from '../runtime/random.js';
import { SHARED, type SharedOptions, dealt } from './cross-validate.js';
import { type Summary, summary } from './summary.js';
import { type Learner, type Make, type Truths, maker, sourceOf } from './subject.js';

const isSize = (v: unknown) => typeof v === 'number' && v > 0 && (v <= 1 || Number.isInteger(v));

const OPTIONS = {
  sizes: value<readonly number[]>(
    'an array of shares > 0 and ≤ 1, or numbers of rows, ascending',
    (v) => Array.isArray(v) && v.length > 0 && v.every(isSize) && v.every((s, i) => i === 0 || s > v[i - 1]),
    [0.1, 0.2, 0.4, 0.7, 1],
  ),
  folds: number({ min: 2, integer: true }, 5),
  ...SHARED,
  onPoint: callback<(point: LearningPoint) => unknown>('(point) => void'),
};

/** Options of `learningCurve`. */
export interface LearningCurveOptions extends SharedOptions {
  /** How many of the rows there are for training: shares of them (≤ 1), or numbers, ascending. Default 0.1, 0.2, 0.4, 0.7, 1. */
  sizes?: readonly number[];
  /** Parts that take turns in being held out; each size is tried with each. Default 5. */
  folds?: number;
  /** Called after each size. A promise that it returns is awaited; if it rejects, so does the call. */
  onPoint?: (point: LearningPoint) => unknown;
}

/** What models trained on so many rows came to, over folds. */
export interface LearningPoint {
  /** Rows trained on (the fewest of any fold). */
  readonly rows: number;
  /** Measured on the rows that were trained on. */
  readonly training: Summary;
  /** Measured on the rows held out, the same for all sizes. */
  readonly held: Summary;
}

/**
 * Trains on growing shares of the rows. Errors far apart at the end ask for more rows or a simpler model (variance); errors that
 * have met, and are large, for a larger one (bias).
 * @param make makes a fresh model for each training; it is disposed of afterwards
 * @throws OptionError, DataError
 */
export function learningCurve<M extends Learner>(
  make: Make<M>,
  X: Samples,
  Y: Truths,
  options?: LearningCurveOptions,
): Promise<LearningPoint[]>;
export function learningCurve<M extends Learner>(
  make: Make<M>,
  data: Dataset,
  options?: LearningCurveOptions,
): Promise<LearningPoint[]>;
export async function learningCurve<M extends Learner>(
  make: Make<M>,
  X: Samples | Dataset,
  Y?: Truths | object,
  more?: object,
): Promise<LearningPoint[]> {
  const options = X instanceof Dataset ? Y : more;
  const { sizes, folds, seed, fit, sampleWeights, signal, onPoint } = checked('learningCurve', OPTIONS, options);
  const source = sourceOf(X, Y as Truths, sampleWeights);
  if (folds > source.rows)
    throw new OptionError('learningCurve.folds', folds, `at most the number of rows, which is ${source.rows}`);
  const fresh = maker('learningCurve', make);
  const engine = await engineOf('float32', 'fast', 'common');
  const order = permutation(engine, source.rows, seed, Purpose.folds, 1);
  const points: LearningPoint[] = [];
  let parts: Uint32Array[] | undefined;
  for (const size of sizes) {
    const training: object[] = [];
    const held: object[] = [];
    let fewest = Infinity;
    for (let fold = 0; fold < folds; fold++) {
      signal?.throwIfAborted();
      const model = await fresh();
      try {
        if (!parts) {
          parts = dealt(engine, source, model, folds, seed, 0);
          requireSizes(sizes, source.rows - Math.max(...parts.map(({ length }) => length)));
        }
        const rest = without(parts[fold]!, source.rows);
        const wanted = rowsIn(size, rest.length);
        const used = wanted === rest.length ? rest : leading(rest, wanted, order, source.strata(model));
        fewest = Math.min(fewest, used.length);
        await source.fit(model, used, fit);
        training.push(source.evaluate(model, used));
        held.push(source.evaluate(model, parts[fold]!));
      } finally {
        model.dispose();
      }
    }
    const point = { rows: fewest, training: summary(training), held: summary(held) };
    points.push(point);
    await answered(onPoint?.(point), signal);
  }
  return points;
}

/** How many rows a share of them is, or a number. */
const rowsIn = (size: number, rows: number) => (size <= 1 ? Math.round(size * rows) : size);

/** @param rows the fewest that are not held out. @throws OptionError */
function requireSizes(sizes: readonly number[], rows: number): void {
  const wrong = sizes.find((size) => rowsIn(size, rows) < 1 || rowsIn(size, rows) > rows);
  if (wrong === undefined) return;
  const expected = `between 1 and the ${rows} rows that are not held out`;
  throw new OptionError('learningCurve.sizes', sizes, expected, `learningCurve.sizes has ${wrong}; expected ${expected}`);
}
