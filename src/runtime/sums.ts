// Sums over many samples, a slab at a time, on one thread or several: the tasks and the order in which they are added are the
// same.

import { JobKind, type JobKindName } from '../../build/codes.js';
import { type Arena, Reals, realBytes } from '../../bindings/memory.js';
import type { Engine } from '../../bindings/core.js';
import type { SumPlaces } from '../../bindings/commands.js';
import { type Threads, ThreadChoice } from './threads.js';
import type { Work } from './work.js';

/** Addresses that one thread works with, and how many numbers it sums; see Place in assembly/tasks/job.ts. */
export interface Place {
  readonly plan: number;
  readonly samples: number;
  readonly room?: number;
  readonly errors?: number;
  readonly scratch?: number;
  readonly kept?: number;
  readonly sums?: number;
  readonly sumsB?: number;
}

/** What to sum, over which samples. */
export interface Sum {
  readonly kind: JobKindName;
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

  /**
   * @param most threads
   * @param spare how many numbers all threads together may set aside
   */
  constructor(
    private readonly engine: Engine,
    private readonly arena: Arena,
    readonly most: number,
    private readonly make: (thread: number) => Place,
    private readonly spare = 0,
  ) {
    this.address = arena.allocate(most * engine.core.placeBytes());
  }

  /** Makes sure that there are so many. @throws OutOfMemoryError */
  need(threads: number): void {
    for (; this.made < threads; this.made++) {
      const { plan, samples, room = 0, errors = 0, scratch = 0, kept = 0, sums = 0, sumsB = 0 } = this.make(this.made);
      const [part, partB] = [this.vector(sums), this.vector(sumsB)];
      const goesOn = this.most > 1 && this.most * (sums + sumsB) <= this.spare;
      const [aside, asideB] = goesOn ? [this.vector(sums), this.vector(sumsB)] : [0, 0];
      this.engine.core.placeSet(this.address, this.made, plan, samples, room, errors, scratch, part, partB, aside, asideB, kept);
    }
  }

  private vector(size: number): number {
    return size ? new Reals(this.arena, this.engine.precision, size).address : 0;
  }
}

/**
 * What sums of one kind that wait for their turn may take: a twentieth of the data, or so many numbers, no more than a page of
 * memory.
 */
const MOST_ASIDE = 1 / 20;
const FEW_ASIDE = 8192;

/** Sums of one sort, again and again. */
export class Sums {
  readonly at: SumPlaces;
  private readonly places: Places;
  private readonly choice: ThreadChoice;

  /**
   * @param rows the most samples that will be summed over, `slab` a task
   * @param data how many numbers the set has
   * @param work of one sample, in multiply-adds
   * @param times how often there will be a sum, about
   */
  constructor(
    engine: Engine,
    arena: Arena,
    rows: number,
    slab: number,
    data: number,
    threads: Threads,
    work: number,
    times: number,
    make: (thread: number) => Place,
  ) {
    const tasks = Math.ceil(rows / slab);
    this.choice = new ThreadChoice(tasks > 1 ? threads : 1, work, rows, times);
    this.places = new Places(engine, arena, this.choice.most, make, Math.max(FEW_ASIDE, data * MOST_ASIDE));
    const { core, precision } = engine;
    const bytes = core.jobBytes();
    const job = arena.allocate(bytes);
    core.fill(Math.ceil(bytes / realBytes(precision)), 0, job); // part of no step; blocks are longer than that
    this.at = {
      job,
      places: this.places.address,
      values: new Reals(arena, 'float64', tasks).address,
      slab,
    };
  }

  /** Makes places for so many threads. @throws OutOfMemoryError */
  need(threads: number): void {
    this.places.need(threads);
  }

  /** Sums; comes to the sum of the tasks' values, in their order. */
  *work({ kind, first = 0, rows, option = 0, scale = 0, v = 0, out = 0, outB = 0, run = 0 }: Sum): Work<number> {
    const { at, choice } = this;
    const { threads } = choice;
    this.need(threads);
    const before = performance.now();
    const code = JobKind[kind];
    const ordered = kind !== 'evaluate';
    const command = { kind: 'sum', at, code, first, rows, option, scale, v, out, outB, run, ordered } as const;
    const sum = yield { command, threads };
    choice.took(threads, performance.now() - before, rows);
    return sum;
  }
}
