// What Classifier and Regressor have in common: preprocessing + target coding + networks + recommended defaults.

import { ColumnsLearner } from '../data/columns.js';
import { Encoder, type EncoderSpec } from '../data/encoder.js';
import { type ReadingNotes, type Rows, Table, table } from '../data/table.js';
import { layersInLine } from '../network/summary.js';
import { DisposedError, EfficientBackpropError, NotFittedError, counted } from '../runtime/errors.js';
import type { Journal } from './journal.js';
import type { TargetCoder } from './coding.js';
import type { Fitted } from './fitted.js';
import { columnsSaid, fitRows, learn } from './fit.js';
import { Problem } from './problem.js';
import { Recipes } from './recipes.js';
import { type Specification, encoded, fills, fixedBy, learnCoding, settingOf, withWeight } from './specification.js';
import { shaped } from './encoded.js';
import { estimatorDocument } from './file/writing.js';
import { Inputs } from './inputs.js';
import { RESTORING } from './loading.js';
import { Members } from './members.js';
import type { RowChunks } from './chunks.js';
import {
  ESTIMATOR_OPTIONS,
  type EstimatorHistory,
  type EstimatorOptions,
  PARTIAL_OPTIONS,
  type PartialFitOptions,
  type RUN_OPTIONS,
} from './options.js';
import { checkedStopping } from '../training/options.js';
import type { Layer } from '../layers/layers.js';
import type { ModelDocument } from '../format/document.js';
import { Model } from '../network/model.js';
import type { Curvature } from '../curvature/curvature.js';
import { type Checked, checked, number } from '../runtime/options.js';
import { freshSeed } from '../runtime/random.js';
import { techniques } from './techniques.js';
import { CONTINUING, STREAMING } from './ways.js';
import type { ShapedArray } from '../data/matrix.js';
import type { Precision } from '../../bindings/memory.js';

/** A model from a table to labels or numbers. `Coding` is how targets are coded. */
export abstract class Estimator<Targets, Coding> extends Model {
  /** The seed of all its randomness. */
  readonly seed: number;
  protected readonly options: Checked<typeof ESTIMATOR_OPTIONS>;
  /** The model, once there is one. @internal */
  fitted: Fitted<Coding> | undefined;
  /** @internal */
  disposed = false;
  private fitting = false;
  /** What the fit under way has trained, or the last one, where it was interrupted. @internal */
  interruptedFit: Journal | undefined;

  /** @internal */
  abstract readonly kind: 'classifier' | 'regressor';
  /** What is predicted, in a few words. */
  protected abstract outputsInWords(): string;
  /** How targets become outputs. */
  protected abstract readonly coder: TargetCoder<Targets, Coding>;

  /** @param call what the messages of its options begin with */
  constructor(
    private readonly call: 'Classifier' | 'Regressor',
    options: EstimatorOptions | undefined,
    extra: Parameters<typeof checked>[1] = {},
  ) {
    super();
    this.options = checked(call, { ...ESTIMATOR_OPTIONS, ...extra }, options) as Checked<typeof ESTIMATOR_OPTIONS>;
    checkedStopping(call, this.options);
    techniques(call, this.options);
    this.seed = this.options.seed ?? freshSeed();
  }

  /** The record of the last `fit` or `partialFit`. */
  get history(): EstimatorHistory {
    return this.trained.history ?? missingHistory();
  }

  /** Whether there is a record: not where a file of an earlier version holds a model of `partialFit` alone. */
  get hasHistory(): boolean {
    return this.trained.history !== undefined;
  }

  /** How many networks there are, whose outputs are averaged. */
  get members(): number {
    return this.trained.members.networks.length;
  }

  /** How many parameters the networks have, all together. */
  get parameters(): number {
    return this.trained.members.parameters;
  }

  /** The precision of the networks. */
  get precision(): Precision {
    return this.trained.members.first.precision;
  }

  /** How each column of the data becomes inputs, and which columns were dropped and why. */
  get columns(): EncoderSpec['columns'] {
    return this.trained.inputs.columns;
  }

  /** The layers of each network. */
  get layers(): readonly Layer[] {
    return this.trained.members.first.layers;
  }

  protected override inWords(): string {
    const { call, seed, fitted } = this;
    if (!fitted) return `${call} { ${this.disposed ? 'disposed of' : 'not fitted yet'} }`;
    const { first, networks, parameters } = fitted.members;
    const several = networks.length > 1 ? `${networks.length} networks of ` : '';
    const size = `${counted(parameters, 'parameter')}, ${first.precision}, seed ${seed}`;
    return `${call} { ${this.outputsInWords()} from ${counted(fitted.inputs.columns.length, 'column')}; ${several}${layersInLine(first.inputs, first.layers)}; ${size} }`;
  }

  /** Whether there is a model to predict with. */
  get isFitted(): boolean {
    return this.fitted !== undefined && !this.disposed;
  }

  /** Frees the model's memory at once. */
  dispose(): void {
    this.disposed = true;
    this.fitted?.members.dispose();
    this.fitted = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  protected get trained(): Fitted<Coding> {
    return (this.disposed ? undefined : this.fitted) ?? this.refuse();
  }

  private refuse(): never {
    throw this.disposed ? new DisposedError(this.kind) : new NotFittedError(this.kind);
  }

  /** Makes a model of rows; the old one, if any, stays until the new one is done. */
  protected fitRows(rows: Rows, targets: Targets, run: Checked<typeof RUN_OPTIONS>, byClass: unknown): Promise<void> {
    const notes = () => (rows instanceof Table ? rows.readingNotes : undefined);
    return this.replace(() => fitRows(this.specification, rows, targets, run, byClass, this), notes);
  }

  /** The same of chunks. */
  protected fitChunks(chunks: RowChunks<Targets>, run: Checked<typeof RUN_OPTIONS>, byClass: unknown): Promise<void> {
    let first: Table | undefined;
    const seen = (rows: Rows) => {
      const t = table(rows);
      first ??= t;
      return t;
    };
    const fit = async () => {
      const { fitChunks } = await STREAMING.load();
      return fitChunks(this.specification, chunks, run, byClass, this, {
        ColumnsLearner,
        columnsSaid,
        Encoder,
        Inputs,
        encoded,
        fills,
        learn,
        table: seen,
      });
    };
    return this.replace(fit, () => first?.readingNotes);
  }

  /** @param notes how the text of what was learned had been read */
  private replace(fit: () => Promise<Fitted<Coding>>, notes: () => ReadingNotes | undefined): Promise<void> {
    return this.exclusively(async () => {
      const fitted = await fit();
      if (this.disposed) {
        fitted.members.dispose();
        throw new DisposedError(this.kind);
      }
      this.fitted?.members.dispose();
      this.fitted = fitted;
      this.remember(notes());
    });
  }

  /** Keeps how text was read, in the place of what was kept of rows before. */
  private remember(notes: ReadingNotes | undefined): void {
    const { spellings: _, reading: __, ...others } = this.metadata;
    this.note({ ...others, ...notes });
  }

  /** A table as this model reads it. */
  private own(t: Table): Table {
    return this.trained.inputs.encoder.spec.named ? t.as(this) : t;
  }

  /** Goes on training on new rows, or begins with them. */
  protected async continueOn(rows: Rows, targets: Targets, options: PartialFitOptions | undefined): Promise<void> {
    const given = checked('partialFit', PARTIAL_OPTIONS, options);
    await this.exclusively(async () => {
      const { continueOn } = CONTINUING.exports ?? (await CONTINUING.load());
      const begins = this.fitted === undefined;
      const t = rows instanceof Table && !begins ? this.own(rows) : rows;
      const some = withWeight(t, targets, given.sampleWeights);
      const own = { Inputs, Members, Problem, Recipes, columnsSaid, encoded, fills, fixedBy, learnCoding, settingOf };
      await continueOn(this.specification, some, given, this, own);
      if (begins && rows instanceof Table) this.remember(rows.readingNotes);
    });
  }

  private get specification(): Specification<Targets, Coding> {
    const { kind, call, options, seed, coder } = this;
    return { kind, call, options, seed, coder };
  }

  /** Outputs for rows, row-major. */
  protected outputs(rows: Rows): Float32Array | Float64Array {
    return this.trained.members.predict(this.encoded(table(rows)));
  }

  /** The inputs of a table's rows. */
  protected encoded(t: Table): ShapedArray {
    const { inputs, members } = this.trained;
    return shaped(inputs.encode(this.own(t), members.first.precision), inputs.count);
  }

  /**
   * First and second derivatives of a network's loss on rows and their targets, encoded as in training: Hessian, eigenvalues, the
   * best rate, in float64. Without weight decay and class weights.
   * @param options member: which of the networks, from 0 to `members` − 1. Default 0
   * @throws DataError; NotFittedError; OptionError; UnsupportedError for a float32 model before `await init({ precision:
   * 'float64' })`, since curvature needs that binary
   */
  curvature(rows: Rows, targets: Targets, options?: { member?: number }): Curvature {
    const { coding, members } = this.trained;
    const last = members.networks.length - 1;
    const { member } = checked('curvature', { member: number({ min: 0, max: last, integer: true }, 0) }, options);
    const t = table(rows);
    const { outputs } = members.first;
    return members.networks[member]!.curvature(
      this.encoded(t),
      shaped(this.coder.encode(targets, coding, t.rows, this.options.precision).t, outputs),
    );
  }

  private async exclusively(work: () => Promise<void>): Promise<void> {
    if (this.disposed) throw new DisposedError(this.kind);
    if (this.fitting) throw new EfficientBackpropError(`this ${this.kind} is being fitted already; await that fit first`);
    this.fitting = true;
    try {
      await work();
    } finally {
      this.fitting = false;
    }
  }

  /** @internal */
  document(state: boolean): Omit<ModelDocument, 'metadata'> {
    const { fitted, interruptedFit: journal } = this;
    return estimatorDocument(this.specification, { fitted, journal }, state) ?? this.refuse();
  }

  /** Takes over what a document holds. @throws ModelFileError @internal */
  protected async adopt(document: ModelDocument): Promise<void> {
    const { estimatorFrom } = await RESTORING.load();
    const { fitted, journal } = await estimatorFrom(this.specification, document, { Inputs, Members });
    this.fitted = fitted;
    this.interruptedFit = journal;
    this.note(document.metadata);
  }
}

function missingHistory(): never {
  throw new NotFittedError('model with a history, which its file does not have');
}
