// One thread or several: what is asked for before there are workers, and while there are none. The pool of workers is loaded when
// somebody wants more than one thread; until then this one does everything, with the same bits.

import { type Command, MOST_THREADS, callOf, carryOut, doAlone } from './commands.js';
import type { Comparison } from './comparison.js';
import type { Engine } from './core.js';
import { processors } from './features.js';
import { heap } from './memory.js';
import { Part } from './part.js';

export type { Comparison };

const POOL = new Part('threads', () => import('./pool.js'));

/** What the pool is asked for while it is being loaded. */
let coming: { wanted: number; readonly loaded: Promise<void> } | undefined;

/**
 * How many threads 'auto' may use: as many as run at a time, without a machine's last ones, whose use by others costs more than
 * they bring.
 */
export function autoThreads(): number {
  return Math.min(processors(), 8);
}

/** Loads what threads take, and has so many started; without it, which is said, there is one. */
export function threadsLoaded(threads = 1): Promise<void> | undefined {
  if (POOL.exports) return undefined;
  if (coming) {
    coming.wanted = Math.max(coming.wanted, threads);
    return coming.loaded;
  }
  const loaded = POOL.load().then(
    ({ wantThreads: want }) => {
      want(coming!.wanted);
      coming = undefined;
    },
    (error: Error) => {
      coming = undefined;
      console.info(`efficient-backprop: ${error.message}; until then it computes on one thread`);
    },
  );
  coming = { wanted: threads, loaded };
  return loaded;
}

/** Has workers started for jobs to come. Returns how many threads there can be; says why, where that is known to be one. */
export function wantThreads(threads: number): number {
  if (threads <= 1) return 1;
  if (POOL.exports) return POOL.exports.wantThreads(threads);
  void threadsLoaded(threads);
  return Math.min(threads, MOST_THREADS);
}

/** Whether workers for so many threads are there already. */
export function hasThreads(threads: number): boolean {
  return POOL.exports?.hasThreads(threads) ?? false;
}

/** Whether workers are coming up, for which the event loop must have its turns. */
export function startsThreads(): boolean {
  return coming !== undefined || (POOL.exports?.startsThreads() ?? false);
}

/** Carries a command out, in this thread and, as far as there are any, with the help of others. */
export function carryOutHere(engine: Engine, command: Command, threads: number): number {
  const { core } = engine;
  if (command.kind === 'call') return callOf(core, command);
  const shared = threads > 1 ? POOL.exports?.sharing(engine, threads) : undefined;
  const runJob = shared ?? ((job: number, tasks: number, ordered: boolean) => doAlone(core, job, tasks, ordered));
  return carryOut(command, { core, memory: heap.memory, runJob });
}

/** What compares one thread with several, once these are there. @param piece the work that they would share */
export function comparisonOf(piece: number): Comparison | undefined {
  return POOL.exports && new POOL.exports.Comparison(piece);
}
