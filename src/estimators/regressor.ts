// The regressor: numbers in, numbers out.

import { type Scaling, type Spread, joined, scaled, spreadOf } from '../data/spread.js';
import { rowWeights } from '../data/dataset.js';
import { type Matrix, type MatrixLike, copyMatrix, matrix } from '../data/matrix.js';
import { followed, isSettled, scalingOf } from '../data/running.js';
import type { Rows } from '../data/table.js';
import { DataError, ModelFileError, counted, thereAre } from '../runtime/errors.js';
import { type CodingLearner, type RowChunks, eachChunk, isRowChunks } from './chunks.js';
import { type CodedTargets, type CodingDocument, Estimator, optionsOf } from './estimator.js';
import type { TargetScaling } from './fold.js';
import { ESTIMATOR_OPTIONS, type EstimatorOptions, type PartialFitOptions, RUN_OPTIONS, type RunOptions } from './options.js';
import { type ModelDocument, type ModelJSON, fromJSON } from '../format/document.js';
import { fields, readable } from '../format/fields.js';
import { scaling } from './file/columns.js';
import { spreadsDocument, targetSpreads } from './file/statistics.js';
import { type NumberMetrics, NumberTally } from '../evaluation/metrics.js';
import { apart, checked, value } from '../runtime/options.js';
import { NUMBERS } from './head.js';

export type RegressorOptions = EstimatorOptions;
export type RegressorRunOptions = RunOptions;

/** How well a regressor does, in the units of the targets. */
export interface RegressorEvaluation extends NumberMetrics {
  /** The mean squared error by the library's name. */
  loss: number;
}

/** How numbers become outputs; plain data. */
interface NumberCoding {
  /** Of each output: t ↦ (t − mean)/scale. */
  readonly scalings: readonly Scaling[];
  /** Whether targets came as a plain vector, so that predictions do as well. */
  readonly single: boolean;
  /** Where the numbers of each output lie so far; undefined where a file of an earlier version does not say. Files have it apart. */
  readonly spreads: readonly Spread[] | undefined;
}

const CODING = {
  scalings: value<readonly unknown[] | undefined>('a non-empty array', (v) => Array.isArray(v) && v.length > 0, undefined),
  single: value<boolean | undefined>('true or false', (v) => typeof v === 'boolean', undefined),
};

/**
 * Learns numbers from rows.
 *
 * ```ts
 * const model = await Regressor.fit(rows, targets);
 * model.predict(newRows); // one number a row, or an array of them where the targets had several columns
 * ```
 *
 * Rows are as for Classifier; targets a vector of N numbers, or N×O for several outputs. Inputs and targets are centred and
 * scaled inside; predictions come in the units of the targets.
 */
export class Regressor extends Estimator<MatrixLike, NumberCoding> {
  readonly kind = 'regressor';
  protected readonly head = NUMBERS;

  /** @throws OptionError */
  constructor(options?: RegressorOptions) {
    super('Regressor', options);
  }

  /** A new regressor, fitted: `new Regressor(options).fit(rows, targets, options)`. */
  static fit(rows: Rows, targets: MatrixLike, options?: RegressorOptions & RegressorRunOptions): Promise<Regressor>;
  static fit(chunks: RowChunks<MatrixLike>, options?: RegressorOptions & RegressorRunOptions): Promise<Regressor>;
  static async fit(
    rows: Rows | RowChunks<MatrixLike>,
    targets?: MatrixLike | (RegressorOptions & RegressorRunOptions),
    options?: RegressorOptions & RegressorRunOptions,
  ): Promise<Regressor> {
    const given = isRowChunks(rows) && targets !== undefined ? targets : options;
    const [own, run] = apart('Regressor.fit', ESTIMATOR_OPTIONS, RUN_OPTIONS, given);
    const model = new this(own);
    return isRowChunks<MatrixLike>(rows) ? model.fit(rows, run) : model.fit(rows, targets as MatrixLike, run);
  }

  /**
   * The regressor of `toJSON`, or of its text parsed.
   * @throws ModelFileError
   */
  static async fromJSON(json: ModelJSON): Promise<Regressor> {
    return this.fromDocument(fromJSON(json));
  }

  /** @internal */
  static async fromDocument(document: ModelDocument): Promise<Regressor> {
    if (document.kind !== 'regressor') throw new ModelFileError(`the model is a ${document.kind}, not a regressor`);
    const options = optionsOf(document) as RegressorOptions;
    const model = readable('options', () => new this(options));
    await model.adopt(document);
    return model;
  }

  /**
   * Trains on rows and their targets. What was learned before is replaced once the new model is done.
   *
   * Data larger than memory come as a function that returns an (async) iterable of [rows, targets], anew for each pass: one learns columns and scalings, one draws a
   * sample, on which size, decay and rate are chosen, and one an epoch follows.
   * @throws DataError for bad rows or targets; OptionError
   */
  fit(rows: Rows, targets: MatrixLike, options?: RegressorRunOptions): Promise<this>;
  fit(chunks: RowChunks<MatrixLike>, options?: RegressorRunOptions): Promise<this>;
  async fit(
    rows: Rows | RowChunks<MatrixLike>,
    targets?: MatrixLike | RegressorRunOptions,
    options?: RegressorRunOptions,
  ): Promise<this> {
    const run = checked('Regressor.fit', RUN_OPTIONS, isRowChunks(rows) ? targets : options);
    if (isRowChunks<MatrixLike>(rows)) await this.trainChunks(rows, run, undefined);
    else await this.train(rows, targets as MatrixLike, run, undefined);
    return this;
  }

  /**
   * Goes on training on new rows, or begins with them; one row will do. Means and scales follow the stream without a change of what was learned, the
   * method's state stays, and `history` is the record of this call. Steps are bounded by the curvature of the inputs so far.
   */
  async partialFit(rows: Rows, targets: MatrixLike, options?: PartialFitOptions): Promise<this> {
    await this.continue(rows, targets, options);
    return this;
  }

  /** How many numbers a prediction has. */
  get outputCount(): number {
    return this.trained.coding.scalings.length;
  }

  /** A number for each row; an array of numbers where the targets had several columns (or were given as N×1). */
  predict(rows: Rows): number[] | number[][] {
    const a = this.unscaled(rows);
    const n = this.outputCount;
    if (this.trained.coding.single) return Array.from(a);
    return Array.from({ length: a.length / n }, (_, r) => Array.from(a.subarray(r * n, (r + 1) * n)));
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
    for await (const _ of eachChunk(chunks, (t, targets) => this.measure(tally, t, targets, undefined)));
    const result = tally.result();
    return { loss: result.mse, ...result };
  }

  /** Adds what rows and their targets show. */
  private measure(tally: NumberTally, rows: Rows, targets: MatrixLike, weights: ArrayLike<number> | undefined): void {
    const a = this.unscaled(rows);
    const n = this.outputCount;
    const t = plain(requireRows(matrix(targets, 'targets'), a.length / n));
    requireColumns(t.columns, n);
    const w = weights && rowWeights(weights, t.rows);
    for (let r = 0; r < t.rows; r++) tally.add(a, r * n, t.data, r * n, w ? w[r]! : 1);
  }

  protected codingLearner(): NumbersLearner {
    return new NumbersLearner();
  }

  protected readCoding(config: Readonly<Record<string, unknown>>, running: unknown): NumberCoding {
    const { scalings: given, single } = fields('coding', CODING, config);
    const scalings = given.map((s, i) => scaling(s, `coding.scalings[${i}]`));
    return { scalings, single, spreads: targetSpreads(running, scalings) };
  }

  protected override codingDocument({ scalings, single, spreads }: NumberCoding): CodingDocument {
    return { coding: { scalings, single }, running: spreads && spreadsDocument(spreads) };
  }

  protected override following(coding: NumberCoding, targets: MatrixLike, rows: number): NumberCoding {
    const { scalings, spreads } = coding;
    if (!spreads) return coding;
    const { data, columns } = plain(requireRows(matrix(targets, 'targets'), rows));
    requireColumns(columns, scalings.length);
    const next = spreadsOf(data, columns).map((more, c) => followed(spreads[c]!, more, scalings[c]!, isSettled(spreads[c]!)));
    return { ...coding, scalings: next.map(scalingOf), spreads: next };
  }

  protected override targetScalings({ scalings, spreads }: NumberCoding): readonly TargetScaling[] | undefined {
    return spreads && scalings.map((each, c) => ({ ...each, known: spreads[c]!.deviation > 0 }));
  }

  protected encodeTargets(targets: MatrixLike, { scalings }: NumberCoding, rows: number): CodedTargets {
    const { data, columns } = plain(requireRows(matrix(targets, 'targets'), rows));
    requireColumns(columns, scalings.length);
    const code = (v: number, i: number) => scaled(v, scalings[i % columns]!);
    return { t: this.options.precision === 'float32' ? Float32Array.from(data, code) : data.map(code), classes: undefined };
  }

  protected outputsFor({ scalings }: NumberCoding): number {
    return scalings.length;
  }

  protected classWeights(_: NumberCoding, __: Uint32Array | undefined, w: Float64Array | undefined): Float64Array | undefined {
    return w;
  }

  /** Outputs in the units of the targets. */
  private unscaled(rows: Rows): Float64Array {
    const { scalings } = this.trained.coding;
    const n = scalings.length;
    return Float64Array.from(this.outputs(rows), (v, i) => scalings[i % n]!.mean + scalings[i % n]!.scale * v);
  }
}

/** Where the numbers of each output lie. */
class NumbersLearner implements CodingLearner<MatrixLike, NumberCoding> {
  private spreads: Spread[] | undefined;
  private single = true;

  add(targets: MatrixLike, rows: number): void {
    const { data, columns } = plain(requireRows(matrix(targets, 'targets'), rows));
    if (this.spreads && columns !== this.spreads.length) {
      throw new DataError('targets', `has ${counted(columns, 'column')}; expected ${this.spreads.length}, as before`);
    }
    this.single &&= columns === 1 && !nested(targets);
    const found = spreadsOf(data, columns);
    this.spreads = this.spreads?.map((spread, c) => joined(spread, found[c]!)) ?? found;
  }

  finish(): NumberCoding {
    return { scalings: this.spreads!.map(scalingOf), single: this.single, spreads: this.spreads };
  }
}

/** Where the numbers of each column lie. */
function spreadsOf(data: Float64Array, columns: number): Spread[] {
  const rows = data.length / columns;
  return Array.from({ length: columns }, (_, c) =>
    spreadOf(Float64Array.from({ length: rows }, (__, r) => data[r * columns + c]!)),
  );
}

function requireColumns(columns: number, expected: number): void {
  if (columns !== expected)
    throw new DataError('targets', `has ${counted(columns, 'column')}; expected ${expected}, as in training`);
}

function requireRows(m: Matrix, rows: number): Matrix {
  if (m.rows !== rows) throw new DataError('targets', `has ${counted(m.rows, 'row')}, but ${thereAre(rows, 'row')} of inputs`);
  return m;
}

/** A matrix's elements in float64, row-major. */
function plain(m: Matrix): { data: Float64Array; rows: number; columns: number } {
  const data = new Float64Array(m.rows * m.columns);
  copyMatrix(m, data, 'targets');
  return { data, rows: m.rows, columns: m.columns };
}

function nested(targets: MatrixLike): boolean {
  return 'shape' in targets || typeof (targets as ArrayLike<unknown>)[0] === 'object';
}
