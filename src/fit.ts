// The one training loop: batch → step → stop? → report. Methods (optim/) take the steps; the network owns the weights.

import type { Engine } from '../bindings/core.js';
import { Arena, Reals, Words } from '../bindings/memory.js';
import { Dataset, type Patterns } from './data/dataset.js';
import type { MatrixLike } from './data/matrix.js';
import { deal, permutation } from './data/split.js';
import { DataError, OptionError } from './errors.js';
import type { History, StopReason } from './history.js';
import { METRIC_NAMES, type MetricName, Tally, classOf, classThreshold } from './metrics.js';
import { type Method, type MethodState, type Training, isMethod } from './optim/method.js';
import { sgd } from './optim/sgd.js';
import { type Checked, callback, checked, either, flag, number, oneOf, value } from './options.js';
import { Pace } from './pace.js';
import { type Architecture, type PatternSet, Plan, outputsOf } from './plan.js';
import { Purpose, SEED } from './random.js';

/** What `onEpoch` is told. */
export interface Progress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  readonly validationLoss: number | undefined;
  /** The learning rate. */
  readonly rate: number;
  /** Milliseconds since the fit began. */
  readonly time: number;
}

const STOPPING = {
  patience: number({ min: 1, integer: true }, 6),
  minDelta: number({ min: 0, below: Infinity }, 0),
  restoreBest: flag(true),
};

export type EarlyStopping = Partial<Checked<typeof STOPPING>>;

/**
 * The settings of early stopping among the options of `call`; undefined where there is none.
 * @throws OptionError for a bad one, or one without validation
 */
export function checkedStopping(
  call: string,
  { earlyStopping, validation }: { earlyStopping: boolean | EarlyStopping; validation: unknown },
): Checked<typeof STOPPING> | undefined {
  if (!earlyStopping) return undefined;
  if (validation === undefined) {
    const expected = 'a validation share or set beside it: validation: 0.2, for example';
    throw new OptionError(`${call}.earlyStopping`, earlyStopping, expected);
  }
  return checked(`${call}.earlyStopping`, STOPPING, earlyStopping === true ? {} : earlyStopping);
}

const isObject = (v: unknown) => typeof v === 'object' && v !== null;

const OPTIONS = {
  method: value<Method>('a method, such as sgd({ rate: 0.1 })', isMethod, sgd()),
  epochs: number({ min: 1, integer: true }, 100),
  batchSize: either<number, 'full'>(
    number({ min: 1, integer: true }, 32),
    value("'full'", (v) => v === 'full', 'full'),
  ),
  order: oneOf(['shuffle', 'sequential'], 'shuffle'),
  validation: value<number | Dataset | readonly [MatrixLike, MatrixLike] | undefined>(
    'a share > 0 and < 1 of the rows, a dataset, or [X, Y]',
    (v) => (typeof v === 'number' && v > 0 && v < 1) || v instanceof Dataset || (Array.isArray(v) && v.length === 2),
    undefined,
  ),
  earlyStopping: value<boolean | EarlyStopping>(
    'true, false, or { patience, minDelta, restoreBest }',
    (v) => typeof v === 'boolean' || isObject(v),
    false,
  ),
  sampleWeights: value<ArrayLike<number> | undefined>(
    'an array of numbers ≥ 0, one for each row',
    (v) => Array.isArray(v) || ArrayBuffer.isView(v),
    undefined,
  ),
  classWeights: value<readonly number[] | 'balanced' | undefined>(
    "an array of numbers ≥ 0, one for each class, or 'balanced'",
    (v) => v === 'balanced' || (Array.isArray(v) && v.every((w) => typeof w === 'number' && w >= 0 && w < Infinity)),
    undefined,
  ),
  goal: number({ min: -Infinity, max: Infinity }, -Infinity),
  minGradient: number({ min: 0 }, 0),
  timeLimit: number({ above: 0 }, Infinity),
  signal: value<AbortSignal | undefined>('an AbortSignal', (v) => v instanceof AbortSignal, undefined),
  seed: number(SEED, undefined),
  metrics: value<readonly MetricName[]>(
    `an array of ${METRIC_NAMES.map((name) => `'${name}'`).join(', ')}`,
    (v) => Array.isArray(v) && v.every((name) => METRIC_NAMES.includes(name)),
    [],
  ),
  onEpoch: callback<(progress: Progress) => void>('(progress) => void'),
};

/** Options of `fit`. Every one may be left out. */
export interface FitOptions {
  /** How to learn. Default sgd(): gradient descent, rate 0.01, momentum 0.9. */
  method?: Method;
  /** Passes over the training patterns at most. Default 100. */
  epochs?: number;
  /** Patterns per step: an integer ≥ 1, or 'full'. Default 32; more than there are patterns counts as 'full'. */
  batchSize?: number | 'full';
  /** 'shuffle' (default) takes the patterns in a new random order each epoch, 'sequential' as they stand. */
  order?: 'shuffle' | 'sequential';
  /**
   * What the validation loss is measured on: a share of the rows, set aside by the seed (stratified for classes), a dataset, or
   * [X, Y]. None by default.
   */
  validation?: number | Dataset | readonly [MatrixLike, MatrixLike];
  /**
   * Stops when the validation loss has not fallen by more than `minDelta` (0) for `patience` (6) epochs, and goes back to the
   * best weights (`restoreBest`, true). Needs `validation`. Default false.
   */
  earlyStopping?: boolean | EarlyStopping;
  /** One weight ≥ 0 for each row. A weighted mean divides by the sum of weights. */
  sampleWeights?: ArrayLike<number>;
  /** One weight ≥ 0 for each class, or 'balanced': N/(classes·members). They multiply sample weights, in training only. */
  classWeights?: readonly number[] | 'balanced';
  /** Stops when the training loss is at most this. */
  goal?: number;
  /** Stops when no element of the gradient is larger; for batchSize 'full'. */
  minGradient?: number;
  /** Stops after so many milliseconds. */
  timeLimit?: number;
  /** Stops when aborted; what was learned is kept. */
  signal?: AbortSignal;
  /** Of shuffling and the validation split. Default: the network's. */
  seed?: number;
  /** Metrics to record per epoch, on the training set and the validation set: each costs a forward pass. */
  metrics?: readonly MetricName[];
  /** Called after each epoch. */
  onEpoch?: (progress: Progress) => void;
}

/** What a fit works on: a network's insides. */
export interface Subject {
  readonly engine: Engine;
  readonly architecture: Architecture;
  readonly theta: Reals;
  readonly seed: number;
  /** @throws DisposedError once the network, or data that it is trained on, are gone */
  check(): void;
}

/** The outcome of a fit: its record, and what the method remembers. */
export interface Outcome {
  readonly history: History;
  readonly state: MethodState;
}

/** Trains a network; see FitOptions. Whatever happens, training memory is freed and the weights are finite. */
export async function fit(
  subject: Subject,
  X: MatrixLike | Dataset,
  Y: MatrixLike | undefined,
  options: FitOptions | undefined,
  resume?: MethodState,
): Promise<Outcome> {
  const settings = checked('fit', OPTIONS, options);
  const stopping = checkedStopping('fit', settings);
  const { engine, architecture } = subject;
  const { precision } = engine;
  const arena = new Arena();
  const own: Dataset[] = []; // datasets made here, to be freed here
  const datasetOf = (x: MatrixLike | Dataset, y: MatrixLike | undefined, weights?: ArrayLike<number>): Dataset => {
    if (x instanceof Dataset) {
      if (y !== undefined) throw new OptionError('fit.Y', y, 'none beside a dataset, which has its targets');
      if (weights)
        throw new OptionError('fit.sampleWeights', weights, 'none beside a dataset; give them to dataset(X, Y, { weights })');
      return x;
    }
    if (y === undefined) throw new DataError('Y', 'is missing');
    const made = new Dataset(x, y, weights ? { weights, precision } : { precision });
    own.push(made);
    return made;
  };
  try {
    const data = datasetOf(X, Y, settings.sampleWeights);
    const used = [data]; // what must not be disposed of meanwhile
    const patterns = patternsFor(subject, data, 'X');
    const seed = settings.seed ?? subject.seed;
    const { train, held } =
      typeof settings.validation === 'number'
        ? split(engine, arena, data, patterns, architecture, settings.validation, seed)
        : { train: undefined, held: undefined };
    const rows = train?.length ?? data.rows;
    const batchSize = settings.batchSize === 'full' ? rows : Math.min(settings.batchSize, rows);
    if (settings.minGradient > 0 && batchSize < rows) {
      throw new OptionError(
        'fit.minGradient',
        settings.minGradient,
        "0 with mini-batches; batchSize 'full' has a gradient of the whole set",
      );
    }
    const plan = new Plan(engine, arena, architecture, subject.theta, batchSize, true);
    const w = settings.classWeights ? classWeighted(arena, patterns, architecture, data.rows, settings.classWeights) : patterns.w;
    requireWeight(w, train, settings.classWeights ? 'classWeights' : 'validation', settings);
    if (held) requireWeight(patterns.w, held, 'validation', settings);
    const training = settings.method.start(
      { plan, arena, patterns: { ...patterns, w }, subset: train, rows, batchSize, shuffle: settings.order === 'shuffle', seed },
      resume,
    );
    const judge = new Judge(subject, arena, settings.metrics);
    judge.watch('training', patterns, train);
    if (held) judge.watch('validation', patterns, held);
    else if (settings.validation instanceof Dataset || Array.isArray(settings.validation)) {
      const other =
        settings.validation instanceof Dataset
          ? settings.validation
          : datasetOf(...(settings.validation as [MatrixLike, MatrixLike]));
      judge.watch('validation', patternsFor(subject, other, 'validation'), undefined);
      used.push(other);
    }
    const check = () => {
      subject.check();
      for (const one of used) one.check();
    };
    return await loop({ ...subject, check }, training, judge, new Snapshot(subject, arena), settings, stopping, seed);
  } finally {
    arena.dispose();
    for (const made of own) made.dispose();
  }
}

/** A dataset's patterns as the network needs them. */
function patternsFor({ engine, architecture }: Subject, data: Dataset, what: string) {
  if (data.inputs !== architecture.inputs) {
    throw new DataError(what, `has ${data.inputs} columns, but the network has ${architecture.inputs} inputs`);
  }
  return data.patterns(engine.precision, architecture.loss, outputsOf(architecture));
}

type Settings = Checked<typeof OPTIONS>;
type Stopping = Checked<typeof STOPPING>;

/** Epoch after epoch, until something says stop. */
async function loop(
  subject: Subject,
  training: Training,
  judge: Judge,
  snapshot: Snapshot,
  settings: Settings,
  stopping: Stopping | undefined,
  seed: number,
): Promise<Outcome> {
  const started = performance.now();
  const history: History = {
    loss: [],
    validationLoss: [],
    metrics: {},
    epochs: 0,
    bestEpoch: 0,
    reason: 'epochs',
    evaluations: 0,
    time: 0,
    seed,
  };
  const interrupted = (): StopReason | undefined =>
    settings.signal?.aborted ? 'signal' : performance.now() - started >= settings.timeLimit ? 'timeLimit' : undefined;
  const restores = stopping?.restoreBest ?? false;
  const pace = new Pace();
  let best = { loss: Infinity, epoch: 0 };
  let stop = interrupted();
  snapshot.take();
  while (!stop && history.epochs < settings.epochs) {
    training.begin(); // may ask a function for the rate, which may do anything
    subject.check();
    stop = await epoch(subject, training, pace, interrupted);
    if (!stop && !snapshot.finite) stop = 'diverged';
    if (stop) break; // an unfinished epoch is not recorded
    history.epochs++;
    history.loss.push(training.loss);
    const validationLoss = judge.record(history);
    const improved = validationLoss !== undefined && validationLoss < best.loss - (stopping?.minDelta ?? 0);
    if (improved) best = { loss: validationLoss, epoch: history.epochs };
    if (improved || !restores) {
      history.bestEpoch = history.epochs;
      snapshot.take();
    }
    if (validationLoss !== undefined && !Number.isFinite(validationLoss)) stop = 'diverged';
    else if (training.loss <= settings.goal) stop = 'goal';
    else if (settings.minGradient > 0 && training.gradientNorm! <= settings.minGradient) stop = 'minGradient';
    else if (stopping && history.epochs - best.epoch >= stopping.patience) stop = 'earlyStopping';
    settings.onEpoch?.({
      epoch: history.epochs,
      epochs: settings.epochs,
      loss: training.loss,
      validationLoss,
      rate: training.rate,
      time: performance.now() - started,
    });
    subject.check();
    stop ??= interrupted();
  }
  if (stop === 'diverged' || restores || !snapshot.finite) snapshot.restore();
  history.reason = stop ?? 'epochs';
  history.evaluations = training.evaluations;
  history.time = performance.now() - started;
  return { history, state: training.state() };
}

/** One epoch in slices; says why it ended early, if it did. */
async function epoch(
  subject: Subject,
  training: Training,
  pace: Pace,
  interrupted: () => StopReason | undefined,
): Promise<StopReason | undefined> {
  for (let left = training.stepsPerEpoch; left > 0; ) {
    const steps = Math.min(pace.stride, left);
    const before = performance.now();
    if (training.advance(steps) < 0) return 'diverged';
    pace.took(steps, performance.now() - before);
    left -= steps;
    if (pace.due) {
      await pace.rest();
      subject.check();
    }
    const stop = left > 0 ? interrupted() : undefined;
    if (stop) return stop;
  }
  return undefined;
}

/** A copy of the weights to go back to. */
class Snapshot {
  private readonly kept: Reals;

  constructor(
    private readonly subject: Subject,
    arena: Arena,
  ) {
    const { theta } = subject;
    this.kept = new Reals(arena, theta.precision, theta.length);
  }

  /** Whether the weights are finite now. */
  get finite(): boolean {
    const { engine, theta } = this.subject;
    return Number.isFinite(engine.core.largestMagnitude(theta.length, theta.address));
  }

  take(): void {
    this.copy(this.subject.theta, this.kept);
  }

  restore(): void {
    this.copy(this.kept, this.subject.theta);
  }

  private copy(from: Reals, to: Reals): void {
    this.subject.engine.core.copy(from.length, from.address, to.address);
  }
}

interface Watched {
  readonly set: PatternSet;
  readonly patterns: Patterns;
  readonly indices: Words | undefined;
}

/** Measures the network after an epoch: the validation loss, and metrics that were asked for. */
class Judge {
  private readonly watched = new Map<'training' | 'validation', Watched>();
  private plan: Plan | undefined;
  private outputs: Reals | undefined;

  constructor(
    private readonly subject: Subject,
    private readonly arena: Arena,
    private readonly metrics: readonly MetricName[],
  ) {
    const numbers = classThreshold(subject.architecture.loss) === undefined;
    const unfit = metrics.find((name) => numbers === (name === 'accuracy'));
    if (unfit)
      throw new OptionError(
        'fit.metrics',
        unfit,
        `metrics of the loss ${subject.architecture.loss}: ${numbers ? "'mse', 'mae', 'r2'" : "'accuracy'"}`,
      );
  }

  watch(name: 'training' | 'validation', patterns: Patterns, indices: Words | undefined): void {
    if (name === 'training' && this.metrics.length === 0) return;
    const { engine, architecture, theta } = this.subject;
    this.plan ??= new Plan(engine, this.arena, architecture, theta, Infinity, false);
    this.watched.set(name, { set: this.plan.patterns(this.arena, patterns, indices), patterns, indices });
  }

  /** Adds the epoch's measurements to the history; returns the validation loss, if there is validation. */
  record(history: History): number | undefined {
    let validationLoss: number | undefined;
    for (const [name, watched] of this.watched) {
      const tally =
        this.metrics.length > 0 ? new Tally(this.subject.architecture.loss, outputsOf(this.subject.architecture)) : undefined;
      const loss = this.measure(watched, tally);
      if (name === 'validation') {
        validationLoss = loss;
        history.validationLoss.push(loss);
      }
      const found = tally?.result() as Record<MetricName, number> | undefined;
      for (const metric of this.metrics) {
        const key =
          name === 'training' ? metric : (`validation${metric[0]!.toUpperCase()}${metric.slice(1)}` as keyof History['metrics']);
        (history.metrics[key] ??= []).push(found![metric]);
      }
    }
    return validationLoss;
  }

  private measure({ set, patterns, indices }: Watched, tally: Tally | undefined): number {
    const plan = this.plan!;
    if (!tally) return plan.evaluate(set) / plan.weight(set);
    const outputs = outputsOf(this.subject.architecture);
    this.outputs ??= new Reals(this.arena, this.subject.engine.precision, plan.slab * outputs);
    let sum = 0;
    for (let first = 0; first < set.rows; first += plan.slab) {
      const rows = Math.min(plan.slab, set.rows - first);
      sum += plan.evaluate(set, first, rows, this.outputs);
      const a = this.outputs.view();
      const [t, w] = [patterns.t.view(), patterns.w?.view()];
      if (!indices) {
        tally.add(rows, a, t.subarray(first * outputs), w?.subarray(first));
        continue;
      }
      const list = indices.view();
      for (let r = 0; r < rows; r++) {
        const i = list[first + r]!;
        tally.add(1, a.subarray(r * outputs), t.subarray(i * outputs), w?.subarray(i));
      }
    }
    return sum / plan.weight(set);
  }
}

/** The classes of a dataset's rows, or undefined where its loss is about numbers. */
function classesOf(patterns: Patterns, { loss, layers }: Architecture, rows: number): Uint32Array | undefined {
  const threshold = classThreshold(loss);
  const outputs = layers.at(-1)!.units;
  if (threshold === undefined || (loss === 'binaryCrossEntropy' && outputs > 1)) return undefined;
  const t = patterns.t.view();
  return Uint32Array.from({ length: rows }, (_, r) => classOf(t, r * outputs, outputs, threshold));
}

/** Sets a share of the rows aside for validation. */
function split(
  engine: Engine,
  arena: Arena,
  data: Dataset,
  patterns: Patterns,
  architecture: Architecture,
  share: number,
  seed: number,
): { train: Words; held: Words } {
  const order = permutation(engine, data.rows, seed, Purpose.split);
  const [train, held] = deal(order, [1 - share, share], classesOf(patterns, architecture, data.rows));
  if (train!.length === 0 || held!.length === 0) {
    throw new OptionError('fit.validation', share, `a share that leaves rows on both sides; there are ${data.rows} rows`);
  }
  return { train: Words.of(arena, train!), held: Words.of(arena, held!) };
}

/** @throws OptionError where the weights of the rows picked add up to nothing, or overflow: there is no mean to take */
function requireWeight(
  w: Reals | undefined,
  picked: Words | undefined,
  blame: 'classWeights' | 'validation',
  settings: Settings,
) {
  if (!w) return;
  const all = w.view();
  let sum = 0;
  if (picked) for (const i of picked.view()) sum += all[i]!;
  else for (const weight of all) sum += weight;
  if (sum > 0 && sum < Infinity) return;
  throw new OptionError(`fit.${blame}`, settings[blame], `one that leaves rows a finite weight > 0 in all; they have ${sum}`);
}

/** Weights of rows multiplied by those of their classes. */
function classWeighted(
  arena: Arena,
  patterns: Patterns,
  architecture: Architecture,
  rows: number,
  weights: readonly number[] | 'balanced',
): Reals {
  const classes = classesOf(patterns, architecture, rows);
  if (!classes) {
    throw new OptionError('fit.classWeights', weights, `none: the loss ${architecture.loss} has no classes`);
  }
  const count = Math.max(outputsOf(architecture), 2);
  if (weights !== 'balanced' && weights.length !== count) {
    throw new OptionError('fit.classWeights', weights, `${count} weights, one for each class`);
  }
  const given = patterns.w?.view();
  const members = new Float64Array(count);
  classes.forEach((c, r) => {
    members[c]! += given ? given[r]! : 1;
  });
  const total = members.reduce((a, b) => a + b);
  const present = members.filter((n) => n > 0).length;
  const perClass = weights === 'balanced' ? Array.from(members, (n) => (n > 0 ? total / (present * n) : 0)) : weights;
  const result = new Reals(arena, patterns.x.precision, rows);
  const view = result.view();
  const base = patterns.w?.view();
  for (let r = 0; r < rows; r++) view[r] = perClass[classes[r]!]! * (base ? base[r]! : 1);
  return result;
}
