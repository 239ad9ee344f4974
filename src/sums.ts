// Sums over many patterns, a slab at a time, on one thread or several: the tasks and the order in which they are added are the same.

import { runJob } from '../bindings/pool.js';
import { type Arena, Reals } from '../bindings/memory.js';
import type { Engine } from '../bindings/core.js';
import { type Threads, ThreadChoice } from './threads.js';

/** What is summed; codes of assembly/tasks/job.ts. */
export const JOBS = {
  evaluate: 0,
  gradient: 1,
  gradientAndDiagonal: 2,
  diagonal: 3,
  product: 4,
  normalEquations: 5,
  stepRows: 6,
  stepKernels: 7,
} as const;

/** Addresses that one thread works with; see Place in assembly/tasks/job.ts. */
export interface Place {
  readonly plan: number;
  readonly patterns: number;
  readonly room?: number;
  readonly errors?: number;
  readonly scratch?: number;
  readonly part?: number;
  readonly partB?: number;
}

/** What to sum, over which patterns. */
export interface Sum {
  readonly kind: keyof typeof JOBS;
  readonly first?: number;
  readonly rows: number;
  readonly option?: number;
  readonly scale?: number;
  readonly v?: number;
  readonly out?: number;
  readonly outB?: number;
  /** A run whose step this is part of. */
  readonly run?: number;
}

/** Places for the threads of a job, made when they are first needed. */
export class Places {
  readonly address: number;
  private made = 0;

  constructor(
    private readonly engine: Engine,
    arena: Arena,
    readonly most: number,
    private readonly make: (thread: number) => Place,
  ) {
    this.address = arena.allocate(most * engine.core.placeBytes());
  }

  /** Makes sure that there are so many. @throws OutOfMemoryError */
  need(threads: number): void {
    for (; this.made < threads; this.made++) {
      const { plan, patterns, room = 0, errors = 0, scratch = 0, part = 0, partB = 0 } = this.make(this.made);
      this.engine.core.placeSet(this.address, this.made, plan, patterns, room, errors, scratch, part, partB);
    }
  }
}

/** Sums of one sort, again and again. */
export class Sums {
  private readonly job: number;
  private readonly values: Reals;
  private readonly places: Places;
  private readonly choice: ThreadChoice;
  private readonly tasks: number;

  /**
   * @param rows the most patterns that will be summed over, `slab` a task
   * @param work multiply-adds of one pattern
   * @param times how often there will be a sum, about
   */
  constructor(
    private readonly engine: Engine,
    arena: Arena,
    rows: number,
    private readonly slab: number,
    threads: Threads,
    work: number,
    times: number,
    make: (thread: number) => Place,
  ) {
    this.tasks = Math.ceil(rows / slab);
    this.job = arena.allocate(engine.core.jobBytes());
    this.values = new Reals(arena, 'float64', this.tasks);
    this.choice = new ThreadChoice(this.tasks > 1 ? threads : 1, work * rows, times);
    this.places = new Places(engine, arena, this.choice.most, make);
  }

  /** Sums; returns the sum of the tasks' values, in their order. */
  run({ kind, first = 0, rows, option = 0, scale = 0, v = 0, out = 0, outB = 0, run = 0 }: Sum): number {
    const { engine, slab, choice, places } = this;
    const tasks = Math.ceil(rows / slab);
    const { threads } = choice;
    places.need(Math.min(threads, choice.most));
    const { core } = engine;
    core.stepJob(this.job, JOBS[kind], places.address, run);
    core.jobSet(this.job, JOBS[kind], places.address, first, rows, slab, option, scale, v, out, outB, this.values.address);
    const before = performance.now();
    runJob(engine, this.job, tasks, kind !== 'evaluate', threads);
    if (rows > 0) choice.took(threads, (performance.now() - before) / rows);
    let sum = 0;
    for (const value of this.values.view().subarray(0, tasks)) sum += value;
    return sum;
  }
}
