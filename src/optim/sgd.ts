// Stochastic, mini-batch and batch gradient descent with momentum (Efficient BackProp 4.1, 4.7).

import type { Core } from '../../bindings/core.js';
import { Reals, Words } from '../../bindings/memory.js';
import { OptionError } from '../errors.js';
import { checked, either, flag, number, value } from '../options.js';
import { Purpose, halves } from '../random.js';
import { type Schedule, isSchedule } from '../rates/schedule.js';
import type { Method, MethodState, Task, Training } from './method.js';

/** A learning rate by the epoch, counted from 0 over all fits that continue each other. */
export type RateOfEpoch = (epoch: number) => number;

const OPTIONS = {
  rate: either<number, RateOfEpoch | Schedule>(
    number({ above: 0, below: Infinity }, 0.01),
    value('one of schedules, or a function (epoch) => rate', (v) => typeof v === 'function' || isSchedule(v), undefined as never),
  ),
  momentum: number({ min: 0, below: 1 }, 0.9),
  nesterov: flag(false),
  weightDecay: number({ min: 0, below: Infinity }, 0),
};

/** Options of sgd. */
export interface SgdOptions {
  /**
   * η > 0; one of `schedules`; or a function that gives it for each epoch (counted from 0). Default 0.01, which with momentum 0.9 moves like a
   * rate of 0.1: safe on standardised data.
   */
  rate?: number | RateOfEpoch | Schedule;
  /** μ, 0 ≤ μ < 1. Default 0.9. */
  momentum?: number;
  /** Nesterov's form of the momentum. Default false. */
  nesterov?: boolean;
  /** λ ≥ 0: every step adds λ·w to the gradient of kernels (not of biases). Default 0. */
  weightDecay?: number;
}

export interface Sgd extends Method, Readonly<Required<SgdOptions>> {
  readonly name: 'sgd';
}

// Codes of assembly/optim/sgd.ts.
const PLAIN = 0;
const MOMENTUM = 1;
const NESTEROV = 2;

/**
 * Gradient descent: v ← μ·v − η·g, w ← w + v (with `nesterov` w ← w + μ·v − η·g), g the mean gradient over the batch plus
 * λ·w for kernels. How many patterns a batch has, and in what order they come, are `fit`'s options.
 * @throws OptionError
 */
export function sgd(options?: SgdOptions): Sgd {
  const settings = checked('sgd', OPTIONS, options);
  if (settings.nesterov && settings.momentum === 0) {
    throw new OptionError('sgd.nesterov', true, 'false without momentum, or a momentum > 0');
  }
  return Object.freeze({
    name: 'sgd' as const,
    ...settings,
    start: (task: Task, state?: MethodState) => new Descent(settings, task, state),
  });
}

/** Rates looked up at a time. */
const RATES = 1024;

/** A descent under way. */
class Descent implements Training {
  readonly stepsPerEpoch: number;
  private readonly run: number;
  private readonly gradient: Reals;
  private readonly velocity: Reals | undefined;
  rate = 0;
  /** The next epoch, and the one under way. */
  private epoch: number;
  private current: number;
  private step: number;
  /** Patterns presented, now and before this fit. */
  private presented: number;
  private readonly first: number;
  private begun = 0;
  /** Rates of coming steps, where they change from step to step. */
  private readonly rates: Reals | undefined;

  constructor(
    private readonly settings: Required<SgdOptions>,
    private readonly task: Task,
    state: MethodState | undefined,
  ) {
    const { plan, arena, patterns, subset, rows, batchSize, shuffle } = task;
    const { core, precision } = plan.engine;
    const { momentum } = settings;
    this.stepsPerEpoch = Math.ceil(rows / batchSize);
    this.epoch = state?.epoch ?? 0;
    this.current = this.epoch;
    this.step = state?.step ?? 0;
    this.presented = state?.patterns ?? 0;
    this.first = this.presented;
    if (isSchedule(settings.rate) && settings.rate.every === 'step') this.rates = new Reals(arena, 'float64', RATES);
    this.gradient = new Reals(arena, precision, plan.theta.length);
    if (momentum > 0) {
      this.velocity = new Reals(arena, precision, plan.theta.length);
      const kept = state?.vectors['velocity'];
      if (kept?.length === this.velocity.length) this.velocity.view().set(kept);
      else this.velocity.view().fill(0);
    }
    // All patterns at once are the same set in any order.
    const order = shuffle && batchSize < rows ? new Words(arena, rows) : undefined;
    this.run = arena.allocate(core.runBytes());
    core.runOpen(
      this.run,
      plan.address,
      rows,
      batchSize,
      patterns.x.address,
      patterns.t.address,
      patterns.w?.address ?? 0,
      subset?.address ?? 0,
      order?.address ?? 0,
      this.gradient.address,
      this.velocity?.address ?? 0,
      plan.slabs,
    );
  }

  get loss(): number {
    const { core } = this.task.plan.engine;
    return core.runLossSum(this.run) / core.runWeightSum(this.run);
  }

  get gradientNorm(): number | undefined {
    if (this.task.batchSize < this.task.rows) return undefined;
    return this.task.plan.engine.core.largestMagnitude(this.gradient.length, this.gradient.address);
  }

  get evaluations(): number {
    if (this.begun === 0) return 0;
    return this.begun - 1 + this.task.plan.engine.core.runPosition(this.run) / this.task.rows;
  }

  begin(): void {
    const { core } = this.task.plan.engine;
    const { momentum, nesterov, weightDecay } = this.settings;
    this.current = this.epoch++;
    this.rate = this.rateAt(this.step, this.presented);
    core.runRule(this.run, momentum === 0 ? PLAIN : nesterov ? NESTEROV : MOMENTUM, this.rate, momentum, weightDecay);
    const [low, high] = halves(this.task.seed);
    core.runEpoch(this.run, low, high, Purpose.order, this.current);
    this.begun++;
  }

  private get core(): Core {
    return this.task.plan.engine.core;
  }

  advance(steps: number): number {
    const { core } = this;
    let taken = 0;
    while (taken < steps) {
      const wanted = this.rates ? Math.min(steps - taken, RATES) : steps;
      if (this.rates) this.lookUpRates(this.rates, wanted);
      const before = core.runPosition(this.run);
      const done = core.runSteps(this.run, wanted);
      this.presented += core.runPosition(this.run) - before;
      if (done < 0) return -1;
      this.step += done;
      taken += done;
      if (done < wanted) break;
    }
    return taken;
  }

  /** The rate before a step, by the number of steps and patterns before it. */
  private rateAt(step: number, patterns: number): number {
    const { rate } = this.settings;
    if (typeof rate === 'number') return rate;
    const { rows, epochs } = this.task;
    const epoch = this.current;
    const share = Math.min((patterns - this.first) / (rows * epochs), 1);
    const found: unknown = isSchedule(rate) ? rate.rate({ patterns, step, epoch, share }) : rate(epoch);
    if (!(typeof found === 'number' && found >= 0 && found < Infinity)) {
      const at = isSchedule(rate) && rate.every === 'step' ? `step ${step}` : String(epoch);
      throw new OptionError(`sgd.rate(${at})`, found, 'a number ≥ 0');
    }
    return found;
  }

  private lookUpRates(rates: Reals, steps: number): void {
    const { batchSize, rows } = this.task;
    const view = rates.view();
    const position = this.core.runPosition(this.run);
    for (let k = 0; k < steps; k++)
      view[k] = this.rateAt(this.step + k, this.presented + Math.min(k * batchSize, rows - position));
    this.core.runRates(this.run, rates.address);
  }

  state(): MethodState {
    const { velocity } = this;
    // One that has overflowed would spoil every fit that continues.
    const sound = velocity && Number.isFinite(this.task.plan.engine.core.largestMagnitude(velocity.length, velocity.address));
    return { epoch: this.epoch, step: this.step, patterns: this.presented, vectors: sound ? { velocity: velocity.read() } : {} };
  }
}
