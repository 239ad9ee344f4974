// Steps against the gradient, many to a call: what all first-order methods share. A rule says how a step is taken.

import { LastBatch } from '../../build/codes.js';
import type { Core } from '../../bindings/core.js';
import { type RealArray, Reals } from '../../bindings/memory.js';
import { Purpose, halves } from '../runtime/random.js';
import { isSchedule } from '../rates/schedule.js';
import { MeasuredRate, isAutoRate } from './auto-rate.js';
import type { MethodState, RatePlan, Task, Training } from './method.js';
import { MEASURED_ON, SafeRate, measuredOn } from './safe-rate.js';
import { SampledDiagonal } from './subsample.js';
import { RunOrder } from './order.js';
import type { DiagonalPlace, Rule } from './rule.js';
import { type Counts, ScheduledRate } from './scheduled-rate.js';
import { SharedSteps } from './shared-steps.js';
import { type Work, call } from '../runtime/work.js';

/** Names of what averaging keeps in a method's state. */
const AVERAGE = 'average';
const WEIGHTS = 'weights';

/** What holds the weights after a step that the next one would take back. */
const TRIED = 'weights tried';

/** Samples whose order takes a while to find: a tenth of a millisecond. */
const LONG = 10_000;

/** Rates looked up at a time. */
const RATES = 1024;

/** What a rule remembers beside vectors, as assembly/rules/update.ts has it: value, rate, peak, how many steps were averaged, power. */
type Memory = [number, number, number, number, number];

/** (1 − δ)^t of murata down to which too few gradients are known for a mean. */
const YOUNG = 5 / 6;

/** A descent under way. */
export class Descent implements Training {
  private readonly run: number;
  private readonly gradient: Reals;
  private readonly order: RunOrder;
  private readonly update: number;
  /** The running average of the weights, and the weights themselves while the average stands in their place. */
  private average: Reals | undefined;
  private weights: RealArray | undefined;
  /** What the rule remembers of each parameter, in its order. */
  private readonly moments: readonly Reals[];
  rate = 0;
  /** The next epoch, and the one under way. */
  private epoch: number;
  private current: number;
  private step: number;
  /** Samples presented, now and before this fit, and before this epoch. */
  private presented: number;
  private before = 0;
  /** Samples that this fit has left out, and evaluations of its epochs before this one. */
  private dropped = 0;
  private evaluated = 0;
  /** Which piece of the epoch is at hand. */
  private piece = 0;
  private begun: number;
  /** Epochs that this fit had begun before it was taken up. */
  private readonly earlier: number;
  /** Samples per step. */
  private batchSize: number;
  /** Rates of coming steps, where they change from step to step. */
  private readonly rates: Reals | undefined;
  private readonly shared: SharedSteps;
  private readonly place: DiagonalPlace = { buffers: 0, diagonal: 0 };
  private readonly sampled: SampledDiagonal | undefined;
  private readonly measured: MeasuredRate | undefined;
  private readonly safe: SafeRate | undefined;
  /** Whether another fit might measure that again, and on what samples it was measured. */
  private readonly young: boolean = false;
  private on: Float64Array<ArrayBuffer> | undefined;
  /** Whether the diagonal of a fit before this one is still there. */
  private readonly known: boolean;
  /** Whether no step has been taken since its rule began. */
  private fresh: boolean;
  private readonly rule: Rule;
  /** Where the rate comes from, if it is neither fixed nor found by the method. */
  private readonly scheduled: ScheduledRate | undefined;

  constructor(
    given: Rule,
    private readonly task: Task,
    state: MethodState | undefined,
  ) {
    const rule = task.rate === undefined ? given : { ...given, rate: task.rate };
    this.rule = rule;
    const { plan, arena, samples, subset, rows, size } = task;
    const { core, precision } = plan.engine;
    this.batchSize = size.first;
    this.epoch = state?.epoch ?? 0;
    this.current = this.epoch;
    this.step = state?.step ?? 0;
    this.presented = state?.samples ?? 0;
    this.before = this.presented;
    const [begun = 0, evaluated = 0, dropped = 0, ...schedule] = state?.progress ?? [];
    [this.earlier, this.begun, this.evaluated, this.dropped] = [begun, begun, evaluated, dropped];
    const { rate } = rule;
    if (typeof rate !== 'number' && !isAutoRate(rate))
      this.scheduled = new ScheduledRate(rule.name, rate, task, this.counts, schedule);
    if ((isSchedule(rate) && rate.every === 'step') || rule.share !== undefined) this.rates = new Reals(arena, 'float64', RATES);
    this.gradient = new Reals(arena, precision, plan.parameters);
    this.moments = rule.moments.map((name) => {
      const moment = new Reals(arena, precision, plan.parameters);
      const kept = state?.vectors[name];
      if (kept?.length === moment.length) moment.view().set(kept);
      else core.fill(moment.length, rule.start?.[name] ?? 0, moment.address);
      return moment;
    });
    this.order = new RunOrder(task, state);
    this.run = arena.allocate(core.runBytes());
    core.runOpen(
      this.run,
      plan.address,
      rows,
      size.first,
      LastBatch[task.lastBatch],
      samples.x.address,
      samples.t.address,
      samples.w?.address ?? 0,
      subset?.address ?? 0,
      this.order.list,
      this.gradient.address,
      this.moments[0]?.address ?? 0,
      plan.slabs,
    );
    core.runWeighs(this.run, task.meanWeight);
    this.order.open(this.run);
    const ownCurvature = rule.diagonals !== undefined && 'everyStep' in rule.diagonals;
    this.shared = new SharedSteps(ownCurvature ? { ...task, threads: 1 } : task, this.run, this.gradient);
    this.update = core.runUpdate(this.run);
    this.rate = typeof rule.rate === 'number' ? rule.rate : 0;
    const whole = rule.moments.every((name) => state?.vectors[name]?.length === plan.parameters);
    this.known = whole;
    this.fresh = !whole;
    const { diagonals } = rule;
    if (diagonals && 'samples' in diagonals) {
      this.sampled = new SampledDiagonal(task, diagonals.samples, this.moments[rule.moments.indexOf('curvature')]!);
    } else if (diagonals) {
      const buffers = arena.allocate(core.curvaturesBytes(plan.address));
      core.curvaturesOpen(buffers, plan.address);
      this.place = { buffers, diagonal: new Reals(arena, precision, plan.parameters).address };
    }
    if (isAutoRate(rule.rate)) this.measured = new MeasuredRate(task, rule.rate, state);
    const remembered = state?.method === rule.name && whole ? state.memory : [Infinity, this.rate, 0, 0, 1];
    const [value, found, peak, , power] = remembered as Memory;
    core.updateRecall(this.update, value, found, peak, 0, power);
    if (rule.safe && (value === Infinity || power > YOUNG)) {
      const before = state?.vectors[MEASURED_ON];
      // What a stream has at hand changes; a pass over all samples is only worth it for those who go on.
      if (before || task.stream) this.on = measuredOn(task);
      const same = value < Infinity && before?.length === 2 && this.on!.every((v, i) => v === before[i]);
      if (!same) this.safe = new SafeRate(task, size.first);
      this.young = true;
    }
    this.surround(state);
    const tried = state?.method === rule.name && whole ? state.vectors[TRIED] : undefined;
    if (rule.takesBackTo && !this.average && tried?.length === plan.parameters) this.weights = tried;
  }

  /** Sets up what goes around the rule. */
  private surround(state: MethodState | undefined): void {
    const { plan, arena, extras } = this.task;
    const { core, precision } = plan.engine;
    const { l1, clipNorm, clipValue, average } = extras;
    let multipliers = 0;
    if (this.rule.multipliers) {
      const m = new Reals(arena, precision, plan.parameters);
      m.view().set(this.rule.multipliers(plan.architecture));
      multipliers = m.address;
    }
    if (average !== undefined) {
      this.average = new Reals(arena, precision, plan.parameters);
      this.average.view().set(plan.theta.view().subarray(0, plan.parameters));
      const [kept, weights] = [state?.vectors[AVERAGE], state?.vectors[WEIGHTS]];
      if (kept?.length === plan.parameters && weights?.length === plan.parameters) {
        this.average.view().set(kept);
        plan.theta.view().set(weights);
        const [value, rate, peak, , power] = this.memory;
        core.updateRecall(this.update, value, rate, peak, state!.memory[3]!, power);
      }
    }
    core.updateExtras(this.update, l1, clipNorm, clipValue, multipliers, this.average?.address ?? 0, average ?? 0);
  }

  private get memory(): Memory {
    return [0, 1, 2, 3, 4].map((i) => this.core.updateMemory(this.update, i)) as Memory;
  }

  expose(): void {
    if (!this.average || this.memory[3] === 0) return;
    const theta = this.task.plan.theta.view();
    this.weights = theta.slice(0, this.average.length);
    theta.set(this.average.view());
  }

  *settle(): Work<number | undefined> {
    const { rule, task, moments, gradient, memory, core, run, shared } = this;
    if (!rule.takesBackTo || this.average || this.weights || memory[0] === Infinity) return undefined;
    const { theta, parameters } = task.plan;
    const loss = memory[0] / core.runWeightSum(run);
    const vectors = [theta, gradient, ...moments].map((vector) => ({ vector, before: vector.read() }));
    yield* call('runEpoch', ...this.drawn(this.epoch));
    const taken = shared.possible ? yield* shared.advance(1, this.batchSize) : yield* call('runSteps', run, 1);
    const kept = moments[rule.moments.indexOf(rule.takesBackTo)]!.read();
    for (const { vector, before } of vectors) vector.view().set(before);
    core.updateRecall(this.update, ...memory);
    const tried = vectors[0]!.before.slice(0, parameters);
    if (kept.every((w, i) => w === tried[i])) return undefined;
    theta.view().set(kept);
    if (taken >= 0) this.weights = tried; // a loss that is not finite is nothing to go on from
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
    return this.task.plan.engine.core.largestMagnitude(this.gradient.length, this.gradient.address);
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
    if (grows || this.sampled || this.measured || this.safe || (background && rows >= LONG)) return this.beginning(grows);
    this.goOn();
    this.open();
    this.core.runEpoch(...this.draw);
    return undefined;
  }

  private *beginning(grows: boolean): Work<void> {
    if (grows) {
      this.takeBack();
      this.batchSize = yield* this.task.size.next!(this.batchSize, this.epoch);
      this.core.runBatch(this.run, this.batchSize);
    }
    this.goOn();
    yield* this.measure();
    this.open();
    yield* call('runEpoch', ...this.draw);
  }

  /** To the next epoch, with the weights that steps are taken with. */
  private goOn(): void {
    this.takeBack();
    this.current = this.epoch++;
  }

  private takeBack(): void {
    if (this.weights) this.task.plan.theta.view().set(this.weights);
    this.weights = undefined;
  }

  /** Tells the update what the rule is in this epoch. */
  private open(): void {
    if (!this.rule.adapts && !this.measured) this.rate = this.rateAt(0, 0);
    this.rule.apply(
      this.core,
      this.update,
      this.rate,
      this.step,
      this.moments.map(({ address }) => address),
      this.place,
    );
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

  /** What the order of the epoch is drawn with. */
  private get draw(): [number, number, number, number, number] {
    return this.drawn(this.current);
  }

  private drawn(epoch: number): [number, number, number, number, number] {
    const [low, high] = halves(this.task.seed);
    return [this.run, low, high, Purpose.order, epoch];
  }

  /** Looks at the curvature where that is due: at the beginning, and every so many epochs. */
  private *measure(): Work<void> {
    const { rule, current, begun } = this;
    if (this.sampled && rule.diagonals && 'samples' in rule.diagonals) {
      const first = begun === 0 && !this.known;
      if (first || current % rule.diagonals.every === 0) yield* this.sampled.measure(current);
    }
    if (this.measured) this.rate = rule.rateOf!(yield* this.measured.before(current));
    if (this.safe && begun === 0) {
      // Of a stream that comes row by row, each tells more.
      const [value, , peak, averaged, power] = this.memory;
      this.rate = Math.min(value, yield* this.safe.measure(current));
      this.core.updateRecall(this.update, this.rate, this.rate, peak, averaged, power);
    }
  }

  private get core(): Core {
    return this.task.plan.engine.core;
  }

  advance(steps: number): Work<number> | number {
    const { core, run, shared, rates, task } = this;
    if (task.background || shared.possible || rates) return this.advancing(steps);
    // Fits of small networks consist of hardly anything but such calls.
    const before = core.runPosition(run);
    return this.note(before, core.runSteps(run, steps));
  }

  private *advancing(steps: number): Work<number> {
    const { core } = this;
    let taken = 0;
    while (taken < steps) {
      const wanted = this.rates ? Math.min(steps - taken, RATES) : steps;
      if (this.rates) this.lookUpRates(this.rates, wanted);
      const before = core.runPosition(this.run);
      const done = this.shared.possible
        ? yield* this.shared.advance(wanted, this.batchSize)
        : yield { command: { kind: 'call', name: 'runSteps', args: [this.run, wanted] }, threads: 1 };
      if (this.note(before, done) < 0) return -1;
      taken += done;
      if (done < wanted) break;
    }
    return taken;
  }

  /** Notes what came of steps that began with sample `before` of the epoch. */
  private note(before: number, done: number): number {
    const { core } = this;
    if (this.rule.adapts) this.rate = core.updateMemory(this.update, 1);
    this.presented += core.runPosition(this.run) - before;
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

  private lookUpRates(rates: Reals, steps: number): void {
    const { core, run } = this;
    const view = rates.view();
    const position = core.runPosition(run);
    for (let k = 0; k < steps; k++) view[k] = this.rateAt(k, core.runPositionAfter(run, k) - position);
    const { share = 1 } = this.rule;
    for (let k = this.fresh ? 1 : 0; share < 1 && k < steps; k++) view[k]! *= share;
    this.fresh = false;
    core.runRates(run, rates.address);
  }

  state(): MethodState {
    const { core } = this;
    // A moment that has overflowed would spoil every fit that continues.
    return this.remembered((moment) => Number.isFinite(core.largestMagnitude(moment.length, moment.address)));
  }

  checkpoint(): MethodState {
    const { begun, evaluations, dropped, core, run } = this;
    const all = begun > this.earlier ? dropped + core.runDropped(run) : dropped;
    return { ...this.remembered(() => true), progress: [begun, evaluations, all, ...(this.scheduled?.progress ?? [])] };
  }

  private remembered(whether: (moment: Reals) => boolean): MethodState {
    const { epoch, step, presented: samples, batchSize } = this;
    const vectors: Record<string, RealArray> = { ...this.order.vectors, ...this.measured?.vectors };
    this.moments.forEach((moment, i) => {
      if (whether(moment)) vectors[this.rule.moments[i]!] = moment.read();
    });
    if (this.weights && !this.average) vectors[TRIED] = this.weights;
    if (this.young) vectors[MEASURED_ON] = this.on ??= measuredOn(this.task);
    if (this.average) {
      vectors[AVERAGE] = this.average.read();
      vectors[WEIGHTS] = this.weights ?? this.task.plan.theta.view().slice(0, this.average.length);
    }
    return { method: this.rule.name, epoch, step, samples, batchSize, memory: this.memory, vectors };
  }
}
