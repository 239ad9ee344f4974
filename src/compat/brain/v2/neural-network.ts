// NeuralNetwork as brain.js 2.x has it.

import { EfficientBackpropError } from '../../../runtime/errors.js';
import { TimeSlice } from '../../../training/time-slice.js';
import { areMany, keyed } from '../formats.js';
import { BrainNetwork } from '../network.js';
import { ACTIVATIONS, TRAINING, hiddenFrom, requireTraining } from '../options.js';
import { compiled } from '../source.js';
import type { PatternActivation } from '../pattern-network.js';
import { ownPraxis } from '../praxis/choice.js';
import { requireLater } from '../praxis/loader.js';
import { read } from '../read.js';
import { asRelu, restore } from '../restore.js';
import type { FormattedDatum, INeuralNetworkBinaryTestResult, INeuralNetworkTestResult, INumberHash } from '../types.js';
import { layersOf, tableIn } from './json.js';
import type {
  INeuralNetworkData,
  INeuralNetworkDatum,
  INeuralNetworkGPUOptions,
  INeuralNetworkJSON,
  INeuralNetworkOptions,
  INeuralNetworkState,
  INeuralNetworkTrainOptions,
  INeuralNetworkTrainOptionsJSON,
  NeuralNetworkActivation,
  NeuralNetworkFormatter,
  PreparedTraining,
  TrainOptions,
} from './types.js';

/** The default options of a network. */
export function defaults(): INeuralNetworkOptions {
  return { inputSize: 0, outputSize: 0, binaryThresh: 0.5 };
}

/** The default options of training. */
export function trainDefaults(): INeuralNetworkTrainOptions {
  return { activation: 'sigmoid', leakyReluAlpha: 0.01, ...TRAINING };
}

/** What makes a Float32Array of rows like `value`; null where they are one. */
export function getTypedArrayFn(value: INeuralNetworkData, table: INumberHash | null): null | NeuralNetworkFormatter {
  if (ArrayBuffer.isView(value)) return null;
  if (Array.isArray(value)) return (row: number[]) => Float32Array.from(row);
  if (!table) throw new EfficientBackpropError('table is not Object');
  const places = new Map(Object.entries(table));
  return (row: INumberHash) => keyed(row, places);
}

/** brain.js 2.x's `NeuralNetwork`: same options, same numbers, same files. */
export class NeuralNetwork<InputType extends INeuralNetworkData, OutputType extends INeuralNetworkData> extends BrainNetwork {
  /** Both lines have a class of this name, one of which bundlers rename. */
  static override readonly name: string = 'NeuralNetwork';

  options: INeuralNetworkOptions = defaults();
  override trainOpts: INeuralNetworkTrainOptions = trainDefaults();
  override sizes: number[] = [];
  override outputLayer = -1;
  override inputLookupLength = 0;
  override outputLookupLength = 0;

  /** What makes an array of a row of inputs, where you set one in the place of the usual. */
  _formatInput: NeuralNetworkFormatter | null = null;
  _formatOutput: NeuralNetworkFormatter | null = null;

  constructor(options: Partial<INeuralNetworkGPUOptions> & TrainOptions = {}) {
    super({ fields: () => [], moments: () => [] });
    this.options = { ...this.options, ...options };
    this.updateTrainingOptions(options);
    const { inputSize, hiddenLayers, outputSize } = this.options;
    if (inputSize && outputSize) this.sizes = [inputSize, ...(hiddenLayers ? hiddenFrom(hiddenLayers) : []), outputSize];
  }

  /** @internal */
  get activationName(): NeuralNetworkActivation {
    return this.trainOpts.activation as NeuralNetworkActivation;
  }

  /** @internal */
  get alpha(): number {
    return this.trainOpts.leakyReluAlpha;
  }

  /** @internal */
  get hidden(): readonly number[] | undefined {
    return this.options.hiddenLayers;
  }

  /** @internal */
  get threshold(): number {
    return this.options.binaryThresh;
  }

  /** @internal */
  protected kernelOf(activation: NeuralNetworkActivation): PatternActivation {
    if (ACTIVATIONS.includes(activation)) return activation;
    throw new EfficientBackpropError(
      `Unknown activation ${activation}. Available activations are: 'sigmoid', 'relu', 'leaky-relu', 'tanh'`,
    );
  }

  override initialize(): void {
    if (!this.sizes.length) throw new EfficientBackpropError('Sizes must be set before initializing');
    super.initialize();
  }

  get isRunnable(): boolean {
    return this.sizes.length > 0;
  }

  /**
   * The outputs for a row: a Float32Array, or an object where the network was trained on objects.
   * @throws EfficientBackpropError where the network has no layers, or the row has another length
   */
  run(input: Partial<InputType>): OutputType {
    if (!this.isRunnable) throw new EfficientBackpropError('network not runnable');
    const row = this.inputOf(input);
    this.validateInput(row);
    return this.answer(row) as unknown as OutputType;
  }

  updateTrainingOptions(trainOpts: TrainOptions): void {
    const merged = { ...this.trainOpts, ...trainOpts } as INeuralNetworkTrainOptions;
    this.validateTrainingOptions(merged);
    this.trainOpts = merged;
    this.setLogMethod(merged.log);
  }

  /** @throws OptionError, with brain.js's message */
  validateTrainingOptions(options: INeuralNetworkTrainOptions): void {
    requireTraining(options);
  }

  getTrainOptsJSON(): INeuralNetworkTrainOptionsJSON {
    const { callback, log, timeout, ...rest } = this.trainOpts;
    const names = Object.keys(trainDefaults()).concat('praxis');
    const own = Object.fromEntries(Object.entries(rest).filter(([name]) => names.includes(name)));
    return {
      ...(own as unknown as INeuralNetworkTrainOptionsJSON),
      log: log !== false,
      timeout: timeout === Number.POSITIVE_INFINITY ? 'Infinity' : timeout,
      // brain.js refuses files with another.
      praxis: ownPraxis(rest) ? undefined! : rest.praxis!,
    };
  }

  setLogMethod(log: boolean | ((state: INeuralNetworkState) => void)): void {
    this.trainOpts.log = typeof log === 'function' ? log : log ? this.logTrainingStatus : false;
  }

  logTrainingStatus(status: INeuralNetworkState): void {
    console.log(`iterations: ${status.iterations}, training error: ${status.error}`);
  }

  /** @internal */
  say(status: INeuralNetworkState): void {
    (this.trainOpts.log as (status: INeuralNetworkState) => void)(status);
  }

  prepTraining(data: Array<INeuralNetworkDatum<InputType, OutputType>>, options: TrainOptions = {}): PreparedTraining {
    const { rows, ...rest } = this.prepared(data, options);
    this.validateData(rows);
    return { ...rest, preparedData: rows };
  }

  /** @throws OptionError, EfficientBackpropError before anything has changed */
  train(
    data: Array<INeuralNetworkDatum<Partial<InputType>, Partial<OutputType>>>,
    options: TrainOptions = {},
  ): INeuralNetworkState {
    requireLater({ ...this.trainOpts, ...options });
    const { preparedData: rows, ...rest } = this.prepTraining(data as Array<INeuralNetworkDatum<InputType, OutputType>>, options);
    return this.trainHere({ rows, ...rest });
  }

  /** What train does, in slices between which the event loop has its turns. */
  async trainAsync(
    data: Array<INeuralNetworkDatum<InputType, OutputType>>,
    options: TrainOptions = {},
  ): Promise<INeuralNetworkState> {
    const slice = new TimeSlice(false);
    const { praxis } = this.trainOpts;
    const given = this.#formatsAlone && areMany(data) ? await this.formattedInTurns(data, options, slice) : data;
    try {
      const { preparedData: rows, ...rest } = this.prepTraining(given as typeof data, options);
      return await this.trainInTurns({ rows, ...rest }, slice);
    } finally {
      // Other options stay for the next training, as brain.js has it. train() and brain.js itself know no such praxis.
      if (ownPraxis(options)) this.trainOpts.praxis = praxis!;
    }
  }

  /** Whether nobody else wants to see the data. */
  get #formatsAlone(): boolean {
    const { prepTraining, formatData } = NeuralNetwork.prototype;
    const isOriginal = this.prepTraining === prepTraining && this.formatData === formatData;
    return isOriginal && !this._formatInput && !this._formatOutput;
  }

  /** The rows that train on one pattern after the other take. */
  override formatData(data: Array<INeuralNetworkDatum<InputType, OutputType>>): FormattedDatum[] {
    const { _formatInput, _formatOutput } = this;
    const rows = super.formatData(data);
    if (!_formatInput && !_formatOutput) return rows;
    type Format = ((value: unknown) => Float32Array) | null;
    return rows.map(({ input, output }, i) => ({
      input: (_formatInput as Format)?.(data[i]!.input) ?? input,
      output: (_formatOutput as Format)?.(data[i]!.output) ?? output,
    }));
  }

  /** @throws EfficientBackpropError for the first row that has another length */
  validateData(data: FormattedDatum[]): void {
    for (const [side, size] of [
      ['input', this.sizes[0]],
      ['output', this.sizes.at(-1)],
    ] as const) {
      const row = data.findIndex((datum) => datum[side].length !== size);
      if (row >= 0) throw new EfficientBackpropError(`${side} at index ${row} length ${data[row]![side].length} must be ${size}`);
    }
  }

  validateInput(input: ArrayLike<number>): void {
    const size = this.sizes[0];
    if (input.length !== size) {
      throw new EfficientBackpropError(`input length ${input.length} must match options.inputSize of ${size}`);
    }
  }

  /** How well the network does on rows: two classes where there is one output. */
  test(
    data: Array<INeuralNetworkDatum<Partial<InputType>, Partial<OutputType>>>,
  ): INeuralNetworkTestResult | INeuralNetworkBinaryTestResult {
    return this.measured(this.prepTraining(data as Array<INeuralNetworkDatum<InputType, OutputType>>).preparedData);
  }

  toJSON(): INeuralNetworkJSON {
    if (!this.isRunnable) this.initialize();
    return {
      type: 'NeuralNetwork',
      sizes: [...this.sizes],
      layers: layersOf(this),
      inputLookup: tableIn(this.inputLookup),
      inputLookupLength: this.inputLookupLength,
      outputLookup: tableIn(this.outputLookup),
      outputLookupLength: this.outputLookupLength,
      options: { ...this.options },
      trainOpts: this.getTrainOptsJSON(),
    };
  }

  /**
   * Becomes the network of a file that either line of brain.js has written, or this library.
   * @throws ModelFileError, OptionError where the file is not whole; then the network is as it was
   */
  fromJSON(json: INeuralNetworkJSON): this {
    const read1 = read(json);
    const saved = read1.line === 1 ? asRelu(read1) : read1;
    const { options, trainOpts, activation, leakyReluAlpha } = saved;
    const given = {
      ...trainOpts,
      ...(activation !== undefined && { activation }),
      ...(leakyReluAlpha !== undefined && { leakyReluAlpha }),
    } as Partial<INeuralNetworkTrainOptions>;
    this.validateTrainingOptions({ ...this.trainOpts, ...given });
    this.options = { ...defaults(), ...(options as Partial<INeuralNetworkOptions>) };
    this.updateTrainingOptions(given);
    restore(this, saved);
    return this;
  }

  /** The network as a function that needs no library; `cb` may change its text. Needs leave to compile text: 'unsafe-eval'. */
  toFunction(cb?: (source: string) => string): (input: Partial<InputType>) => OutputType {
    const source = this.toSource();
    return compiled(cb ? cb(source) : source) as (input: Partial<InputType>) => OutputType;
  }
}
