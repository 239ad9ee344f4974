// Some of a fit's patterns, picked at random, to measure curvature on.

import { type Arena, type Reals, Words } from '../../bindings/memory.js';
import { permutation } from '../data/split.js';
import { type PatternSet, Plan } from '../plan.js';
import { Purpose } from '../random.js';
import { type Work, call } from '../work.js';
import type { Task } from './method.js';

/** Up to `samples` patterns of a fit, others in each round, with a plan over the fit's parameters. */
export class Sample {
  readonly plan: Plan;
  private readonly picked: Words;
  private set: PatternSet | undefined;

  /** @throws OutOfMemoryError */
  constructor(
    private readonly task: Task,
    private readonly arena: Arena,
    samples: number,
  ) {
    const { plan, rows } = task;
    const most = Math.min(samples, rows);
    this.plan = new Plan(plan.engine, arena, plan.architecture, plan.theta, most, true);
    this.picked = new Words(arena, most);
  }

  /**
   * Patterns of a round, of those that the task has then, ready for the plan; and what their weighted sums are multiplied with, as those of a step are: 0 where they have
   * no weight.
   */
  draw(round: number): { set: PatternSet; scale: number } {
    const { plan, arena, picked } = this;
    const { subset, rows, patterns, meanWeight, seed } = this.task;
    const order = permutation(plan.engine, rows, seed, Purpose.probes, round).subarray(0, picked.length);
    const list = subset?.view();
    picked.view().set(list ? order.map((i) => list[i]!) : order);
    if (this.set) arena.release(this.set.address);
    this.set = plan.patterns(arena, patterns, picked, 0, order.length);
    return { set: this.set, scale: plan.weight(this.set) > 0 ? 1 / (order.length * meanWeight) : 0 };
  }
}

/** The diagonal of a sample, into `into`, at a network's weights of now. */
export class SampledDiagonal {
  private readonly sample: Sample;
  private readonly buffers: number;

  /** @throws OutOfMemoryError */
  constructor(
    task: Task,
    samples: number,
    private readonly into: Reals,
  ) {
    const { core } = task.plan.engine;
    this.sample = new Sample(task, task.arena, samples);
    this.buffers = task.arena.allocate(core.curvaturesBytes(this.sample.plan.address));
    core.curvaturesOpen(this.buffers, this.sample.plan.address);
  }

  *measure(round: number): Work<void> {
    const { plan } = this.sample;
    const { set, scale } = this.sample.draw(round);
    if (scale === 0) return;
    const { address } = this.into;
    yield* call('curvatureDiagonal', this.buffers, plan.address, set.address, 0, set.rows, scale, address, 0, 0);
  }
}
