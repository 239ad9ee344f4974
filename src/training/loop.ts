// The one training loop: batch → step → stop? → report. Methods (methods/) take the steps; the network owns the weights.

import type { Background } from '../../bindings/background.js';
import { startsThreads } from '../../bindings/threads.js';
import { answered, isPromise } from '../runtime/callbacks.js';
import { OptionError } from '../runtime/errors.js';
import type { MethodState, Training } from '../methods/method.js';
import { advise } from './advice/advise.js';
import type { Asked } from './asked.js';
import type { FitCheckpoint } from './checkpoint.js';
import { type Grown, Growth } from './loss-growth.js';
import { type History, type StopReason, emptyHistory } from './history.js';
import type { Interruption } from './interruption.js';
import type { Monitor } from './monitor.js';
import type { FitSettings, Stopping } from './options.js';
import { TimeSlice } from './time-slice.js';
import { Patience } from './patience.js';
import { Probe } from './probe.js';
import type { FitSubject } from './subject.js';
import type { SampleSource } from './set-up.js';
import { Snapshot } from './snapshot.js';
import { type Perform, performer, takeSteps } from './steps.js';
import type { Resuming, TakingUp } from './taking-up.js';
import type { Stream } from './stream.js';

/** The outcome of a fit: its record, and what the method remembers. */
export interface Outcome {
  readonly history: History;
  /** Undefined where nothing was begun, or nobody wants it. */
  readonly state: MethodState | undefined;
  /** Where it can be taken up from, where it was interrupted. */
  readonly taken?: FitCheckpoint | undefined;
}

/** What the loop works with: a fit that has been set up. */
interface FitContext extends TakingUp {
  readonly subject: FitSubject;
  readonly training: Training;
  /** Where the samples come from; if chunk by chunk, the first one is in place. */
  readonly source: SampleSource;
  readonly stream?: Stream;
  readonly monitor: Monitor;
  readonly settings: FitSettings;
  readonly stopping: Stopping | undefined;
  readonly interruption: Interruption;
  readonly seed: number;
  /** What the method goes on from, and in words what is asked. */
  readonly resume: MethodState | undefined;
  asked: (() => Asked) | undefined;
  /** Who does what takes time, where that is not this thread. */
  readonly background: Background | undefined;
  /** Frees what training alone needed. */
  release(): void;
}

/**
 * Fits of so few epochs and rows are mostly one of many in a loop of the user's: looks at each would take a tenth of their time,
 * and tell little, unless weights have grown out of all measure.
 */
const BRIEF = { epochs: 20, rows: 2000 };

/** Epoch after epoch, until something says stop. */
export async function loop(context: FitContext): Promise<Outcome> {
  const { subject, training, source, stream, monitor, settings, stopping, interruption, background, seed, release } = context;
  const { from, asked, resume, resuming } = context;
  const history = from ? resuming!.recordFrom(from.parts.record, seed) : emptyHistory(seed);
  const before = from?.parts.record.numbers[3] ?? 0; // milliseconds
  const snapshot = new Snapshot(subject, from?.parts.snapshot);
  const slice = new TimeSlice(background !== undefined);
  const performs = (by: FitSubject) => performer(by, background, () => snapshot.restoreLatest());
  const perform = performs(subject);
  const growth = new Growth(new Probe(subject, source), snapshot);
  const brief = !stream && settings.epochs < BRIEF.epochs && settings.epochs * source.rows < BRIEF.rows;
  const watches = subject.watches && !brief;
  const patience = new Patience(stopping, settings.epochs);
  /** Whether early stopping, which waits a few epochs and goes back to the best, takes care of a loss that grows. */
  const waits = stopping !== undefined && training.schedule === undefined;
  if (from) {
    training.expose();
    growth.recall(from.parts.growth);
    patience.recall(from.parts.patience);
  }
  let grown: Grown | undefined;
  /** Whether the loss has grown too far. */
  const hasGrown = async (vast = snapshot.vast): Promise<boolean> => {
    if (!watches && !(subject.watches && vast)) return false;
    grown = await perform(growth.found(history.loss.at(-1) ?? 0));
    subject.check();
    return grown !== undefined;
  };
  if (startsThreads()) {
    // Who awaits one short fit after the other might never let them come.
    await slice.rest();
    subject.check();
  }
  let stop = from?.stop ?? interruption.reason;
  const interruptible = settings.signal !== undefined || settings.timeLimit < Infinity;
  const first = from ?? { weights: snapshot.start, method: resume };
  const rest = ({ recordPart }: Resuming) => ({
    asked: asked!(),
    stop: interrupted(stop) ? undefined : stop,
    parts: {
      record: recordPart({ ...history, evaluations: training.evaluations }, before + interruption.elapsed),
      snapshot: snapshot.part,
      growth: growth.part,
      patience: patience.part,
      stream: stream?.part ?? { numbers: [], vectors: {} },
    },
  });
  const checkpointer =
    subject.keeps && resuming && new resuming.Checkpointer(subject, training, first, interruptible, () => rest(resuming));
  if (checkpointer) subject.keeps!(() => checkpointer.checkpoint);
  try {
    for (let begun = false; !stop && history.epochs < patience.last; begun = true) {
      if (stream && begun) stop = await stream.begin();
      if (stop) break;
      checkpointer?.begin(stream ? 0 : slice.stride);
      const beginning = training.begin(); // may ask a function for the rate, which may do anything
      if (beginning) await perform(beginning);
      subject.check();
      stop = await epoch(context, slice, perform);
      training.expose();
      if (!stop && !snapshot.finite) stop = 'diverged';
      if (stop) break; // an unfinished epoch is not recorded
      history.epochs++;
      history.bestEpoch = history.epochs;
      history.loss.push(training.loss);
      if (training.regularisation) history.regularisation = training.regularisation;
      const measured = monitor.measures ? perform(monitor.record(history)) : undefined;
      const validationLoss = measured instanceof Promise ? await measured : measured;
      subject.check();
      if (validationLoss === undefined) snapshot.follow(history.epochs, training.loss);
      else if (patience.improved(history.epochs, validationLoss)) snapshot.take(history.epochs);
      if (validationLoss !== undefined && !Number.isFinite(validationLoss)) stop = 'diverged';
      else if (training.loss <= settings.goal) stop = 'goal';
      else if (settings.minGradient > 0 && training.gradientNorm! <= settings.minGradient) stop = 'minGradient';
      else if (training.small) stop = 'minGradient';
      else if (patience.exhausted(history.epochs, training)) stop = 'earlyStopping';
      else if (!waits && history.epochs < settings.epochs && growth.suspects(training.loss) && (await hasGrown()))
        stop = 'diverged';
      checkpointer?.end();
      const told = settings.onEpoch?.({
        epoch: history.epochs,
        epochs: settings.epochs,
        loss: training.loss,
        validationLoss,
        rate: training.rate,
        time: interruption.elapsed,
      });
      if (isPromise(told)) await answered(told, interruption.signal, interruption.limit - interruption.elapsed);
      subject.check();
      stop ??= interruption.reason;
    }
  } catch (error) {
    // What was learned stays, as far as it is of use.
    if (stream?.failed) {
      training.expose();
      if (!snapshot.finite) snapshot.restore();
    }
    throw error;
  }
  const hurried = interrupted(stop);
  // Who has what was asked for needs no look at it.
  const unwatched = hurried || stop === 'goal';
  const taken = hurried ? checkpointer?.checkpoint : undefined;
  checkpointer?.finish();
  if (training.settle && stop !== 'diverged' && history.epochs > 0 && !patience.restores(training)) {
    const loss = await perform(training.settle());
    subject.check();
    if (loss !== undefined) history.bestEpoch = Math.max(history.loss.lastIndexOf(loss), 0);
  }
  const { vast } = snapshot;
  const looks = unwatched ? vast : history.epochs > 0;
  if (stop !== 'diverged' && looks && (await hasGrown(vast)) && !waits && !unwatched) stop = 'diverged';
  if (stop === 'diverged' || (vast && !snapshot.finite) || (unwatched && grown)) {
    history.bestEpoch = snapshot.restore();
    if (history.bestEpoch > 0 && (await perform(growth.startIsBetter()))) history.bestEpoch = snapshot.restart();
  } else if (patience.restores(training)) {
    history.bestEpoch = snapshot.restore();
    if (!unwatched && !grown) await hasGrown();
  }
  subject.check();
  history.reason = stop ?? 'epochs';
  if (training.regularisation) history.regularisation ??= training.regularisation;
  history.evaluations = training.evaluations;
  let state: MethodState | undefined;
  if (subject.remembers) {
    state = training.state();
    // Momenta that led astray are forgotten.
    if (stop === 'diverged') state = { ...state, vectors: {} };
  }
  const { rate } = training;
  release();
  if (!unwatched && subject.watches && (watches || stop === 'diverged')) {
    const setting = { subject, source, settings, seed, snapshot, interruption, perform, performs };
    const advice = await advise(setting, stop === 'diverged', history.epochs, rate, grown, growth.loss);
    subject.check();
    if (advice !== undefined) history.advice = advice;
  }
  history.time = before + interruption.elapsed;
  return { history, state, taken };
}

/** Whether a fit was ended from outside. */
function interrupted(stop: StopReason | undefined): boolean {
  return stop === 'signal' || stop === 'timeLimit';
}

const NO_STEP = "'even' or 'short', or a smaller batchSize: no chunk fills a batch";

/** One epoch, chunk by chunk where it comes in chunks; says why it ended early, if it did. */
async function epoch(context: FitContext, slice: TimeSlice, perform: Perform): Promise<StopReason | undefined> {
  const { training, stream, settings } = context;
  for (let steps = training.stepsPerEpoch; ; steps += training.stepsPerEpoch) {
    const stop = await takeSteps(context, slice, perform);
    if (stop || !stream) return stop;
    const next = await stream.next();
    if (next === 'end' && steps === 0) throw new OptionError('fit.lastBatch', settings.lastBatch, NO_STEP);
    if (next !== 'chunk') return next === 'end' ? undefined : next;
    training.feed!();
  }
}
