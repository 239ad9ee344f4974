// The network: layers compiled into a plan, parameters as one vector in linear memory.

import type { DoubleEngine, Engine, Numerics } from '../../bindings/core.js';
import { compiledDouble, engineOf } from '../../bindings/load.js';
import { Curvature } from '../curvature/curvature.js';
import { type Arena, type Precision, type RealArray, Reals } from '../../bindings/memory.js';
import { ownedArena, roomMade } from '../../bindings/owned.js';
import { Dataset } from '../data/dataset.js';
import { type MatrixLike, matrix, requireColumns } from '../data/matrix.js';
import {
  DataError,
  DisposedError,
  EfficientBackpropError,
  ModelFileError,
  OptionError,
  UnsupportedError,
  counted,
} from '../runtime/errors.js';
import { type Evaluation, evaluation, requireFinite } from '../evaluation/evaluation.js';
import { fitArguments } from '../training/arguments.js';
import type { Checkpoint } from '../training/checkpoint.js';
import { decide } from '../training/decide.js';
import { fit } from '../training/fit.js';
import { fitStream, wholeSetMethods } from '../training/fit-stream.js';
import type { Outcome } from '../training/loop.js';
import type { FitOptions } from '../training/options.js';
import { Resumption, begunWith } from '../training/resumption.js';
import { type Subject, datasetFor } from '../training/rows.js';
import { type Chunks, isChunks } from '../training/stream.js';
import type { History } from '../training/history.js';
import { type ModelDocument, type ModelJSON, fromJSON } from '../format/document.js';
import { readable } from '../format/fields.js';
import { networkConfig, parametersFrom } from '../format/network.js';
import { type NetworkState, Reading, Writing, stateDocument, stateFrom, withoutState } from '../format/state.js';
import { Inference, beforeSoftmax } from '../plan/inference.js';
import { type Layer, checkedLayer, isLayer } from '../layers/layers.js';
import { LOSS_NAMES, type Loss, checkLayers } from '../layers/losses.js';
import { Model } from './model.js';
import { NUMERICS } from '../runtime/numerics.js';
import type { Method, MethodState } from '../methods/method.js';
import { type Checked, checked, number, oneOf, value } from '../runtime/options.js';
import { type Architecture, type ParameterShape, outputsOf, parameterShapes } from '../plan/plan.js';
import { SEED, freshSeed } from '../runtime/random.js';
import { THREADS, type Threads } from '../runtime/threads.js';
import { startsFromData } from '../start/start.js';
import { checkedWeights, drawWeights } from '../plan/weights.js';

const OPTIONS = {
  inputs: number({ min: 1, max: 2 ** 24, integer: true }, undefined),
  layers: value<readonly Layer[] | undefined>(
    'a non-empty array of layers, such as [dense(16), dense(1)]',
    (v) => Array.isArray(v) && v.length > 0,
    undefined,
  ),
  loss: oneOf(LOSS_NAMES, undefined),
  precision: oneOf(['float32', 'float64'], 'float32'),
  numerics: NUMERICS,
  threads: THREADS,
  seed: number(SEED, undefined),
};

const EVALUATE = {
  sampleWeights: value<ArrayLike<number> | undefined>(
    'an array of numbers ≥ 0, one for each row',
    (v) => Array.isArray(v) || ArrayBuffer.isView(v),
    undefined,
  ),
};

/** What a fit goes on from, if anything, and whether another will go on from it. */
interface Continuation {
  readonly resume?: MethodState | undefined;
  readonly remembers?: boolean;
  /** Whether growth of the loss is watched, and the record says what might go better; estimators have measures of their own. */
  readonly watches?: boolean;
  /** Whether the fit can be taken up where it is interrupted. */
  readonly resumable?: boolean;
}

/** How often a default fit that diverges begins again, each time with a third of the rate. */
const LOWERED = 8;

/** What a network is made of. */
export interface NetworkOptions {
  /** I, the number of inputs. */
  inputs: number;
  /** The layers from the bottom up. */
  layers: readonly Layer[];
  /** What training minimises. */
  loss: Loss;
  /** Of parameters, data and arithmetic. Default 'float32'. */
  precision?: Precision;
  /** 'strict' for the same bits on every machine; default 'fast', which fuses multiply-adds where it can. */
  numerics?: Numerics;
  /**
   * How many threads compute: a number, or 'auto', which uses several where they have lately been faster. Default 'auto'. The results have the same
   * bits either way. In a page that is not cross-origin isolated there is one.
   */
  threads?: Threads;
  /** Of all randomness: initial weights, shuffling, splits. Same seed, same bits. Default: drawn once, see `network.seed`. */
  seed?: number;
}

/**
 * A multi-layer network over WebAssembly.
 *
 * ```ts
 * const net = await Network.create({
 *   inputs: 4, layers: [dense(16, { activation: 'lecunTanh' }), dense(3, { activation: 'softmax' })], loss: 'crossEntropy',
 * });
 * const history = await net.fit(X, Y, { epochs: 50 });
 * ```
 */
export class Network extends Model {
  readonly inputs: number;
  readonly outputs: number;
  readonly layers: readonly Layer[];
  readonly loss: Loss;
  /** Of parameters and arithmetic; becomes 'float64' for good when a method of second order trains the network. */
  precision: Precision;
  readonly numerics: Numerics;
  readonly threads: Threads;
  readonly seed: number;
  /** P, how many parameters there are. */
  readonly parameters: number;
  private readonly arena: Arena;
  /** @internal */
  engine: Engine;
  /** @internal */
  readonly architecture: Architecture;
  private readonly shapes: readonly ParameterShape[];
  /** @internal */
  theta: Reals;
  private inference: Inference | undefined;
  /** The same without the last softmax. */
  private scores: Inference | undefined;
  private fitting = false;
  /** Whether a worker may be changing the weights. */
  private aside = false;
  /** What the method of the last `partialFit` remembers. */
  private memory: MethodState | undefined;
  /** The fit that was interrupted, or is under way. */
  private readonly resumption = new Resumption();
  private disposed = false;

  /** Whether every layer has its start: some only get it from the data of the first fit. */
  private started: boolean;

  private constructor(
    engine: Engine,
    options: Pick<Checked<typeof OPTIONS>, 'numerics' | 'seed'> & { threads?: Threads } & Architecture,
  ) {
    super();
    if (options === undefined) throw new EfficientBackpropError('a network is made by `await Network.create({ … })`, not by new');
    const { inputs, layers, loss, numerics, seed } = options;
    this.inputs = inputs;
    this.layers = Object.freeze([...layers]);
    this.outputs = outputsOf(options);
    this.loss = loss;
    this.precision = engine.precision;
    this.numerics = numerics;
    this.threads = options.threads ?? 'auto';
    this.seed = seed ?? freshSeed();
    this.engine = engine;
    this.architecture = { inputs, layers: this.layers, loss };
    this.shapes = parameterShapes(this.architecture);
    const total = (shapes: readonly ParameterShape[]) => shapes.reduce((sum, { size }) => sum + size, 0);
    this.parameters = total(this.shapes.filter(({ trained }) => trained));
    this.arena = ownedArena(this);
    this.theta = new Reals(this.arena, engine.precision, total(this.shapes));
    this.started = !startsFromData(layers);
  }

  /**
   * Makes a network with fresh weights.
   * @throws OptionError for unknown options, bad values, or a last activation that does not go with the loss;
   *   UnsupportedError without WebAssembly SIMD; OutOfMemoryError
   */
  static async create(options: NetworkOptions): Promise<Network> {
    const given = checked('Network.create', OPTIONS, options);
    for (const name of ['inputs', 'layers', 'loss'] as const) {
      if (given[name] === undefined) throw new OptionError(`Network.create.${name}`, undefined, OPTIONS[name].expected);
    }
    const layers = given.layers!.map((layer, i) => {
      if (isLayer(layer)) return checkedLayer(layer);
      throw new OptionError(`Network.create.layers[${i}]`, layer, 'a layer, such as dense(16)');
    });
    const complete = { ...given, layers } as typeof given & Architecture;
    checkLayers(complete.loss, complete.layers);
    await roomMade();
    const network = new this(await engineOf(given.precision, given.numerics), complete);
    try {
      drawWeights(network.engine.core, network.arena, network.theta, network.architecture, network.shapes, network.seed);
    } catch (error) {
      network.dispose();
      throw error;
    }
    return network;
  }

  /**
   * The network of `toJSON`, or of its text parsed.
   * @throws ModelFileError
   */
  static async fromJSON(json: ModelJSON): Promise<Network> {
    return this.fromDocument(fromJSON(json));
  }

  /** @internal */
  static async fromDocument({ kind, config, tensors, metadata }: ModelDocument): Promise<Network> {
    if (kind !== 'network') throw new ModelFileError(`the model is a ${kind}, not a network`);
    const { state, ...own } = config;
    const network = await this.fromConfig(own, withoutState(tensors));
    try {
      const reading = new Reading(tensors);
      network.recall(stateFrom(state, reading, network.theta.length));
      reading.end();
    } catch (error) {
      network.dispose();
      throw error;
    }
    network.note(metadata);
    return network;
  }

  /** A network as a file describes it, on its own or inside an estimator. @internal */
  static async fromConfig(config: unknown, tensors: ModelDocument['tensors']): Promise<Network> {
    const checkedConfig = networkConfig(config);
    const parameters = parametersFrom(tensors, checkedConfig); // before anything is allocated for sizes that are only claimed
    readable('network', () => checkLayers(checkedConfig.loss, checkedConfig.layers));
    await roomMade();
    const network = new this(await engineOf(checkedConfig.precision, checkedConfig.numerics), checkedConfig);
    try {
      network.setWeights(parameters);
    } catch (cause) {
      network.dispose();
      throw cause instanceof DataError ? new ModelFileError(`damaged: ${cause.message}`, { cause }) : cause;
    }
    return network;
  }

  /**
   * Trains on X (N×inputs) and Y, or on a dataset. Y has one column per output; for crossEntropy it may be a single column of
   * class indices from 0; for hinge it holds ±1.
   *
   * Data larger than memory come in chunks, `[X, Y]`, `{ X, Y, sampleWeights }` or datasets: from an async iterable, which is read once, or from a function that
   * returns a fresh one for each epoch. While one chunk is trained on, the next is asked for, and copied when it comes, so that two are in memory; rows are
   * shuffled within their chunk, and a step takes rows of one chunk. A chunk of arrays may be used anew once the next is asked for; a dataset must stay.
   * @returns the record of the fit, which says in `reason` why it ended
   * @throws DataError, OptionError, OutOfMemoryError before anything has changed. Of chunks, DataErrors come as late as the chunk that they name, as does
   *   what the iterable throws; what was learned before stays. WorkerLostError where a fit in the background lost its worker
   */
  fit(X: MatrixLike, Y: MatrixLike, options?: FitOptions): Promise<History>;
  fit(data: Dataset | Chunks, options?: FitOptions): Promise<History>;
  async fit(X: MatrixLike | Dataset | Chunks, Y?: MatrixLike | FitOptions, options?: FitOptions): Promise<History> {
    const { history } = await this.train(X, ...fitArguments(X, Y, options), { remembers: false });
    this.memory = undefined;
    return history;
  }

  /**
   * Goes on training, from where the last `partialFit` ended: the method's momenta, the count of steps that rates depend on, and running errors
   * stay, until `fit` or `setWeights` begin anew. For data that come piece by piece, and targets that change. `epochs` is 1 unless told otherwise.
   * @throws DataError, OptionError, OutOfMemoryError before anything has changed
   */
  partialFit(X: MatrixLike, Y: MatrixLike, options?: FitOptions): Promise<History>;
  partialFit(data: Dataset | Chunks, options?: FitOptions): Promise<History>;
  async partialFit(X: MatrixLike | Dataset | Chunks, Y?: MatrixLike | FitOptions, options?: FitOptions): Promise<History> {
    const [targets, given] = fitArguments(X, Y, options);
    const continuation = { resume: this.memory, resumable: false };
    const { history, state } = await this.train(X, targets, { epochs: 1, ...given }, continuation);
    this.memory = state;
    this.resumption.set(undefined);
    return history;
  }

  /** `fit` for those who continue later: with what the method remembered, and what it remembers now. @internal */
  async train(
    X: MatrixLike | Dataset | Chunks,
    Y: MatrixLike | undefined,
    options: FitOptions | undefined,
    { resume, remembers = true, watches = true, resumable = true }: Continuation = {},
  ): Promise<Outcome> {
    this.check();
    if (!resumable && options?.resume)
      throw new OptionError('partialFit.resume', options.resume, 'none: partialFit goes on by itself; fit takes a fit up');
    if (this.fitting) throw new EfficientBackpropError('this network is being fitted already; await that fit first');
    this.fitting = true;
    const began = performance.now();
    const { resumption } = this;
    let before: RealArray | undefined;
    try {
      let from = resumption.from(options ?? {});
      const waited = from?.waited ?? !this.started;
      await roomMade();
      for (let lowered = from?.lowered ?? 0; ; lowered++, from = undefined) {
        const { given, choice, byDefault } = decide(this, X, options, lowered);
        const { method, timeLimit } = given ?? {};
        before ??= begunWith(from, method, () => (byDefault ? this.theta.read() : undefined));
        const decided = { lowered, before, waited };
        if (isChunks(X) && method?.precision === 'float64' && method.batch === 'full') {
          throw new OptionError('fit.method', method.name, wholeSetMethods(method.name)); // before it changes the precision
        }
        if (method?.precision === 'float64' && this.precision === 'float32') await this.promote();
        this.aside = given?.background === true;
        const again = lowered > 0 && !from;
        const left = again && timeLimit !== undefined && { timeLimit: Math.max(timeLimit - (performance.now() - began), 1) };
        const keeps = resumable ? resumption.follow(decided) : undefined;
        const whole = left ? { ...given, ...left } : given;
        const outcome = await this.once(X, Y, whole, resume, from, { remembers, watches, ...(keeps && { keeps }) });
        if (resumable) resumption.settle(outcome.taken, decided);
        if (choice) outcome.history.choice = choice;
        if (!byDefault || outcome.history.reason !== 'diverged' || lowered >= LOWERED) return outcome;
        this.check();
        this.theta.view().set(before!);
        this.started = !waited;
      }
    } finally {
      this.fitting = false;
      this.aside = false;
      resumption.rest();
      if (this.disposed) this.arena.dispose();
    }
  }

  /** A fit with a method that is settled. */
  private once(
    X: MatrixLike | Dataset | Chunks,
    Y: MatrixLike | undefined,
    given: (FitOptions & { method?: Method }) | undefined,
    resume: MethodState | undefined,
    from: Checkpoint | undefined,
    wanted: Pick<Subject, 'remembers' | 'watches' | 'keeps'>,
  ): Promise<Outcome> {
    const subject: Subject = {
      engine: this.engine,
      architecture: this.architecture,
      theta: this.theta,
      seed: this.seed,
      threads: this.threads,
      ...wanted,
      lives: () => !this.disposed,
      check: () => this.check(),
      ...(!this.started && { start: () => (this.started = true) }),
    };
    return isChunks(X) ? fitStream(subject, X, given, resume, from) : fit(subject, X, Y, given, resume, from);
  }

  /**
   * The outputs for X (N×inputs): N·outputs numbers, row-major.
   * @throws DataError, also where inputs or weights are so large that outputs are not finite
   */
  predict(X: MatrixLike): RealArray {
    const a = this.outputsFor(X);
    requireFinite(a, this.outputs);
    return a;
  }

  /** What `predict` gives, finite or not. @internal */
  outputsFor(X: MatrixLike): RealArray {
    this.check();
    const m = matrix(X, 'X');
    requireColumns(m, this.inputs, 'X');
    this.inference ??= new Inference(this, this.arena);
    return this.inference.run(m);
  }

  /** What goes into the softmax of the last layer, for X: N·outputs numbers, row-major. @internal */
  logits(X: MatrixLike): RealArray {
    this.check();
    const m = matrix(X, 'X');
    requireColumns(m, this.inputs, 'X');
    this.scores ??= new Inference(
      { engine: this.engine, theta: this.theta, threads: this.threads, architecture: beforeSoftmax(this.architecture) },
      this.arena,
    );
    return this.scores.run(m);
  }

  /**
   * The loss on X and Y, or on a dataset, and the metrics that go with it. Sample weights count in both.
   * @throws DataError, also where outputs are not finite; OptionError
   */
  evaluate(X: MatrixLike, Y: MatrixLike, options?: { sampleWeights?: ArrayLike<number> }): Evaluation;
  evaluate(data: Dataset): Evaluation;
  evaluate(X: MatrixLike | Dataset, Y?: MatrixLike, options?: { sampleWeights?: ArrayLike<number> }): Evaluation {
    this.check();
    const { sampleWeights } = checked('evaluate', EVALUATE, options);
    if (X instanceof Dataset) return evaluation(this, X, true);
    if (Y === undefined) throw new DataError('Y', 'is missing');
    const data = datasetFor(this, X, Y, sampleWeights);
    try {
      return evaluation(this, data, true);
    } finally {
      data.dispose();
    }
  }

  /** The loss that `evaluate` finds, finite or not. @internal */
  lossOn(data: Dataset): number {
    this.check();
    return evaluation(this, data, false).loss;
  }

  /**
   * Copies of the parameters and running statistics of each layer, from the bottom up: kernel [inputs, units] row-major and bias [units] of
   * dense layers, centres and logWidths of rbf layers, scale, shift (and mean, variance) of norms; see `weightShapes`.
   */
  getWeights(): RealArray[] {
    this.check();
    const all = this.theta.view();
    return this.shapes.map(({ first, size }) => all.slice(first, first + size));
  }

  /**
   * Sets the parameters, in the order of getWeights. Nothing changes unless all of them are right.
   * @throws DataError for a wrong number or length of arrays, or an element that is not finite; EfficientBackpropError during a fit in the background
   */
  setWeights(weights: readonly ArrayLike<number>[]): void {
    this.check();
    if (this.aside) throw new EfficientBackpropError('this network is being fitted in the background; await that fit first');
    const next = checkedWeights(this.shapes, weights, this.theta);
    this.theta.view().set(next);
    this.started = true;
    this.memory = undefined;
    this.resumption.set(undefined);
  }

  /** Names and shapes of the parameters, in the order of getWeights. */
  get weightShapes(): readonly ParameterShape[] {
    return this.shapes;
  }

  /**
   * First and second derivatives of the loss on X and Y (or a dataset), at the weights of now: Hessian, eigenvalues, the best rate, in float64.
   *
   * ```ts
   * const c = net.curvature(X, Y);
   * c.optimalRate(); c.spectrum().eigenvalues; c.hessianVector(v);
   * ```
   *
   * @throws DataError; UnsupportedError for a float32 network before `await init({ precision: 'float64' })`, since curvature needs that binary
   */
  curvature(X: MatrixLike, Y: MatrixLike, options?: { sampleWeights?: ArrayLike<number> }): Curvature;
  curvature(data: Dataset): Curvature;
  curvature(X: MatrixLike | Dataset, Y?: MatrixLike, options?: { sampleWeights?: ArrayLike<number> }): Curvature {
    this.check();
    const { sampleWeights } = checked('curvature', EVALUATE, options);
    const { numerics } = this;
    const engine = this.engine.precision === 'float64' ? (this.engine as DoubleEngine) : compiledDouble(numerics);
    if (!engine) {
      const asked = numerics === 'strict' ? ", numerics: 'strict'" : '';
      throw new UnsupportedError(`curvature is measured in float64: await init({ precision: 'float64'${asked} }) first`);
    }
    const subject = {
      engine,
      architecture: this.architecture,
      shapes: this.shapes,
      theta: this.theta.read(),
      threads: this.threads,
    };
    if (X instanceof Dataset) return new Curvature(subject, X);
    if (Y === undefined) throw new DataError('Y', 'is missing');
    const data = new Dataset(X, Y, { precision: 'float64', ...(sampleWeights && { weights: sampleWeights }) });
    try {
      if (data.inputs !== this.inputs) throw new DataError('X', `has ${counted(data.inputs, 'column')}; expected ${this.inputs}`);
      return new Curvature(subject, data);
    } finally {
      data.dispose();
    }
  }

  /** Frees the network's memory at once; a fit under way ends with a DisposedError. */
  dispose(): void {
    this.disposed = true;
    this.inference = undefined;
    this.scores = undefined;
    if (!this.aside) this.arena.dispose(); // otherwise a worker may be writing to it: the fit will, once it has ended
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal */
  document(state: boolean): Omit<ModelDocument, 'metadata'> {
    const { inputs, layers, loss, precision, numerics, seed } = this;
    const weights = this.getWeights();
    const tensors = this.shapes.map(({ name, shape }, i) => ({ name, shape, data: weights[i]! }));
    const plain = layers.map((layer) =>
      'init' in layer && typeof layer.init === 'function' ? { ...layer, init: 'custom' } : layer,
    );
    const writing = new Writing();
    const own = state ? stateDocument(this.state, writing) : undefined;
    return {
      kind: 'network',
      config: {
        inputs,
        layers: plain,
        loss,
        precision,
        ...(numerics === 'strict' && { numerics }),
        seed,
        ...(own !== undefined && { state: own }),
      },
      tensors: [...tensors, ...writing.tensors],
    };
  }

  /** What training goes on from. @internal */
  get state(): NetworkState {
    return { memory: this.memory, checkpoint: this.resumption.checkpoint };
  }

  /** Takes over parameters and running statistics as another network of these layers had them, in its precision. @internal */
  async adoptWeights(weights: RealArray): Promise<void> {
    if (weights instanceof Float64Array && this.precision === 'float32') await this.promote();
    this.requireSize(weights);
    this.theta.view().set(weights);
    this.started = true;
  }

  /** @throws ModelFileError for a number of weights that can only come from a damaged file */
  private requireSize({ length }: RealArray): void {
    if (length !== this.theta.length)
      throw new ModelFileError(`damaged: a state has ${length} weights; expected ${this.theta.length}`);
  }

  /** Goes on from there. @internal */
  recall({ memory, checkpoint }: NetworkState): void {
    if (checkpoint) this.requireSize(checkpoint.weights);
    this.memory = memory;
    this.resumption.set(checkpoint);
  }

  /** From float32 to float64, with the same weights. */
  private async promote(): Promise<void> {
    const engine = await engineOf('float64', this.numerics);
    this.check();
    const promoted = new Reals(this.arena, 'float64', this.theta.length);
    promoted.view().set(this.theta.view());
    this.arena.release(this.theta.address);
    this.theta = promoted;
    this.engine = engine;
    this.precision = 'float64';
    this.inference = undefined;
    this.scores = undefined;
    this.memory = undefined;
  }

  private check(): void {
    if (this.disposed) throw new DisposedError('network');
  }
}
