// A method of second order at work on a network: its solver, driven from one accepted point to the next.

import { isFrozen } from '../../layers/layers.js';
import type { DoubleEngine } from '../../../bindings/core.js';
import { Reals } from '../../../bindings/memory.js';
import { Objective } from '../../objective/objective.js';
import { TargetUnit } from '../../objective/unit.js';
import { OptionError } from '../../runtime/errors.js';
import { type Work, isPiece } from '../../runtime/work.js';
import {
  type Ending,
  type Iterate,
  type Pause,
  type Smooth,
  type Solver,
  type SolverState,
  isIterate,
} from '../../solve/smooth.js';
import { largest } from '../../solve/vectors.js';
import type { MethodState, Regularisation, Task, Training } from '../method.js';
import { type SolverObjective, plainLoss } from './solver-objective.js';

/** A method of second order: how it solves. */
export interface SecondOrder<F = Smooth> {
  readonly name: string;
  readonly weightDecay: number;
  /** How many P×P matrices it keeps. Default 0. */
  readonly matrices?: (parameters: number) => number;
  /** What its goal is; by default the loss itself. `recalled` is what the goal of a fit that this one goes on from knew. */
  goal?(objective: Objective, unit: TargetUnit, recalled: number | undefined): SolverObjective<F>;
  /** @param kept what the solver of the fit before kept, where that was of this method */
  solve(goal: SolverObjective<F>, x: Float64Array, state: MethodState | undefined, kept: SolverState | undefined): Solver;
  /** Ends where the gradient's largest magnitude is at most this, in the unit of the targets. */
  readonly minGrad?: number;
  /** Whether it solves systems of equations over all parameters, so that none can be left out. */
  readonly solvesForAll?: boolean;
}

/** Most bytes of matrices: WebAssembly's memory is 4 GiB, and there are data besides. */
const MOST_BYTES = 3.5 * 2 ** 30;

/** Units of the targets, from which on a start's last layer is scaled to them. */
const FAR_UNITS = 1000;

/** The vector of a method's state that holds the point, in the unit of the targets. */
const POINT = 'point';

/** What a fit goes on from: the point, the unit that it is in, what the goal knew, and what the solver kept. */
interface EarlierFit {
  readonly point: Float64Array;
  readonly scale: number;
  readonly recalled: number | undefined;
  readonly kept: SolverState;
}

/** What this method's state of a fit before holds; undefined where that was another method, or a network of another size. */
function earlierFit(name: string, n: number, state: MethodState | undefined): EarlierFit | undefined {
  if (state?.method !== name) return undefined;
  const { [POINT]: point, ...vectors } = state.vectors as Readonly<Record<string, Float64Array>>;
  if (point?.length !== n) return undefined;
  const [, scale, known, ...numbers] = state.memory as [number, number, number, ...number[]];
  return { point, scale, recalled: Number.isNaN(known) ? undefined : known, kept: { numbers, vectors } };
}

/** @throws OptionError for what methods of second order cannot have beside them */
function requirePlain({ name, solvesForAll }: { name: string; solvesForAll?: boolean }, { plan, extras }: Task): void {
  const noisy = plan.architecture.layers.find(
    ({ type }) => type === 'dropout' || type === 'gaussianNoise' || type === 'batchNorm',
  );
  if (noisy) {
    const expected = `a method of first order with ${noisy.type} layers, whose function changes from step to step`;
    throw new OptionError('fit.method', name, expected);
  }
  if (solvesForAll && plan.architecture.layers.some(isFrozen)) {
    const expected = 'lbfgs(), another method that follows gradients, or a method of first order with frozen layers';
    throw new OptionError('fit.method', name, expected);
  }
  const { l1, clipNorm, clipValue, average } = extras;
  if (l1 > 0) throw new OptionError('fit.l1', l1, `0 with ${name}: |w| has no second derivative; use weightDecay`);
  if (clipNorm < Infinity || clipValue < Infinity) throw new OptionError('fit.clip', extras, `none with ${name}`);
  if (average !== undefined) throw new OptionError('fit.average', average, `none with ${name}`);
}

/** A solver under way. */
export class SecondOrderTraining<F> implements Training {
  readonly stepsPerEpoch = 1;
  private readonly goal: SolverObjective<F>;
  private readonly unit: TargetUnit;
  private readonly solver: Solver;
  private readonly before: EarlierFit | undefined;
  /** The parameters of now: the start's, or those of the last point that was accepted. */
  private theta: Float64Array;
  private last: Iterate | undefined;
  private epoch: number;
  /**
   * Evaluations of this fit before it was interrupted; whether those of the point that it goes on from are still to be counted
   * out.
   */
  private earlier: number;
  private repeats: boolean;
  /** Evaluations up to the last point that was accepted. */
  private counted: number;
  rate = 0;
  trial = false;
  ended: Ending | undefined;

  constructor(
    private readonly method: SecondOrder<F>,
    private readonly task: Task,
    state: MethodState | undefined,
  ) {
    requirePlain(method, task);
    const { plan, arena, samples, subset } = task;
    const engine = plan.engine as DoubleEngine;
    const bytes = 8 * (method.matrices?.(plan.parameters) ?? 0) * plan.parameters ** 2;
    if (bytes > MOST_BYTES) {
      const size = (bytes / 2 ** 30).toFixed(1);
      const expected = `lbfgs() or scaledConjugateGradient() for ${plan.parameters} parameters, of which ${method.name} would keep matrices of ${size} GiB`;
      throw new OptionError('fit.method', method.name, expected);
    }
    // Trials have a place of their own: whoever looks at the network meanwhile sees the last point that was accepted.
    const theta = new Reals(arena, 'float64', plan.theta.length);
    theta.view().set(plan.theta.view());
    const objective = new Objective(engine, arena, plan.architecture, theta, samples, subset, method.weightDecay, task.threads);
    this.unit = new TargetUnit(plan.architecture, plan.parameters, samples, subset);
    this.before = earlierFit(method.name, plan.parameters, state);
    this.goal =
      method.goal?.(objective, this.unit, this.before?.recalled) ??
      (plainLoss(objective, this.unit) as unknown as SolverObjective<F>);
    this.theta = plan.theta.view().slice(0, plan.parameters) as Float64Array;
    this.solver = this.solving(state);
    this.epoch = state?.epoch ?? 0;
    this.earlier = state?.progress?.[0] ?? 0;
    this.counted = this.earlier;
    this.repeats = state?.progress !== undefined;
    if (state?.method === method.name) this.rate = state.memory[0]!;
  }

  /** The method's own solver, from a start in the unit of the targets. */
  private *solving(state: MethodState | undefined): Solver {
    const { goal, unit, method, before } = this;
    let x = unit.inside(this.theta);
    // To the unit and back is not always the same number.
    if (before?.scale === unit.scale && unit.outside(before.point).every((e, i) => e === this.theta[i])) x = before.point;
    const size = unit.weights(x, goal.objective.outputs);
    if (!state && size > FAR_UNITS) {
      // The last layer's weights are meant for a much larger unit. Were they left to the method, it would first ruin what is
      // below.
      const near = unit.scaled(x, 1 / size);
      if ((yield* this.lossAt(near)) < (yield* this.lossAt(x))) x = near;
    }
    return yield* method.solve(goal, x, state, before?.kept);
  }

  private *lossAt(x: Float64Array): Work<number> {
    const { objective } = this.goal;
    objective.theta.view().set(this.unit.outside(x));
    return yield* objective.value();
  }

  begin(): undefined {}

  /** The accepted point, whatever else was put there since. */
  expose(): void {
    this.task.plan.theta.view().set(this.theta);
  }

  /** To the solver's next point or pause: its decisions are this thread's, what it decides on may be worked out by another. */
  *advance(): Work<number> {
    let step = this.solver.next(0);
    while (!step.done && isPiece(step.value)) step = this.solver.next(yield step.value);
    const said = step as IteratorResult<Iterate | Pause, Ending>;
    this.trial = !said.done && !isIterate(said.value);
    if (this.repeats) {
      this.earlier -= this.evaluations - this.earlier;
      this.repeats = false;
    }
    if (said.done) {
      this.ended = said.value;
    } else if (isIterate(said.value)) {
      const { value: point } = said;
      this.last = point;
      this.counted = this.evaluations;
      this.epoch++;
      this.theta = this.unit.outside(point.x);
      this.rate = point.rate;
      this.expose();
      if (!Number.isFinite(point.value)) return -1;
      if (this.method.minGrad !== undefined && largest(point.gradient) <= this.method.minGrad) this.small = true;
    }
    return 1;
  }

  /** Whether the gradient has become as small as the method asks for. */
  small = false;

  get loss(): number {
    return this.last ? this.goal.loss(this.last) : Number.NaN;
  }

  get gradientNorm(): number | undefined {
    return this.last && this.unit.steepest(this.last.gradient);
  }

  get regularisation(): Regularisation | undefined {
    return this.goal.regularisation?.();
  }

  get evaluations(): number {
    const { value, gradient, product, jacobian } = this.goal.objective.counts;
    return this.earlier + value + gradient + product + jacobian;
  }

  readonly anytime = true;

  checkpoint(): MethodState {
    return { ...this.state(), progress: [this.counted] };
  }

  state(): MethodState {
    const { rows } = this.task;
    const { last, before, unit, goal } = this;
    // Whoever has taken no step hands on what the fit before had found.
    const { numbers, vectors } = (last ? last.keep?.() : before?.kept) ?? { numbers: [], vectors: {} };
    const known = (last ? goal.known?.() : before?.recalled) ?? Number.NaN;
    const point = last?.x ?? before?.point;
    return {
      method: this.method.name,
      epoch: this.epoch,
      step: this.epoch,
      samples: this.epoch * rows,
      batchSize: rows,
      memory: [this.rate, unit.scale, known, ...numbers],
      vectors: { ...vectors, ...(point && { [POINT]: point }) } as MethodState['vectors'],
    };
  }
}
