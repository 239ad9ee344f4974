// The classifier: labels in, labels out.

import { type Rows, table } from '../data/table.js';
import { DataError, ModelFileError, OptionError, shown } from '../errors.js';
import { type CodedTargets, Estimator } from './estimator.js';
import { type EstimatorOptions, type PartialFitOptions, RUN_OPTIONS, type RunOptions } from './options.js';
import { type ModelDocument, type ModelJSON, fields, fromJSON, readable, record } from '../format/document.js';
import { type ClassMetrics, argmax } from '../metrics.js';
import { checked, value } from '../options.js';
import { shaped } from './recipe.js';

/** What stands for a class. */
export type Label = string | number | boolean;

export interface ClassifierOptions extends EstimatorOptions {
  /**
   * All labels there are or will be. Needed for `partialFit` where the first rows do not show them all. Default: those seen in
   * training, sorted.
   */
  classes?: readonly Label[];
}

export interface ClassifierRunOptions extends RunOptions {
  /** Weights of classes: 'balanced' (N/(classes·members)), or one for each label. They multiply sample weights. */
  classWeights?: 'balanced' | ReadonlyMap<Label, number> | Readonly<Record<string, number>>;
}

/** How well a classifier does. */
export interface ClassifierEvaluation extends ClassMetrics {
  /** The cross-entropy, by the library's name and by its usual one. */
  loss: number;
  logLoss: number;
  /** The labels, in the order of all per-class lists. */
  classes: readonly Label[];
}

const isLabel = (v: unknown): v is Label =>
  typeof v === 'string' || typeof v === 'boolean' || (typeof v === 'number' && Number.isFinite(v));

const CLASSES = {
  classes: value<readonly Label[] | undefined>(
    'an array of two or more different labels of one type',
    (v) =>
      Array.isArray(v) &&
      v.length > 1 &&
      v.every(isLabel) &&
      new Set(v).size === v.length &&
      v.every((l) => typeof l === typeof v[0]),
    undefined,
  ),
};

const CLASSIFIER_RUN_OPTIONS = {
  ...RUN_OPTIONS,
  classWeights: value<ClassifierRunOptions['classWeights']>(
    "'balanced', or an object or Map of a weight ≥ 0 for each label",
    (v) => v === 'balanced' || (typeof v === 'object' && v !== null),
    undefined,
  ),
};

/** How labels become outputs; plain data. */
interface LabelCoding {
  readonly classes: readonly Label[];
}

/**
 * Learns to tell classes apart.
 *
 * ```ts
 * const model = await Classifier.fit(rows, labels);
 * model.predict(newRows); // labels
 * ```
 *
 * Rows are arrays of numbers, a typed array with a shape, or records with numbers, strings, booleans and dates. Labels are
 * strings, numbers or booleans. Without options, size, decay, rate and epochs are chosen by the rules of docs/defaults.md, and
 * `model.history.chosen` says what they chose.
 */
export class Classifier extends Estimator<ArrayLike<Label>, LabelCoding> {
  readonly kind = 'classifier';
  private readonly announced: readonly Label[] | undefined;

  /** @throws OptionError */
  constructor(options?: ClassifierOptions) {
    super('Classifier', options, CLASSES);
    this.announced = options?.classes;
  }

  /** A new classifier, fitted: `new Classifier(options).fit(rows, labels, options)`. */
  static fit(rows: Rows, labels: ArrayLike<Label>, options: ClassifierOptions & ClassifierRunOptions = {}): Promise<Classifier> {
    const { sampleWeights, signal, timeLimit, onProgress, classWeights, ...own } = options;
    const run = Object.fromEntries(
      Object.entries({ sampleWeights, signal, timeLimit, onProgress, classWeights }).filter(([, v]) => v !== undefined),
    );
    return new this(own).fit(rows, labels, run);
  }

  /**
   * The classifier of `toJSON`, or of its text parsed.
   * @throws ModelFileError
   */
  static async fromJSON(json: ModelJSON): Promise<Classifier> {
    return this.fromDocument(fromJSON(json));
  }

  /** @internal */
  static async fromDocument(document: ModelDocument): Promise<Classifier> {
    if (document.kind !== 'classifier') throw new ModelFileError(`the model is a ${document.kind}, not a classifier`);
    const options = record(document.config['options'], 'options') as ClassifierOptions;
    const model = readable('options', () => new this(options));
    await model.adopt(document);
    return model;
  }

  /**
   * Trains on rows and their labels. What was learned before is replaced once the new model is done.
   * @throws DataError for bad rows or labels, one class only, or a label that `classes` does not list; OptionError
   */
  async fit(rows: Rows, labels: ArrayLike<Label>, options?: ClassifierRunOptions): Promise<this> {
    const run = checked('Classifier.fit', CLASSIFIER_RUN_OPTIONS, options);
    await this.train(rows, labels, run, run.classWeights);
    return this;
  }

  /**
   * Goes on training on new rows, or begins: scaling and classes stay as they are, and so does the method's state.
   * @throws DataError for a label that neither training nor `classes` knew
   */
  async partialFit(rows: Rows, labels: ArrayLike<Label>, options?: PartialFitOptions): Promise<this> {
    await this.continue(rows, labels, options);
    return this;
  }

  /** The labels, in the order of probabilities and of per-class metrics. */
  get classes(): readonly Label[] {
    return this.trained.coding.classes;
  }

  /** The most probable label of each row. */
  predict(rows: Rows): Label[] {
    const a = this.outputs(rows);
    const { classes } = this;
    const n = classes.length;
    return Array.from({ length: a.length / n }, (_, r) => classes[argmax(a, r * n, n)]!);
  }

  /** The probabilities of each row's classes, in the order of `classes`. */
  predictProbabilities(rows: Rows): number[][] {
    const a = this.outputs(rows);
    const n = this.classes.length;
    return Array.from({ length: a.length / n }, (_, r) => Array.from(a.subarray(r * n, (r + 1) * n)));
  }

  /**
   * Loss and metrics on rows and their labels.
   * @throws DataError for a label unseen in training
   */
  evaluate(rows: Rows, labels: ArrayLike<Label>, options?: { sampleWeights?: ArrayLike<number> }): ClassifierEvaluation {
    const { encoder, coding, network } = this.trained;
    const t = table(rows);
    const { t: truths } = this.encodeTargets(labels, coding, t.rows);
    const x = encoder.encode(t, network.precision);
    const found = network.evaluate(shaped(x, encoder.inputs), shaped(truths, coding.classes.length), options);
    const { loss, accuracy, precision, recall, f1, confusionMatrix } = found as { loss: number } & ClassMetrics;
    return { loss, logLoss: loss, accuracy, precision, recall, f1, confusionMatrix, classes: coding.classes };
  }

  protected learnCoding(labels: ArrayLike<Label>, rows: number): LabelCoding {
    requireLength(labels, rows);
    const seen = new Set<Label>();
    for (let r = 0; r < rows; r++) {
      const label = labels[r];
      if (!isLabel(label))
        throw new DataError('labels', `${shown(label)} is not a label (a string, a finite number or a boolean)`, { row: r });
      if (typeof label !== typeof labels[0])
        throw new DataError('labels', `${shown(label)} is a ${typeof label}, but row 0 has a ${typeof labels[0]}`, { row: r });
      seen.add(label);
    }
    if (this.announced) return { classes: [...this.announced] };
    if (seen.size < 2)
      throw new DataError(
        'labels',
        `all are ${shown(labels[0])}; to tell classes apart takes at least two (or the option classes)`,
      );
    const order = (a: Label, b: Label) => (a < b ? -1 : a > b ? 1 : 0);
    return { classes: [...seen].sort(order) };
  }

  protected readCoding(config: Readonly<Record<string, unknown>>): LabelCoding {
    const { classes } = fields('coding', CLASSES, config);
    return { classes };
  }

  protected encodeTargets(labels: ArrayLike<Label>, { classes }: LabelCoding, rows: number): CodedTargets {
    requireLength(labels, rows);
    const index = new Map(classes.map((label, i) => [label, i]));
    const t =
      this.options.precision === 'float32' ? new Float32Array(rows * classes.length) : new Float64Array(rows * classes.length);
    const found = new Uint32Array(rows);
    for (let r = 0; r < rows; r++) {
      const c = index.get(labels[r]!);
      if (c === undefined) {
        const list = classes.length > 12 ? `${classes.slice(0, 12).map(shown).join(', ')}, …` : classes.map(shown).join(', ');
        throw new DataError('labels', `${shown(labels[r])} is none of the classes ${list}`, { row: r });
      }
      found[r] = c;
      t[r * classes.length + c] = 1;
    }
    return { t, classes: found };
  }

  protected outputsFor({ classes }: LabelCoding): number {
    return classes.length;
  }

  protected classWeights(
    { classes }: LabelCoding,
    truths: Uint32Array | undefined,
    w: Float64Array | undefined,
    given: ClassifierRunOptions['classWeights'],
  ): Float64Array | undefined {
    if (given === undefined) return w;
    const perClass = given === 'balanced' ? balanced(classes.length, truths!, w) : named(classes, given);
    return Float64Array.from(truths!, (c, r) => perClass[c]! * (w ? w[r]! : 1));
  }
}

function requireLength(labels: ArrayLike<unknown>, rows: number): void {
  if (labels === null || typeof labels !== 'object' || !('length' in labels))
    throw new DataError('labels', `expected an array of ${rows} labels; got ${shown(labels)}`);
  if (labels.length !== rows) throw new DataError('labels', `has ${labels.length} elements, but there are ${rows} rows`);
}

/** N/(classes·members) for each class that has members. */
function balanced(count: number, truths: Uint32Array, w: Float64Array | undefined): number[] {
  const members = new Array<number>(count).fill(0);
  truths.forEach((c, r) => {
    members[c]! += w ? w[r]! : 1;
  });
  const all = members.reduce((a, b) => a + b);
  const present = members.filter((n) => n > 0).length;
  return members.map((n) => (n > 0 ? all / (present * n) : 0));
}

function named(classes: readonly Label[], given: ReadonlyMap<Label, number> | Readonly<Record<string, number>>): number[] {
  const find = (label: Label) =>
    given instanceof Map ? (given.get(label) as number | undefined) : (given as Record<string, number>)[String(label)];
  const weights = classes.map((label) => {
    const weight = find(label);
    if (!(typeof weight === 'number' && weight >= 0 && weight < Infinity)) {
      throw new OptionError(`classWeights[${shown(label)}]`, weight, 'a number ≥ 0 for each label');
    }
    return weight;
  });
  if (weights.every((weight) => weight === 0)) throw new OptionError('classWeights', given, 'some weight > 0');
  return weights;
}
