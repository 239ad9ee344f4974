// Sums of ordered jobs: a thread whose turn has not come goes on with another task, where there is room for the sums of one.

import { expect, test } from 'vitest';
import type { Core } from '../../bindings/core.js';
import { COMMITTED, DONE, NEXT, ORDERED, TASKS, THREADS, WORDS, takeTasks } from '../../bindings/team.js';

/** An ordered job of two threads, the first of whose tasks another thread has taken. */
function job(tasks: number) {
  const words = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  words[TASKS] = tasks;
  words[ORDERED] = 1;
  words[THREADS] = 2;
  words[NEXT] = 1;
  return words;
}

/** Says what it was asked for; has room for the sums of so many tasks beside those at work. */
function recorder(room: number) {
  const calls: string[] = [];
  let aside = 0;
  const core = {
    taskRun: (_job: number, _thread: number, index: number) => void calls.push(`run ${index}`),
    taskAside: () => {
      if (aside === room) return 0;
      calls.push('aside');
      aside++;
      return 1;
    },
    taskCommit: (_job: number, _thread: number, index: number, waited: number) => {
      calls.push(waited ? `commit ${index} from aside` : `commit ${index}`);
      if (waited) aside--;
    },
  } as unknown as Core;
  return { calls, core };
}

test.each([
  [1, ['run 1', 'aside', 'run 2', 'first', 'commit 1 from aside', 'commit 2', 'run 3', 'commit 3']],
  [0, ['run 1', 'first', 'commit 1', 'run 2', 'commit 2', 'run 3', 'commit 3']],
])('room for %i', (room, expected) => {
  const words = job(4);
  const { calls, core } = recorder(room);
  // The other thread's sums come when they are waited for.
  const late = (turn: number) => {
    expect(turn).toBe(0);
    calls.push('first');
    Atomics.store(words, COMMITTED, 1);
    return false;
  };
  expect(takeTasks(words, core, 0, false, late)).toBe(true);
  expect(calls).toEqual(expected);
  expect(words[DONE]).toBe(3);
  expect(words[COMMITTED]).toBe(4);
});

test('what is set aside last is added before the thread leaves', () => {
  const words = job(2);
  const { calls, core } = recorder(1);
  const late = () => {
    Atomics.store(words, COMMITTED, 1);
    return false;
  };
  expect(takeTasks(words, core, 0, false, late)).toBe(true);
  expect(calls).toEqual(['run 1', 'aside', 'commit 1 from aside']);
});

test.each([1, 0])('a turn that does not come ends it (room for %i)', (room) => {
  const words = job(9);
  const { calls, core } = recorder(room);
  expect(takeTasks(words, core, 0, false, () => true)).toBe(false);
  expect(calls.filter((call) => call.startsWith('commit'))).toEqual([]);
  expect(words[DONE]).toBe(0);
});
