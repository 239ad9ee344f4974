// Some of a fit's samples, picked at random, to measure curvature on.

import { type Arena, type Reals, Words } from '../../../bindings/memory.js';
import { permutation } from '../../data/split.js';
import { type SampleSet, Plan } from '../../plan/plan.js';
import { Purpose } from '../../runtime/random.js';
import { type Work, call } from '../../runtime/work.js';
import type { Task } from '../method.js';

/** Up to `samples` samples of a fit, others in each round, with a plan over the fit's parameters. */
export class Subsample {
  readonly plan: Plan;
  private readonly picked: Words;
  private set: SampleSet | undefined;

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
   * Samples of a round, of those that the task has then, ready for the plan; and what their weighted sums are multiplied with,
   * as those of a step are: 0 where they have no weight.
   */
  draw(round: number): { set: SampleSet; scale: number } {
    const { plan, arena, picked } = this;
    const { subset, rows, samples, meanWeight, seed } = this.task;
    const order = permutation(plan.engine, rows, seed, Purpose.probes, round).subarray(0, picked.length);
    const list = subset?.view();
    picked.view().set(list ? order.map((i) => list[i]!) : order);
    if (this.set) arena.release(this.set.address);
    this.set = plan.samples(arena, samples, picked, 0, order.length);
    return { set: this.set, scale: plan.weight(this.set) > 0 ? 1 / (order.length * meanWeight) : 0 };
  }
}

/** The diagonal of a sample, into `into`, at a network's weights of now. */
export class SampledDiagonal {
  private readonly subsample: Subsample;
  private readonly buffers: number;

  /** @throws OutOfMemoryError */
  constructor(
    task: Task,
    samples: number,
    private readonly into: Reals,
  ) {
    this.subsample = new Subsample(task, task.arena, samples);
    this.buffers = this.subsample.plan.diagonalBuffers(task.arena);
  }

  *measure(round: number): Work<void> {
    const { plan } = this.subsample;
    const { set, scale } = this.subsample.draw(round);
    if (scale === 0) return;
    const { address } = this.into;
    yield* call('curvatureDiagonal', this.buffers, plan.address, set.address, 0, set.rows, scale, address, 0, 0);
  }
}
