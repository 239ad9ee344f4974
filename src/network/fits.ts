// The fits of one network: one at a time, from fresh, from where the last one ended, or from where it was interrupted.

import type { Engine } from '../../bindings/core.js';
import type { Precision, RealArray, Reals } from '../../bindings/memory.js';
import { roomMade } from '../../bindings/owned.js';
import type { Dataset } from '../data/dataset.js';
import type { MatrixLike } from '../data/matrix.js';
import type { NetworkState } from '../format/state.js';
import type { Method, MethodState } from '../methods/method.js';
import type { Architecture } from '../plan/plan.js';
import { EfficientBackpropError, OptionError } from '../runtime/errors.js';
import type { Threads } from '../runtime/threads.js';
import { startsFromData } from '../start/start.js';
import type { Checkpoint } from '../training/checkpoint.js';
import { decide } from '../training/decide.js';
import { fit } from '../training/fit.js';
import { fitStream, wholeSetMethods } from '../training/fit-stream.js';
import type { Outcome } from '../training/loop.js';
import type { FitOptions } from '../training/options.js';
import { Resumption, begunWith } from '../training/resumption.js';
import type { FitSubject } from '../training/subject.js';
import { type Chunks, isChunks } from '../training/stream.js';

/** What a fit goes on from, if anything, and whether another will go on from it. */
export interface Continuation {
  readonly resume?: MethodState | undefined;
  readonly remembers?: boolean;
  /** Whether growth of the loss is watched, and the record says what might go better; estimators have measures of their own. */
  readonly watches?: boolean;
  /** Whether the fit can be taken up where it is interrupted. */
  readonly resumable?: boolean;
}

/** How often a default fit that diverges begins again, each time with a third of the rate. */
const LOWERED = 8;

/** The network that is fitted: its insides, which a promotion replaces. */
interface FittedNetwork {
  readonly engine: Engine;
  readonly architecture: Architecture;
  readonly theta: Reals;
  readonly precision: Precision;
  readonly seed: number;
  readonly threads: Threads;
  readonly parameters: number;
  readonly outputs: number;
  readonly disposed: boolean;
  /** @throws DisposedError */
  check(): void;
  /** From float32 to float64, with the same weights. */
  promote(): Promise<void>;
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
    const outcome = await this.run(X, Y, { epochs: 1, ...options }, { resume: this.memory, resumable: false });
    this.memory = outcome.state;
    this.resumption.set(undefined);
    return outcome;
  }

  /** A fit from what a method remembered. */
  async run(
    X: MatrixLike | Dataset | Chunks,
    Y: MatrixLike | undefined,
    options: FitOptions | undefined,
    { resume, remembers = true, watches = true, resumable = true }: Continuation,
  ): Promise<Outcome> {
    const { network, resumption } = this;
    network.check();
    if (!resumable && options?.resume)
      throw new OptionError('partialFit.resume', options.resume, 'none: partialFit goes on by itself; fit takes a fit up');
    if (this.fitting) throw new EfficientBackpropError('this network is being fitted already; await that fit first');
    this.fitting = true;
    const began = performance.now();
    let before: RealArray | undefined;
    try {
      let from = resumption.from(options ?? {});
      const waited = from?.waited ?? !this.started;
      await roomMade();
      for (let lowered = from?.lowered ?? 0; ; lowered++, from = undefined) {
        const { given, choice, byDefault } = decide(network, X, options, lowered);
        const { method, timeLimit } = given ?? {};
        before ??= begunWith(from, method, () => (byDefault ? network.theta.read() : undefined));
        const decided = { lowered, before, waited };
        if (isChunks(X) && method?.precision === 'float64' && method.batch === 'full') {
          throw new OptionError('fit.method', method.name, wholeSetMethods(method.name)); // before it changes the precision
        }
        if (method?.precision === 'float64' && network.precision === 'float32') await network.promote();
        this.inBackground = given?.background === true;
        const again = lowered > 0 && !from;
        const left = again && timeLimit !== undefined && { timeLimit: Math.max(timeLimit - (performance.now() - began), 1) };
        const keeps = resumable ? resumption.follow(decided) : undefined;
        const whole = left ? { ...given, ...left } : given;
        const outcome = await this.once(X, Y, whole, resume, from, { remembers, watches, ...(keeps && { keeps }) });
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

  /** A fit with a method that is settled. */
  private once(
    X: MatrixLike | Dataset | Chunks,
    Y: MatrixLike | undefined,
    given: (FitOptions & { method?: Method }) | undefined,
    resume: MethodState | undefined,
    from: Checkpoint | undefined,
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
    return isChunks(X) ? fitStream(subject, X, given, resume, from) : fit(subject, X, Y, given, resume, from);
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
