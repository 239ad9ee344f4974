// NeuralNetwork as brain.js 1.6 has it.

import { EfficientBackpropError } from '../../../runtime/errors.js';
import { TimeSlice } from '../../../training/time-slice.js';
import { areMany } from '../formats.js';
import { BrainNetwork } from '../network.js';
import { note } from '../notes.js';
import { ACTIVATIONS, OWN, TRAINING, requireTraining } from '../options.js';
import { compiled } from '../source.js';
import type { PatternActivation } from '../pattern-network.js';
import { ownPraxis } from '../praxis/choice.js';
import { requireLater } from '../praxis/loader.js';
import { read } from '../read.js';
import { requireRelu, restore } from '../restore.js';
import type { Prepared } from '../rounds.js';
import type { FormattedDatum, INeuralNetworkState, NeuralNetworkActivation, TrainOpts } from '../types.js';
import { layersOf } from './json.js';
import type {
  INeuralNetworkBinaryTestResult,
  INeuralNetworkJSON,
  INeuralNetworkOptions,
  INeuralNetworkTestResult,
  INeuralNetworkTrainingData,
  INeuralNetworkTrainingOptions,
  NeuralNetworkInput,
  TrainOptions,
} from './types.js';

const LEAKY_RELU =
  "1.x's leaky-relu is 0 below 0 and leakyReluAlpha times the rest; saved models rely on it. 2.x ('efficient-backprop/brain') has the usual one";

/** Options of training that 1.x takes as they are. */
const UNCHECKED = ['praxis', 'beta1', 'beta2', 'epsilon'];

/** Fields that must be there for a network to run. */
const NEEDED = ['sizes', 'outputLayer', 'biases', 'weights', 'outputs', 'deltas', 'changes', 'errors'] as const;

interface Constructor {
  readonly defaults: Required<Omit<INeuralNetworkOptions, 'hiddenLayers'>> & { hiddenLayers: number[] | null };
  readonly trainDefaults: TrainOpts;
}

/** brain.js 1.x's `NeuralNetwork`: same options, same numbers, same files. */
export class NeuralNetwork extends BrainNetwork {
  /** Both lines have a class of this name, one of which bundlers rename. */
  static override readonly name: string = 'NeuralNetwork';

  static get trainDefaults(): TrainOpts {
    return { ...TRAINING, callback: null, praxis: null };
  }

  static get defaults(): Constructor['defaults'] {
    return { leakyReluAlpha: 0.01, binaryThresh: 0.5, hiddenLayers: null, activation: 'sigmoid' };
  }

  declare activation: NeuralNetworkActivation;
  declare leakyReluAlpha: number;
  declare binaryThresh: number;
  declare hiddenLayers: number[] | null;
  /** What a file had as its layers. */
  declare layers: INeuralNetworkJSON['layers'] | undefined;
  /** Options of training that the constructor was given, which the first training forgets. */
  #given: readonly string[] = [];

  constructor(options: INeuralNetworkOptions & TrainOptions = {}) {
    super({ fields: () => null, moments: () => undefined });
    const { defaults, trainDefaults } = this.constructor as unknown as Constructor;
    Object.assign(this, defaults, options);
    this.trainOpts = {} as TrainOpts;
    this.updateTrainingOptions({ ...trainDefaults, ...options });
    this.#given = Object.keys(trainDefaults).filter((name) => Object.hasOwn(options, name));
    Object.assign(this, { sizes: null, outputLayer: null, inputLookupLength: null, outputLookupLength: null });
  }

  /** @internal */
  get activationName(): NeuralNetworkActivation {
    return this.activation;
  }

  /** @internal */
  get alpha(): number {
    return this.leakyReluAlpha;
  }

  /** @internal */
  get hidden(): readonly number[] | null {
    return this.hiddenLayers;
  }

  /** @internal */
  get threshold(): number {
    return this.binaryThresh;
  }

  /** @internal */
  protected kernelOf(activation: NeuralNetworkActivation): PatternActivation {
    if (!ACTIVATIONS.includes(activation)) {
      throw new EfficientBackpropError(
        `unknown activation ${activation}, The activation should be one of ['sigmoid', 'relu', 'leaky-relu', 'tanh']`,
      );
    }
    if (activation !== 'leaky-relu') return activation;
    note('brain/v1', LEAKY_RELU);
    return 'v1-leaky-relu';
  }

  override setActivation(activation?: NeuralNetworkActivation): void {
    if (activation) this.activation = activation;
    super.setActivation();
  }

  override initialize(): void {
    if (!this.sizes) throw new EfficientBackpropError('Sizes must be set before initializing');
    super.initialize();
  }

  get isRunnable(): boolean {
    if (this.hasWeights && this.sizes !== null) return true;
    if (!this.hasWeights && this.runInput === BrainNetwork.prototype.runInput) {
      console.error('Activation function has not been initialized, did you run train()?');
      return false;
    }
    const missing = NEEDED.filter((name) => this[name] === null);
    if (missing.length > 0) {
      console.error(
        `Some settings have not been initialized correctly, did you run train()? Found issues with: ${missing.join(', ')}`,
      );
    }
    return missing.length === 0;
  }

  /** The outputs for a row: a Float32Array, or an object where the network was trained on objects; null before training. */
  run(data: NeuralNetworkInput): NeuralNetworkInput;
  run<T>(data: NeuralNetworkInput): T;
  run<TInput, TOutput>(data: TInput): TOutput;
  run(input: unknown): unknown {
    if (!this.isRunnable) return null;
    return this.answer(this.inputOf(input));
  }

  updateTrainingOptions(options: object): void {
    const given = options as Record<string, unknown>;
    const { trainDefaults } = this.constructor as unknown as Constructor;
    const next: Record<string, unknown> = { ...trainDefaults };
    for (const name of [...Object.keys(next), ...OWN]) if (Object.hasOwn(given, name)) next[name] = given[name];
    this.validateTrainingOptions(next);
    for (const name of OWN) delete this.trainOpts[name];
    Object.assign(this.trainOpts, next);
    this.setLogMethod(given.log || next.log);
    this.activation = (given.activation as NeuralNetworkActivation) || this.activation;
  }

  /** @throws OptionError, with brain.js's message */
  validateTrainingOptions(options: object): void {
    requireTraining(options, UNCHECKED);
  }

  getTrainOptsJSON(): INeuralNetworkTrainingOptions {
    const { trainDefaults } = this.constructor as unknown as Constructor;
    const json: Record<string, unknown> = {};
    for (const name of Object.keys(trainDefaults)) {
      const value = (this.trainOpts as unknown as Record<string, unknown>)[name];
      if (name === 'log') json.log = typeof value === 'function';
      else if (name === 'callback' || (name === 'timeout' && value === Number.POSITIVE_INFINITY)) continue;
      // brain.js would train by another method than this library's without a word.
      else if (name === 'praxis' && ownPraxis({ praxis: value })) continue;
      else if (value || value === 0) json[name] = value;
    }
    return json;
  }

  setLogMethod(log: unknown): void {
    this.trainOpts.log = typeof log === 'function' ? log : log ? console.log : false;
  }

  /** @internal */
  say({ iterations, error }: INeuralNetworkState): void {
    (this.trainOpts.log as (text: string) => void)(`iterations: ${iterations}, training error: ${error}`);
  }

  override formatData(data: unknown): FormattedDatum[] {
    return super.formatData(Array.isArray(data) ? data : [data]);
  }

  prepTraining(data: unknown, options: object): Omit<Prepared, 'rows'> & { data: FormattedDatum[] } {
    const forgotten = this.#given.filter((name) => !Object.hasOwn(options, name));
    if (forgotten.length > 0) {
      const names = forgotten.join(', ');
      note(
        'brain/v1',
        `train() goes back to the defaults of what only the constructor was told, as 1.x does: ${names}. Give them to train()`,
      );
    }
    const { rows, ...rest } = this.prepared(data, options);
    this.requireWhole(rows);
    return { ...rest, data: rows };
  }

  /** Rows with too few numbers made a network of NaN of brain.js's; those with more lose the rest. */
  private requireWhole(rows: readonly FormattedDatum[]): void {
    for (const [side, size] of [
      ['input', this.sizes[0]!],
      ['output', this.sizes.at(-1)!],
    ] as const) {
      const row = rows.findIndex((datum) => datum[side].length < size);
      if (row >= 0) throw new EfficientBackpropError(`${side} at index ${row} length ${rows[row]![side].length} must be ${size}`);
    }
  }

  /** @throws OptionError, EfficientBackpropError before anything has changed */
  train(data: INeuralNetworkTrainingData[], options?: TrainOptions): INeuralNetworkState;
  train<T>(data: T, options?: TrainOptions): INeuralNetworkState;
  train(data: unknown, options: TrainOptions = {}): INeuralNetworkState {
    requireLater(options as Pick<TrainOpts, 'praxis'>);
    const { data: rows, ...rest } = this.prepTraining(data, options);
    return this.trainHere({ rows, ...rest });
  }

  /**
   * What train does, in slices between which the event loop has its turns. Rejects with the error, which has brain.js's fields:
   * `trainError`, what was thrown, and `status`, how far the training came.
   */
  trainAsync(data: INeuralNetworkTrainingData, options?: TrainOptions): Promise<INeuralNetworkState>;
  trainAsync<T>(data: T, options?: TrainOptions): Promise<INeuralNetworkState>;
  async trainAsync(data: unknown, options: TrainOptions = {}): Promise<INeuralNetworkState> {
    const slice = new TimeSlice(false);
    let status: INeuralNetworkState = { error: 1, iterations: 0 };
    try {
      const given = this.#formatsAlone && areMany(data) ? await this.formattedInTurns(data, options, slice) : data;
      const { data: rows, ...rest } = this.prepTraining(given, options);
      status = rest.status;
      return await this.trainInTurns({ rows, ...rest }, slice);
    } catch (trainError) {
      const error =
        trainError instanceof Error ? trainError : new EfficientBackpropError(String(trainError), { cause: trainError });
      throw Object.defineProperties(error, {
        trainError: { value: trainError, configurable: true },
        status: { value: status, configurable: true },
      });
    }
  }

  /** Whether nobody else wants to see the data. */
  get #formatsAlone(): boolean {
    const { prepTraining, formatData } = NeuralNetwork.prototype;
    return this.prepTraining === prepTraining && this.formatData === formatData;
  }

  /** How well the network does on rows, or on one: two classes where there is one output. */
  test(
    data: INeuralNetworkTrainingData | INeuralNetworkTrainingData[],
  ): INeuralNetworkTestResult | INeuralNetworkBinaryTestResult;
  test<T>(data: T): INeuralNetworkTestResult | INeuralNetworkBinaryTestResult;
  test(data: unknown): INeuralNetworkTestResult | INeuralNetworkBinaryTestResult {
    return this.measured(this.formatData(data));
  }

  toJSON(): INeuralNetworkJSON {
    if (!this.sizes) throw new EfficientBackpropError('the network has no layers to save yet: train it, or read a file, first');
    const { defaults } = this.constructor as unknown as Constructor;
    const { leakyReluAlpha, binaryThresh } = this;
    return {
      sizes: this.sizes.slice(0),
      layers: layersOf(this),
      outputLookup: this.outputLookup !== null,
      inputLookup: this.inputLookup !== null,
      activation: this.activation,
      trainOpts: this.getTrainOptsJSON(),
      // brain.js reads these, but does not write them.
      ...(leakyReluAlpha !== defaults.leakyReluAlpha && { leakyReluAlpha }),
      ...(binaryThresh !== defaults.binaryThresh && { binaryThresh }),
    };
  }

  /**
   * Becomes the network of a file that either line of brain.js has written, or this library.
   * @throws ModelFileError, OptionError where the file is not whole; then the network is as it was
   */
  fromJSON(json: INeuralNetworkJSON): this {
    const saved = read(json);
    requireRelu(saved);
    const { defaults, trainDefaults } = this.constructor as unknown as Constructor;
    const { activation = defaults.activation, leakyReluAlpha = defaults.leakyReluAlpha, options, trainOpts } = saved;
    this.validateTrainingOptions({ ...trainDefaults, ...trainOpts, activation, leakyReluAlpha });
    const { binaryThresh, hiddenLayers } = { ...defaults, ...(options as Partial<Constructor['defaults']>) };
    Object.assign(this, { activation, leakyReluAlpha, binaryThresh, hiddenLayers, layers: json.layers });
    if (trainOpts) this.updateTrainingOptions(trainOpts);
    restore(this, saved);
    return this;
  }

  /** The network as a function that needs no library; `cb` may change its text. Needs leave to compile text: 'unsafe-eval'. */
  // biome-ignore lint/suspicious/noExplicitAny: arrays or objects, as the network takes them
  toFunction(cb?: (source: string) => string): (input: any) => any {
    const source = this.toSource();
    return compiled(cb ? cb(source) : source);
  }
}
