// In the place of bindings/team.js, a leader that lets workers go first: otherwise it might have done all of a small job before
// they are awake.
// `vi.mock('../../bindings/team.js', () => import('./late-leader.js'))`

import { vi } from 'vitest';

const team = await vi.importActual<typeof import('../../bindings/team.js')>('../../bindings/team.js');

export const {
  ACTIVE,
  ASLEEP,
  COMMITTED,
  DONE,
  ENDED,
  ENGINE,
  FAILED,
  GONE,
  JOB,
  LEADER,
  LOST,
  MESSAGES,
  NEXT,
  ORDERED,
  SERIAL,
  TASKS,
  THREADS,
  WORDS,
  rangesOf,
  resetTasks,
  waitWhile,
} = team;

/** How many jobs workers have begun before their leader. */
export const begun = { jobs: 0 };

/** How long it waits for workers, at most, in milliseconds. */
export const leader = { waits: 500 };

/** Whether somebody has taken a task. */
function isBegun(words: Int32Array): boolean {
  for (let range = team.rangesOf(words); range-- > 0; ) if (Atomics.load(words, NEXT + 16 * range) > 0) return true;
  return false;
}

export const takeTasks: typeof team.takeTasks = (words, core, thread, sleeps, late) => {
  const until = performance.now() + leader.waits;
  while (words[THREADS]! > 1 && !isBegun(words) && performance.now() < until);
  if (isBegun(words)) begun.jobs++;
  return team.takeTasks(words, core, thread, sleeps, late);
};
