// What columns are worth to a model, and how its predictions follow one of them.

import type { Cell, Column, Reading } from '../data/column.js';
import { type Rows, Table, table } from '../data/table.js';
import { Classifier } from '../estimators/classifier.js';
import { Estimator } from '../estimators/estimator.js';
import { DataError, OptionError, shown } from '../runtime/errors.js';
import { checked, number, value } from '../runtime/options.js';
import { SEED } from '../runtime/random.js';
import { SHARED } from './cross-validate.js';
import { DECIDING, type DecidingOptions, decision } from './decisive.js';
import { type ColumnImportance, shuffledDrops } from './permutation-importance.js';
import { type Learner, type Truths, predictions } from './subject.js';

/** A column: its name in records, its index in arrays of numbers. */
export type ColumnKey = string | number;

const KEYS = value<readonly ColumnKey[] | undefined>(
  'an array of names or indices of columns',
  (v) => Array.isArray(v),
  undefined,
);

const IMPORTANCE = {
  repeats: number({ min: 1, integer: true }, 5),
  seed: number(SEED, 0),
  columns: KEYS,
  sampleWeights: SHARED.sampleWeights,
  ...DECIDING,
};

/** Options of `permutationImportance`. */
export interface PermutationImportanceOptions extends DecidingOptions {
  /** How often each column is shuffled. Default 5. */
  repeats?: number;
  /** Of shuffling. Default 0. */
  seed?: number;
  /** The columns to shuffle. Default: all. */
  columns?: readonly ColumnKey[];
  /** One weight ≥ 0 for each row. */
  sampleWeights?: ArrayLike<number>;
}

/** What a column is worth. */
export interface Importance {
  /** Its name, or its index. */
  readonly column: ColumnKey;
  /** What the metric loses with the column shuffled, in the mean of the shuffles: the more, the more the model owes to it. */
  readonly drop: number;
  /** Standard deviation over the shuffles. */
  readonly deviation: number;
}

/** Which column a key is of. @throws OptionError */
function indexOf(option: string, all: Table, key: ColumnKey): number {
  const index = typeof key === 'number' ? key : (all.names?.indexOf(key) ?? -1);
  if (Number.isInteger(index) && index >= 0 && index < all.width) return index;
  const expected = all.names ? `one of ${all.names.slice(0, 12).map(shown).join(', ')}` : `an index from 0 to ${all.width - 1}`;
  throw new OptionError(option, key, expected);
}

/** What a model takes: tables, or numbers row by row. */
function takenBy(model: Learner, rows: Table): unknown {
  if (model instanceof Estimator) return rows;
  const columns = Array.from({ length: rows.width }, (_, c) => rows.column(c).values);
  if (rows.names)
    return Array.from({ length: rows.rows }, (_, r) => Object.fromEntries(rows.names!.map((name, c) => [name, columns[c]![r]])));
  return Array.from({ length: rows.rows }, (_, r) => columns.map((values) => values[r] as number));
}

/**
 * What each column is worth to a model: what its accuracy, R² or another metric loses on these rows when the column's values are
 * shuffled among them (Breiman 2001). The columns that matter most come first. Columns that tell the same share what they are
 * worth. Rows that the model did not learn from tell what it owes to a column where it counts.
 * @param model a fitted model: Classifier, Regressor, Network, or what has their methods
 * @param X rows, as its `evaluate` takes them
 * @throws OptionError, DataError
 */
export async function permutationImportance(
  model: Learner,
  X: Rows,
  Y: Truths,
  options?: PermutationImportanceOptions,
): Promise<Importance[]> {
  const { repeats, seed, columns, sampleWeights, ...deciding } = checked('permutationImportance', IMPORTANCE, options);
  const all = table(X);
  const chosen =
    columns?.map((key) => indexOf('permutationImportance.columns', all, key)) ?? Array.from({ length: all.width }, (_, c) => c);
  const evaluate = model.evaluate.bind(model) as (X: unknown, Y: unknown, options?: object) => object;
  const score = (rows: Table) => {
    const evaluation = evaluate(takenBy(model, rows), Y, sampleWeights && { sampleWeights }) as Record<string, unknown>;
    return decision('permutationImportance', evaluation, deciding).worth;
  };
  const found: ColumnImportance[] = await shuffledDrops(all, score, chosen, { seed, repeats });
  return found
    .map(({ column, drop, deviation }) => ({ column: all.names?.[column] ?? column, drop, deviation }))
    .sort((a, b) => b.drop - a.drop);
}

const DEPENDENCE = {
  values: value<readonly Cell[] | undefined>(
    'an array of values of the column',
    (v) => Array.isArray(v) && v.length > 0 && v.every((cell) => cell !== null && cell !== undefined),
    undefined,
  ),
  points: number({ min: 2, integer: true }, 20),
};

/** Options of `partialDependence`. */
export interface PartialDependenceOptions {
  /** The column's values to look at. Default: `points` of its quantiles, or all categories. */
  values?: readonly (number | string)[];
  /** How many quantiles, ≥ 2. Default 20; fewer where values repeat. */
  points?: number;
}

/** How predictions follow a column. */
export interface PartialDependence {
  /** The column's values, in order. Dates are milliseconds since 1970. */
  readonly values: readonly (number | string)[];
  /**
   * For each value the mean prediction over all rows, were the column's cell that value in each of them: one number, one for each
   * output, or a Classifier's probabilities.
   */
  readonly predictions: readonly (readonly number[])[];
  /** Of a Classifier: the labels, in the order of probabilities. */
  readonly classes?: readonly (string | number | boolean)[];
}

/** A table in which one column has the same cell in all rows. */
class HeldTable extends Table {
  readonly rows: number;
  readonly names: readonly string[] | undefined;
  readonly width: number;
  override readonly settled: boolean;

  constructor(
    private readonly free: Table,
    private readonly held: number,
    private readonly cell: number | string,
  ) {
    super();
    [this.rows, this.names, this.width, this.settled] = [free.rows, free.names, free.width, free.settled];
  }

  column(index: number, reading?: Reading): Column {
    const column = this.free.column(index, reading);
    if (index !== this.held) return column;
    if (column.kind === 'category') return { kind: 'category', values: new Array<string>(this.rows).fill(String(this.cell)) };
    return { ...column, values: new Float64Array(this.rows).fill(Number(this.cell)) };
  }
}

/** A model's predictions as rows of numbers: a Classifier's probabilities. */
function predictedRows(model: Learner, rows: Table): ArrayLike<number>[] {
  if (model instanceof Classifier) return model.predictProbabilities(rows);
  if (!(model instanceof Estimator)) return predictions(model, takenBy(model, rows) as never) as ArrayLike<number>[];
  const found = model.predict(rows as never) as ArrayLike<number | ArrayLike<number>>;
  return Array.from(found, (one) => (typeof one === 'number' ? [one] : one));
}

/** So many quantiles of what is not missing, without repetition. */
function quantiles(values: Float64Array, points: number): number[] {
  const sorted = values.filter((e) => !Number.isNaN(e)).sort();
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const rest = place - below;
    return rest === 0 ? sorted[below]! : (1 - rest) * sorted[below]! + rest * sorted[below + 1]!;
  };
  return [...new Set(Array.from({ length: points }, (_, i) => at(i / (points - 1))))];
}

/**
 * How a model's predictions follow one column, in the mean over the others (Friedman 2001): for each of its values, the mean
 * prediction were that the cell in every row. Where columns go together, some of these rows are like none that exist.
 * @param model a fitted model: Classifier, Regressor, Network, or what has their methods
 * @param X rows, as its `predict` takes them
 * @param column its name, or its index
 * @throws OptionError, DataError
 */
export function partialDependence(
  model: Learner,
  X: Rows,
  column: ColumnKey,
  options?: PartialDependenceOptions,
): PartialDependence {
  const { values: given, points } = checked('partialDependence', DEPENDENCE, options);
  const all = table(X);
  const index = indexOf('partialDependence.column', all, column);
  const own = all.column(index);
  const found =
    own.kind === 'category' ? [...new Set(own.values.filter((e) => e !== null))].sort() : quantiles(own.values, points);
  if (found.length === 0) throw new DataError('X', 'has no cell in this column', { column });
  const values = (given as readonly (number | string)[] | undefined) ?? found;
  // What is no number would be filled in, as a missing cell is, and seem to be the column's mean.
  if (own.kind !== 'category' && values.some((cell) => !Number.isFinite(Number(cell))))
    throw new OptionError('partialDependence.values', values, 'finite numbers, as this column holds');
  const means = values.map((cell) => {
    const predicted = predictedRows(model, new HeldTable(all, index, cell));
    if (Array.from(predicted[0]!).some((one) => typeof one === 'string'))
      throw new OptionError(
        'partialDependence.model',
        model,
        'a Classifier, or a model that predicts numbers; pass the property model of a search',
      );
    return Array.from(predicted[0]!, (_, o) => predicted.reduce((sum, row) => sum + Number(row[o]), 0) / predicted.length);
  });
  return { values, predictions: means, ...(model instanceof Classifier && { classes: model.classes }) };
}
