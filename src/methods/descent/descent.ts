// Steps against the gradient, many to a call: what all first-order methods share. A rule says how a step is taken.

import { LastBatch } from '../../../build/codes.js';
import type { Core } from '../../../bindings/core.js';
import { Reals } from '../../../bindings/memory.js';
import type { Schedule } from '../../rates/schedule.js';
import { Purpose, halves } from '../../runtime/random.js';
import { type Work, call } from '../../runtime/work.js';
import type { BeforeEpochs } from './before-epochs.js';
import type { DescentRule, RateOfEpoch } from './descent-rule.js';
import { CHANGING, MEASURING, SHARING, changesBySteps, isLookedUp, measures } from './loading.js';
import type { MethodState, RatePlan, Task, Training } from '../method.js';
import { RunOrder } from './run-order.js';
import { RunUpdate } from './run-update.js';
import type { Counts, ScheduledRate } from './scheduled-rate.js';
import type { SharedSteps } from './shared-steps.js';
import type { StepRates } from './step-rates.js';

/** Samples whose order takes a while to find: a tenth of a millisecond. */
const LONG = 10_000;

/** A descent under way. */
export class Descent implements Training {
  private readonly core: Core;
  private readonly run: number;
  private readonly gradient: Reals;
  private readonly order: RunOrder;
  private readonly rule: DescentRule;
  private readonly update: RunUpdate;
  /** Steps that threads share, and what is measured before epochs, where there is such a thing. */
  private readonly shared: SharedSteps | undefined;
  private readonly beforeEpochs: BeforeEpochs | undefined;
  rate: number;
  /** Where the rate comes from, if it is neither fixed nor found by the method. */
  private readonly scheduled: ScheduledRate | undefined;
  /** Rates of coming steps, where they change from step to step. */
  private readonly stepRates: StepRates | undefined;
  /** The next epoch, and the one under way. */
  private epoch: number;
  private current: number;
  private step: number;
  /** Samples presented, now and before this fit, and before this epoch. */
  private presented: number;
  private before: number;
  /** Samples that this fit has left out, and evaluations of its epochs before this one. */
  private dropped: number;
  private evaluated: number;
  /** Which piece of the epoch is at hand. */
  private piece = 0;
  /** Epochs that this fit has begun, and had begun before it was taken up. */
  private begun: number;
  private readonly earlier: number;
  /** Samples per step. */
  private batchSize: number;

  /** @throws OutOfMemoryError */
  constructor(
    given: DescentRule,
    private readonly task: Task,
    state: MethodState | undefined,
  ) {
    const rule = task.rate === undefined ? given : { ...given, rate: task.rate };
    this.rule = rule;
    const { plan, arena, size } = task;
    const { core, precision } = plan.engine;
    this.core = core;
    this.batchSize = size.first;
    this.epoch = state?.epoch ?? 0;
    this.current = this.epoch;
    this.step = state?.step ?? 0;
    this.presented = state?.samples ?? 0;
    this.before = this.presented;
    const [begun = 0, evaluated = 0, dropped = 0, ...schedule] = state?.progress ?? [];
    [this.earlier, this.begun, this.evaluated, this.dropped] = [begun, begun, evaluated, dropped];
    const { rate, share = 1 } = rule;
    this.rate = typeof rate === 'number' ? rate : 0;
    if (isLookedUp(rule))
      this.scheduled = new CHANGING.here.ScheduledRate(rule.name, rate as RateOfEpoch | Schedule, task, this.counts, schedule);
    this.gradient = new Reals(arena, precision, plan.parameters);
    this.order = new RunOrder(task, state);
    this.run = this.openRun();
    this.update = new RunUpdate(rule, task, this.run, state);
    if (changesBySteps(rule)) this.stepRates = new CHANGING.here.StepRates(task, this.run, share, !this.update.continues);
    const ownCurvature = rule.diagonals !== undefined && 'everyStep' in rule.diagonals;
    const sharing = SHARING.exports;
    if (sharing && plan.engine.whole && !ownCurvature) this.shared = new sharing.SharedSteps(task, this.run, this.gradient);
    if (measures(rule)) this.beforeEpochs = new MEASURING.here.BeforeEpochs(rule, task, this.update, state);
  }

  /** A run on the task's samples, in linear memory. */
  private openRun(): number {
    const { core, order, gradient } = this;
    const { plan, arena, samples, subset, rows, size, lastBatch, meanWeight } = this.task;
    const { x, t, w } = samples;
    const run = arena.allocate(core.runBytes());
    const last = LastBatch[lastBatch];
    const [weights, list] = [w?.address ?? 0, subset?.address ?? 0];
    core.runOpen(
      run,
      plan.address,
      rows,
      size.first,
      last,
      x.address,
      t.address,
      weights,
      list,
      order.list,
      gradient.address,
      plan.slabs,
    );
    core.runWeighs(run, meanWeight);
    order.open(run);
    return run;
  }

  expose(): void {
    this.update.expose();
  }

  *settle(): Work<number | undefined> {
    const { update, core, run, shared } = this;
    if (!update.mayTakeBack) return undefined;
    const { theta, parameters } = this.task.plan;
    const loss = update.remembers('loss') / core.runWeightSum(run);
    const undo = update.note([theta, this.gradient]);
    const tried = theta.view().slice(0, parameters);
    yield* call('runEpoch', ...this.drawn(this.epoch));
    const taken = shared?.possible ? yield* shared.advance(1, this.batchSize) : yield* call('runSteps', run, 1);
    const kept = update.kept!;
    undo();
    if (kept.every((w, i) => w === tried[i])) return undefined;
    update.show(kept, taken >= 0); // a loss that is not finite is nothing to go on from
    return loss;
  }

  get stepsPerEpoch(): number {
    return this.core.runBatches(this.run);
  }

  get loss(): number {
    const { core } = this.task.plan.engine;
    return core.runLossSum(this.run) / core.runWeightSum(this.run);
  }

  get gradientNorm(): number | undefined {
    if (this.batchSize < this.task.rows) return undefined;
    if (this.task.rows === 1) this.measureGradient();
    return this.core.largestMagnitude(this.gradient.length, this.gradient.address);
  }

  /** The gradient on a set of one row, whose steps do not write it: at the weights that they have led to. */
  private measureGradient(): void {
    const { plan, arena, samples, subset, meanWeight } = this.task;
    const set = plan.samples(arena, samples, subset, 0, 1);
    this.core.objectiveGradient(plan.address, set.address, 0, 1, 1 / meanWeight, this.gradient.address, 0);
    arena.release(set.address);
  }

  get evaluations(): number {
    const { stream, rows } = this.task;
    const presented = this.presented - this.before;
    return presented === 0
      ? this.evaluated
      : this.evaluated + presented / (stream ? (stream.epochRows ?? stream.rowsSoFar) : rows);
  }

  begin(): Work<void> | undefined {
    const { size, rows, background } = this.task;
    if (this.begun > this.earlier) {
      this.evaluated = this.evaluations;
      this.dropped += this.core.runDropped(this.run);
    }
    const grows = size.next !== undefined && (this.begun > 0 || size.continues);
    if (grows || this.beforeEpochs?.any || (background && rows >= LONG)) return this.beginning(grows);
    this.goOn();
    this.open();
    this.core.runEpoch(...this.drawn(this.current));
    return undefined;
  }

  private *beginning(grows: boolean): Work<void> {
    if (grows) {
      this.update.takeBack();
      this.batchSize = yield* this.task.size.next!(this.batchSize, this.epoch);
      this.core.runBatch(this.run, this.batchSize);
    }
    this.goOn();
    const rate = this.beforeEpochs && (yield* this.beforeEpochs.measure(this.current, this.begun === 0));
    if (rate !== undefined) this.rate = rate;
    this.open();
    yield* call('runEpoch', ...this.drawn(this.current));
  }

  /** To the next epoch, with the weights that steps are taken with. */
  private goOn(): void {
    this.update.takeBack();
    this.current = this.epoch++;
  }

  /** Tells the update what the rule is in this epoch. */
  private open(): void {
    if (!this.rule.adapts && !this.beforeEpochs?.givesRate) this.rate = this.rateAt(0, 0);
    this.update.open(this.rate, this.step);
    this.piece = 0;
    this.before = this.presented;
    if (this.task.stream && this.begun > this.earlier) this.point();
    this.begun++;
  }

  feed(): void {
    this.dropped += this.core.runDropped(this.run);
    this.point();
    this.core.runPiece(this.run, Purpose.order, ++this.piece, (this.presented - this.before) | 0);
  }

  /** Points the run to the samples that the task has now. */
  private point(): void {
    const { samples, rows, meanWeight } = this.task;
    const { x, t, w } = samples;
    this.core.runFeed(this.run, rows, x.address, t.address, w?.address ?? 0, this.order.list);
    this.core.runWeighs(this.run, meanWeight);
    this.order.open(this.run);
  }

  /** What the order of an epoch is drawn with. */
  private drawn(epoch: number): [number, number, number, number, number] {
    const [low, high] = halves(this.task.seed);
    return [this.run, low, high, Purpose.order, epoch];
  }

  advance(steps: number): Work<number> | number {
    const { core, run, shared, stepRates, task } = this;
    if (task.background || shared?.possible || stepRates) return this.advancing(steps);
    // Fits of small networks consist of hardly anything but such calls.
    const before = core.runPosition(run);
    return this.note(before, core.runSteps(run, steps));
  }

  private *advancing(steps: number): Work<number> {
    const { core, run, shared, stepRates } = this;
    let taken = 0;
    while (taken < steps) {
      const wanted = stepRates ? Math.min(steps - taken, stepRates.most) : steps;
      stepRates?.lookUp(wanted, (ahead, samples) => this.rateAt(ahead, samples));
      const before = core.runPosition(run);
      const done = shared?.possible ? yield* shared.advance(wanted, this.batchSize) : yield* call('runSteps', run, wanted);
      if (this.note(before, done) < 0) return -1;
      taken += done;
      if (done < wanted) break;
    }
    return taken;
  }

  /** Notes what came of steps that began with sample `before` of the epoch. */
  private note(before: number, done: number): number {
    if (this.rule.adapts) this.rate = this.update.remembers('rate');
    this.presented += this.core.runPosition(this.run) - before;
    if (done > 0) this.step += done;
    return done;
  }

  /** The rates to come, seen from between two epochs. */
  get schedule(): RatePlan | undefined {
    const { scheduled, task, begun, rate } = this;
    if (!scheduled) return undefined;
    const now = { ...this.counts, epoch: this.epoch };
    return {
      get falls() {
        return scheduled.final(now, begun) < rate / 2;
      },
      hasten: (epochs) => scheduled.hasten(now, (task.epochs - begun) / epochs),
    };
  }

  /** What went before the next step of the epoch at hand. */
  private get counts(): Counts {
    return { samples: this.presented, step: this.step, epoch: this.current, dropped: this.dropped };
  }

  /** The rate of the step `ahead` steps and so many samples from here. */
  private rateAt(ahead: number, samples: number): number {
    const { counts, scheduled } = this;
    if (!scheduled) return this.rate;
    return scheduled.at({ ...counts, step: counts.step + ahead, samples: counts.samples + samples });
  }

  state(): MethodState {
    return this.remembered(false);
  }

  checkpoint(): MethodState {
    const { begun, evaluations, dropped, core, run } = this;
    const all = begun > this.earlier ? dropped + core.runDropped(run) : dropped;
    return { ...this.remembered(true), progress: [begun, evaluations, all, ...(this.scheduled?.progress ?? [])] };
  }

  private remembered(whole: boolean): MethodState {
    const { epoch, step, presented: samples, batchSize, order, beforeEpochs } = this;
    const { memory, vectors: own } = this.update.state(whole);
    const vectors = { ...order.vectors, ...beforeEpochs?.vectors, ...own };
    return { method: this.rule.name, epoch, step, samples, batchSize, memory, vectors };
  }
}
