// The fits of one network: one at a time, from fresh, from where the last one ended, or from where it was interrupted.

import type { Engine, Numerics } from '../../bindings/core.js';
import { engineOf } from '../runtime/engines.js';
import type { Precision, RealArray, Reals } from '../../bindings/memory.js';
import { roomMade } from '../../bindings/owned.js';
import { Part, loadAll } from '../../bindings/part.js';
import { threadsLoaded } from '../../bindings/threads.js';
import type { Dataset } from '../data/dataset.js';
import type { MatrixLike } from '../data/matrix.js';
import { STATES } from '../format/loading.js';
import type { NetworkState } from '../training/checkpoint.js';
import type { Method, MethodState } from '../methods/method.js';
import { type Architecture, workOf } from '../plan/plan.js';
import { EfficientBackpropError, OptionError } from '../runtime/errors.js';
import { milliseconds } from '../runtime/duration.js';
import { type Threads, mayPay } from '../runtime/threads.js';
import { startsFromData } from '../start/waits.js';
import { type Chunks, aboutRows, isChunks, wholeSetMethods } from '../training/chunks.js';
import { requireSuited } from '../training/custom-loss.js';
import { type Decision, decide } from '../training/decide.js';
import { fit } from '../training/fit.js';
import type { Outcome } from '../training/loop.js';
import { FIT_OPTIONS, type FitOptions } from '../training/options.js';
import { Resumption } from '../training/resumption.js';
import { BATCH_SIZE, isCommon, neededFor } from '../training/set-up.js';
import type { FitSubject } from '../training/subject.js';
import { RESUMING, type TakingUp, mayBeTakenUp } from '../training/taking-up.js';

/** What a fit goes on from, if anything, and whether another will go on from it. */
export interface Continuation {
  readonly resume?: MethodState | undefined;
  readonly remembers?: boolean;
  /** Whether growth of the loss is watched, and the record says what might go better; estimators have measures of their own. */
  readonly watches?: boolean;
  /** Whether the fit can be taken up where it is interrupted. */
  readonly resumable?: boolean;
  /** Whether what the method remembers may be saved with the network. */
  readonly saved?: boolean;
}

const STREAMING = new Part('data in chunks', () => import('../training/fit-stream.js'));

/** How often a default fit that diverges begins again, each time with a third of the rate. */
const LOWERED = 8;

/** The network that is fitted: its insides, which a promotion replaces. */
interface FittedNetwork {
  readonly engine: Engine;
  readonly architecture: Architecture;
  readonly theta: Reals;
  readonly precision: Precision;
  readonly numerics: Numerics;
  readonly seed: number;
  readonly threads: Threads;
  readonly parameters: number;
  readonly outputs: number;
  readonly disposed: boolean;
  /** @throws DisposedError */
  check(): void;
  /** To the whole binary of a precision, with the same weights. */
  promote(precision: Precision): Promise<void>;
  /** A fit has ended: nobody else writes to the weights. */
  released(): void;
}

/** The fits of a network, and what they leave behind for the next one. */
export class NetworkFits {
  private fitting = false;
  /** Whether a worker may be changing the weights. */
  inBackground = false;
  /** What the method of the last `partialFit` remembers. */
  private memory: MethodState | undefined;
  /** The fit that was interrupted, or is under way. */
  private readonly resumption = new Resumption();
  /** Whether every layer has its start: some only get it from the data of the first fit. */
  private started: boolean;

  constructor(private readonly network: FittedNetwork) {
    this.started = !startsFromData(network.architecture.layers);
  }

  /** `fit`: nothing is remembered, but where it was interrupted. */
  async whole(X: MatrixLike | Dataset | Chunks, Y: MatrixLike | undefined, options: FitOptions | undefined): Promise<Outcome> {
    const outcome = await this.run(X, Y, options, { remembers: false });
    this.memory = undefined;
    return outcome;
  }

  /** `partialFit`: from where the last one ended. */
  async partial(X: MatrixLike | Dataset | Chunks, Y: MatrixLike | undefined, options: FitOptions | undefined): Promise<Outcome> {
    const outcome = await this.run(X, Y, { epochs: 1, ...options }, { resume: this.memory, resumable: false, saved: true });
    this.memory = outcome.state;
    this.resumption.set(undefined);
    return outcome;
  }

  /** A fit from what a method remembered. */
  async run(
    X: MatrixLike | Dataset | Chunks,
    Y: MatrixLike | undefined,
    options: FitOptions | undefined,
    { resume, remembers = true, watches = true, resumable = true, saved = false }: Continuation,
  ): Promise<Outcome> {
    const { network, resumption } = this;
    network.check();
    if (!resumable && options?.resume)
      throw new OptionError('partialFit.resume', options.resume, 'none: partialFit goes on by itself; fit resumes a fit');
    if (this.fitting) throw new EfficientBackpropError('this network is being fitted already; await that fit first');
    this.fitting = true;
    const began = performance.now();
    let before: RealArray | undefined;
    try {
      let from = resumption.from(options ?? {});
      const waited = from?.waited ?? !this.started;
      const lasts = resumable && (isChunks(X) || mayBeTakenUp(options ?? {}));
      const also = [...(lasts ? [RESUMING] : []), ...(lasts || saved ? [STATES] : []), ...(isChunks(X) ? [STREAMING] : [])];
      if (resumable && !lasts) resumption.refuse();
      await roomMade();
      for (let lowered = from?.lowered ?? 0; ; lowered++, from = undefined) {
        const { given, choice, byDefault } = await decide(network, X, options, lowered);
        requireSuited(network.architecture, given);
        const { method, timeLimit } = given ?? {};
        const precision = method?.precision ?? network.precision;
        const shares = this.mayShare(X, given);
        const promotes = precision !== network.precision || !(network.engine.whole || isCommon(given, shares));
        const loading = [
          loadAll([...neededFor(given, network.architecture, !this.started, shares), ...also]),
          shares ? threadsLoaded() : undefined,
          promotes ? engineOf(precision, network.numerics, 'whole') : undefined,
        ];
        if (loading.some((one) => one !== undefined)) await Promise.all(loading);
        network.check();
        if (from) RESUMING.here.requireMethod(from.asked, method);
        before ??= from ? from.before : byDefault ? network.theta.read() : undefined;
        const decided = { lowered, before, waited };
        if (isChunks(X) && method?.precision === 'float64' && method.batch === 'full') {
          throw new OptionError('fit.method', method.name, wholeSetMethods(method.name)); // before it changes the precision
        }
        if (promotes) await network.promote(precision);
        this.inBackground = given?.background === true;
        const again = lowered > 0 && !from;
        const left = again &&
          timeLimit !== undefined && { timeLimit: Math.max(milliseconds(timeLimit) - (performance.now() - began), 1) };
        const keeps = lasts ? resumption.follow(decided) : undefined;
        const whole = left ? { ...given, ...left } : given;
        const taking = { from, resuming: lasts ? RESUMING.here : undefined };
        const outcome = await this.once(X, Y, whole, resume, taking, { remembers, watches, ...(keeps && { keeps }) });
        if (resumable) resumption.settle(outcome.taken, decided);
        if (choice) outcome.history.choice = choice;
        if (!byDefault || outcome.history.reason !== 'diverged' || lowered >= LOWERED) return outcome;
        network.check();
        network.theta.view().set(before!);
        this.started = !waited;
      }
    } finally {
      this.fitting = false;
      this.inBackground = false;
      resumption.rest();
      network.released();
    }
  }

  /** Whether threads may share steps. */
  private mayShare(X: MatrixLike | Dataset | Chunks, given: Decision['given']): boolean {
    const { threads, architecture } = this.network;
    const { epochs = FIT_OPTIONS.epochs.default, batchSize = given?.method?.batch ?? BATCH_SIZE } = given ?? {};
    const rows = aboutRows(X);
    const work = 3 * workOf(architecture); // forward, back, and the gradient
    const batch = typeof batchSize === 'number' ? Math.min(batchSize, rows) : rows;
    return mayPay(threads, work * batch, work * (rows + batch) * epochs);
  }

  /** A fit with a method that is settled. */
  private once(
    X: MatrixLike | Dataset | Chunks,
    Y: MatrixLike | undefined,
    given: (FitOptions & { method?: Method }) | undefined,
    resume: MethodState | undefined,
    taking: TakingUp,
    wanted: Pick<FitSubject, 'remembers' | 'watches' | 'keeps'>,
  ): Promise<Outcome> {
    const { network } = this;
    const { engine, architecture, theta, seed, threads } = network;
    const subject: FitSubject = {
      engine,
      architecture,
      theta,
      seed,
      threads,
      ...wanted,
      lives: () => !network.disposed,
      check: () => network.check(),
      ...(!this.started && { start: () => (this.started = true) }),
    };
    return isChunks(X) ? STREAMING.here.fitStream(subject, X, given, resume, taking) : fit(subject, X, Y, given, resume, taking);
  }

  /** Weights were given: what was learned before counts no more. */
  forget(): void {
    this.weightsGiven();
    this.forgetMethod();
    this.resumption.set(undefined);
  }

  /** What a method remembers is in another precision now. */
  forgetMethod(): void {
    this.memory = undefined;
  }

  /** All weights are there: no layer waits for data. */
  weightsGiven(): void {
    this.started = true;
  }

  /** What training goes on from. */
  get state(): NetworkState {
    return { memory: this.memory, checkpoint: this.resumption.checkpoint };
  }

  /** Goes on from there. */
  recall({ memory, checkpoint }: NetworkState): void {
    this.memory = memory;
    this.resumption.set(checkpoint);
  }
}
