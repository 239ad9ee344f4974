// The network: layers compiled into a plan, parameters as one vector in linear memory.

import type { Engine, Numerics } from '../../bindings/core.js';
import { type Arena, type Precision, type RealArray, Reals } from '../../bindings/memory.js';
import { ownedArena, roomMade } from '../../bindings/owned.js';
import { loadAll } from '../../bindings/part.js';
import type { Curvature } from '../curvature/curvature.js';
import type { Dataset } from '../data/dataset.js';
import { type MatrixLike, matrix, requireColumns } from '../data/matrix.js';
import { type Evaluation, evaluation, requireFinite } from '../evaluation/evaluation.js';
import type { ModelDocument, ModelJSON, ModelObject, ReadingOptions } from '../format/document.js';
import { type ModelSource, READING, STATES, loaded } from '../format/loading.js';
import { type NetworkConfig, networkDocument } from '../format/network.js';
import type { NetworkState } from '../training/checkpoint.js';
import type { Layer } from '../layers/layers.js';
import type { CustomLoss } from '../layers/custom-loss.js';
import { CUSTOM_LOSSES } from '../layers/loading.js';
import type { AnyLoss } from '../layers/losses.js';
import { Inference, beforeSoftmax } from '../plan/inference.js';
import { extentFor } from '../plan/extent.js';
import { type Architecture, type ParameterShape, outputsOf, parameterShapes } from '../plan/plan.js';
import { checkedWeights, drawWeights, neededToDraw } from '../plan/weights.js';
import { DisposedError, EfficientBackpropError, ModelFileError } from '../runtime/errors.js';
import { freshSeed } from '../runtime/random.js';
import type { Threads } from '../runtime/threads.js';
import { fitArguments } from '../training/arguments.js';
import type { History } from '../training/history.js';
import type { Outcome } from '../training/loop.js';
import type { FitOptions } from '../training/options.js';
import type { Chunks } from '../training/chunks.js';
import { curvatureOf, engineFor } from './curvature.js';
import { evaluateOn } from './evaluate.js';
import { type Continuation, NetworkFits } from './fits.js';
import { Model } from './model.js';
import { inLine, inTable } from './summary.js';
import { type NetworkOptions, type NetworkSettings, checkedNetwork, measureWeights } from './options.js';

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
  /** Tells a network from classifiers and regressors. */
  readonly kind = 'network';
  readonly inputs: number;
  readonly outputs: number;
  readonly layers: readonly Layer[];
  readonly loss: AnyLoss;
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
  architecture: Architecture;
  private readonly shapes: readonly ParameterShape[];
  /** @internal */
  theta: Reals;
  private inference: Inference | undefined;
  /** The same without the last softmax. */
  private scores: Inference | undefined;
  private readonly fits: NetworkFits;
  /** @internal */
  disposed = false;

  private constructor(engine: Engine, options: NetworkSettings) {
    super();
    if (options === undefined) throw new EfficientBackpropError('a network is made by `await Network.create({ … })`, not by new');
    const { inputs, layers, loss, numerics, seed } = options;
    this.inputs = inputs;
    this.layers = Object.freeze([...layers]);
    this.outputs = outputsOf(options);
    this.loss = loss;
    this.precision = engine.precision;
    this.numerics = numerics;
    this.threads = options.custom ? 1 : (options.threads ?? 'auto'); // workers do not have its functions
    this.seed = seed ?? freshSeed();
    this.engine = engine;
    this.architecture = { inputs, layers: this.layers, loss, custom: options.custom };
    this.shapes = parameterShapes(this.architecture);
    const total = (shapes: readonly ParameterShape[]) => shapes.reduce((sum, { size }) => sum + size, 0);
    this.parameters = total(this.shapes.filter(({ trained }) => trained));
    this.arena = ownedArena(this);
    this.theta = new Reals(this.arena, engine.precision, total(this.shapes));
    this.fits = new NetworkFits(this);
  }

  /**
   * Makes a network with fresh weights.
   * @throws OptionError for unknown options, bad values, or a last activation that does not go with the loss;
   *   UnsupportedError without WebAssembly SIMD; OutOfMemoryError
   */
  static async create(options: NetworkOptions): Promise<Network> {
    const given = await checkedNetwork(options);
    await loadAll(neededToDraw(given.layers));
    const network = await this.made(given);
    try {
      drawWeights(network.engine.core, network.arena, network.theta, network.architecture, network.shapes, network.seed);
    } catch (error) {
      network.dispose();
      throw error;
    }
    return network;
  }

  /**
   * A network from a file (Node.js, Bun, Deno) or from the bytes of one, as `loadModel` reads them.
   * @throws FileError if the file cannot be read; ModelFileError if it is damaged, or holds another kind of model
   */
  static load(source: ModelSource, options?: ReadingOptions): Promise<Network> {
    return loaded('Network.load', source, options, (document) => this.fromDocument(document));
  }

  /** The network of `toJSON`, or of its text parsed. @throws ModelFileError */
  static async fromJSON(json: ModelJSON, options?: ReadingOptions): Promise<Network> {
    return this.fromDocument((await READING.load()).fromJSON(json, options));
  }

  /** The network of `toObject`, or of a clone of it. @throws ModelFileError */
  static async fromObject(object: ModelObject): Promise<Network> {
    return this.fromDocument((await READING.load()).fromObject(object));
  }

  /** @internal */
  static async fromDocument(document: ModelDocument): Promise<Network> {
    const [{ restored }] = await Promise.all([READING.load(), STATES.load()]);
    const network = await restored(document, (own) => this.made(own));
    network.note(document.metadata);
    return network;
  }

  /** A network as a file describes it, on its own or inside an estimator. @internal */
  static async fromConfig(config: unknown, tensors: ModelDocument['tensors']): Promise<Network> {
    return (await READING.load()).configured(config, tensors, (own) => this.made(own));
  }

  private static async made(settings: NetworkSettings & Pick<NetworkConfig, 'precision'>): Promise<Network> {
    await roomMade();
    return new this(await engineFor(settings.precision, settings.numerics, extentFor(settings)), settings);
  }

  /**
   * Trains on X (N×inputs) and Y, or on a dataset. Y has one column per output; for crossEntropy it may be a single column of
   * class indices from 0; for hinge it holds ±1.
   *
   * Data larger than memory come in chunks, `[X, Y]`, `{ X, Y, sampleWeights }` or datasets: from an async iterable, which is
   * read once, or from a function that returns a fresh one for each epoch. While one chunk is trained on, the next is asked for,
   * and copied when it comes, so that two are in memory; rows are shuffled within their chunk, and a step takes rows of one
   * chunk. A chunk of arrays may be used anew once the next is asked for; a dataset must stay.
   * @returns the record of the fit, which says in `reason` why it ended
   * @throws DataError, OptionError, OutOfMemoryError before anything has changed. Of chunks, DataErrors come as late as the chunk
   *   that they name, as does what the iterable throws; what was learned before stays. WorkerLostError where a fit in the
   *   background lost its worker
   */
  fit(X: MatrixLike, Y: MatrixLike, options?: FitOptions): Promise<History>;
  fit(data: Dataset | Chunks, options?: FitOptions): Promise<History>;
  async fit(X: MatrixLike | Dataset | Chunks, Y?: MatrixLike | FitOptions, options?: FitOptions): Promise<History> {
    const { history } = await this.fits.whole(X, ...fitArguments(X, Y, options));
    return history;
  }

  /**
   * Goes on training, from where the last `partialFit` ended: the method's momenta, the count of steps that rates depend on, and
   * running errors stay, until `fit` or `setWeights` begin anew. For data that come piece by piece, and targets that change.
   * `epochs` is 1 unless told otherwise.
   * @throws DataError, OptionError, OutOfMemoryError before anything has changed
   */
  partialFit(X: MatrixLike, Y: MatrixLike, options?: FitOptions): Promise<History>;
  partialFit(data: Dataset | Chunks, options?: FitOptions): Promise<History>;
  async partialFit(X: MatrixLike | Dataset | Chunks, Y?: MatrixLike | FitOptions, options?: FitOptions): Promise<History> {
    const { history } = await this.fits.partial(X, ...fitArguments(X, Y, options));
    return history;
  }

  /** `fit` for those who continue later: with what the method remembered, and what it remembers now. @internal */
  fitWithState(
    X: MatrixLike | Dataset | Chunks,
    Y: MatrixLike | undefined,
    options: FitOptions | undefined,
    continuation: Continuation = {},
  ): Promise<Outcome> {
    return this.fits.run(X, Y, options, continuation);
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
    return evaluateOn(this, X, Y, options);
  }

  /** The loss that `evaluate` finds, finite or not. @internal */
  lossOn(data: Dataset): number {
    this.check();
    return evaluation(this, data, false).loss;
  }

  /**
   * Copies of the parameters and running statistics of each layer, from the bottom up: kernel [inputs, units] row-major and bias
   * [units] of dense layers, centres and logWidths of rbf layers, scale, shift (and mean, variance) of norms; see `weightShapes`.
   */
  getWeights(): RealArray[] {
    this.check();
    const all = this.theta.view();
    return this.shapes.map(({ first, size }) => all.slice(first, first + size));
  }

  /**
   * Sets the parameters, in the order of getWeights. Nothing changes unless all of them are right.
   * @throws DataError for a wrong number or length of arrays, or an element that is not finite; EfficientBackpropError during a
   * fit in the background
   */
  setWeights(weights: readonly ArrayLike<number>[]): void {
    this.check();
    if (this.fits.inBackground)
      throw new EfficientBackpropError('this network is being fitted in the background; await that fit first');
    const next = checkedWeights(this.shapes, weights, this.theta);
    this.theta.view().set(next);
    this.fits.forget();
  }

  /** Names and shapes of the parameters, in the order of getWeights. */
  get weightShapes(): readonly ParameterShape[] {
    return this.shapes;
  }

  /**
   * First and second derivatives of the loss on X and Y (or a dataset), at the weights of now: Hessian, eigenvalues, the best
   * rate, in float64.
   *
   * ```ts
   * const c = net.curvature(X, Y);
   * c.optimalRate(); c.spectrum().eigenvalues; c.hessianVector(v);
   * ```
   *
   * @throws DataError; UnsupportedError for a float32 network before `await init({ precision: 'float64' })`, since curvature
   * needs that binary
   */
  curvature(X: MatrixLike, Y: MatrixLike, options?: { sampleWeights?: ArrayLike<number> }): Curvature;
  curvature(data: Dataset): Curvature;
  curvature(X: MatrixLike | Dataset, Y?: MatrixLike, options?: { sampleWeights?: ArrayLike<number> }): Curvature {
    this.check();
    const sampleWeights = measureWeights('curvature', options);
    const { engine, architecture, shapes, threads, numerics } = this;
    return curvatureOf({ engine, architecture, shapes, theta: this.theta.read(), threads }, numerics, X, Y, sampleWeights);
  }

  /** Gives a network from a file its custom loss again, for `fit` and `evaluate`: files keep no functions. @throws OptionError */
  async setLoss(loss: CustomLoss): Promise<void> {
    this.architecture = (await CUSTOM_LOSSES.load()).withFunction(this.architecture, loss);
  }

  /** The layers as a table in text, with outputs and trained parameters of each: `console.log(net.summary())`. */
  summary(): string {
    return inTable(this);
  }

  protected override inWords(): string {
    return inLine(this);
  }

  /** Frees the network's memory at once; a fit under way ends with a DisposedError. */
  dispose(): void {
    this.disposed = true;
    this.inference = undefined;
    this.scores = undefined;
    if (!this.fits.inBackground) this.arena.dispose(); // otherwise a worker may be writing to it: the fit will, once it has ended
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal */
  document(state: boolean): Omit<ModelDocument, 'metadata'> {
    const { memory, checkpoint } = state ? this.state : {};
    const parts = memory || checkpoint ? STATES.here.stateParts({ memory, checkpoint }) : undefined;
    return networkDocument(this, this.shapes, this.getWeights(), parts);
  }

  /** What training goes on from. @internal */
  get state(): NetworkState {
    return this.fits.state;
  }

  /** Takes over parameters and running statistics as another network of these layers had them, in its precision. @internal */
  async adoptWeights(weights: RealArray): Promise<void> {
    if (weights instanceof Float64Array && this.precision === 'float32') await this.promote('float64');
    this.requireSize(weights);
    this.theta.view().set(weights);
    this.fits.weightsGiven();
  }

  /** @throws ModelFileError for a number of weights that can only come from a damaged file */
  private requireSize({ length }: RealArray): void {
    if (length !== this.theta.length)
      throw new ModelFileError(`damaged: a state has ${length} weights; expected ${this.theta.length}`);
  }

  /** Goes on from there. @internal */
  recall(state: NetworkState): void {
    if (state.checkpoint) this.requireSize(state.checkpoint.weights);
    this.fits.recall(state);
  }

  /** To the whole binary of a precision, with the same weights. @internal */
  async promote(precision: Precision): Promise<void> {
    const engine = await engineFor(precision, this.numerics, 'whole');
    this.check();
    this.engine = engine;
    this.inference = undefined;
    this.scores = undefined;
    if (precision === this.precision) return;
    const promoted = new Reals(this.arena, 'float64', this.theta.length);
    promoted.view().set(this.theta.view());
    this.arena.release(this.theta.address);
    this.theta = promoted;
    this.precision = 'float64';
    this.fits.forgetMethod();
  }

  /** A fit has ended: nobody else writes to the weights. @internal */
  released(): void {
    if (this.disposed) this.arena.dispose();
  }

  /** @internal */
  check(): void {
    if (this.disposed) throw new DisposedError('network');
  }
}
