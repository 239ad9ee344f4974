// The one training loop: batch → step → stop? → report. Methods (optim/) take the steps; the network owns the weights.

import type { Background } from '../../bindings/background.js';
import { startsThreads } from '../../bindings/pool.js';
import { OptionError, WorkerLostError } from '../errors.js';
import type { MethodState, Training } from '../optim/method.js';
import { type Work, workBehind, workHere } from '../work.js';
import { type History, type StopReason, emptyHistory } from './history.js';
import type { Interruption } from './interruption.js';
import type { Judge } from './judge.js';
import type { Settings, Stopping } from './options.js';
import { Pace } from './pace.js';
import type { Subject } from './rows.js';
import { Snapshot } from './snapshot.js';
import type { Stream } from './stream.js';

/** The outcome of a fit: its record, and what the method remembers. */
export interface Outcome {
  readonly history: History;
  /** Undefined where nothing was begun, or nobody wants it. */
  readonly state: MethodState | undefined;
}

/** What the loop works with. */
export interface Circumstances {
  readonly subject: Subject;
  readonly training: Training;
  /** Where the patterns come from, if piece by piece; its first piece is in place. */
  readonly stream?: Stream;
  readonly judge: Judge;
  readonly settings: Settings;
  readonly stopping: Stopping | undefined;
  readonly interruption: Interruption;
  readonly seed: number;
  /** Who does what takes time, where that is not this thread. */
  readonly background: Background | undefined;
  /** What to try after a divergence in an epoch, at a rate. */
  advise(epoch: number, rate: number): string;
}

/** Does a piece of work, here or in the background. */
type Perform = <T>(work: Work<T>) => T | Promise<T>;

/** Epoch after epoch, until something says stop. */
export async function loop(circumstances: Circumstances): Promise<Outcome> {
  const { subject, training, stream, judge, settings, stopping, interruption, background, advise, seed } = circumstances;
  const history = emptyHistory(seed);
  const restores = stopping?.restoreBest ?? false;
  const snapshot = new Snapshot(subject, restores);
  const pace = new Pace(background !== undefined);
  const behind = async <T>(result: Promise<T>): Promise<T> => {
    try {
      return await result;
    } catch (error) {
      subject.check();
      if (error instanceof WorkerLostError) snapshot.restore();
      throw error;
    }
  };
  const perform: Perform = (work) =>
    background ? behind(workBehind(subject.engine, background, work)) : workHere(subject.engine, work);
  if (startsThreads()) {
    // Who awaits one short fit after the other might never let them come.
    await pace.rest();
    subject.check();
  }
  let best = { loss: Infinity, epoch: 0 };
  let stop = interruption.reason;
  snapshot.take();
  try {
    while (!stop && history.epochs < settings.epochs) {
      if (stream && history.epochs > 0) stop = await stream.begin();
      if (stop) break;
      const beginning = training.begin(); // may ask a function for the rate, which may do anything
      if (beginning) await perform(beginning);
      subject.check();
      stop = await epoch(circumstances, pace, perform);
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
        time: interruption.elapsed,
      });
      subject.check();
      stop ??= interruption.reason;
    }
  } catch (error) {
    // What was learned stays, as far as it is of use.
    if (stream?.failed) {
      training.expose();
      if (!snapshot.finite) snapshot.restoreProven();
    }
    throw error;
  }
  if (restores) snapshot.restore();
  else if (stop === 'diverged' || !snapshot.finite) history.bestEpoch -= snapshot.restoreProven();
  history.reason = stop ?? 'epochs';
  if (stop === 'diverged') history.advice = advise(history.epochs + 1, training.rate);
  if (training.regularisation) history.regularisation = training.regularisation;
  history.evaluations = training.evaluations;
  history.time = interruption.elapsed;
  return { history, state: subject.remembers ? training.state() : undefined };
}

const NO_STEP = "'even' or 'short', or a smaller batchSize: no chunk fills a batch";

/** One epoch, piece by piece where it comes in pieces; says why it ended early, if it did. */
async function epoch(circumstances: Circumstances, pace: Pace, perform: Perform): Promise<StopReason | undefined> {
  const { training, stream, settings } = circumstances;
  for (let steps = training.stepsPerEpoch; ; steps += training.stepsPerEpoch) {
    const stop = await piece(circumstances, pace, perform);
    if (stop || !stream) return stop;
    const next = await stream.next();
    if (next === 'end' && steps === 0) throw new OptionError('fit.lastBatch', settings.lastBatch, NO_STEP);
    if (next !== 'piece') return next === 'end' ? undefined : next;
    training.feed!();
  }
}

/** The patterns at hand, in slices; says why they ended early, if they did. */
async function piece(
  { subject, training, interruption }: Circumstances,
  pace: Pace,
  perform: Perform,
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
    const stop = left > 0 ? interruption.reason : undefined;
    if (stop) return stop;
  }
  return undefined;
}
