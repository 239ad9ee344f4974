// The regressor: numbers in, numbers out.

import { rowWeights } from '../data/dataset.js';
import type { MatrixLike, NumericArray, ShapedArray } from '../data/matrix.js';
import { type Rows, table } from '../data/table.js';
import { ModelFileError, counted } from '../runtime/errors.js';
import { type RowChunk, type RowChunks, type TargetsIn, isRowChunks } from './chunks.js';
import { Estimator } from './estimator.js';
import { STREAMING } from './ways.js';
import { RESTORING } from './loading.js';
import { ESTIMATOR_OPTIONS, type EstimatorOptions, type PartialFitOptions, RUN_OPTIONS, type RunOptions } from './options.js';
import type { ModelDocument, ModelJSON, ModelObject, ReadingOptions } from '../format/document.js';
import { type ModelSource, READING, loaded } from '../format/loading.js';
import { type NumberMetrics, NumberTally } from '../evaluation/metrics.js';
import { apart, checked } from '../runtime/options.js';
import { NumberCoder, type NumberCoding, targetNumbers } from './numbers.js';

/** Options of a `Regressor`: what it is made of and how it is trained. */
export type RegressorOptions = EstimatorOptions;

/** Options of a single `fit` of a `Regressor`. */
export type RegressorRunOptions = RunOptions;

/** What a regressor predicts of a row after targets of a type: a number after a plain vector, else an array of numbers. */
export type PredictionOf<T> = T extends NumericArray | readonly number[]
  ? number
  : T extends readonly (readonly number[] | NumericArray)[] | ShapedArray
    ? number[]
    : never;

/** The targets that a regressor with such predictions learns from. */
export type TargetsOf<P extends number | number[]> = [P] extends [number] ? readonly number[] | NumericArray : MatrixLike;

/** How well a regressor does, in the units of the targets. */
export interface RegressorEvaluation extends NumberMetrics {
  /** The mean squared error by the library's name. */
  loss: number;
}

/**
 * Learns numbers from rows.
 *
 * ```ts
 * const model = await Regressor.fit(rows, targets);
 * model.predict(newRows); // one number a row, or an array of them where the targets had several columns
 * ```
 *
 * Rows are as for Classifier; targets a vector of N numbers, or N×O for several outputs. Inputs and targets are centred and
 * scaled inside; predictions come in the units of the targets. `P` is the type of a prediction: `new Regressor<number[]>()`
 * learns targets of several columns.
 */
export class Regressor<P extends number | number[] = number> extends Estimator<MatrixLike, NumberCoding> {
  /** Tells a regressor from classifiers and networks. */
  readonly kind = 'regressor';
  protected readonly coder = new NumberCoder();

  /** @throws OptionError */
  constructor(options?: RegressorOptions) {
    super('Regressor', options);
  }

  /** A new regressor, fitted: `new Regressor(options).fit(rows, targets, options)`. */
  static fit<T extends MatrixLike>(
    rows: Rows,
    targets: T,
    options?: RegressorOptions & RegressorRunOptions,
  ): Promise<Regressor<PredictionOf<T>>>;
  static fit<T extends RowChunk<MatrixLike>>(
    chunks: RowChunks<MatrixLike, T>,
    options?: RegressorOptions & RegressorRunOptions,
  ): Promise<Regressor<PredictionOf<TargetsIn<T>>>>;
  static async fit(
    rows: Rows | RowChunks<MatrixLike>,
    targets?: MatrixLike | (RegressorOptions & RegressorRunOptions),
    options?: RegressorOptions & RegressorRunOptions,
  ): Promise<Regressor<number | number[]>> {
    const given = isRowChunks(rows) && targets !== undefined ? targets : options;
    const [own, run] = apart('Regressor.fit', ESTIMATOR_OPTIONS, RUN_OPTIONS, given);
    const model = new this<number | number[]>(own);
    return isRowChunks<MatrixLike>(rows) ? model.fit(rows, run) : model.fit(rows, targets as MatrixLike, run);
  }

  /**
   * A regressor from a file (Node.js, Bun, Deno) or from the bytes of one, as `loadModel` reads them.
   *
   * ```ts
   * const model = await Regressor.load<number>('prices.safetensors'); // of single targets, as you know
   * ```
   *
   * @throws FileError if the file cannot be read; ModelFileError if it is damaged, or holds another kind of model
   */
  static load<P extends number | number[] = number | number[]>(
    source: ModelSource,
    options?: ReadingOptions,
  ): Promise<Regressor<P>> {
    return loaded('Regressor.load', source, options, (document) => this.fromDocument<P>(document));
  }

  /**
   * The regressor of `toJSON`, or of its text parsed.
   * @throws ModelFileError
   */
  static async fromJSON<P extends number | number[] = number | number[]>(
    json: ModelJSON,
    options?: ReadingOptions,
  ): Promise<Regressor<P>> {
    return this.fromDocument<P>((await READING.load()).fromJSON(json, options));
  }

  /**
   * The regressor of `toObject`, or of a clone of it.
   * @throws ModelFileError
   */
  static async fromObject<P extends number | number[] = number | number[]>(object: ModelObject): Promise<Regressor<P>> {
    return this.fromDocument<P>((await READING.load()).fromObject(object));
  }

  /** @internal */
  static async fromDocument<P extends number | number[]>(document: ModelDocument): Promise<Regressor<P>> {
    if (document.kind !== 'regressor') throw new ModelFileError(`the model is a ${document.kind}, not a regressor`);
    const [{ readable }, { optionsOf }] = await Promise.all([READING.load(), RESTORING.load()]);
    const options = optionsOf(document) as RegressorOptions;
    const model = readable('options', () => new this<P>(options));
    await model.adopt(document);
    return model;
  }

  /**
   * Trains on rows and their targets. What was learned before is replaced once the new model is done.
   *
   * Data larger than memory come as a function that returns an (async) iterable of [rows, targets], anew for each pass: one
   * learns columns and scalings, one draws a sample, on which size, decay and rate are chosen, and one an epoch follows.
   * @throws DataError for bad rows or targets; OptionError
   */
  fit(rows: Rows, targets: TargetsOf<P>, options?: RegressorRunOptions): Promise<this>;
  fit(chunks: RowChunks<TargetsOf<P>>, options?: RegressorRunOptions): Promise<this>;
  async fit(
    rows: Rows | RowChunks<MatrixLike>,
    targets?: MatrixLike | RegressorRunOptions,
    options?: RegressorRunOptions,
  ): Promise<this> {
    const run = checked('Regressor.fit', RUN_OPTIONS, isRowChunks(rows) ? targets : options);
    if (isRowChunks<MatrixLike>(rows)) await this.fitChunks(rows, run, undefined);
    else await this.fitRows(rows, targets as MatrixLike, run, undefined);
    return this;
  }

  /**
   * Goes on training on new rows, or begins with them; one row will do. Means and scales follow the stream without a change of
   * what was learned, the method's state stays, and `history` is the record of this call. Steps are bounded by the curvature of
   * the inputs so far.
   */
  async partialFit(rows: Rows, targets: TargetsOf<P>, options?: PartialFitOptions): Promise<this> {
    await this.continueOn(rows, targets, options);
    return this;
  }

  protected override outputsInWords(): string {
    return counted(this.outputCount, 'number');
  }

  /** How many numbers a prediction has. */
  get outputCount(): number {
    return this.trained.coding.scalings.length;
  }

  /** A number for each row; an array of numbers where the targets had several columns (or were given as N×1). */
  predict(rows: Rows): P[] {
    const a = this.unscaled(rows);
    const n = this.outputCount;
    if (this.trained.coding.single) return Array.from(a) as P[];
    return Array.from({ length: a.length / n }, (_, r) => Array.from(a.subarray(r * n, (r + 1) * n))) as P[];
  }

  /** Errors on rows and their targets, in the units of the targets. */
  evaluate(rows: Rows, targets: MatrixLike, options?: { sampleWeights?: ArrayLike<number> }): RegressorEvaluation {
    const { sampleWeights } = checked('evaluate', { sampleWeights: RUN_OPTIONS.sampleWeights }, options);
    const tally = new NumberTally(this.outputCount);
    this.measure(tally, rows, targets, sampleWeights);
    const result = tally.result();
    return { loss: result.mse, ...result };
  }

  /**
   * The same of data larger than memory: `chunks` returns an (async) iterable of [rows, targets].
   * @throws DataError that names the chunk
   */
  async evaluateChunks(chunks: RowChunks<MatrixLike>): Promise<RegressorEvaluation> {
    const tally = new NumberTally(this.outputCount);
    const { eachChunk } = await STREAMING.load();
    for await (const _ of eachChunk(chunks, table, (t, targets) => this.measure(tally, t, targets, undefined)));
    const result = tally.result();
    return { loss: result.mse, ...result };
  }

  /** Adds what rows and their targets show. */
  private measure(tally: NumberTally, rows: Rows, targets: MatrixLike, weights: ArrayLike<number> | undefined): void {
    const a = this.unscaled(rows);
    const n = this.outputCount;
    const count = a.length / n;
    const { data } = targetNumbers(targets, count, n);
    const w = weights && rowWeights(weights, count);
    for (let r = 0; r < count; r++) tally.add(a, r * n, data, r * n, w ? w[r]! : 1);
  }

  /** Outputs in the units of the targets. */
  private unscaled(rows: Rows): Float64Array {
    const { scalings } = this.trained.coding;
    const n = scalings.length;
    return Float64Array.from(this.outputs(rows), (v, i) => scalings[i % n]!.mean + scalings[i % n]!.scale * v);
  }
}
