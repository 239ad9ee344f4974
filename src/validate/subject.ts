// What is validated: models that can be made again and again, and data whose rows can be picked.

import { Dataset } from '../data/dataset.js';
import { type MatrixLike, isRow, matrix } from '../data/matrix.js';
import { countRows, picked } from '../data/pick.js';
import type { Samples } from '../data/table.js';
import { type Label, asksSeparately, classOf, classThreshold } from '../data/classes.js';
import { DataError, OptionError, amongAll, shown, counted, thereAre } from '../runtime/errors.js';
import { Classifier } from '../estimators/classifier.js';
import { Estimator } from '../estimators/estimator.js';
import { type Groups, numbered } from '../data/apart.js';
import { Network } from '../network/network.js';

/** A model without training: Network, Classifier, Regressor, or whatever has the same methods. */
export interface Learner {
  fit(X: never, Y: never, options?: never): Promise<unknown>;
  predict(X: never): ArrayLike<unknown>;
  evaluate(X: never, Y: never, options?: never): object;
  dispose(): void;
}

/** Makes a fresh model; called once per training. */
export type Make<M extends Learner> = () => M | Promise<M>;

/**
 * What calls `make` for a model, which is another each time.
 * @throws OptionError where it is no function, or makes no model; of the call that this returns, where it does not make a new one
 */
export function maker<M extends Learner>(call: string, make: Make<M>): () => Promise<M> {
  const expected = 'a function that makes a model, such as () => new Regressor()';
  if (typeof make !== 'function') throw new OptionError(`${call}.make`, make, expected);
  const prototype = (make as { prototype?: Partial<Learner> }).prototype;
  if (typeof prototype?.fit === 'function') {
    throw new OptionError(`${call}.make`, make, expected, `${call}.make is the class ${make.name}; expected ${expected}`);
  }
  const made = new WeakSet<object>();
  return async () => {
    const model: unknown = await make();
    const refused = (what: string, right: string) =>
      new OptionError(`${call}.make`, model, right, `${call}.make returned ${what}; expected ${right}`);
    if (typeof (model as Learner | null | undefined)?.fit !== 'function') throw refused(shown(model), expected);
    if (made.has(model as Learner)) throw refused('a model that it had returned before', 'a new one each time');
    made.add(model as Learner);
    return model as M;
  };
}

/** What they are to learn: labels or numbers, one (or a row of them) for each row. */
export type Truths = ArrayLike<Label> | MatrixLike;

/** Rows and what they are to become, of which any can be picked. */
export interface Source {
  readonly rows: number;
  /** The class of each row, where the model tells classes apart. */
  strata(model: Learner): ArrayLike<number> | undefined;
  fit(model: Learner, indices: Uint32Array, options: object): Promise<void>;
  evaluate(model: Learner, indices: Uint32Array): object;
}

/** @throws DataError where rows and truths are not equally many */
export function sourceOf(
  X: Samples | Dataset,
  Y: Truths | undefined,
  weights: ArrayLike<number> | undefined,
  groups?: Groups,
): Source {
  return X instanceof Dataset ? new DatasetSource(X) : new ArraySource(X, Y!, weights, groups);
}

/** Calls a method of a model whose types only its maker knows. */
const call = (model: Learner) =>
  model as unknown as {
    fit(...args: unknown[]): Promise<unknown>;
    evaluate(...args: unknown[]): object;
    predict(X: unknown): ArrayLike<unknown>;
  };

export class ArraySource implements Source {
  readonly rows: number;

  constructor(
    readonly X: Samples,
    readonly Y: Truths,
    private readonly weights: ArrayLike<number> | undefined,
    private readonly groups?: Groups,
  ) {
    this.rows = countRows(X, 'X');
    const truths = countRows(Y, 'Y');
    if (truths !== this.rows) throw new DataError('Y', `has ${counted(truths, 'row')}, but X has ${this.rows}`);
    if (weights && weights.length !== this.rows) {
      throw new DataError('sampleWeights', `has ${counted(weights.length, 'element')}, but ${thereAre(this.rows, 'row')}`);
    }
  }

  strata(model: Learner): ArrayLike<number> | undefined {
    if (model instanceof Classifier) return numbered(this.Y as ArrayLike<Label>);
    return model instanceof Network ? classesOf(model, this.Y as MatrixLike) : undefined;
  }

  async fit(model: Learner, indices: Uint32Array, options: object): Promise<void> {
    const { groups } = this;
    const told = groups !== undefined && model instanceof Estimator; // others know no groups
    const some = told && { groups: typeof groups === 'string' ? groups : picked(groups, indices) };
    const given = { ...options, ...this.weighted(indices), ...some };
    try {
      await call(model).fit(picked(this.X, indices), picked(this.Y, indices), given);
    } catch (error) {
      throw amongAll(error, indices);
    }
  }

  evaluate(model: Learner, indices: Uint32Array): object {
    try {
      return call(model).evaluate(picked(this.X, indices), picked(this.Y, indices), this.weighted(indices));
    } catch (error) {
      throw amongAll(error, indices);
    }
  }

  private weighted(indices: Uint32Array): { sampleWeights?: number[] } {
    const { weights } = this;
    return weights ? { sampleWeights: Array.from(indices, (r) => weights[r]!) } : {};
  }
}

class DatasetSource implements Source {
  constructor(private readonly data: Dataset) {}

  get rows(): number {
    return this.data.rows;
  }

  strata(model: Learner): ArrayLike<number> | undefined {
    if (!(model instanceof Network)) return undefined;
    return classesOf(model, { data: this.data.rawTargets(), shape: [this.data.rows, this.data.targets] });
  }

  async fit(model: Learner, indices: Uint32Array, options: object): Promise<void> {
    const some = this.data.picked(indices);
    try {
      await call(model).fit(some, options);
    } catch (error) {
      throw amongAll(error, indices);
    } finally {
      some.dispose();
    }
  }

  evaluate(model: Learner, indices: Uint32Array): object {
    const some = this.data.picked(indices);
    try {
      return call(model).evaluate(some);
    } catch (error) {
      throw amongAll(error, indices);
    } finally {
      some.dispose();
    }
  }
}

/** Predictions of a model for rows: an array for each, of one element where predictions are single. */
export function predictions(model: Learner, X: Samples): ArrayLike<unknown>[] {
  const rows = countRows(X, 'X');
  const found = call(model).predict(X);
  if (ArrayBuffer.isView(found)) {
    const n = found.length / rows;
    return Array.from({ length: rows }, (_, r) => Array.from({ length: n }, (_v, o) => found[r * n + o]));
  }
  return Array.from(found, (p) => (isRow(p) ? p : [p]));
}

/** The classes of a network's targets, where its loss has any. */
function classesOf({ loss, outputs }: Network, Y: MatrixLike): ArrayLike<number> | undefined {
  const threshold = classThreshold(loss);
  if (threshold === undefined || asksSeparately(loss, outputs)) return undefined;
  const { rows, columns, source } = matrix(Y, 'Y');
  if (columns === 1 && outputs > 1)
    return Array.from({ length: rows }, (_, r) => (isRow(source[r]) ? source[r][0]! : source[r]!));
  return Array.from({ length: rows }, (_, r) =>
    isRow(source[r])
      ? classOf(source[r], 0, columns, threshold)
      : classOf(source as ArrayLike<number>, r * columns, columns, threshold),
  );
}
