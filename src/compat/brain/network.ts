// What brain.js's two lines have in common: a network that learns pattern by pattern, and shows all of its numbers.
// Users replace and spy on its methods, so that each calls the others through `this`; while nobody has, a call of the binary does
// many epochs at once.

import { EfficientBackpropError } from '../../runtime/errors.js';
import { TimeSlice } from '../../training/time-slice.js';
import { formatted, isArrayLike, requireRows, tableOf } from './formats.js';
import { lookup } from './lookup.js';
import { meanSquare, tested } from './measure.js';
import { note } from './notes.js';
import { requireSizes } from './options.js';
import { type PatternActivation, PatternNetwork, type Rule } from './pattern-network.js';
import { ownPraxis } from './praxis/choice.js';
import { praxisLater } from './praxis/loader.js';
import { type Prepared, Rounds } from './rounds.js';
import { POLLUTING } from './saved.js';
import { KERNELS, KERNEL_MOMENTS, VECTORS, VECTOR_MOMENTS } from './scratch.js';
import { toSource } from './source.js';
import type {
  FormattedDatum,
  INeuralNetworkBinaryTestResult,
  INeuralNetworkState,
  INeuralNetworkTestResult,
  INumberHash,
  NeuralNetworkActivation,
  TrainOpts,
} from './types.js';
import { randos, zeros } from './utilities.js';

/** Fields that are the pattern network's, once there is one. */
const LIVE = [...KERNELS, ...VECTORS] as const;
/** The same of adam's. */
const MOMENTS = [...KERNEL_MOMENTS, ...VECTOR_MOMENTS] as const;

type Live = (typeof LIVE)[number] | (typeof MOMENTS)[number];

/** Methods that make up an epoch. */
const OF_AN_EPOCH = [
  'runInput',
  'calculateDeltas',
  'adjustWeights',
  'trainPattern',
  'trainPatterns',
  'calculateTrainingError',
  'trainingTick',
] as const;

export abstract class BrainNetwork {
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
  /** Where the numbers of keyed inputs stand; null where inputs are arrays. */
  inputLookup: INumberHash | null = null;
  declare inputLookupLength: number;
  outputLookup: INumberHash | null = null;
  declare outputLookupLength: number;
  /** How many epochs go by between two looks at the error. */
  errorCheckInterval = 1;

  #core: PatternNetwork | undefined;
  readonly #before: { readonly fields: () => unknown; readonly moments: () => unknown };
  /** What they hold before. */
  readonly #plain: { [name in Live]?: unknown } = {};
  #adam = false;

  static {
    for (const name of [...LIVE, ...MOMENTS]) {
      const inMemory = (network: BrainNetwork) =>
        (LIVE as readonly string[]).includes(name) || network.#adam ? network.#core : undefined;
      Object.defineProperty(BrainNetwork.prototype, name, {
        configurable: true,
        get(this: BrainNetwork) {
          const core = inMemory(this);
          return core ? core[name] : this.#plain[name];
        },
        set(this: BrainNetwork, values: never) {
          const core = inMemory(this);
          if (core) core[name] = values;
          else this.#plain[name] = values;
        },
      });
    }
  }

  /** @param before what fields hold before there are weights, and adam's */
  constructor(before: { readonly fields: () => unknown; readonly moments: () => unknown }) {
    this.#before = before;
    this.forget();
  }

  /** Has no weights any more: the next training draws new ones. @internal */
  forget(): void {
    this.#core = undefined;
    this.#adam = false;
    this.outputLayer = -1;
    for (const name of LIVE) this.#plain[name] = this.#before.fields();
    for (const name of MOMENTS) this.#plain[name] = this.#before.moments();
  }

  // Where this line keeps its settings.
  /** @internal */
  abstract get activationName(): NeuralNetworkActivation;
  /** The slope of leaky-relu below 0. @internal */
  abstract get alpha(): number;
  /** @internal */
  abstract get hidden(): readonly number[] | null | undefined;
  /** @internal */
  abstract get threshold(): number;

  /** What computes this line's activation. @internal */
  protected abstract kernelOf(activation: NeuralNetworkActivation): PatternActivation;

  /** Tells the log how far the training has come. @internal */
  abstract say(status: INeuralNetworkState): void;

  /** Draws weights for `sizes`. */
  initialize(): void {
    const { sizes } = this;
    requireSizes(sizes);
    this.outputLayer = sizes.length - 1;
    this.#core = sizes.length > 1 ? new PatternNetwork([...sizes]) : undefined;
    this.#adam = false;
    if (this.#core) {
      for (let layer = 1; layer < sizes.length; layer++) {
        this.#core.biases[layer]!.set(randos(sizes[layer]!));
        for (const row of this.#core.weights[layer]!) row.set(randos(row.length));
      }
    } else {
      for (const name of LIVE) this.#plain[name] = [];
      for (const name of ['deltas', 'errors', 'outputs'] as const) this.#plain[name] = sizes.map(zeros);
    }
    this.setActivation();
    if (this.trainOpts.praxis === 'adam') this._setupAdam();
  }

  /** Begins adam: its running means are 0. */
  _setupAdam(): void {
    this.#core?.startAdam();
    this.#adam = true;
  }

  /** Steps that adam has taken. */
  get iterations(): number {
    return this.#core?.iterations ?? 0;
  }

  set iterations(iterations: number) {
    if (this.#core) this.#core.iterations = iterations;
  }

  /** Makes `activation`, or that of the options, the one that the network runs with. */
  setActivation(activation?: NeuralNetworkActivation): void {
    const kernel = this.kernelOf(activation ?? this.activationName);
    if (this.#core) this.#core.activation = kernel;
  }

  /** What computes. @internal */
  get core(): PatternNetwork {
    if (!this.#core)
      throw new EfficientBackpropError(
        'output was empty: the network has no layers with weights; train it, or call initialize()',
      );
    return this.#core;
  }

  /** Whether there are weights. @internal */
  get hasWeights(): boolean {
    return this.#core !== undefined;
  }

  /** How a pattern changes the weights, by the options of now. @internal */
  get rule(): Rule {
    const { learningRate: rate, momentum, beta1, beta2, epsilon } = this.trainOpts;
    return this.#adam ? { kind: 'adam', rate, beta1, beta2, epsilon } : { kind: 'momentum', rate, momentum };
  }

  /** Whether nobody has replaced any method that makes up an epoch. */
  get #original(): boolean {
    return OF_AN_EPOCH.every((name) => this[name] === ORIGINAL[name]);
  }

  /** The outputs for an array of inputs: an array that the next run overwrites. */
  runInput(input: ArrayLike<number>): Float32Array {
    const { core } = this;
    core.alpha = this.alpha;
    return core.run(input);
  }

  /** What run asks for: runInput, or a shorter way to its outputs while nobody has replaced it. @internal */
  protected predict(input: ArrayLike<number>): Float32Array {
    if (this.runInput !== ORIGINAL.runInput) return this.runInput(input);
    const { core } = this;
    core.alpha = this.alpha;
    return core.predict(input);
  }

  /** A row of inputs as an array. @internal */
  protected inputOf(input: unknown): ArrayLike<number> {
    return this.inputLookup
      ? lookup.toArray(this.inputLookup, input as INumberHash, this.inputLookupLength)
      : (input as Float32Array);
  }

  /** A copy of outputs, by key where the network was trained on keys. @internal */
  protected outputOf(output: Float32Array): Float32Array | INumberHash {
    return this.outputLookup ? lookup.toObject(this.outputLookup, output) : output.slice(0);
  }

  /** Draws weights for the data, unless there are weights. */
  verifyIsInitialized(rows: readonly FormattedDatum[]): void {
    if (this.sizes?.length && this.outputLayer > 0) return;
    const { input, output } = rows[0]!;
    const hidden = this.hidden ?? [Math.max(3, Math.floor(input.length / 2))];
    this.sizes = [input.length, ...hidden, output.length];
    this.initialize();
  }

  /** The rows that train on one pattern after the other take. */
  formatData(data: unknown): FormattedDatum[] {
    requireRows(data);
    for (const side of ['input', 'output'] as const) {
      if (isArrayLike(data[0]![side])) continue;
      const table = (this[`${side}Lookup`] ??= tableOf(data.map((datum) => datum[side])));
      this[`${side}LookupLength`] = Object.keys(table).length;
      noteKeys(table);
    }
    const tableFor = (side: 'input' | 'output') => (isArrayLike(data[0]![side]) ? null : this[`${side}Lookup`]);
    return formatted(data, tableFor('input'), tableFor('output'));
  }

  /** Takes keys of a row that comes by itself into the tables. */
  addFormat(datum: { input: unknown; output: unknown }): void {
    for (const side of ['input', 'output'] as const) {
      const row = datum[side];
      if (isArrayLike(row)) continue;
      const table = (this[`${side}Lookup`] = tableOf([row as object], this[`${side}Lookup`] ?? {}));
      this[`${side}LookupLength`] = Object.keys(table).length;
    }
  }

  abstract updateTrainingOptions(options: object): void;

  /** @internal */
  protected prepared(data: unknown, options: object): Prepared {
    this.updateTrainingOptions(options);
    const { threads } = this.trainOpts;
    if (typeof threads === 'number' && threads > 1 && !ownPraxis(this.trainOpts)) {
      note('brain', "threads are for a praxis that takes all rows at a step, such as 'lbfgs'; pattern by pattern there is one");
    }
    const rows = this.formatData(data);
    const endTime = Date.now() + this.trainOpts.timeout;
    const fresh = !this.#core;
    this.verifyIsInitialized(rows);
    return { rows, status: { error: 1, iterations: 0 }, endTime, fresh };
  }

  /** @internal */
  protected trainHere(training: Prepared): INeuralNetworkState {
    const rounds = new Rounds(this, training, new TimeSlice(false));
    try {
      while (rounds.advance());
    } finally {
      rounds.end();
    }
    return training.status;
  }

  /** The same, in slices between which the event loop has its turns. @internal */
  protected async trainInTurns(training: Prepared): Promise<INeuralNetworkState> {
    if (ownPraxis(this.trainOpts)) {
      if (!this.#original) {
        throw new EfficientBackpropError(
          `praxis '${this.trainOpts.praxis}' takes all rows at once, which methods that were replaced would not see; leave trainPattern and the others as they are`,
        );
      }
      return praxisLater(this, training);
    }
    const slice = new TimeSlice(false);
    const rounds = new Rounds(this, training, slice);
    try {
      for (let ticks = this.trainOpts.iterations; ticks > 0 && rounds.advance(); ticks--) {
        if (slice.due) await slice.rest();
      }
    } finally {
      rounds.end();
    }
    return training.status;
  }

  /** Whether all epochs can be taken at once, since nobody looks at one. @internal */
  get unwatched(): boolean {
    return this.#core !== undefined && this.errorCheckInterval === 1 && this.#original;
  }

  /** One epoch. @returns false where the training is over */
  trainingTick(rows: FormattedDatum[], status: INeuralNetworkState, endTime: number): boolean {
    const { iterations, errorThresh, callback, callbackPeriod, log, logPeriod } = this.trainOpts;
    if (status.iterations >= iterations || status.error <= errorThresh || Date.now() >= endTime) return false;
    status.iterations++;
    const logs = Boolean(log) && status.iterations % logPeriod === 0;
    if (logs || status.iterations % this.errorCheckInterval === 0) status.error = this.calculateTrainingError(rows);
    else this.trainPatterns(rows);
    if (logs) this.say(status);
    if (callback && status.iterations % callbackPeriod === 0) {
      callback({ iterations: status.iterations, error: status.error });
    }
    return true;
  }

  /** An epoch. @returns the mean of the errors that patterns had before they changed the weights */
  calculateTrainingError(rows: FormattedDatum[]): number {
    let sum = 0;
    for (const row of rows) sum += this.trainPattern(row, true)!;
    return sum / rows.length;
  }

  /** An epoch whose error nobody asks for. */
  trainPatterns(rows: FormattedDatum[]): void {
    for (const row of rows) this.trainPattern(row);
  }

  /** One pattern: forward, back, and the change of the weights. @returns its error before, where asked for */
  trainPattern(value: FormattedDatum, logErrorRate?: boolean): number | null {
    this.runInput(value.input);
    this.calculateDeltas(value.output);
    this.adjustWeights();
    return logErrorRate ? meanSquare(this.errors[this.outputLayer]!) : null;
  }

  /** Errors and deltas of all layers, after runInput. */
  calculateDeltas(target: ArrayLike<number>): void {
    const { core } = this;
    core.alpha = this.alpha;
    core.calculateDeltas(target);
  }

  /** Changes the weights by what calculateDeltas has found. */
  adjustWeights(): void {
    this.core.adjustWeights(this.rule);
  }

  /** @internal */
  protected measured(rows: FormattedDatum[]): INeuralNetworkTestResult | INeuralNetworkBinaryTestResult {
    return tested(rows, (input) => this.runInput(input), this.threshold);
  }

  /** The text of `toFunction`: the body of a function of `input`, which needs nothing else. */
  toSource(): string {
    if (!this.#core) throw new EfficientBackpropError('No layers: the network has no weights yet; train it first');
    return toSource(this, this.kernelOf(this.activationName), this.alpha);
  }
}

/** Says which keys of data a file cannot have, before somebody trains on them for hours. */
function noteKeys(table: INumberHash): void {
  for (const key of POLLUTING) {
    if (Object.hasOwn(table, key)) note('brain', `fromJSON refuses files with a key named ${key}; rename it to keep the model`);
  }
}

/** Methods as they are unless somebody replaces them. */
const ORIGINAL = Object.fromEntries(OF_AN_EPOCH.map((name) => [name, BrainNetwork.prototype[name]]));
