// What brain.js's two lines have in common: a network that learns pattern by pattern, and shows all of its numbers.
// Users replace and spy on its methods, so that each calls the others through `this`; while nobody has, a call of the binary does
// many epochs at once.

import { EfficientBackpropError, shown } from '../../runtime/errors.js';
import { TimeSlice } from '../../training/time-slice.js';
import { SIDES, type Side, formatted, isArrayLike, requireRows, tableOf, tabled } from './formats.js';
import { LiveNetwork } from './live-network.js';
import { lookup } from './lookup.js';
import { meanSquare, tested } from './measure.js';
import { note } from './notes.js';
import { hiddenFrom, noteUnknown } from './options.js';
import { ownPraxis } from './praxis/choice.js';
import { praxisLater } from './praxis/loader.js';
import { type Prepared, Rounds } from './rounds.js';
import { POLLUTING } from './saved.js';
import { toSource } from './source.js';
import { type Pausing, atOnce, inTurns } from './turns.js';
import type {
  FormattedDatum,
  INeuralNetworkBinaryTestResult,
  INeuralNetworkState,
  INeuralNetworkTestResult,
  INumberHash,
} from './types.js';

/** Methods that make up an epoch. */
const OF_AN_EPOCH = ['trainPattern', 'trainPatterns', 'calculateTrainingError', 'trainingTick'] as const;

const DIVERGED =
  'the training has diverged: its error is NaN, and so are the weights. A smaller learningRate, or inputs of about 1, help; normalize: true scales them';

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

  /** The outputs for a row, which is an array by now. @internal */
  protected answer(row: ArrayLike<number>): Float32Array | INumberHash {
    const output = this.predict(row);
    if (Number.isNaN(output[0])) noteNaN(row, this.sizes[0]!);
    return this.outputOf(output);
  }

  /** A copy of outputs, by key where the network was trained on keys. @internal */
  protected outputOf(output: Float32Array): Float32Array | INumberHash {
    return this.outputLookup ? lookup.toObject(this.outputLookup, output) : output.slice(0);
  }

  /** Draws weights for the data, unless there are weights. */
  verifyIsInitialized(rows: readonly FormattedDatum[]): void {
    if (this.sizes?.length && this.outputLayer > 0) return;
    const { input, output } = rows[0]!;
    const hidden = this.hidden ? hiddenFrom(this.hidden) : [Math.max(3, Math.floor(input.length / 2))];
    this.sizes = [input.length, ...hidden, output.length];
    this.initialize();
  }

  /** The rows that train on one pattern after the other take. */
  formatData(data: unknown): FormattedDatum[] {
    return atOnce(this.formatting(data));
  }

  /** The same, by and by. @internal */
  protected *formatting(data: unknown): Pausing<FormattedDatum[]> {
    requireRows(data);
    const tables: { [side in Side]: INumberHash | null } = { input: null, output: null };
    for (const side of SIDES) {
      if (!isArrayLike(data[0]![side])) tables[side] = this[`${side}Lookup`] ?? (yield* tabled(data, side));
    }
    const rows = yield* formatted(data, tables.input, tables.output);
    for (const side of SIDES) {
      const table = tables[side];
      if (!table) continue;
      this[`${side}Lookup`] = table;
      this[`${side}LookupLength`] = Object.keys(table).length;
      noteKeys(table);
    }
    return rows;
  }

  /** Many rows, formatted with rests between. Formatted again, they stay as they are. @internal */
  protected async formattedInTurns(data: unknown, options: object, slice: TimeSlice): Promise<FormattedDatum[]> {
    this.validateTrainingOptions({ ...this.trainOpts, ...options });
    return inTurns(this.formatting(data), slice);
  }

  /** Takes keys of a row that comes by itself into the tables. */
  addFormat(datum: { input: unknown; output: unknown }): void {
    for (const side of SIDES) {
      const row = datum[side];
      if (isArrayLike(row)) continue;
      const table = (this[`${side}Lookup`] = tableOf([row as object], this[`${side}Lookup`] ?? {}));
      this[`${side}LookupLength`] = Object.keys(table).length;
    }
  }

  abstract updateTrainingOptions(options: object): void;
  abstract validateTrainingOptions(options: object): void;

  /** @internal */
  protected prepared(data: unknown, options: object): Prepared {
    this.updateTrainingOptions(options);
    noteUnknown(options);
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
    return atOnce(this.#course(training, new TimeSlice(false), Number.POSITIVE_INFINITY));
  }

  /** The same, in slices between which the event loop has its turns. @internal */
  protected async trainInTurns(training: Prepared, slice: TimeSlice): Promise<INeuralNetworkState> {
    if (!ownPraxis(this.trainOpts)) return inTurns(this.#course(training, slice, this.trainOpts.iterations), slice);
    if (!this.isOriginal) {
      throw new EfficientBackpropError(
        `praxis '${this.trainOpts.praxis}' uses all rows at once, so the methods that you replaced would not be called; do not replace trainPattern and the others`,
      );
    }
    return praxisLater(this, training);
  }

  /** A training, with rests. ticks: how often a trainingTick of the user's is called at most */
  *#course(training: Prepared, slice: TimeSlice, ticks: number): Pausing<INeuralNetworkState> {
    const rounds = yield* Rounds.of(this, training, slice);
    try {
      for (let called = 0; called < ticks && rounds.advance(); yield) if (!this.unwatched) called++;
    } finally {
      rounds.end();
    }
    if (Number.isNaN(training.status.error)) note('brain', DIVERGED);
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
    if (this.passesAreOriginal) {
      const { core } = this;
      core.alpha = this.alpha;
      core.trainPattern(value.input, value.output, this.rule);
    } else {
      this.runInput(value.input);
      this.calculateDeltas(value.output);
      this.adjustWeights();
    }
    return logErrorRate ? meanSquare(this.errors[this.outputLayer]!) : null;
  }

  /** @internal */
  protected measured(rows: FormattedDatum[]): INeuralNetworkTestResult | INeuralNetworkBinaryTestResult {
    return tested(rows, (input) => this.runInput(input), this.threshold);
  }

  /** The text of `toFunction`: the body of a function of `input`, which needs nothing else. */
  toSource(): string {
    if (!this.hasWeights) throw new EfficientBackpropError('No layers');
    return toSource(this, this.kernelOf(this.activationName), this.alpha);
  }
}

/** Says why outputs are NaN: brain.js returns them, and says nothing. */
function noteNaN(row: ArrayLike<unknown>, inputs: number): void {
  const wrong = Array.from({ length: inputs }, (_, i) => i).find((i) => !Number.isFinite(Number(row[i])));
  const why = wrong === undefined ? 'weights are NaN, or sums overflow' : `input ${wrong} is ${shown(row[wrong])}, not a number`;
  note('brain', `run() returns NaN: ${why}`, 'NaN');
}

/** Says which keys of data a file cannot have, before somebody trains on them for hours. */
function noteKeys(table: INumberHash): void {
  for (const key of POLLUTING) {
    if (Object.hasOwn(table, key)) note('brain', `fromJSON refuses files with a key named ${key}; rename it to keep the model`);
  }
}

/** Methods as they are unless somebody replaces them. */
const ORIGINAL = Object.fromEntries(OF_AN_EPOCH.map((name) => [name, BrainNetwork.prototype[name]]));
