// Leading a job: opening it, taking part, closing it, and doing alone what others have left undone.

import { doAlone } from './commands.js';
import type { Core } from './core.js';
import {
  ACTIVE,
  ASLEEP,
  COMMITTED,
  DONE,
  ENGINE,
  FAILED,
  GONE,
  JOB,
  LEADER,
  LOST,
  ORDERED,
  SERIAL,
  TASKS,
  THREADS,
  resetTasks,
  takeTasks,
  waitWhile,
} from './team.js';

/**
 * Milliseconds after which a worker that holds a task is taken for dead, if that is also ten times what the leader's longest task
 * took.
 */
const PATIENCE = 3000;

/** Workers, as their leader sees them: for the length of a job any one thread, one at a time. */
export interface Team {
  readonly words: Int32Array;
  /** The number by which workers know the engine. */
  readonly engine: number;
  readonly core: Core;
  /** Whether this thread may sleep: the main thread of a page may not. */
  readonly sleeps: boolean;
  /** Ends all workers, at once: they must not write any more. */
  end(): void;
}

/** Does all tasks of a job, on up to `threads` threads; alone while somebody else leads the team. @throws what a task throws */
export function leadJob(team: Team, job: number, tasks: number, ordered: boolean, threads: number): void {
  const { words, core } = team;
  if (Atomics.load(words, LOST) || Atomics.compareExchange(words, LEADER, 0, 1) !== 0) {
    doAlone(core, job, tasks, ordered);
    return;
  }
  try {
    if (!shareOut(team, job, tasks, ordered, threads)) {
      Atomics.store(words, LOST, 1);
      team.end();
      // All of it once more: which tasks are whole nobody knows. Those that change weights know it themselves.
      for (let index = 0; index < tasks; index++) {
        core.taskResume(job, index);
        if (ordered) core.taskCommit(job, 0, index, 0);
      }
    }
  } finally {
    Atomics.store(words, LEADER, 0);
  }
}

/** Whether all tasks were done. */
function shareOut(team: Team, job: number, tasks: number, ordered: boolean, threads: number): boolean {
  const { words, core, sleeps } = team;
  words[ENGINE] = team.engine;
  words[JOB] = job;
  words[TASKS] = tasks;
  words[ORDERED] = ordered ? 1 : 0;
  words[THREADS] = threads;
  words[FAILED] = 0;
  resetTasks(words);
  Atomics.store(words, COMMITTED, 0);
  Atomics.store(words, DONE, 0);
  const watch = new Watch(words);
  Atomics.add(words, SERIAL, 1);
  if (Atomics.load(words, ASLEEP) > 0) Atomics.notify(words, SERIAL);
  let whole = false;
  try {
    whole = takeTasks(words, core, 0, sleeps, (turn) => watch.isLate(turn));
  } finally {
    if (!whole) Atomics.store(words, FAILED, 1);
    Atomics.add(words, SERIAL, 1);
    // Even where the leader itself has failed, nobody may be inside when it goes on.
    watch.ended();
    for (let inside = Atomics.load(words, ACTIVE); inside > 0; inside = Atomics.load(words, ACTIVE)) {
      waitWhile(words, ACTIVE, inside, 1, sleeps);
      if (watch.isLate(-1)) {
        Atomics.store(words, LOST, 1);
        whole = false;
        break;
      }
    }
  }
  return whole && Atomics.load(words, DONE) === tasks;
}

/** Looks out for workers that do not come back. */
class Watch {
  private readonly started = performance.now();
  private turn = -2;
  private since = 0;
  /** How long the leader itself was at it. */
  private busy = 0;

  constructor(private readonly words: Int32Array) {}

  /** The leader has found no more tasks. */
  ended(): void {
    this.busy ||= performance.now() - this.started;
  }

  /** Whether what is waited for, a turn or −1 for the others to leave, will not come. */
  isLate(turn: number): boolean {
    const { words } = this;
    if (Atomics.load(words, GONE)) return true;
    const now = performance.now();
    if (turn !== this.turn) {
      this.turn = turn;
      this.since = now;
      this.busy ||= now - this.started; // its first task, or two
    }
    return now - this.since > Math.max(PATIENCE, 10 * this.busy);
  }
}
