// What Classifier and Regressor have in common: preprocessing + target coding + networks + recommended defaults.

import { engineOf } from '../../bindings/load.js';
import { rowWeights } from '../data/dataset.js';
import type { EncoderSpec } from '../data/encoder.js';
import type { Head } from './head.js';
import { Inputs } from './inputs.js';
import { countRows, picked } from '../data/pick.js';
import { type Rows, SomeRows, Table, table } from '../data/table.js';
import {
  DisposedError,
  EfficientBackpropError,
  ModelFileError,
  NotFittedError,
  OptionError,
  amongAll,
} from '../runtime/errors.js';
import { type Pace, type Standing, allContinued, moved, nextRecipe, paced, standing, stepOptions } from './continuation.js';
import { type Journal, journalFor } from './journal.js';
import { type CodingLearner, type EncodedChunk, type RowChunks, eachChunk } from './chunks.js';
import { drawn, sampleOf, survey } from './survey.js';
import {
  ESTIMATOR_OPTIONS,
  type EstimatorHistory,
  type EstimatorOptions,
  PARTIAL_OPTIONS,
  type PartialFitOptions,
  type RUN_OPTIONS,
} from './options.js';
import { Interruption } from '../training/interruption.js';
import { type FitOptions, checkedStopping } from '../training/options.js';
import type { Chunk, Chunks } from '../training/stream.js';
import { type Layer, activationOf } from '../layers/layers.js';
import type { ModelDocument } from '../format/document.js';
import { record } from '../format/fields.js';
import { encoderSpec } from './file/columns.js';
import { fitDocument, fitFrom } from './file/history.js';
import { estimatorState, estimatorStateFrom } from './file/progress.js';
import { Reading, Writing, withoutState } from '../format/state.js';
import { runningDocument, runningFrom } from './file/statistics.js';
import { Model } from '../network/model.js';
import type { Curvature } from '../curvature/curvature.js';
import { type Checked, checked, number } from '../runtime/options.js';
import { freshSeed } from '../runtime/random.js';
import { make } from './fitting.js';
import { type Change, type TargetScaling, change } from './fold.js';
import { Members, membersDocument, membersFrom, membersIn } from './members.js';
import { type Problem, placed, shaped, withoutWeightless } from './problem.js';
import { type Fixed, type Recipe, Recipes } from './recipe.js';
import { techniques } from './techniques.js';
import type { ShapedArray } from '../data/matrix.js';
import type { Precision } from '../../bindings/memory.js';

/** What a fitted estimator consists of. */
export interface Fitted<Coding> {
  readonly inputs: Inputs;
  readonly coding: Coding;
  readonly members: Members;
  readonly recipe: Recipe;
  readonly history: EstimatorHistory | undefined;
  /** What each network takes with it to the next rows; not in files. */
  readonly standings: readonly Standing[];
  /** The curvature that `partialFit` has met. */
  readonly pace: Pace | undefined;
}

/** A coding as files have it, and apart from it what is known beside. */
export interface CodingDocument {
  readonly coding: unknown;
  readonly running: unknown;
}

/** Targets as networks learn them. */
export interface CodedTargets {
  readonly t: Float32Array | Float64Array;
  readonly classes: Uint32Array | undefined;
}

/** What a problem is part of. */
interface Whole {
  /** All rows, where the problem is a sample of them. */
  readonly chunks?: Chunks;
  /** The same rows with columns of long tails drawn in, where there are such. */
  squashed?(): { readonly inputs: Inputs; readonly problem: Problem } | undefined;
}

/** A model from a table to labels or numbers. `Coding` is how targets are coded; plain data, stored in model files. */
export abstract class Estimator<Targets, Coding> extends Model {
  /** The seed of all its randomness. */
  readonly seed: number;
  protected readonly options: Checked<typeof ESTIMATOR_OPTIONS>;
  protected fitted: Fitted<Coding> | undefined;
  private disposed = false;
  private fitting = false;
  /** What the fit under way has trained, or the last one, where it was interrupted. @internal */
  interruptedFit: Journal | undefined;

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

  /** The record of the last `fit` or `partialFit`. */
  get history(): EstimatorHistory {
    return this.trained.history ?? missingHistory();
  }

  /** Whether there is a record: not where a file of an earlier version holds a model of `partialFit` alone. */
  get hasHistory(): boolean {
    return this.trained.history !== undefined;
  }

  /** How many networks there are, whose outputs are averaged. */
  get members(): number {
    return this.trained.members.networks.length;
  }

  /** How many parameters the networks have, all together. */
  get parameters(): number {
    return this.trained.members.parameters;
  }

  /** The precision of the networks. */
  get precision(): Precision {
    return this.trained.members.first.precision;
  }

  /** How each column of the data becomes inputs, and which columns were dropped and why. */
  get columns(): EncoderSpec['columns'] {
    return this.trained.inputs.columns;
  }

  /** The layers of each network. */
  get layers(): readonly Layer[] {
    return this.trained.members.first.layers;
  }

  /** Whether there is a model to predict with. */
  get isFitted(): boolean {
    return this.fitted !== undefined && !this.disposed;
  }

  /** Frees the model's memory at once. */
  dispose(): void {
    this.disposed = true;
    this.fitted?.members.dispose();
    this.fitted = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** What learns how to code targets. */
  protected abstract codingLearner(): CodingLearner<Targets, Coding>;

  /** Codes targets. @throws DataError for what the coding does not know */
  protected abstract encodeTargets(targets: Targets, coding: Coding, rows: number): CodedTargets;

  /** What the outputs of the networks are. */
  protected abstract get head(): Head;

  /** A coding with what is learned about it once the networks are trained. */
  protected settled(coding: Coding, _members: Members, _problem: Problem): Coding {
    return coding;
  }

  /** How many outputs a coding needs. */
  protected abstract outputsFor(coding: Coding): number;

  /** A coding as a file has it. @throws ModelFileError */
  protected abstract readCoding(config: Readonly<Record<string, unknown>>, running: unknown): Coding;

  protected codingDocument(coding: Coding): CodingDocument {
    return { coding, running: undefined };
  }

  /** A coding of further targets, scaled by all so far. @throws DataError */
  protected following(coding: Coding, _targets: Targets, _rows: number): Coding {
    return coding;
  }

  /** How each output is scaled; undefined where that stays. */
  protected targetScalings(_coding: Coding): readonly TargetScaling[] | undefined {
    return undefined;
  }

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
    let kept: Uint32Array | undefined;
    const training = this.exclusively(async () => {
      const interruption = new Interruption(run.signal, run.timeLimit);
      const some = weighing(rows, targets, run.sampleWeights);
      const { t, known, weights } = some;
      kept = some.kept;
      const inputs = await Inputs.fit(t, this.fills(t), this.options.decorrelate);
      const coding = this.learnCoding(known, t.rows);
      const encoded = (by: Inputs) => this.problem(by, coding, t, known, weights, byClass, run.background);
      const squashed = () => {
        const drawnIn = inputs.squashed;
        return drawnIn && { inputs: drawnIn, problem: encoded(drawnIn) };
      };
      await this.learn(inputs, coding, encoded(inputs), { squashed }, {}, run, interruption);
    });
    await training.catch((error: unknown) => {
      throw amongAll(error, kept);
    });
  }

  /**
   * Trains a model from scratch on chunks: a pass learns columns and targets, a pass draws a sample, on which the model is chosen, and a
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
      // Balanced weights are 1 in the mean, which a stream would know at the end of its first epoch only.
      const known = given === 'balanced' ? { rows, weighting: 'samples' as const } : { rows };
      await this.learn(inputs, coding, sample, { chunks: X }, known, run, interruption);
    });
  }

  /** Makes a model of a problem, which may be a sample of the rows that come in chunks, and takes it over. */
  private async learn(
    inputs: Inputs,
    coding: Coding,
    encoded: Problem,
    { chunks, squashed = () => undefined }: Whole,
    fit: FitOptions,
    run: Checked<typeof RUN_OPTIONS>,
    interruption: Interruption,
  ): Promise<void> {
    const { precision, numerics } = this.options;
    const journal = journalFor(this.call, run, this.interruptedFit, this.options, this.seed, encoded);
    const { problem, data } = placed({ ...encoded, journal });
    this.interruptedFit = journal;
    try {
      const engine = await engineOf(precision, numerics);
      const { options } = this;
      let drawnIn: { inputs: Inputs; problem: Problem } | undefined;
      const other = () => {
        drawnIn ??= squashed();
        return drawnIn && { ...drawnIn.problem, drawnIn: true as const, journal };
      };
      const fixed = this.fixed();
      const made = await make({ engine, problem, data, chunks, options, fixed, fit, run, interruption, squashed: other });
      const used = made.squashed ? drawnIn! : { inputs, problem };
      const { reason } = made.history;
      if (!made.halted && reason !== 'signal' && reason !== 'timeLimit') this.interruptedFit = undefined;
      if (this.disposed) {
        made.members.dispose();
        throw new DisposedError(this.kind);
      }
      this.fitted?.members.dispose();
      const { members, recipe, history, state } = made;
      const settled = this.settled(coding, members, used.problem);
      const standings = members.networks.map((_, k) => standing(k === 0 ? state : undefined));
      this.fitted = { inputs: used.inputs, coding: settled, members, recipe, history, standings, pace: undefined };
    } finally {
      data.dispose();
    }
  }

  private learnCoding(targets: Targets, rows: number): Coding {
    const learner = this.codingLearner();
    learner.add(targets, rows);
    return learner.finish();
  }

  /**
   * Goes on training on new rows: columns and the method's state stay, means and scales follow without a change of what was learned. Without a model yet,
   * begins one by rule. Where that fails, the model is as it was.
   */
  protected async continue(rows: Rows, targets: Targets, options: PartialFitOptions | undefined): Promise<void> {
    const { epochs, sampleWeights, signal, background } = checked('partialFit', PARTIAL_OPTIONS, options);
    let kept: Uint32Array | undefined;
    const training = this.exclusively(async () => {
      const some = weighing(rows, targets, sampleWeights);
      const { t, known, weights: own } = some;
      kept = some.kept;
      const before = this.fitted;
      const inputs = before?.inputs.followed(t) ?? (await Inputs.begin(t, this.fills(t), this.options.decorrelate));
      const coding = before ? this.following(before.coding, known, t.rows) : this.learnCoding(known, t.rows);
      const problem = this.problem(inputs, coding, t, known, own, undefined, background);
      const fixed = this.fixed();
      const first = before?.recipe ?? new Recipes(problem, fixed).byRule();
      const met = paced(problem, first.batchSize, before?.pace);
      const next = nextRecipe(first, fixed, this.head, met, inputs.running?.begun ? inputs.running.rows : undefined);
      const members = before?.members ?? (await Members.build(problem, next, this.options.members ?? 1));
      const weights = members.networks.map((network) => network.theta.read());
      const restore = () => {
        for (const [k, network] of members.networks.entries()) network.theta.view().set(weights[k]!);
      };
      try {
        const moves = before && this.changed(before, inputs, coding);
        const start = members.networks.map((network, k) => (moves ? moved(network, before.standings[k]!, moves) : standing()));
        if (before) this.fitted = { ...before, inputs, coding, standings: start }; // who predicts meanwhile gets what fits the weights
        const given = { epochs, ...(signal && { signal }) };
        const outcome = await allContinued(members.networks, start, problem, stepOptions(problem, next, given));
        if (this.disposed) throw new DisposedError(this.kind);
        const { by, folds, candidates } = before?.history?.chosen ?? { by: 'rule', folds: 0, candidates: [] };
        const several = members.networks.length > 1 && { members: members.networks.length };
        const history: EstimatorHistory = { ...outcome.history, chosen: { ...next, epochs, by, folds, ...several, candidates } };
        if (history.reason === 'signal' && history.evaluations === 0) {
          if (!before) signal!.throwIfAborted();
          restore();
          this.fitted = { ...before!, history };
          return;
        }
        const settled = history.reason === 'diverged' && before ? coding : this.settled(coding, members, problem);
        const { standings } = outcome;
        this.fitted = { inputs, coding: settled, members, recipe: next, history, standings, pace: met.pace };
      } catch (error) {
        if (members !== before?.members) members.dispose();
        else if (!this.disposed) {
          restore();
          this.fitted = before;
        }
        throw error;
      }
    });
    await training.catch((error: unknown) => {
      throw amongAll(error, kept);
    });
  }

  /** What scalings change by from a model to its next rows. */
  private changed(before: Fitted<Coding>, inputs: Inputs, coding: Coding): Change {
    return change(
      { inputs: before.inputs.scalings(), targets: this.targetScalings(before.coding) },
      { inputs: inputs.scalings(), targets: this.targetScalings(coding) },
    );
  }

  /** Outputs for rows, row-major. */
  protected outputs(rows: Rows): Float32Array | Float64Array {
    return this.trained.members.predict(this.encoded(table(rows)));
  }

  /** The inputs of a table's rows. */
  protected encoded(t: Table): ShapedArray {
    const { inputs, members } = this.trained;
    return shaped(inputs.encode(t, members.first.precision), inputs.count);
  }

  /**
   * First and second derivatives of a network's loss on rows and their targets, encoded as in training: Hessian, eigenvalues, the best rate, in float64. Without weight
   * decay and class weights.
   * @param options member: which of the networks, from 0 to `members` − 1. Default 0
   * @throws DataError; NotFittedError; OptionError; UnsupportedError for a float32 model before `await init({ precision: 'float64' })`, since curvature needs that binary
   */
  curvature(rows: Rows, targets: Targets, options?: { member?: number }): Curvature {
    const { coding, members } = this.trained;
    const last = members.networks.length - 1;
    const { member } = checked('curvature', { member: number({ min: 0, max: last, integer: true }, 0) }, options);
    const t = table(rows);
    const { outputs } = members.first;
    return members.networks[member]!.curvature(this.encoded(t), shaped(this.encodeTargets(targets, coding, t.rows).t, outputs));
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
  document(state: boolean): Omit<ModelDocument, 'metadata'> {
    const writing = new Writing();
    const journal = this.interruptedFit;
    const standings = this.fitted?.standings ?? [];
    const seeds = this.fitted?.members.networks.map(({ seed }) => seed) ?? [];
    const own = state ? estimatorState({ journal, standings, seeds }, writing) : undefined;
    const whole = own !== undefined && !this.fitted ? { config: this.optionsDocument(), tensors: [] } : this.modelDocument();
    const config = { ...whole.config, ...(own !== undefined && { state: own }) };
    return { kind: this.kind, config, tensors: [...whole.tensors, ...writing.tensors] };
  }

  /** The options, without those that files do not hold. */
  private optionsDocument() {
    const kept = Object.entries(this.options).filter(([name, v]) => v !== undefined && name !== 'method' && name !== 'members');
    const options = Object.fromEntries(kept);
    return {
      options: { ...options, seed: this.seed },
      ...(this.options.members !== undefined && { asked: { members: this.options.members } }), // as `options`, for readers since the second version
    };
  }

  private modelDocument(): Pick<ModelDocument, 'config' | 'tensors'> {
    const { inputs, members, recipe: settings, history, pace } = this.trained;
    const { config, tensors } = membersDocument(members);
    const { coding, running: targets } = this.codingDocument(this.trained.coding);
    const own = {
      ...this.optionsDocument(),
      ...inputs.document(),
      coding,
      ...fitDocument(settings, history),
      running: runningDocument(inputs.running, targets, pace), // readers of earlier versions pass over it
    };
    return { config: { ...config, ...own }, tensors };
  }

  /** Takes over what a document holds, which must fit together. @throws ModelFileError @internal */
  protected async adopt({ config: all, tensors: every, metadata }: ModelDocument): Promise<void> {
    const { state, ...config } = all;
    const tensors = withoutState(every);
    const reading = new Reading(every);
    if (state !== undefined && config['encoder'] === undefined && tensors.length === 0) {
      this.interruptedFit = estimatorStateFrom(state, reading, 0).journal;
      reading.end();
      this.note(metadata);
      return;
    }
    const spec = encoderSpec(config['encoder']);
    const { columns, targets, pace } = runningFrom(config['running'], spec);
    const inputs = await Inputs.restore(spec, config['whitening'], columns);
    const coding = this.readCoding(record(config['coding'], 'coding'), targets);
    const { recipe, history } = fitFrom(config, membersIn(config));
    const { journal, standings, seeds } = estimatorStateFrom(state, reading, membersIn(config));
    reading.end();
    const members = await membersFrom({ config, tensors }, seeds);
    const { first } = members;
    if (
      first.inputs !== inputs.count ||
      first.outputs !== this.outputsFor(coding) ||
      first.loss !== this.head.loss ||
      activationOf(first.layers.at(-1)!) !== this.head.activation
    ) {
      members.dispose();
      throw new ModelFileError(`damaged: the network does not fit the columns and outputs of the ${this.kind}`);
    }
    const each = members.networks.map((_, k) => standings[k] ?? standing());
    this.fitted = { inputs, coding, members, recipe, history, standings: each, pace };
    this.interruptedFit = journal;
    this.note(metadata);
  }
}

/** The options of a model from a file. @throws ModelFileError */
export function optionsOf({ config }: ModelDocument): object {
  return { ...record(config['options'], 'options'), ...record(config['asked'] ?? {}, 'asked') };
}

/** Rows that weigh something, with their targets and weights: what weighs nothing is no data, and neither means nor labels come from it. */
function weighing<Targets>(rows: Rows, targets: Targets, given: ArrayLike<number> | undefined) {
  const t = table(rows);
  const all = given && rowWeights(given, t.rows);
  const whole = { t, known: targets, weights: all, kept: undefined };
  if (!all?.includes(0) || countRows(targets, 'targets') !== t.rows) return whole;
  const kept = Uint32Array.from(all.keys()).filter((r) => all[r]! > 0);
  if (kept.length < 2) return whole; // columns of one row do not vary
  const some = rows instanceof Table ? new SomeRows(rows, kept) : table(picked(rows, kept));
  return { t: some, known: picked(targets, kept), weights: picked(all, kept), kept };
}

function missingHistory(): never {
  throw new NotFittedError('model with a history, which its file does not have');
}
