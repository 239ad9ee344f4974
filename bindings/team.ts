// What threads that share a job have in common: words of shared memory, and the loop over its tasks.
//
// A job is open while the word SERIAL is odd. A worker that sees it enters (ACTIVE + 1), looks again whether it is still open,
// takes tasks until none is left, and leaves. Who opened the job takes tasks too, then closes it and waits for those inside:
// never for one that sleeps.

import { MOST_THREADS } from './commands.js';
import type { Core } from './core.js';

/** Places of the words; those that several threads write are 64 bytes apart. */
export const SERIAL = 0;
export const ACTIVE = 32;
export const COMMITTED = 48;
export const DONE = 64;
export const ASLEEP = 80;
/** 1 while somebody leads a job; who would lead another one meanwhile does it alone. */
export const LEADER = 81;
/** What the job is, written while it is closed. */
export const ENGINE = 96;
export const JOB = 97;
export const TASKS = 98;
export const ORDERED = 99;
export const THREADS = 100;
/** How often workers were asked to look at their messages; and whether somebody met an error, or gave up. */
export const MESSAGES = 101;
export const FAILED = 102;
/** 1 once a worker is known to be gone, once the team is given up, once all of its workers were told to end. */
export const GONE = 103;
export const LOST = 104;
export const ENDED = 105;
/** The next task of each thread's range, 16 words from one to the next. */
export const NEXT = 112;
export const WORDS = NEXT + 16 * MOST_THREADS;

/** Looks before a thread goes to sleep: some 20 µs, less than waking it up takes. */
const SPINS = 5000;

/**
 * Waits until a word is no longer what it was, at most for so many milliseconds: a short while awake, then asleep where that is
 * allowed.
 */
export function waitWhile(words: Int32Array, at: number, value: number, milliseconds: number, sleeps: boolean): void {
  for (let i = 0; i < SPINS; i++) if (Atomics.load(words, at) !== value) return;
  if (sleeps) Atomics.wait(words, at, value, milliseconds);
}

/**
 * In how many ranges the tasks of a job are: one for each thread, unless they have an order. @testonly The twin of a leader asks.
 */
export const rangesOf = (words: Int32Array) => (words[ORDERED] ? 1 : words[THREADS]!);

/** All tasks of the job that is about to be opened are to be done. */
export function resetTasks(words: Int32Array): void {
  for (let range = rangesOf(words); range-- > 0; ) Atomics.store(words, NEXT + 16 * range, 0);
}

/**
 * Adds the sums of a task, just found or set aside, to those before it, once it is its turn.
 * @returns false where the turn may never come
 */
function commitInOrder(
  words: Int32Array,
  core: Core,
  thread: number,
  index: number,
  aside: boolean,
  sleeps: boolean,
  late?: (turn: number) => boolean,
): boolean {
  for (let turn = Atomics.load(words, COMMITTED); turn < index; turn = Atomics.load(words, COMMITTED)) {
    waitWhile(words, COMMITTED, turn, 1, sleeps);
    if (Atomics.load(words, FAILED) || late?.(turn)) return false;
  }
  core.taskCommit(words[JOB]!, thread, index, aside ? 1 : 0);
  Atomics.store(words, COMMITTED, index + 1);
  Atomics.notify(words, COMMITTED);
  Atomics.add(words, DONE, 1);
  return true;
}

/**
 * Takes tasks of the open job until there are none left, at the place of a thread. A thread has a range of tasks of its own, the
 * same in every step, so that what it wrote is still in its cache, and goes on with those of others. The sums of ordered jobs are
 * added in the tasks' order: those of one task may wait for their turn while the thread does another, so that one on a faster
 * processor need not go at the pace of the others.
 * @param late called while another thread's turn does not come, with what that turn is; says whether to give up
 * @returns false where it gave up
 */
export function takeTasks(
  words: Int32Array,
  core: Core,
  thread: number,
  sleeps: boolean,
  late?: (turn: number) => boolean,
): boolean {
  const job = words[JOB]!;
  const tasks = words[TASKS]!;
  const ordered = words[ORDERED] !== 0;
  const ranges = rangesOf(words);
  let waiting = -1; // the task whose sums are set aside
  for (let others = 0; others < ranges; others++) {
    const range = (thread + others) % ranges;
    const from = Math.floor((tasks * range) / ranges);
    const to = Math.floor((tasks * (range + 1)) / ranges);
    for (;;) {
      const index = from + Atomics.add(words, NEXT + 16 * range, 1);
      if (index >= to) break;
      core.taskRun(job, thread, index);
      if (!ordered) {
        Atomics.add(words, DONE, 1);
        continue;
      }
      // Where a turn may never come, nobody wants the sums any more.
      if (waiting >= 0 && !commitInOrder(words, core, thread, waiting, true, sleeps, late)) return false;
      waiting = -1;
      if (Atomics.load(words, COMMITTED) < index && core.taskAside(job, thread)) waiting = index;
      else if (!commitInOrder(words, core, thread, index, false, sleeps, late)) return false;
    }
  }
  return waiting < 0 || commitInOrder(words, core, thread, waiting, true, sleeps, late);
}
