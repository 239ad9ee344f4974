// The one training loop: batch → step → stop? → report. Methods (optim/) take the steps; the network owns the weights.

import { Background } from '../../bindings/background.js';
import { Arena, Reals } from '../../bindings/memory.js';
import { isEmphasis, isGrowing } from '../data/batches.js';
import { Dataset, type Patterns } from '../data/dataset.js';
import type { MatrixLike } from '../data/matrix.js';
import { DataError, OptionError, WorkerLostError } from '../errors.js';
import { FIT_OPTIONS, type FitOptions, type Settings, type Stopping, checkedStopping } from './options.js';
import { adviceFor } from './advice.js';
import { fixedSize, growingSize } from './batches.js';
import { type Subject, classWeighted, classesOf, requireWeight, smoothed, split } from './rows.js';
import type { History, StopReason } from './history.js';
import { Judge } from './judge.js';
import type { Method, MethodState, Training } from '../optim/method.js';
import { LOSSES } from '../losses.js';
import { checked } from '../options.js';
import { startFromData } from '../start/start.js';
import { Pace } from './pace.js';
import { type Architecture, Plan, outputsOf } from '../plan.js';
import { type Work, workBehind, workHere } from '../work.js';

/** Patterns per step where neither the user nor the method says. */
const BATCH_SIZE = 32;

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
  options: (FitOptions & { method?: Method }) | undefined,
  resume?: MethodState,
): Promise<Outcome> {
  const settings = checked('fit', FIT_OPTIONS, options) as Settings; // 'auto' has become a method
  const { patience } = settings.method;
  const asked = patience !== undefined && settings.validation !== undefined && !settings.earlyStopping;
  const stopping = checkedStopping('fit', asked ? { ...settings, earlyStopping: { patience } } : settings);
  const { engine, architecture } = subject;
  const { precision } = engine;
  if (settings.background && settings.method.precision === 'float64') {
    const expected = `false with ${settings.method.name}: methods of second order decide between evaluations, in this thread`;
    throw new OptionError('fit.background', true, expected);
  }
  const arena = new Arena();
  const own: Dataset[] = []; // datasets made here, to be freed here
  let background: Background | undefined;
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
    const { method } = settings;
    const size = batchSizeOf(settings, architecture, rows);
    const plan = new Plan(engine, arena, architecture, subject.theta, size.most, true);
    const w = settings.classWeights ? classWeighted(arena, patterns, architecture, data.rows, settings.classWeights) : patterns.w;
    const t = settings.labelSmoothing > 0 ? smoothed(arena, patterns, architecture, settings.labelSmoothing) : patterns.t;
    const learned = { ...patterns, t, w };
    requireWeight(w, train, settings.classWeights ? 'classWeights' : 'validation', settings);
    if (held) requireWeight(patterns.w, held, 'validation', settings);
    if (subject.start) {
      startFromData(subject, learned, train, rows);
      subject.start();
    }
    const training = method.start(
      {
        plan,
        arena,
        patterns: learned,
        subset: train,
        rows,
        size:
          typeof size.wanted === 'number'
            ? fixedSize(size.wanted)
            : growingSize(size.wanted, { plan, arena, patterns: learned, subset: train, rows, seed }, resume?.batchSize),
        order: settings.order,
        extras: {
          l1: settings.l1,
          clipNorm: settings.clip?.norm ?? Infinity,
          clipValue: settings.clip?.value ?? Infinity,
          average: settings.average === 'polyak' ? 1 : settings.average?.decay,
        },
        classes: settings.order === 'interleave' ? requiredClasses(patterns, architecture, data.rows) : undefined,
        epochs: settings.epochs,
        seed,
        threads: subject.threads,
        background: settings.background,
      },
      resume,
    );
    const judge = new Judge(subject, arena, settings.metrics, Math.min(settings.epochs, 1e6));
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
    const numbers = LOSSES[architecture.loss].targets === 'numbers';
    const advise = (epoch: number, rate: number) =>
      adviceFor(engine.core, patterns, numbers, epoch, rate, settings.clip !== undefined);
    const snapshot = new Snapshot(subject, arena);
    if (settings.background) background = await Background.hire();
    check();
    return await loop({ ...subject, check }, training, judge, snapshot, settings, stopping, seed, advise, background);
  } finally {
    background?.release();
    arena.dispose();
    for (const made of own) made.dispose();
  }
}

/**
 * Patterns per step: a number of them or how they grow, and the most there may be.
 * @throws OptionError where the method, the order or minGradient do not go with it
 */
function batchSizeOf({ method, batchSize, order, minGradient }: Settings, { layers }: Architecture, rows: number) {
  const given = batchSize ?? method.batch ?? BATCH_SIZE;
  const wanted = isGrowing(given) ? given : given === 'full' ? rows : Math.min(given, rows);
  const full = typeof wanted === 'number' && wanted >= rows;
  if (method.batch === 'full' && !full) {
    throw new OptionError('fit.batchSize', given, `'full' with ${method.name}, which compares gradients of the whole set`);
  }
  if (minGradient > 0 && !full) {
    const expected = "0 with mini-batches; batchSize 'full' has a gradient of the whole set";
    throw new OptionError('fit.minGradient', minGradient, expected);
  }
  if (full && (order === 'emphasize' || isEmphasis(order))) {
    const expected = "a number smaller than the number of rows with order 'emphasize', which picks some of them for each step";
    throw new OptionError('fit.batchSize', given, expected);
  }
  if (given === 1 && rows > 1 && layers.some(({ type }) => type === 'batchNorm')) {
    throw new OptionError('fit.batchSize', given, 'at least 2 with batchNorm layers, which need means over a batch');
  }
  return { wanted, most: typeof wanted === 'number' ? wanted : Math.min(wanted.limit, rows) };
}

/** The classes of all rows. @throws OptionError where the loss has none */
function requiredClasses(patterns: Patterns, architecture: Architecture, rows: number): Uint32Array {
  const classes = classesOf(patterns, architecture, rows);
  if (classes) return classes;
  const expected = `'shuffle', 'sequential' or emphasize(): the loss ${architecture.loss} has no classes to interleave`;
  throw new OptionError('fit.order', 'interleave', expected);
}

/** A dataset's patterns as the network needs them. */
function patternsFor({ engine, architecture }: Subject, data: Dataset, what: string) {
  if (data.inputs !== architecture.inputs) {
    throw new DataError(what, `has ${data.inputs} columns, but the network has ${architecture.inputs} inputs`);
  }
  return data.patterns(engine.precision, architecture.loss, outputsOf(architecture));
}

/** Epoch after epoch, until something says stop. */
async function loop(
  subject: Subject,
  training: Training,
  judge: Judge,
  snapshot: Snapshot,
  settings: Settings,
  stopping: Stopping | undefined,
  seed: number,
  advise: (epoch: number, rate: number) => string,
  background: Background | undefined,
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
  const pace = new Pace(background !== undefined);
  const perform = <T>(work: Work<T>): T | Promise<T> =>
    background ? behind(workBehind(subject.engine, background, work)) : workHere(subject.engine, work);
  const behind = async <T>(result: Promise<T>): Promise<T> => {
    try {
      return await result;
    } catch (error) {
      subject.check();
      if (error instanceof WorkerLostError) snapshot.restore();
      throw error;
    }
  };
  let best = { loss: Infinity, epoch: 0 };
  let stop = interrupted();
  snapshot.take();
  while (!stop && history.epochs < settings.epochs) {
    const beginning = training.begin(); // may ask a function for the rate, which may do anything
    if (beginning) await perform(beginning);
    subject.check();
    stop = await epoch(subject, training, pace, interrupted, perform);
    training.expose();
    if (!stop && !snapshot.finite) stop = 'diverged';
    if (stop) break; // an unfinished epoch is not recorded
    history.epochs++;
    history.loss.push(training.loss);
    const measured = judge.measures ? perform(judge.record(history)) : undefined;
    const validationLoss = measured instanceof Promise ? await measured : measured;
    subject.check();
    const improved = validationLoss !== undefined && validationLoss < best.loss - (stopping?.minDelta ?? 0);
    if (improved) best = { loss: validationLoss, epoch: history.epochs };
    if (improved || !restores) {
      history.bestEpoch = history.epochs;
      snapshot.take();
    }
    if (validationLoss !== undefined && !Number.isFinite(validationLoss)) stop = 'diverged';
    else if (training.loss <= settings.goal) stop = 'goal';
    else if (settings.minGradient > 0 && training.gradientNorm! <= settings.minGradient) stop = 'minGradient';
    else if (training.small) stop = 'minGradient';
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
  if (restores) snapshot.restore();
  else if (stop === 'diverged' || !snapshot.finite) history.bestEpoch -= snapshot.restoreProven();
  history.reason = stop ?? 'epochs';
  if (stop === 'diverged') history.advice = advise(history.epochs + 1, training.rate);
  if (training.regularisation) history.regularisation = training.regularisation;
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
  perform: <T>(work: Work<T>) => T | Promise<T>,
): Promise<StopReason | undefined> {
  for (let left = training.stepsPerEpoch; left > 0; ) {
    const steps = Math.min(pace.stride, left);
    const before = performance.now();
    const advancing = training.advance(steps);
    let taken = typeof advancing === 'number' ? advancing : perform(advancing);
    if (typeof taken !== 'number') {
      taken = await taken;
      subject.check();
    }
    if (taken < 0) return 'diverged';
    pace.took(steps, performance.now() - before);
    if (training.ended) return training.ended;
    if (!training.trial) left -= steps;
    if (pace.due) {
      await pace.rest();
      subject.check();
    }
    const stop = left > 0 ? interrupted() : undefined;
    if (stop) return stop;
  }
  return undefined;
}

/** Copies of the weights to go back to: the last, and the one before. */
class Snapshot {
  private last: Reals;
  private before: Reals;
  private taken = 0;

  constructor(
    private readonly subject: Subject,
    arena: Arena,
  ) {
    const { theta } = subject;
    this.last = new Reals(arena, theta.precision, theta.length);
    this.before = new Reals(arena, theta.precision, theta.length);
  }

  /** Whether the weights are finite now. */
  get finite(): boolean {
    const { engine, theta } = this.subject;
    return Number.isFinite(engine.core.largestMagnitude(theta.length, theta.address));
  }

  take(): void {
    [this.last, this.before] = [this.before, this.last];
    this.copy(this.subject.theta, this.last);
    this.taken++;
  }

  restore(): void {
    this.copy(this.last, this.subject.theta);
  }

  /**
   * Goes back to weights from which a whole epoch had finite losses: those of the last copy may be finite and yet so large that no
   * prediction is. Returns how many copies that is behind the last.
   */
  restoreProven(): number {
    const back = this.taken > 1 ? 1 : 0;
    this.copy(back ? this.before : this.last, this.subject.theta);
    return back;
  }

  private copy(from: Reals, to: Reals): void {
    this.subject.engine.core.copy(from.length, from.address, to.address);
  }
}
