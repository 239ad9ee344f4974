// Stochastic, mini-batch and batch gradient descent with momentum (Efficient BackProp 4.1, 4.7).

import { Reals, Words } from '../../bindings/memory.js';
import { OptionError } from '../errors.js';
import { checked, either, flag, number, value } from '../options.js';
import { Purpose, halves } from '../random.js';
import type { Method, MethodState, Task, Training } from './method.js';

/** A learning rate by the epoch, counted from 0 over all fits that continue each other. */
export type RateOfEpoch = (epoch: number) => number;

const OPTIONS = {
  rate: either<number, RateOfEpoch>(
    number({ above: 0, below: Infinity }, 0.01),
    value('a function (epoch) => rate', (v) => typeof v === 'function', undefined as never),
  ),
  momentum: number({ min: 0, below: 1 }, 0.9),
  nesterov: flag(false),
  weightDecay: number({ min: 0, below: Infinity }, 0),
};

/** Options of sgd. */
export interface SgdOptions {
  /**
   * η > 0, or a function that gives it for each epoch (counted from 0). Default 0.01, which with momentum 0.9 moves like a
   * rate of 0.1: safe on standardised data.
   */
  rate?: number | RateOfEpoch;
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

/** A descent under way. */
class Descent implements Training {
  readonly stepsPerEpoch: number;
  private readonly run: number;
  private readonly gradient: Reals;
  private readonly velocity: Reals | undefined;
  rate = 0;
  private epoch: number;
  private begun = 0;

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
    const { rate, momentum, nesterov, weightDecay } = this.settings;
    this.rate = typeof rate === 'number' ? rate : rate(this.epoch);
    if (!(typeof this.rate === 'number' && this.rate >= 0 && this.rate < Infinity))
      throw new OptionError(`sgd.rate(${this.epoch})`, this.rate, 'a number ≥ 0');
    core.runRule(this.run, momentum === 0 ? PLAIN : nesterov ? NESTEROV : MOMENTUM, this.rate, momentum, weightDecay);
    const [low, high] = halves(this.task.seed);
    core.runEpoch(this.run, low, high, Purpose.order, this.epoch++);
    this.begun++;
  }

  advance(steps: number): number {
    return this.task.plan.engine.core.runSteps(this.run, steps);
  }

  state(): MethodState {
    const { velocity } = this;
    // One that has overflowed would spoil every fit that continues.
    const sound = velocity && Number.isFinite(this.task.plan.engine.core.largestMagnitude(velocity.length, velocity.address));
    return { epoch: this.epoch, vectors: sound ? { velocity: velocity.read() } : {} };
  }
}
