// Pieces of work that take a while, described by numbers, so that any thread can do them: this one, or one in the background.

import { JobKind, type JobKindCode } from '../build/codes.js';
import type { Core, DoubleCore } from './core.js';

/** A call of a function of the binary; each name goes with arguments of its own. */
type CallCommand = {
  [Name in keyof DoubleCore]: {
    readonly kind: 'call';
    readonly name: Name;
    readonly args: Readonly<Parameters<DoubleCore[Name]>>;
  };
}[keyof DoubleCore];

/** A sum over samples, slab by slab (assembly/tasks/sums.ts). */
interface SumCommand {
  readonly kind: 'sum';
  readonly at: SumPlaces;
  /** What is summed. */
  readonly code: JobKindCode;
  readonly first: number;
  readonly rows: number;
  readonly option: number;
  readonly scale: number;
  /** Addresses. */
  readonly v: number;
  readonly out: number;
  readonly outB: number;
  readonly run: number;
  /** Whether the sums of its tasks have an order. */
  readonly ordered: boolean;
}

/** Where the job of a sum is, and how many samples its tasks take. */
export interface SumPlaces {
  readonly job: number;
  readonly places: number;
  readonly values: number;
  readonly slab: number;
}

/** Steps of a run that threads share. */
interface StepsCommand {
  readonly kind: 'steps';
  readonly at: SharedRun;
  readonly steps: number;
  readonly threads: number;
}

/** Where the jobs of a run's steps are (assembly/tasks/step.ts). */
export interface SharedRun {
  readonly run: number;
  /** The most samples that are in the workspace together. */
  readonly slab: number;
  readonly packJob: number;
  readonly rowsJob: number;
  readonly kernelsJob: number;
  /** How many parts the kernels have. */
  readonly parts: number;
  /** For steps on more than a slab. */
  readonly sum: SumPlaces | undefined;
  readonly gradient: number;
}

export type Command = CallCommand | SumCommand | StepsCommand;

/** How many threads a job has at most. */
export const MOST_THREADS = 16;

/** Does all tasks of a job in this thread. */
export function doAlone(core: Core, job: number, tasks: number, ordered: boolean): void {
  for (let index = 0; index < tasks; index++) {
    core.taskRun(job, 0, index);
    if (ordered) core.taskCommit(job, 0, index, 0);
  }
}

/** What carries a command out: the binary, its memory, and how its jobs are run. */
export interface Executor {
  readonly core: Core;
  readonly memory: WebAssembly.Memory;
  runJob(job: number, tasks: number, ordered: boolean): void;
}

/**
 * Carries a command out; returns what it is asked for: a call's result, the sum of the tasks' values, or how many steps were
 * taken, −1 where a loss was not finite.
 */
export function carryOut(command: Command, by: Executor): number {
  switch (command.kind) {
    case 'call':
      return callOf(by.core, command);
    case 'sum':
      return sum(command, by);
    case 'steps':
      return steps(command, by);
  }
}

/** Calls a function of the binary. */
export function callOf(core: Core, { name, args }: CallCommand): number {
  return ((core as DoubleCore)[name] as (...args: readonly number[]) => number)(...args);
}

function sum({ at, code, first, rows, option, scale, v, out, outB, run, ordered }: SumCommand, by: Executor): number {
  const { job, places, values, slab } = at;
  const { core } = by;
  const tasks = Math.ceil(rows / slab);
  if (run) core.stepJob(job, code, places, run);
  core.jobSet(job, code, places, first, rows, slab, option, scale, v, out, outB, values);
  by.runJob(job, tasks, ordered);
  let total = 0;
  for (const value of new Float64Array(by.memory.buffer, values, tasks)) total += value;
  return total;
}

function steps({ at, steps: wanted, threads }: StepsCommand, by: Executor): number {
  const { core } = by;
  const { run, slab } = at;
  for (let done = 0; ; done++) {
    const count = done < wanted ? core.stepTake(run, done) : -1;
    if (count < 0) return done;
    if (count === 0) continue;
    const value = count > slab ? stepBySlabs(at, count, by) : stepByRows(at, threads, by);
    if (!Number.isFinite(value)) return -1;
  }
}

/** One step on samples that are in the workspace together; returns Σ w·l. */
function stepByRows({ run, parts, packJob, rowsJob, kernelsJob }: SharedRun, threads: number, by: Executor): number {
  const { core } = by;
  const packs = core.stepPacks(run);
  if (packs) by.runJob(packJob, packs, false);
  by.runJob(rowsJob, core.stepRows(rowsJob, threads), false);
  const value = core.stepValue(run);
  if (!Number.isFinite(value)) return value;
  by.runJob(kernelsJob, parts, false);
  core.stepUpdate(run, value);
  return value;
}

/** One step on more samples than the workspace holds; returns Σ w·l. */
function stepBySlabs({ run, sum: at, gradient }: SharedRun, count: number, by: Executor): number {
  const { core } = by;
  const first = core.stepFirst(run);
  const scale = core.stepScale(run);
  const command = { first, rows: count, option: 0, scale, v: 0, out: gradient, outB: 0, run } as const;
  const value = sum({ kind: 'sum', at: at!, code: JobKind.gradient, ordered: true, ...command }, by);
  core.stepUpdateAll(run, value);
  return value;
}
