// TrainStream of brain.js 1.x: rows that come one by one, again for every epoch.

import { EfficientBackpropError } from '../../../runtime/errors.js';
import type { FormattedDatum, INeuralNetworkState, INeuralNetworkTrainingCallback } from '../types.js';
import type { NeuralNetwork } from './neural-network.js';
import type { TrainOptions } from './types.js';
import { type ObjectWritable, Writable } from './writable.js';

/** A network that learns from a stream. */
interface Streamed {
  readonly trainOpts: {
    iterations: number;
    errorThresh: number;
    log: unknown;
    logPeriod: number;
    callbackPeriod: number;
    callback?: unknown;
  };
  updateTrainingOptions(options: object): void;
  // biome-ignore lint/suspicious/noExplicitAny: rows of the network's own kind
  addFormat(datum: any): void;
  formatData(data: unknown): FormattedDatum[];
  verifyIsInitialized(rows: FormattedDatum[]): void;
  trainPattern(row: FormattedDatum, logErrorRate?: boolean): number | null;
}

/** Options of `TrainStream`. */
export interface ITrainStreamOptions {
  neuralNetwork: NeuralNetwork;
  neuralNetworkGPU: NeuralNetwork;
  floodCallback: () => void;
  doneTrainingCallback: (state: INeuralNetworkState) => void;
}

/** What the stream takes: options of training as well, and no more than the network must be given. */
interface StreamOptions extends TrainOptions {
  neuralNetwork: Streamed;
  neuralNetworkGPU?: Streamed;
  /** Called where the rows are wanted once more. */
  floodCallback?: () => void;
  doneTrainingCallback?: (state: INeuralNetworkState) => void;
}

/** The first pass finds out the keys; each later one trains. `endInputs()` ends a pass. */
export class TrainStream extends Writable implements ObjectWritable {
  neuralNetwork: Streamed;
  /** Whether the first pass has gone by. */
  dataFormatDetermined = false;
  /** Epochs so far. */
  i = 0;
  /** Rows of the first pass, and of this one. */
  size = 0;
  count = 0;
  sum = 0;
  firstDatum: unknown;
  floodCallback: (() => void) | undefined;
  doneTrainingCallback: ((state: INeuralNetworkState) => void) | undefined;
  iterations: number;
  errorThresh: number;
  log: ((text: string) => void) | false;
  logPeriod: number;
  callbackPeriod: number;
  callback: INeuralNetworkTrainingCallback | null | undefined;

  constructor(options: StreamOptions) {
    super({ objectMode: true });
    const { neuralNetwork } = options ?? {};
    if (!neuralNetwork) throw new EfficientBackpropError('no neural network specified');
    this.neuralNetwork = neuralNetwork;
    this.floodCallback = options.floodCallback;
    this.doneTrainingCallback = options.doneTrainingCallback;
    neuralNetwork.updateTrainingOptions(options);
    const { trainOpts } = neuralNetwork;
    this.iterations = trainOpts.iterations;
    this.errorThresh = trainOpts.errorThresh;
    this.log = trainOpts.log as TrainStream['log'];
    this.logPeriod = trainOpts.logPeriod;
    this.callbackPeriod = trainOpts.callbackPeriod;
    this.callback = trainOpts.callback as TrainStream['callback'];
    this.on('finish', () => this.finishStreamIteration());
  }

  /** Says that all rows have been written. */
  endInputs(): void {
    this.write(false);
  }

  _write(chunk: unknown, _encoding: string, next: (error?: Error | null) => void): void {
    try {
      this.take(chunk);
    } catch (error) {
      next(error as Error);
      return;
    }
    next();
  }

  private take(chunk: unknown): void {
    if (!chunk) this.emit('finish');
    else if (!this.dataFormatDetermined) {
      this.size++;
      this.neuralNetwork.addFormat(chunk);
      this.firstDatum ??= chunk;
    } else {
      this.count++;
      const [row] = this.neuralNetwork.formatData(chunk);
      this.sum += this.neuralNetwork.trainPattern(row!, true)!;
    }
  }

  /** What follows a pass. */
  finishStreamIteration(): void {
    if (!this.dataFormatDetermined) {
      this.neuralNetwork.verifyIsInitialized(this.neuralNetwork.formatData(this.firstDatum));
      this.dataFormatDetermined = true;
      this.floodCallback?.();
      return;
    }
    if (this.size !== this.count) (this.log || console.warn)("This iteration's data length was different from the first.");
    const error = this.sum / this.size;
    if (this.log && this.i % this.logPeriod === 0) this.log(`iterations: ${this.i}, training error: ${error}`);
    if (this.callback && this.i % this.callbackPeriod === 0) this.callback({ error, iterations: this.i });
    this.sum = 0;
    this.count = 0;
    this.i++;
    if (this.i < this.iterations && error > this.errorThresh) this.floodCallback?.();
    else this.doneTrainingCallback?.({ error, iterations: this.i });
  }
}
