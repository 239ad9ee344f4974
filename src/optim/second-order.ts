// Methods of second order at work on a network: full batches, float64, an epoch for each accepted step.

import type { DoubleEngine } from '../../bindings/core.js';
import { Reals } from '../../bindings/memory.js';
import { OptionError } from '../errors.js';
import { Objective } from '../objective.js';
import { type Work, isPiece } from '../work.js';
import type { Ending, Iterate, Smooth, Solver } from '../solve/smooth.js';
import { largest } from '../solve/smooth.js';
import type { Regularisation, StopReason } from '../fit/history.js';
import type { Method, MethodState, Task, Training } from './method.js';

/** Most bytes of matrices: WebAssembly's memory is 4 GiB, and there are data besides. */
const MOST = 3.5 * 2 ** 30;

/** A network's objective as methods see it: what they minimise, and what of it is the loss. */
export interface Goal<F = Smooth> {
  readonly f: F;
  readonly objective: Objective;
  /** The training loss, without decay, at an accepted point. */
  loss(iterate: Iterate): number;
  /** The largest magnitude of the loss's gradient there. */
  gradientNorm(iterate: Iterate): number;
  /** What the data said of weight decay, where they are asked. */
  regularisation?(): Regularisation;
}

/** A method of second order: how it solves. */
export interface SecondOrder<F = Smooth> {
  readonly name: string;
  readonly weightDecay: number;
  /** How many P×P matrices it keeps. Default 0. */
  readonly matrices?: (parameters: number) => number;
  /** What its goal is; by default the loss itself. */
  goal?(objective: Objective, task: Task): Goal<F>;
  solve(goal: Goal<F>, x: Float64Array, state: MethodState | undefined): Solver;
  /** Ends where the gradient's largest magnitude is at most this. */
  readonly minGrad?: number;
}

/** The method that solves so. */
export function secondOrder<F = Smooth, S extends SecondOrder<F> = SecondOrder<F>>(settings: S & SecondOrder<F>): Method & S {
  return Object.freeze({
    ...settings,
    batch: 'full' as const,
    precision: 'float64' as const,
    start: (task: Task, state?: MethodState) => new Solving<F>(settings, task, state),
  });
}

/** E itself, and its derivatives. */
export function lossGoal(objective: Objective): Goal {
  const { theta, parameters: n } = objective;
  const [g, v, out] = objective.vectors(3) as [Reals, Reals, Reals];
  const at = (x: Float64Array) => theta.view().set(x);
  const f: Smooth = {
    n,
    value(x) {
      at(x);
      return objective.value();
    },
    *gradient(x, into) {
      at(x);
      const value = yield* objective.gradient(g);
      into.set(g.view());
      return value;
    },
    *product(x, direction, into, gaussNewton) {
      at(x);
      v.view().set(direction);
      yield* objective.product(v, out, gaussNewton);
      into.set(out.view());
    },
  };
  return {
    f,
    objective,
    loss: ({ x, value }) => value - objective.penaltyAt(x),
    gradientNorm: ({ gradient }) => largest(gradient),
  };
}

/** @throws OptionError for what methods of second order cannot have beside them */
function refuse({ name }: { name: string }, { plan, extras }: Task): void {
  const noisy = plan.architecture.layers.find(
    ({ type }) => type === 'dropout' || type === 'gaussianNoise' || type === 'batchNorm',
  );
  if (noisy) {
    const expected = `a method of first order with ${noisy.type} layers, whose function changes from step to step`;
    throw new OptionError('fit.method', name, expected);
  }
  const { l1, clipNorm, clipValue, average } = extras;
  if (l1 > 0) throw new OptionError('fit.l1', l1, `0 with ${name}: |w| has no second derivative; use weightDecay`);
  if (clipNorm < Infinity || clipValue < Infinity) throw new OptionError('fit.clip', extras, `none with ${name}`);
  if (average !== undefined) throw new OptionError('fit.average', average, `none with ${name}`);
}

/** A solver under way. */
class Solving<F> implements Training {
  readonly stepsPerEpoch = 1;
  private readonly goal: Goal<F>;
  private readonly solver: Solver;
  private readonly start: Float64Array;
  private last: Iterate | undefined;
  private epoch: number;
  rate = 0;
  trial = false;
  ended: StopReason | undefined;

  constructor(
    private readonly method: SecondOrder<F>,
    private readonly task: Task,
    state: MethodState | undefined,
  ) {
    refuse(method, task);
    const { plan, arena, patterns, subset } = task;
    const engine = plan.engine as DoubleEngine;
    const bytes = 8 * (method.matrices?.(plan.parameters) ?? 0) * plan.parameters ** 2;
    if (bytes > MOST) {
      const size = (bytes / 2 ** 30).toFixed(1);
      const expected = `lbfgs() or scaledConjugateGradient() for ${plan.parameters} parameters, of which ${method.name} would keep matrices of ${size} GiB`;
      throw new OptionError('fit.method', method.name, expected);
    }
    // Trials have a place of their own: whoever looks at the network meanwhile sees the last point that was accepted.
    const theta = new Reals(arena, 'float64', plan.theta.length);
    theta.view().set(plan.theta.view());
    const objective = new Objective(engine, arena, plan.architecture, theta, patterns, subset, method.weightDecay, task.threads);
    this.goal = method.goal?.(objective, task) ?? (lossGoal(objective) as unknown as Goal<F>);
    this.start = plan.theta.view().slice(0, plan.parameters) as Float64Array;
    this.solver = method.solve(this.goal, this.start, state);
    this.epoch = state?.epoch ?? 0;
  }

  begin(): undefined {
    this.epoch++;
  }

  /** The accepted point, whatever else was put there since. */
  expose(): void {
    this.task.plan.theta.view().set(this.last?.x ?? this.start);
  }

  /** To the solver's next point or pause: its decisions are this thread's, what it decides on may be worked out by another. */
  *advance(): Work<number> {
    let step = this.solver.next(0);
    while (!step.done && isPiece(step.value)) step = this.solver.next(yield step.value);
    const { done: over, value } = step as IteratorResult<Iterate | undefined, Ending>;
    this.trial = !over && value === undefined;
    if (over) {
      this.ended = value;
      this.epoch--;
    } else if (value) {
      this.last = value;
      this.rate = value.rate;
      this.expose();
      if (!Number.isFinite(value.value)) return -1;
      if (this.method.minGrad !== undefined && this.gradientNorm! <= this.method.minGrad) this.small = true;
    }
    return 1;
  }

  /** Whether the gradient has become as small as the method asks for. */
  small = false;

  get loss(): number {
    return this.last ? this.goal.loss(this.last) : Number.NaN;
  }

  get gradientNorm(): number | undefined {
    return this.last && this.goal.gradientNorm(this.last);
  }

  get regularisation(): Regularisation | undefined {
    return this.goal.regularisation?.();
  }

  get evaluations(): number {
    const { value, gradient, product, jacobian } = this.goal.objective.counts;
    return value + gradient + product + jacobian;
  }

  state(): MethodState {
    const { rows } = this.task;
    return {
      method: this.method.name,
      epoch: this.epoch,
      step: this.epoch,
      patterns: this.epoch * rows,
      batchSize: rows,
      memory: [this.rate],
      vectors: {},
    };
  }
}
