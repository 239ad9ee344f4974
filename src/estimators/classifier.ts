// The classifier: labels in, labels out.

import { type Calibration, calibration } from '../data/calibration.js';
import { rowWeights } from '../data/dataset.js';
import { type Rows, type Table, table } from '../data/table.js';
import { CLASSES, type Label, type LabelsLike, argmax } from '../data/classes.js';
import { ModelFileError, OptionError, shown } from '../runtime/errors.js';
import { type RowChunk, type RowChunks, type TargetsIn, isRowChunks } from './chunks.js';
import type { ClassWeights } from './class-weights.js';
import { LabelCoder, type LabelCoding } from './labels.js';
import { type ClassifierEvaluation, EvaluationSums, rowLoss } from './class-evaluation.js';
import { Estimator } from './estimator.js';
import { STREAMING } from './ways.js';
import { RESTORING } from './loading.js';
import { shaped } from './encoded.js';
import { ESTIMATOR_OPTIONS, type EstimatorOptions, type PartialFitOptions, RUN_OPTIONS, type RunOptions } from './options.js';
import type { ModelDocument, ModelJSON, ModelObject, ReadingOptions } from '../format/document.js';
import { type ModelSource, READING, loaded } from '../format/loading.js';
import { FIT_OPTIONS } from '../training/options.js';
import { type ClassMetrics, ClassTally } from '../evaluation/metrics.js';
import { apart, type Checked, checked, value } from '../runtime/options.js';
import { HEAD_OPTIONS, type HeadOptions, headFrom } from './head.js';

export type { ClassifierEvaluation };

/** Options of a `Classifier`: what it is made of and how it is trained. `L` is the type of its labels. */
export interface ClassifierOptions<L extends Label = Label> extends EstimatorOptions, HeadOptions {
  /**
   * All labels there are or will be. Needed for `partialFit` where the first rows do not show them all. Default: those seen in
   * training, sorted.
   */
  classes?: readonly L[];
  /** Makes targets less than certain, as of `Network.fit`; with the loss crossEntropy. Default 0. */
  labelSmoothing?: number;
}

/** Options of a single `fit` of a `Classifier`. */
export interface ClassifierRunOptions extends RunOptions {
  /** Weights of classes: 'balanced' (N/(classes·members)), or one for each label. They multiply sample weights. */
  classWeights?: ClassWeights;
}

/** The labels among arrays of labels and of rows: what the type of a classifier that learns from chunks is found by. */
export type LabelOf<Targets> = Targets extends ArrayLike<infer L> ? (L extends Label ? L : never) : never;

const CLASSIFIER_OPTIONS = { classes: CLASSES, ...HEAD_OPTIONS, labelSmoothing: FIT_OPTIONS.labelSmoothing };

const CLASSIFIER_RUN_OPTIONS = {
  ...RUN_OPTIONS,
  classWeights: value<ClassifierRunOptions['classWeights']>(
    "'balanced', or an object or Map of a weight ≥ 0 for each label",
    (v) => v === 'balanced' || (typeof v === 'object' && v !== null),
    undefined,
  ),
};

/**
 * Learns to tell classes apart.
 *
 * ```ts
 * const model = await Classifier.fit(rows, labels);
 * model.predict(newRows); // labels
 * ```
 *
 * Rows are arrays of numbers, a typed array with a shape, or records with numbers, strings, booleans and dates. Labels are
 * strings (`''` only if `classes` lists it), numbers or booleans. Without options, size, decay, rate and epochs are chosen by the
 * rules of docs/defaults.md, and
 * `model.history.chosen` says what they chose. `L` is the type of the labels.
 */
export class Classifier<const L extends Label = Label> extends Estimator<ArrayLike<L>, LabelCoding> {
  /** Tells a classifier from regressors and networks. */
  readonly kind = 'classifier';
  protected readonly coder: LabelCoder;

  /** @throws OptionError */
  constructor(options?: ClassifierOptions<L>) {
    super('Classifier', options, CLASSIFIER_OPTIONS);
    const own = this.options as unknown as Checked<typeof CLASSIFIER_OPTIONS>;
    this.coder = new LabelCoder(headFrom('Classifier', own), own.classes);
    if (own.labelSmoothing > 0 && own.loss !== 'crossEntropy') {
      const expected = `0 with the loss ${own.loss}; its targets are set by targetValues`;
      throw new OptionError('Classifier.labelSmoothing', own.labelSmoothing, expected);
    }
  }

  /** A new classifier, fitted: `new Classifier(options).fit(rows, labels, options)`. */
  static fit<const T extends ArrayLike<Label>, const C extends Label = T[number]>(
    rows: Rows,
    labels: T,
    options?: ClassifierOptions<C> & ClassifierRunOptions,
  ): Promise<Classifier<T[number] | C>>;
  static fit<const T extends RowChunk<ArrayLike<Label>>, const C extends Label = LabelOf<TargetsIn<T>>>(
    chunks: RowChunks<ArrayLike<Label>, T>,
    options?: ClassifierOptions<C> & ClassifierRunOptions,
  ): Promise<Classifier<LabelOf<TargetsIn<T>> | C>>;
  static async fit(
    rows: Rows | RowChunks<ArrayLike<Label>>,
    labels?: ArrayLike<Label> | (ClassifierOptions & ClassifierRunOptions),
    options?: ClassifierOptions & ClassifierRunOptions,
  ): Promise<Classifier> {
    const given = isRowChunks(rows) && labels !== undefined ? labels : options;
    const [own, run] = apart('Classifier.fit', { ...ESTIMATOR_OPTIONS, ...CLASSIFIER_OPTIONS }, CLASSIFIER_RUN_OPTIONS, given);
    const model = new this(own);
    return isRowChunks<ArrayLike<Label>>(rows) ? model.fit(rows, run) : model.fit(rows, labels as ArrayLike<Label>, run);
  }

  /**
   * A classifier from a file (Node.js, Bun, Deno) or from the bytes of one, as `loadModel` reads them.
   *
   * ```ts
   * const model = await Classifier.load<'setosa' | 'versicolor'>('flowers.safetensors'); // the labels, where you know them
   * ```
   *
   * @throws FileError if the file cannot be read; ModelFileError if it is damaged, or holds another kind of model
   */
  static load<L extends Label = Label>(source: ModelSource, options?: ReadingOptions): Promise<Classifier<L>> {
    return loaded('Classifier.load', source, options, (document) => this.fromDocument<L>(document));
  }

  /**
   * The classifier of `toJSON`, or of its text parsed.
   * @throws ModelFileError
   */
  static async fromJSON<L extends Label = Label>(json: ModelJSON, options?: ReadingOptions): Promise<Classifier<L>> {
    return this.fromDocument<L>((await READING.load()).fromJSON(json, options));
  }

  /**
   * The classifier of `toObject`, or of a clone of it.
   * @throws ModelFileError
   */
  static async fromObject<L extends Label = Label>(object: ModelObject): Promise<Classifier<L>> {
    return this.fromDocument<L>((await READING.load()).fromObject(object));
  }

  /** @internal */
  static async fromDocument<L extends Label = Label>(document: ModelDocument): Promise<Classifier<L>> {
    if (document.kind !== 'classifier') throw new ModelFileError(`the model is a ${document.kind}, not a classifier`);
    const [{ readable }, { optionsOf }] = await Promise.all([READING.load(), RESTORING.load()]);
    const options = optionsOf(document) as ClassifierOptions<L>;
    const model = readable('options', () => new this<L>(options));
    await model.adopt(document);
    return model;
  }

  /**
   * Trains on rows and their labels. What was learned before is replaced once the new model is done.
   *
   * Data larger than memory come as a function that returns an (async) iterable of [rows, labels], anew for each pass: one learns
   * columns and labels, one draws a sample, on which size, decay and rate are chosen, and one an epoch follows.
   * @throws DataError for bad rows or labels, one class only, or a label that `classes` does not list; OptionError
   */
  fit(rows: Rows, labels: ArrayLike<L>, options?: ClassifierRunOptions): Promise<this>;
  fit(chunks: RowChunks<ArrayLike<L>>, options?: ClassifierRunOptions): Promise<this>;
  async fit(
    rows: Rows | RowChunks<ArrayLike<L>>,
    labels?: ArrayLike<L> | ClassifierRunOptions,
    options?: ClassifierRunOptions,
  ): Promise<this> {
    const run = checked('Classifier.fit', CLASSIFIER_RUN_OPTIONS, isRowChunks(rows) ? labels : options);
    if (isRowChunks<ArrayLike<L>>(rows)) await this.fitChunks(rows, run, run.classWeights);
    else await this.fitRows(rows, labels as ArrayLike<L>, run, run.classWeights);
    return this;
  }

  /**
   * Goes on training on new rows, or begins with them; one row will do if `classes` says which labels there are. Means and scales
   * follow the stream without a change of what was learned, classes and the method's state stay, and `history` is the record of
   * this call. Steps are bounded by the curvature of the inputs so far.
   * @throws DataError for a label that neither training nor `classes` knew
   */
  async partialFit(rows: Rows, labels: ArrayLike<LabelsLike<L>>, options?: PartialFitOptions): Promise<this> {
    await this.continueOn(rows, labels as ArrayLike<Label> as ArrayLike<L>, options);
    return this;
  }

  /** The labels, in the order of probabilities and of per-class metrics. */
  get classes(): readonly L[] {
    return this.trained.coding.classes as readonly L[];
  }

  protected override outputsInWords(): string {
    return `${this.classes.length} classes ${shown(this.classes)}`;
  }

  /** The most probable label of each row. */
  predict(rows: Rows): L[] {
    const a = this.trained.members.scores(this.encoded(table(rows)));
    const { classes } = this;
    const n = classes.length;
    return Array.from({ length: a.length / n }, (_, r) => classes[argmax(a, r * n, n)]!);
  }

  /**
   * The probabilities of each row's classes, in the order of `classes`: the outputs themselves where they are probabilities, else
   * softmax of the outputs times a scale that was fitted to the training rows.
   */
  predictProbabilities(rows: Rows): number[][] {
    const outputs = this.outputs(rows);
    const a = this.calibration?.probabilities(outputs) ?? outputs;
    const n = this.classes.length;
    return Array.from({ length: a.length / n }, (_, r) => Array.from(a.subarray(r * n, (r + 1) * n)));
  }

  /**
   * Loss and metrics on rows and their labels.
   * @throws DataError for a label unseen in training
   */
  evaluate(rows: Rows, labels: ArrayLike<LabelsLike<L>>, options?: { sampleWeights?: ArrayLike<number> }): ClassifierEvaluation {
    const sums = new EvaluationSums(this.classes.length);
    this.measure(sums, table(rows), labels, options);
    return sums.result(this.classes);
  }

  /**
   * The same of data larger than memory: `chunks` returns an (async) iterable of [rows, labels].
   * @throws DataError that names the chunk
   */
  async evaluateChunks(chunks: RowChunks<ArrayLike<LabelsLike<L>>>): Promise<ClassifierEvaluation> {
    const sums = new EvaluationSums(this.classes.length);
    const { eachChunk } = await STREAMING.load();
    for await (const _ of eachChunk(chunks, table, (t, labels) => this.measure(sums, t, labels, undefined)));
    return sums.result(this.classes);
  }

  /** Adds what rows and their labels show. */
  private measure(
    sums: EvaluationSums,
    t: Table,
    labels: ArrayLike<Label>,
    options: { sampleWeights?: ArrayLike<number> } | undefined,
  ): void {
    const { coding, members } = this.trained;
    const { t: truths, classes: indices } = this.coder.encode(labels, coding, t.rows, this.options.precision);
    const x = this.encoded(t);
    const n = coding.classes.length;
    const sure = this.calibration;
    if (members.networks.length === 1) {
      const found = members.first.evaluate(x, shaped(truths, n), options) as { loss: number } & ClassMetrics;
      if (!sure) {
        sums.add(found.loss, found.loss, found.confusionMatrix);
        return;
      }
    }
    const { sampleWeights } = checked('evaluate', { sampleWeights: RUN_OPTIONS.sampleWeights }, options);
    const weights = sampleWeights && rowWeights(sampleWeights, t.rows);
    const outputs = members.predict(x);
    const logs = sure ? sure.logProbabilities(outputs) : members.logProbabilities(x);
    const tally = new ClassTally(n);
    let loss = 0;
    let logLoss = 0;
    let all = 0;
    indices!.forEach((c, r) => {
      const w = weights ? weights[r]! : 1;
      tally.add(c, argmax(outputs, r * n, n), w);
      if (w === 0) return;
      logLoss -= w * logs[r * n + c]!;
      if (sure) loss += w * rowLoss(this.coder.head, outputs, truths, r * n, n);
      all += w;
    });
    sums.add((sure ? loss : logLoss) / all, logLoss / all, tally.confusion);
  }

  /** How outputs become probabilities, where they are none. */
  private get calibration(): Calibration | undefined {
    const { coding, members } = this.trained;
    return coding.scale === null ? undefined : calibration(members.first.engine, coding.classes.length, coding.scale);
  }
}
