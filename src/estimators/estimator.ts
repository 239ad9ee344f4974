// What Classifier and Regressor have in common: preprocessing + target coding + network + recommended defaults.

import { engineOf } from '../../bindings/load.js';
import { Dataset, rowWeights } from '../data/dataset.js';
import type { EncoderSpec } from '../data/encoder.js';
import type { Head } from './head.js';
import { Inputs } from './inputs.js';
import { type Rows, type Table, table } from '../data/table.js';
import { DisposedError, EfficientBackpropError, ModelFileError, NotFittedError, OptionError } from '../errors.js';
import { type CodingLearner, type EncodedChunk, type RowChunks, eachChunk } from './chunks.js';
import { drawn, sampleOf, survey } from './survey.js';
import {
  ESTIMATOR_OPTIONS,
  type EstimatorHistory,
  type EstimatorOptions,
  type FitProgress,
  PARTIAL_OPTIONS,
  type PartialFitOptions,
  type RUN_OPTIONS,
} from './options.js';
import { emptyHistory } from '../fit/history.js';
import { Interruption } from '../fit/interruption.js';
import { type FitOptions, checkedStopping } from '../fit/options.js';
import type { Chunk, Chunks } from '../fit/stream.js';
import { type Layer, activationOf } from '../layers.js';
import { type ModelDocument, record } from '../format/document.js';
import { encoderSpec, historyFrom, recipeFrom } from '../format/estimator.js';
import { Model } from '../model.js';
import { Network } from '../network.js';
import type { Curvature } from '../curvature/curvature.js';
import type { MethodState } from '../optim/method.js';
import { sgd } from '../optim/sgd.js';
import { type Checked, checked } from '../options.js';
import { freshSeed } from '../random.js';
import {
  type Fixed,
  type Problem,
  type Recipe,
  build,
  placed,
  recipe,
  scaledUp,
  shaped,
  train,
  withoutWeightless,
} from './recipe.js';
import { select, untrained } from './selection.js';
import { solvable, techniques } from './techniques.js';
import type { Precision } from '../../bindings/memory.js';

/** What a fitted estimator consists of. */
export interface Fitted<Coding> {
  readonly inputs: Inputs;
  readonly coding: Coding;
  readonly network: Network;
  readonly recipe: Recipe;
  readonly history: EstimatorHistory | undefined;
  /** What the method remembers of this network's training; not in files. */
  readonly state: MethodState | undefined;
}

/** Targets as a network learns them. */
export interface CodedTargets {
  readonly t: Float32Array | Float64Array;
  readonly classes: Uint32Array | undefined;
}

/** A model from a table to labels or numbers. `Coding` is how targets are coded; plain data, stored in model files. */
export abstract class Estimator<Targets, Coding> extends Model {
  /** The seed of all its randomness. */
  readonly seed: number;
  protected readonly options: Checked<typeof ESTIMATOR_OPTIONS>;
  protected fitted: Fitted<Coding> | undefined;
  private disposed = false;
  private fitting = false;

  /** @internal */
  abstract readonly kind: 'classifier' | 'regressor';

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

  /** The record of the last `fit`. */
  get history(): EstimatorHistory {
    return this.trained.history ?? missingHistory();
  }

  /** Whether there is a record of a fit: not after `partialFit` alone. */
  get hasHistory(): boolean {
    return this.trained.history !== undefined;
  }

  /** P, how many parameters the network has. */
  get parameters(): number {
    return this.trained.network.parameters;
  }

  /** The precision of the network. */
  get precision(): Precision {
    return this.trained.network.precision;
  }

  /** How each column of the data becomes inputs, and which columns were dropped and why. */
  get columns(): EncoderSpec['columns'] {
    return this.trained.inputs.columns;
  }

  /** The layers of the network. */
  get layers(): readonly Layer[] {
    return this.trained.network.layers;
  }

  /** Whether there is a model to predict with. */
  get isFitted(): boolean {
    return this.fitted !== undefined && !this.disposed;
  }

  /** Frees the model's memory at once. */
  dispose(): void {
    this.disposed = true;
    this.fitted?.network.dispose();
    this.fitted = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** What learns how to code targets. */
  protected abstract codingLearner(): CodingLearner<Targets, Coding>;

  /** Codes targets. @throws DataError for what the coding does not know */
  protected abstract encodeTargets(targets: Targets, coding: Coding, rows: number): CodedTargets;

  /** What the outputs of the network are. */
  protected abstract get head(): Head;

  /** A coding with what is learned about it once the network is trained. */
  protected settled(coding: Coding, _network: Network, _problem: Problem): Coding {
    return coding;
  }

  /** How many outputs a coding needs. */
  protected abstract outputsFor(coding: Coding): number;

  /** A coding as a file has it. @throws ModelFileError */
  protected abstract readCoding(config: Readonly<Record<string, unknown>>): Coding;

  /** Weights of rows by class, to multiply with sample weights; undefined for none. */
  protected abstract classWeights(
    coding: Coding,
    classes: Uint32Array | undefined,
    w: Float64Array | undefined,
    given: unknown,
  ): Float64Array | undefined;

  protected get trained(): Fitted<Coding> {
    if (this.disposed) throw new DisposedError(this.kind);
    if (!this.fitted) throw new NotFittedError(this.kind);
    return this.fitted;
  }

  /** Trains a model from scratch; the old one, if any, stays until the new one is done. */
  protected async train(rows: Rows, targets: Targets, run: Checked<typeof RUN_OPTIONS>, byClass: unknown): Promise<void> {
    await this.exclusively(async () => {
      const interruption = new Interruption(run.signal, run.timeLimit);
      const t = table(rows);
      const inputs = await Inputs.fit(t, this.fills(t), this.options.decorrelate);
      const coding = this.learnCoding(targets, t.rows);
      const { problem, data } = placed(this.problem(inputs, coding, t, targets, run.sampleWeights, byClass, run.background));
      try {
        await this.learn(inputs, coding, problem, data, {}, run, interruption);
      } finally {
        data.dispose();
      }
    });
  }

  /**
   * Trains a model from scratch on chunks: a pass learns columns and targets, a pass draws a sample, on which size and rate are chosen, and a
   * pass for each epoch trains.
   */
  protected async trainChunks(chunks: RowChunks<Targets>, run: Checked<typeof RUN_OPTIONS>, given: unknown): Promise<void> {
    const { validation, decorrelate, precision } = this.options;
    if (run.sampleWeights) throw new OptionError(`${this.call}.fit.sampleWeights`, run.sampleWeights, 'none with chunks');
    if (validation !== undefined) {
      const expected = 'none with chunks: which rows a share takes depends on all of them; evaluateChunks measures on others';
      throw new OptionError(`${this.call}.validation`, validation, expected);
    }
    await this.exclusively(async () => {
      const interruption = new Interruption(run.signal, run.timeLimit);
      const learner = this.codingLearner();
      const { encoder, rows } = await survey(chunks, (t) => this.fills(t), learner, run.signal);
      const coding = learner.finish();
      const byClass = learner.classWeights?.(given) ?? given;
      const directions = () => sampleOf(chunks, encoder, rows, run.signal);
      const inputs = await Inputs.from(encoder, decorrelate, directions);
      const problems = () =>
        eachChunk(chunks, (t, targets) => this.problem(inputs, coding, t, targets, undefined, byClass, run.background));
      const sample = await drawn(problems(), precision, rows, run);
      const encoded: () => AsyncIterable<EncodedChunk> = run.spool?.complete ? () => run.spool!.chunks() : problems;
      const X = async function* (): AsyncGenerator<Chunk> {
        for await (const { rows: n, x, t, w } of encoded()) {
          if (n > 0) yield { X: shaped(x, sample.inputs), Y: shaped(t, sample.outputs), sampleWeights: w };
        }
      };
      await this.learn(inputs, coding, sample, X, { rows }, run, interruption);
    });
  }

  /** Chooses by a problem, and trains on its data, or on chunks that it is a sample of. */
  private async learn(
    inputs: Inputs,
    coding: Coding,
    problem: Problem,
    data: Dataset | Chunks,
    options: FitOptions,
    run: Checked<typeof RUN_OPTIONS>,
    interruption: Interruption,
  ): Promise<void> {
    const engine = await engineOf(this.options.precision, this.options.numerics);
    const report = (progress: Partial<FitProgress> & Pick<FitProgress, 'stage' | 'done' | 'all'>) =>
      run.onProgress?.({
        loss: undefined,
        validationLoss: undefined,
        rate: undefined,
        time: interruption.elapsed,
        ...progress,
      });
    const fixed = this.fixed();
    const { choice: chosen, linear } = await select(
      engine,
      problem,
      fixed,
      solvable(this.options, data instanceof Dataset),
      async (done, all) => {
        report({ stage: 'select', done, all });
        run.signal?.throwIfAborted();
        return interruption.elapsed < run.timeLimit / 2;
      },
    );
    run.signal?.throwIfAborted();
    const choice = scaledUp(chosen, problem, fixed);
    const network = await build(problem, choice);
    try {
      let history: EstimatorHistory;
      let state: MethodState | undefined;
      if (linear) network.setWeights([linear.weights, linear.bias]);
      if (linear && data instanceof Dataset) {
        const { loss } = network.evaluate(data);
        history = {
          ...emptyHistory(this.seed),
          loss: [loss],
          epochs: 1,
          bestEpoch: 1,
          reason: 'solved',
          evaluations: 1,
          time: interruption.elapsed,
          chosen: untrained(choice),
        };
      } else {
        const left = run.timeLimit === Infinity ? {} : { timeLimit: Math.max(run.timeLimit - interruption.elapsed, 1) };
        const outcome = await train(network, problem.techniques, data, undefined, choice, {
          ...options,
          ...left,
          ...(run.signal && { signal: run.signal }),
          ...(this.options.validation !== undefined && {
            validation: this.options.validation,
            earlyStopping: this.options.earlyStopping,
          }),
          onEpoch: ({ epoch, epochs, loss, validationLoss, rate }) =>
            report({ stage: 'train', done: epoch, all: epochs, loss, validationLoss, rate }),
        });
        const found = outcome.history;
        if (found.epochs === 0 && found.reason === 'signal') run.signal!.throwIfAborted();
        state = outcome.state;
        history = { ...found, time: interruption.elapsed, chosen: choice };
      }
      if (this.disposed) throw new DisposedError(this.kind);
      this.fitted?.network.dispose();
      const { by: _, folds: __, candidates: ___, ...settings } = choice;
      this.fitted = { inputs, coding: this.settled(coding, network, problem), network, recipe: settings, history, state };
    } catch (error) {
      network.dispose();
      throw error;
    }
  }

  private learnCoding(targets: Targets, rows: number): Coding {
    const learner = this.codingLearner();
    learner.add(targets, rows);
    return learner.finish();
  }

  /** Goes on training on new rows: columns, scalings and the method's state stay. Without a model yet, begins one by rule. */
  protected async continue(rows: Rows, targets: Targets, options: PartialFitOptions | undefined): Promise<void> {
    const { epochs, sampleWeights, signal, background } = checked('partialFit', PARTIAL_OPTIONS, options);
    await this.exclusively(async () => {
      const t = table(rows);
      const inputs = this.fitted?.inputs ?? (await Inputs.fit(t, this.fills(t), this.options.decorrelate));
      const coding = this.fitted?.coding ?? this.learnCoding(targets, t.rows);
      const problem = this.problem(inputs, coding, t, targets, sampleWeights, undefined, background);
      const settings = this.fitted?.recipe ?? recipe(problem, this.fixed());
      const network = this.fitted?.network ?? (await build(problem, settings));
      // The rate does not fall: the stream has no end, and what it shows may change.
      const method =
        problem.techniques.method ??
        sgd({ rate: settings.rate / 5, momentum: settings.momentum, weightDecay: settings.weightDecay });
      try {
        const { history, state } = await network.train(
          shaped(problem.x, problem.inputs),
          shaped(problem.t, problem.outputs),
          {
            batchSize: settings.batchSize,
            ...problem.techniques.fit,
            method,
            epochs,
            ...weighted(problem.w),
            ...(signal && { signal }),
          },
          { resume: this.fitted?.state },
        );
        if (this.disposed) throw new DisposedError(this.kind);
        if (!this.fitted && history.evaluations === 0) signal?.throwIfAborted();
        const settled = this.settled(coding, network, problem);
        this.fitted = { inputs, coding: settled, network, recipe: settings, history: this.fitted?.history, state };
      } catch (error) {
        if (network !== this.fitted?.network) network.dispose();
        throw error;
      }
    });
  }

  /** Outputs of the network for rows, row-major. */
  protected outputs(rows: Rows): Float32Array | Float64Array {
    const { inputs, network } = this.trained;
    const t = table(rows);
    return network.predict(shaped(inputs.encode(t, network.precision), inputs.count));
  }

  /**
   * First and second derivatives of the network's loss on rows and their targets, encoded as in training: Hessian, eigenvalues, the best rate, in float64. Without weight
   * decay and class weights.
   * @throws DataError; NotFittedError; UnsupportedError for a float32 model before `await init({ precision: 'float64' })`, since curvature needs that binary
   */
  curvature(rows: Rows, targets: Targets): Curvature {
    const { inputs, coding, network } = this.trained;
    const t = table(rows);
    const x = shaped(inputs.encode(t, network.precision), inputs.count);
    return network.curvature(x, shaped(this.encodeTargets(targets, coding, t.rows).t, network.outputs));
  }

  private fills(t: Table): boolean {
    const { missing } = this.options;
    return missing === undefined ? t.names !== undefined : missing === 'mean';
  }

  private fixed(): Fixed {
    const { hidden, activation, rate, momentum, epochs, batchSize, method } = this.options;
    return {
      hidden: typeof hidden === 'number' ? [hidden] : hidden,
      activation,
      weightDecay: method ? 0 : this.options.weightDecay, // a method of the user's own has its decay
      rate,
      momentum,
      epochs,
      batchSize: typeof batchSize === 'number' ? batchSize : typeof batchSize === 'object' ? batchSize.start : undefined,
    };
  }

  private problem(
    inputs: Inputs,
    coding: Coding,
    t: Table,
    targets: Targets,
    sampleWeights: ArrayLike<number> | undefined,
    byClass: unknown,
    background: boolean,
  ): Problem {
    const { precision, numerics, threads } = this.options;
    const { t: coded, classes } = this.encodeTargets(targets, coding, t.rows);
    const own = sampleWeights && rowWeights(sampleWeights, t.rows);
    return withoutWeightless({
      head: this.head,
      precision,
      numerics,
      threads,
      rows: t.rows,
      inputs: inputs.count,
      outputs: this.outputsFor(coding),
      x: inputs.encode(t, precision),
      t: coded,
      w: this.classWeights(coding, classes, own, byClass),
      classes,
      seed: this.seed,
      techniques: techniques(this.call, this.options, background),
    });
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
  document(): Omit<ModelDocument, 'metadata'> {
    const { inputs, coding, network, recipe: settings, history } = this.trained;
    const { config, tensors } = network.document();
    const kept = Object.entries(this.options).filter(([name, v]) => v !== undefined && name !== 'method');
    const options = Object.fromEntries(kept);
    const own = {
      options: { ...options, seed: this.seed },
      ...inputs.document(),
      coding,
      recipe: settings,
      history: history ? { ...history, time: 0 } : null, // the same fit gives the same file
    };
    return { kind: this.kind, config: { network: config, ...own }, tensors };
  }

  /** Takes over what a document holds, which must fit together. @throws ModelFileError @internal */
  protected async adopt({ config, tensors, metadata }: ModelDocument): Promise<void> {
    const inputs = await Inputs.restore(encoderSpec(config['encoder']), config['whitening']);
    const coding = this.readCoding(record(config['coding'], 'coding'));
    const settings = recipeFrom(config['recipe']);
    const history = historyFrom(config['history']);
    const network = await Network.fromConfig(config['network'], tensors);
    if (
      network.inputs !== inputs.count ||
      network.outputs !== this.outputsFor(coding) ||
      network.loss !== this.head.loss ||
      activationOf(network.layers.at(-1)!) !== this.head.activation
    ) {
      network.dispose();
      throw new ModelFileError(`damaged: the network does not fit the columns and outputs of the ${this.kind}`);
    }
    this.fitted = { inputs, coding, network, recipe: settings, history, state: undefined };
    this.note(metadata);
  }
}

function weighted(w: Float64Array | undefined): { sampleWeights?: Float64Array } {
  return w ? { sampleWeights: w } : {};
}

function missingHistory(): never {
  throw new NotFittedError('model by fit(), which makes the history');
}
