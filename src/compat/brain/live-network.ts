// A network of brain.js's kind as its users see it: its numbers are fields, and each pass through it is a method.

import { EfficientBackpropError } from '../../runtime/errors.js';
import { requireSizes } from './options.js';
import { KERNEL_MOMENTS, VECTOR_MOMENTS } from './layout.js';
import type { Numbers } from './numbers.js';
import { type PatternActivation, PatternNetwork, type Rule } from './pattern-network.js';
import type { NeuralNetworkActivation, TrainOpts } from './types.js';
import { randos, zeros } from './utilities.js';

/** Fields that hold the network's numbers. */
const FIELDS = ['weights', 'changes', 'biases', 'outputs', 'errors', 'deltas'] as const;
/** The same of adam's. */
const MOMENTS = [...KERNEL_MOMENTS, ...VECTOR_MOMENTS] as const;

/** The methods that run the network, and that find its errors, by its activation. */
const RUNS = {
  sigmoid: '_runInputSigmoid',
  relu: '_runInputRelu',
  'leaky-relu': '_runInputLeakyRelu',
  tanh: '_runInputTanh',
} as const;
const DELTAS = {
  sigmoid: '_calculateDeltasSigmoid',
  relu: '_calculateDeltasRelu',
  'leaky-relu': '_calculateDeltasLeakyRelu',
  tanh: '_calculateDeltasTanh',
} as const;

export abstract class LiveNetwork implements Numbers {
  /** How many units each layer has, the input first. */
  declare sizes: number[];
  /** The index of the last layer; below 1 before the network has weights. */
  declare outputLayer: number;
  declare trainOpts: TrainOpts;
  /** Kernels by layer, from 1: weights[layer][unit][input]. */
  declare weights: Float32Array[][];
  declare biases: Float32Array[];
  declare outputs: Float32Array[];
  declare deltas: Float32Array[];
  declare errors: Float32Array[];
  declare changes: Float32Array[][];
  declare biasChangesLow: Float32Array[];
  declare biasChangesHigh: Float32Array[];
  declare changesLow: Float32Array[][];
  declare changesHigh: Float32Array[][];

  /** Steps that adam has taken. */
  iterations = 0;

  #core: PatternNetwork | undefined;
  readonly #before: { readonly fields: () => unknown; readonly moments: () => unknown };
  #adam = false;
  #activation: NeuralNetworkActivation = 'sigmoid';

  /** @param before what fields hold before there are weights, and adam's */
  constructor(before: { readonly fields: () => unknown; readonly moments: () => unknown }) {
    this.#before = before;
    this.forget();
  }

  /** Has no weights any more: the next training draws new ones. @internal */
  forget(): void {
    this.#core = undefined;
    this.outputLayer = -1;
    this.#fill(FIELDS, this.#before.fields);
    this.#withoutAdam();
  }

  #withoutAdam(): void {
    this.#adam = false;
    this.iterations = 0;
    this.#fill(MOMENTS, this.#before.moments);
  }

  #fill(names: readonly (keyof this)[], value: () => unknown): void {
    for (const name of names) this[name] = value() as never;
  }

  // Where this line keeps its settings.
  /** @internal */
  abstract get activationName(): NeuralNetworkActivation;
  /** The slope of leaky-relu below 0. @internal */
  abstract get alpha(): number;

  /** What computes this line's activation. @internal */
  protected abstract kernelOf(activation: NeuralNetworkActivation): PatternActivation;

  /** Draws weights for `sizes`. */
  initialize(): void {
    const { sizes } = this;
    requireSizes(sizes);
    this.outputLayer = sizes.length - 1;
    this.#core = undefined;
    this.#withoutAdam();
    if (sizes.length > 1) {
      this.#core = new PatternNetwork([...sizes], this).begin();
      for (let layer = 1; layer < sizes.length; layer++) {
        this.biases[layer]!.set(randos(sizes[layer]!));
        for (const row of this.weights[layer]!) row.set(randos(row.length));
      }
    } else {
      this.#fill(FIELDS, () => []);
      for (const name of ['deltas', 'errors', 'outputs'] as const) this[name] = sizes.map(zeros);
    }
    this.setActivation();
    if (this.trainOpts.praxis === 'adam') this._setupAdam();
  }

  /** Begins adam: its running means are 0. */
  _setupAdam(): void {
    this.#core?.startAdam();
    this.#adam = true;
  }

  /** Makes `activation`, or that of the options, the one that the network runs with. */
  setActivation(activation?: NeuralNetworkActivation): void {
    const name = activation ?? this.activationName;
    const kernel = this.kernelOf(name);
    this.#activation = name;
    if (this.#core) this.#core.activation = kernel;
  }

  /** What computes. @internal */
  get core(): PatternNetwork {
    if (!this.hasWeights) throw new EfficientBackpropError('output was empty');
    return this.#core!;
  }

  /** Whether there are weights: drawn, read, or those of another network, whose fields were copied. @internal */
  get hasWeights(): boolean {
    if (!this.#core && this.outputLayer > 0 && this.weights?.length === this.sizes?.length) {
      this.#core = new PatternNetwork([...this.sizes], this);
      this.#adam = this.trainOpts.praxis === 'adam' && this.changesLow?.length > 0;
      this.setActivation();
    }
    return this.#core !== undefined;
  }

  /** How a pattern changes the weights, by the options of now. @internal */
  get rule(): Rule {
    const { learningRate: rate, momentum } = this.trainOpts;
    return this.#adam ? this.#adamRule : { kind: 'momentum', rate, momentum };
  }

  get #adamRule(): Rule {
    const { learningRate: rate, beta1, beta2, epsilon } = this.trainOpts;
    return { kind: 'adam', rate, beta1, beta2, epsilon };
  }

  // The passes. Those of an activation have a name each, as in brain.js: who overrides one is heard while it is the network's.

  /** The outputs for an array of inputs: an array that the next run overwrites. */
  runInput(input: ArrayLike<number>): Float32Array {
    return this[RUNS[this.#activation]](input);
  }

  _runInputSigmoid(input: ArrayLike<number>): Float32Array {
    return this.#as('sigmoid', (core) => core.run(input));
  }

  _runInputRelu(input: ArrayLike<number>): Float32Array {
    return this.#as('relu', (core) => core.run(input));
  }

  _runInputLeakyRelu(input: ArrayLike<number>): Float32Array {
    return this.#as('leaky-relu', (core) => core.run(input));
  }

  _runInputTanh(input: ArrayLike<number>): Float32Array {
    return this.#as('tanh', (core) => core.run(input));
  }

  /** What run asks for: runInput, or a shorter way to its outputs while nobody has replaced it. @internal */
  protected predict(input: ArrayLike<number>): Float32Array {
    const run = RUNS[this.#activation];
    if (this.runInput !== ORIGINAL.runInput || this[run] !== ORIGINAL[run]) return this.runInput(input);
    const { core } = this;
    core.alpha = this.alpha;
    return core.predict(input);
  }

  /** Errors and deltas of all layers, after runInput. */
  calculateDeltas(target: ArrayLike<number>): void {
    this[DELTAS[this.#activation]](target);
  }

  _calculateDeltasSigmoid(target: ArrayLike<number>): void {
    this.#as('sigmoid', (core) => core.calculateDeltas(target));
  }

  _calculateDeltasRelu(target: ArrayLike<number>): void {
    this.#as('relu', (core) => core.calculateDeltas(target));
  }

  _calculateDeltasLeakyRelu(target: ArrayLike<number>): void {
    this.#as('leaky-relu', (core) => core.calculateDeltas(target));
  }

  _calculateDeltasTanh(target: ArrayLike<number>): void {
    this.#as('tanh', (core) => core.calculateDeltas(target));
  }

  /** Changes the weights by what calculateDeltas has found. */
  adjustWeights(): void {
    if (this.#adam) this._adjustWeightsAdam();
    else this.core.adjustWeights(this.rule);
  }

  _adjustWeightsAdam(): void {
    const { core } = this;
    if (!this.#adam) this._setupAdam();
    core.adjustWeights(this.#adamRule);
  }

  /** A pass of the network as if this activation were its own. */
  #as<T>(activation: NeuralNetworkActivation, pass: (core: PatternNetwork) => T): T {
    const { core } = this;
    const own = core.activation;
    core.alpha = this.alpha;
    core.activation = this.kernelOf(activation);
    try {
      return pass(core);
    } finally {
      core.activation = own;
    }
  }

  /** Whether nobody has replaced a pass. @internal */
  protected get passesAreOriginal(): boolean {
    const [run, deltas] = [RUNS[this.#activation], DELTAS[this.#activation]];
    return (
      this.runInput === ORIGINAL.runInput &&
      this.calculateDeltas === ORIGINAL.calculateDeltas &&
      this.adjustWeights === ORIGINAL.adjustWeights &&
      this[run] === ORIGINAL[run] &&
      this[deltas] === ORIGINAL[deltas] &&
      (!this.#adam || this._adjustWeightsAdam === ORIGINAL._adjustWeightsAdam)
    );
  }
}

/** Methods as they are unless somebody replaces them. */
const ORIGINAL = LiveNetwork.prototype;
