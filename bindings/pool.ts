// The workers of this process that help with jobs: all networks share them. Loaded where somebody wants more than one thread.

import type { Engine } from './core.js';
import { maySleep } from './features.js';
import { type Team, leadJob } from './lead.js';
import { heap } from './memory.js';
import { MOST_THREADS, doAlone } from './commands.js';
import { ENDED, GONE, LEADER, LOST, MESSAGES, SERIAL, WORDS } from './team.js';
import { type Thread, newThread, noteLoss, tellWhy, withoutThreads } from './thread.js';

export { Comparison } from './comparison.js';

/** Milliseconds after which workers that nobody has used end. */
export const IDLE = 10_000;

/** Workers and the words that they watch. A pool that has lost a worker is replaced by a new one. */
class Pool {
  /** In memory of their own, which workers that are about to end may still write to. */
  readonly words = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  private readonly threads: Thread[] = [];
  private readonly engines: Engine[] = [];
  private wanted = 0;
  private up = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private used = 0;

  get lost(): boolean {
    return Atomics.load(this.words, LOST) !== 0;
  }

  /** Whether there are workers for so many threads. */
  has(threads: number): boolean {
    return this.up >= threads - 1;
  }

  /** Whether some are still coming up. */
  get starting(): boolean {
    return this.up < this.wanted;
  }

  /** Starts workers, so that there are `threads` with this one. They take part once they are up. */
  want(threads: number): void {
    this.used = performance.now();
    const target = Math.min(threads, MOST_THREADS) - 1;
    while (this.wanted < target) this.start(++this.wanted);
    this.timer ??= this.watch();
  }

  private start(thread: number): void {
    const gone = () => {
      Atomics.store(this.words, GONE, 1);
      Atomics.store(this.words, LOST, 1);
    };
    newThread(() => {}, gone).then((worker) => {
      if (this.lost) {
        worker.terminate();
        return;
      }
      this.threads[thread] = worker;
      this.up++;
      this.brief(worker, thread);
    }, tellWhy);
  }

  private brief(worker: Thread, thread: number): void {
    const modules = this.engines.map(({ module }) => module);
    const messages = Atomics.load(this.words, MESSAGES);
    worker.post({ kind: 'help', memory: heap.memory, words: this.words, thread, modules, messages });
  }

  /** The number by which workers know an engine. */
  engineNumber(engine: Engine): number {
    const known = this.engines.indexOf(engine);
    if (known >= 0) return known;
    const { words } = this;
    this.engines.push(engine);
    Atomics.add(words, MESSAGES, 1); // workers read messages only when they are asked to
    if (Atomics.compareExchange(words, LEADER, 0, 1) === 0) {
      Atomics.add(words, SERIAL, 2);
      Atomics.notify(words, SERIAL);
      Atomics.store(words, LEADER, 0);
    } // otherwise whoever leads them will wake them up
    for (const [thread, worker] of this.threads.entries()) if (worker) this.brief(worker, thread);
    return this.engines.length - 1;
  }

  /** The pool as a team for an engine's jobs. */
  team(engine: Engine): Team {
    return {
      words: this.words,
      engine: this.engineNumber(engine),
      core: engine.core,
      sleeps: maySleep(),
      end: () => this.giveUp(),
    };
  }

  private watch(): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      this.timer = undefined;
      const busy = Atomics.load(this.words, LEADER) !== 0;
      if (!busy && performance.now() - this.used >= IDLE) this.end();
      else this.timer = this.watch();
    }, IDLE);
    (timer as { unref?(): void }).unref?.();
    return timer;
  }

  /** Ends workers that do not come back. */
  giveUp(): void {
    if (Atomics.load(this.words, GONE) === 0) noteLoss(); // otherwise it has been
    this.end();
  }

  /** Ends the workers. */
  end(): void {
    const { words } = this;
    Atomics.store(words, LOST, 1);
    clearTimeout(this.timer);
    for (const worker of this.threads) worker?.terminate();
    this.threads.length = 0;
    Atomics.store(words, ENDED, 1);
    Atomics.notify(words, ENDED);
  }
}

let pool: Pool | undefined;

function current(): Pool {
  if (pool?.lost) {
    pool.end();
    pool = undefined;
  }
  pool ??= new Pool();
  return pool;
}

/** Has workers started for jobs to come. Returns how many threads there can be; says why, where that is one. */
export function wantThreads(threads: number): number {
  if (threads <= 1) return 1;
  if (withoutThreads() !== undefined) {
    tellWhy();
    return 1;
  }
  current().want(threads);
  return Math.min(threads, MOST_THREADS);
}

/** Whether workers for so many threads are there already. */
export function hasThreads(threads: number): boolean {
  return pool !== undefined && !pool.lost && pool.has(threads);
}

/** Whether workers are coming up, for which the event loop must have its turns. */
export function startsThreads(): boolean {
  return pool !== undefined && !pool.lost && pool.starting && withoutThreads() === undefined;
}

/** The team for an engine's jobs on so many threads. One that was lost, or has ended, is replaced by another. */
export function teamOf(engine: Engine, threads: number): Team {
  const team = current();
  if (withoutThreads() === undefined) team.want(threads);
  return team.team(engine);
}

/** Ends the team whose words these are, since it does not come back. */
export function giveUpTeam(words: Int32Array): void {
  if (pool?.words === words) pool.giveUp();
}

/** How jobs of a command are run on so many threads. */
export function sharing(engine: Engine, threads: number): (job: number, tasks: number, ordered: boolean) => void {
  const team = teamOf(engine, threads);
  return (job, tasks, ordered) => {
    if (tasks > 1) leadJob(team, job, tasks, ordered, threads);
    else doAlone(engine.core, job, tasks, ordered);
  };
}

/** Does all tasks of a job on up to `threads` threads; sums of ordered jobs are added in the tasks' order. */
export function runJob(engine: Engine, job: number, tasks: number, ordered: boolean, threads: number): void {
  if (threads > 1 && tasks > 1) leadJob(teamOf(engine, threads), job, tasks, ordered, threads);
  else doAlone(engine.core, job, tasks, ordered);
}

/** Ends all workers that help; the next job that wants some starts others. */
export function endThreads(): void {
  pool?.end();
  pool = undefined;
}
