// Samples run forward through a network, several slabs at a time, on one thread or several.

import type { Engine } from '../../bindings/core.js';
import type { Arena, Reals, Words } from '../../bindings/memory.js';
import type { SampleBuffers } from '../data/dataset.js';
import { type Architecture, type SampleSet, Plan, workOf } from './plan.js';
import { Sums } from '../runtime/sums.js';
import type { Threads } from '../runtime/threads.js';
import { type Work, workHere } from '../runtime/work.js';

/** Slabs that run between two looks at their outputs: enough for a few threads to share. */
const SLABS = 16;

/** What runs forward: samples, or those of them that `indices` picks, and the weights. */
export interface ForwardSubject {
  readonly engine: Engine;
  readonly architecture: Architecture;
  readonly theta: Reals;
  readonly threads: Threads;
}

/** Forward passes over a set of samples. */
export class Forward {
  readonly set: SampleSet;
  /** Samples that `run` takes at most where it writes outputs. */
  readonly stride: number;
  private readonly plan: Plan;
  private readonly sums: Sums | undefined;

  /**
   * @param rows the most samples of a slab
   * @param times how often the whole set will run, about
   * @throws OutOfMemoryError
   */
  constructor(
    { engine, architecture, theta, threads }: ForwardSubject,
    arena: Arena,
    samples: Partial<SampleBuffers>,
    indices: Words | undefined,
    rows: number,
    times: number,
  ) {
    const seat = () => {
      const plan = new Plan(engine, arena, architecture, theta, rows, false);
      return { plan, set: plan.samples(arena, samples, indices) };
    };
    const { plan, set } = seat();
    this.plan = plan;
    this.set = set;
    const { slab } = plan;
    this.stride = Math.max(1, Math.min(SLABS * slab, set.rows));
    if (set.rows <= slab) return;
    const work = workOf(architecture);
    this.sums = new Sums(engine, arena, set.rows, slab, 0, threads, work, times, (thread) => {
      const own = thread === 0 ? { plan, set } : seat();
      return { plan: own.plan.address, samples: own.set.address };
    });
  }

  /** Samples first … first + rows − 1; comes to Σ w·l and, if asked for, writes the outputs. */
  work(first = 0, rows = this.set.rows, outputs?: Reals): Work<number> {
    if (!this.sums || rows <= this.plan.slab) return this.plan.evaluate(this.set, first, rows, outputs);
    return this.sums.work({ kind: 'evaluate', first, rows, out: outputs?.address ?? 0 });
  }

  /** The same, here and now. */
  run(first?: number, rows?: number, outputs?: Reals): number {
    return workHere(this.plan.engine, this.work(first, rows, outputs));
  }

  /** Σ w of the set. */
  get weight(): number {
    return this.plan.weight(this.set);
  }
}
