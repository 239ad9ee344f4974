// What brain.js's two lines have in common: a network that learns pattern by pattern, and shows all of its numbers.
// Users replace and spy on its methods, so that each calls the others through `this`; while nobody has, a call of the binary does
// many epochs at once.

import { EfficientBackpropError } from '../../runtime/errors.js';
import { TimeSlice } from '../../training/time-slice.js';
import { formatted, isArrayLike, requireRows, tableOf } from './formats.js';
import { LiveNetwork } from './live-network.js';
import { lookup } from './lookup.js';
import { meanSquare, tested } from './measure.js';
import { note } from './notes.js';
import { ownPraxis } from './praxis/choice.js';
import { praxisLater } from './praxis/loader.js';
import { type Prepared, Rounds } from './rounds.js';
import { POLLUTING } from './saved.js';
import { toSource } from './source.js';
import type {
  FormattedDatum,
  INeuralNetworkBinaryTestResult,
  INeuralNetworkState,
  INeuralNetworkTestResult,
  INumberHash,
} from './types.js';

/** Methods that make up an epoch. */
const OF_AN_EPOCH = ['trainPattern', 'trainPatterns', 'calculateTrainingError', 'trainingTick'] as const;

export abstract class BrainNetwork extends LiveNetwork {
  /** Keys of inputs, and where their numbers stand; null where inputs are arrays. */
  inputLookup: INumberHash | null = null;
  declare inputLookupLength: number;
  outputLookup: INumberHash | null = null;
  declare outputLookupLength: number;
  /** How many epochs go by between two looks at the error. */
  errorCheckInterval = 1;

  /** Hidden layers, as the constructor was told. @internal */
  abstract get hidden(): readonly number[] | null | undefined;
  /** @internal */
  abstract get threshold(): number;

  /** Tells the log how far the training has come. @internal */
  abstract say(status: INeuralNetworkState): void;

  /** Whether nobody has replaced any method that makes up an epoch. */
  private get isOriginal(): boolean {
    return this.passesAreOriginal && OF_AN_EPOCH.every((name) => this[name] === ORIGINAL[name]);
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
    const fresh = !this.hasWeights;
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
      if (!this.isOriginal) {
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
    return this.hasWeights && this.errorCheckInterval === 1 && this.isOriginal;
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

  /** @internal */
  protected measured(rows: FormattedDatum[]): INeuralNetworkTestResult | INeuralNetworkBinaryTestResult {
    return tested(rows, (input) => this.runInput(input), this.threshold);
  }

  /** The text of `toFunction`: the body of a function of `input`, which needs nothing else. */
  toSource(): string {
    if (!this.hasWeights) throw new EfficientBackpropError('No layers: the network has no weights yet; train it first');
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
