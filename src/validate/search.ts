// Search for the best settings of a model, by cross-validation: all of a grid, or random draws, of which successive halving gives
// up the worse ones early.

import { picked, countRows } from '../data/pick.js';
import { leading, permutation } from '../data/split.js';
import type { Samples } from '../data/table.js';
import { engineOf } from '../runtime/engines.js';
import { answered } from '../runtime/callbacks.js';
import { NotFittedError, OptionError } from '../runtime/errors.js';
import { type Checked, callback, checked, flag, number } from '../runtime/options.js';
import { Purpose } from '../runtime/random.js';
import { type CrossValidateOptions, DEALING, SHARED, crossValidate } from './cross-validate.js';
import { DECIDING, type DecidingOptions, decision } from './decisive.js';
import { PREDICTED } from './held-predictions.js';
import { type Draws, type Drawn, type Space, drawsOf, isSpace } from './space.js';
import { type Learner, type Truths, sourceOf } from './subject.js';

/** Settings, by name. */
export type Settings = Readonly<Record<string, unknown>>;

/** What is to be tried of each setting. */
export type Grid = Readonly<Record<string, readonly unknown[]>>;

/** One of the values of each setting of a grid. */
export type OfGrid<G extends Grid> = { -readonly [K in keyof G]: G[K][number] };

const { metrics, probabilityMetrics } = PREDICTED;

const OPTIONS = {
  ...DEALING,
  seed: SHARED.seed,
  fit: SHARED.fit,
  metrics,
  probabilityMetrics,
  ...DECIDING,
  refit: flag(true),
  halving: number<number | undefined>({ above: 1, below: Infinity }, undefined),
  onTrial: callback<(trial: Trial<Settings>) => unknown>('(trial) => void'),
};

/** Options of `GridSearch`. Those of `crossValidate` say how each candidate is measured. */
export interface SearchOptions<P extends object = Settings>
  extends Omit<CrossValidateOptions, 'sampleWeights' | 'signal' | 'predictions' | 'onFold'>,
    DecidingOptions {
  /** Whether a model is trained with the best settings on all rows at the end, for `predict`. Default true. */
  refit?: boolean;
  /**
   * Successive halving (Jamieson & Talwalkar 2016): all candidates are tried on a few rows, the best 1/halving of them on
   * `halving` times as many, and so on to all rows. > 1, usually 3. Default: each candidate is tried on all rows.
   */
  halving?: number;
  /** Called after each trial. A promise that it returns is awaited; if it rejects, so does the search. */
  onTrial?: (trial: Trial<P>) => unknown;
}

/** Options of `RandomSearch`. */
export interface RandomSearchOptions<P extends object = Settings> extends SearchOptions<P> {
  /** Candidates that are drawn. Default 20. */
  trials?: number;
}

/** Settings and what they came to. */
export interface Trial<P extends object> {
  readonly settings: P;
  /** The number that decides, in the mean over folds. */
  readonly score: number;
  /** Means and deviations over folds. */
  readonly mean: Readonly<Record<string, number>>;
  readonly deviation: Readonly<Record<string, number>>;
  /** Rows that were dealt into folds: with `halving` not always all. */
  readonly rows: number;
}

const FIT = { sampleWeights: SHARED.sampleWeights, signal: SHARED.signal };

/** Rows that each fold has at least on the first round of halving. */
const LEAST_IN_FOLD = 8;

/** A search over candidates. */
abstract class Search<P extends object, M extends Learner> {
  private found: Trial<P>[] = [];
  private trained: M | undefined;

  /** @internal */
  constructor(
    private readonly call: string,
    private readonly make: (settings: P) => M | Promise<M>,
    private readonly options: Checked<typeof OPTIONS>,
  ) {
    if (typeof make !== 'function')
      throw new OptionError(
        `${call}.make`,
        make,
        'a function that makes a model of settings, such as (settings) => new Classifier(settings)',
      );
  }

  /** @internal the seed of what is drawn */
  protected get seed(): number {
    return this.options.seed;
  }

  /** @internal */
  protected abstract candidates(): Promise<P[]>;

  /**
   * Tries the candidates on rows, as `crossValidate` does, and trains a model with the best settings on all of them.
   * @param X rows, as the model's `fit` takes them
   * @throws OptionError, DataError; whatever making or training a model throws
   */
  async fit(X: Samples, Y: Truths, options?: Pick<CrossValidateOptions, 'sampleWeights' | 'signal'>): Promise<this> {
    const { sampleWeights, signal } = checked(`${this.call}.fit`, FIT, options);
    const { metric: _metric, minimize: _minimize, refit, halving, onTrial, ...cross } = this.options;
    this.forget();
    const rows = countRows(X, 'X');
    const all = { X, Y, weights: sampleWeights };
    let left = await this.candidates();
    const trials: Trial<P>[] = [];
    for (const count of this.rounds(left.length, rows)) {
      const some = count < rows ? await this.part(all, count, left[0]!) : { ...all, groups: cross.groups };
      const round: Trial<P>[] = [];
      for (const settings of left) {
        const given = { ...cross, groups: some.groups, sampleWeights: some.weights, signal };
        const { mean, deviation } = await crossValidate(() => this.make(settings), some.X, some.Y, known(given));
        const trial = { settings, score: decision(this.call, mean, this.options).score, mean, deviation, rows: count };
        round.push(trial);
        await answered(onTrial?.(trial as unknown as Trial<Settings>), signal);
      }
      round.sort((a, b) => this.better(b, a));
      trials.unshift(...round);
      left = round.slice(0, Math.ceil(round.length / (halving ?? round.length))).map(({ settings }) => settings);
    }
    this.found = trials;
    if (!refit) return this;
    const model = await this.make(trials[0]!.settings);
    const whole = sourceOf(X, Y, sampleWeights, cross.groups);
    try {
      await whole.fit(
        model,
        Uint32Array.from({ length: rows }, (_row, i) => i),
        known({ ...cross.fit, signal }),
      );
    } catch (error) {
      model.dispose();
      throw error;
    }
    this.trained = model;
    return this;
  }

  /** How many rows each round has. */
  private rounds(candidates: number, rows: number): number[] {
    const { halving, folds } = this.options;
    if (!halving) return [rows];
    const least = Math.min(rows, LEAST_IN_FOLD * folds);
    const most = Math.max(0, Math.floor(Math.log(candidates) / Math.log(halving) + 1e-9));
    const counts = Array.from({ length: most + 1 }, (_, i) => Math.round(rows / halving ** (most - i)));
    return counts.filter((count) => count >= least);
  }

  /** So many of the rows: the last ones in time, else some of every class. */
  private async part({ X, Y, weights }: Given, count: number, settings: P) {
    const { groups, order, seed } = this.options;
    const rows = countRows(X, 'X');
    const model = await this.make(settings);
    try {
      const engine = await engineOf('float32', 'fast', 'common');
      const every = Uint32Array.from({ length: rows }, (_, i) => i);
      const source = sourceOf(X, Y, weights, groups);
      const own =
        order === 'time'
          ? every.subarray(rows - count)
          : leading(every, count, permutation(engine, rows, seed, Purpose.search), source.strata(model));
      const pick = <T>(list: T): T => picked(list, own);
      return {
        X: pick(X),
        Y: pick(Y),
        weights: weights && Array.from(own, (row) => weights[row]!),
        groups: typeof groups === 'string' || groups === undefined ? groups : pick(groups),
      };
    } finally {
      model.dispose();
    }
  }

  /** > 0 where the first is better; what is no number is worst. */
  private better(a: Trial<P>, b: Trial<P>): number {
    const [x, y] = [a, b].map(({ mean }) => decision(this.call, mean, this.options).worth) as [number, number];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(y)) - Number(Number.isNaN(x));
    return x - y;
  }

  /** All trials, the best first; with `halving` those on the most rows before those that were given up. */
  get trials(): readonly Trial<P>[] {
    if (this.found.length === 0) throw new NotFittedError(this.call);
    return this.found;
  }

  /** The best of them: the settings, their score, and what it is a mean of. */
  get best(): Trial<P> {
    return this.trials[0]!;
  }

  /** The model with the best settings, trained on all rows. It belongs to the search. */
  get model(): M {
    if (!this.trained) throw new NotFittedError(this.call);
    return this.trained;
  }

  /** What that model predicts. */
  predict(X: Parameters<M['predict']>[0]): ReturnType<M['predict']> {
    return this.model.predict(X) as ReturnType<M['predict']>;
  }

  /** How that model does on other rows. */
  evaluate(
    X: Parameters<M['evaluate']>[0],
    Y: Parameters<M['evaluate']>[1],
    options?: Parameters<M['evaluate']>[2],
  ): ReturnType<M['evaluate']> {
    return this.model.evaluate(X, Y, options as never) as ReturnType<M['evaluate']>;
  }

  /** Disposes of the model. */
  dispose(): void {
    this.forget();
  }

  private forget(): void {
    this.trained?.dispose();
    this.trained = undefined;
    this.found = [];
  }
}

/** What is searched on. */
interface Given {
  readonly X: Samples;
  readonly Y: Truths;
  readonly weights: ArrayLike<number> | undefined;
}

/** Options without those that nobody gave. */
function known(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, given]) => given !== undefined));
}

/**
 * Tries each combination of settings by cross-validation. A search is a model itself: `crossValidate(() => new GridSearch(…), X,
 * Y)` is nested cross-validation, whose error no choice has made look better.
 *
 * ```ts
 * const make = (settings) => new Classifier({ ...settings, seed: 1 });
 * const search = new GridSearch(make, { hidden: [4, 16], weightDecay: [1e-4, 1e-2] });
 * await search.fit(rows, labels);
 * search.best.settings; search.best.score;
 * search.predict(rows);
 * ```
 */
export class GridSearch<const G extends Grid, M extends Learner> extends Search<OfGrid<G>, M> {
  /**
   * @param make makes a fresh model of settings, for each training
   * @param grid the values of each setting, at least one
   * @throws OptionError
   */
  constructor(
    make: (settings: OfGrid<G>) => M | Promise<M>,
    private readonly grid: G,
    options?: SearchOptions<OfGrid<G>>,
  ) {
    super('GridSearch', make, checked('GridSearch', OPTIONS, options));
    const isGrid =
      typeof grid === 'object' &&
      grid !== null &&
      Object.values(grid).every((values) => Array.isArray(values) && values.length > 0);
    if (!isGrid) throw new OptionError('GridSearch.grid', grid, 'an object of arrays: the values of each setting');
  }

  /** @internal */
  protected override async candidates(): Promise<OfGrid<G>[]> {
    const combined = Object.entries(this.grid).reduce<Settings[]>(
      (before, [name, values]) => before.flatMap((settings) => values.map((each) => ({ ...settings, [name]: each }))),
      [{}],
    );
    return combined as OfGrid<G>[];
  }
}

const RANDOM = { ...OPTIONS, trials: number({ min: 1, integer: true }, 20) };

/**
 * Tries random settings by cross-validation: with several settings of which few matter, better than a grid of as many trials
 * (Bergstra & Bengio 2012).
 *
 * ```ts
 * const search = new RandomSearch(
 *   (settings) => new Regressor({ ...settings, seed: 1 }),
 *   { hidden: { min: 4, max: 64, integer: true }, weightDecay: { min: 1e-6, max: 1e-1, log: true } },
 *   { trials: 30, halving: 3 },
 * );
 * ```
 */
export class RandomSearch<const S extends Space, M extends Learner> extends Search<Drawn<S>, M> {
  private readonly count: number;

  /**
   * @param make makes a fresh model of settings, for each training
   * @param space of each setting an array to choose from, `{ min, max, log?, integer? }`, or a function of `random`, which gives
   * numbers from 0 to 1
   * @throws OptionError
   */
  constructor(
    make: (settings: Drawn<S>) => M | Promise<M>,
    private readonly space: S,
    options?: RandomSearchOptions<Drawn<S>>,
  ) {
    const { trials, ...shared } = checked('RandomSearch', RANDOM, options);
    super('RandomSearch', make, shared);
    this.count = trials;
    if (!isSpace(space))
      throw new OptionError(
        'RandomSearch.space',
        space,
        'an object whose values are arrays, functions of random, or { min, max, log?, integer? } with min < max (log: > 0; integer: one between them)',
      );
  }

  /** @internal */
  protected override async candidates(): Promise<Drawn<S>[]> {
    const draws: Draws<S> = drawsOf(await engineOf('float32', 'strict', 'common'), this.space, this.seed);
    return Array.from({ length: this.count }, () => draws());
  }
}
