// When threads: 'auto' takes several.

import { beforeEach, expect, test, vi } from 'vitest';
import type { Comparison as Compared } from '../../bindings/comparison.js';
import type { ThreadChoice as Choice } from '../../src/runtime/threads.js';

const pool = vi.hoisted(() => ({
  up: false,
  asked: [] as number[],
  now: 0,
  Comparison: undefined as typeof Compared | undefined,
}));

vi.mock('../../bindings/threads.js', () => ({
  autoThreads: () => 4,
  hasThreads: () => pool.up,
  comparisonOf: (piece: number) => new pool.Comparison!(piece),
  wantThreads: (threads: number) => {
    pool.asked.push(threads);
    return threads;
  },
}));
vi.spyOn(performance, 'now').mockImplementation(() => pool.now);

let ThreadChoice: typeof Choice;

beforeEach(async () => {
  Object.assign(pool, { up: false, asked: [], now: 1000 });
  vi.resetModules(); // what was learned is forgotten
  ({ Comparison: pool.Comparison } = await import('../../bindings/comparison.js'));
  ({ ThreadChoice } = await import('../../src/runtime/threads.js'));
});

/** A choice for pieces of 100 units. */
const choice = (piece = 1e6, pieces = 1e4) => new ThreadChoice('auto', piece / 100, 100, pieces);

/**
 * Does pieces until a time has passed, alone or together at so many milliseconds each; returns how often there were several
 * threads.
 */
function work(chosen: Choice, until: number, alone: number, together: number): number {
  let several = 0;
  while (pool.now < until) {
    const { threads } = chosen;
    const time = threads === 1 ? alone : together;
    pool.now += time;
    chosen.took(threads, time, 100);
    if (threads > 1) several++;
  }
  return several;
}

test('a number is that number', () => {
  const fixed = new ThreadChoice(3, 1, 1, 1);
  pool.up = true;
  expect(fixed.threads).toBe(3);
  fixed.took(3, 1000, 1);
  expect(fixed.threads).toBe(3);
});

test('little work starts nobody, and asks for nothing', () => {
  expect(choice(1e5, 1e9).threads).toBe(1); // small pieces, however many
  expect(choice(1e6, 100).threads).toBe(1); // few
  expect(pool.asked.filter((threads) => threads > 1)).toEqual([]);
});

test('few pieces are shared where workers are there already', () => {
  pool.up = true;
  expect(choice(1e6, 1).most).toBe(4);
  expect(choice(1e5, 1).most).toBe(1);
});

test('alone until workers are up; if they do not come, they are asked for again', () => {
  const one = choice();
  expect(pool.asked).toEqual([4]);
  expect(work(one, 2000, 1, 1)).toBe(0);
  work(one, 4000, 1, 1);
  expect(pool.asked.length).toBeGreaterThan(1);
});

test.each([
  [2, 1],
  [1, 2],
])('what is faster is what is done (%d ms alone, %d ms together)', (alone, together) => {
  pool.up = true;
  const one = choice();
  work(one, 1200, alone, together);
  const before = pool.now;
  const several = work(one, before + 20_000, alone, together);
  const pieces = (pool.now - before) / Math.min(alone, together);
  if (together < alone) expect(several).toBeGreaterThan(0.97 * pieces);
  else {
    expect(several).toBeGreaterThan(0); // it looks now and then whether that has changed
    expect(several).toBeLessThan(0.03 * pieces);
  }
  // And it changes its mind.
  const turned = work(one, pool.now + 20_000, together, alone);
  const most = 20_000 / Math.min(alone, together);
  if (together < alone) expect(turned).toBeLessThan(0.2 * most);
  else expect(turned).toBeGreaterThan(0.8 * most);
});

test('what one fit has learned the next one knows, for pieces of that size', () => {
  pool.up = true;
  work(choice(), 1300, 3, 1);
  expect(choice().threads).toBe(4);
  expect(choice(1e8).threads).toBe(1); // nothing is known of these
});

test('what is too short to be measured teaches nothing', () => {
  pool.up = true;
  const one = choice();
  for (let k = 0; k < 10; k++) one.took(one.threads, 0.1, 100);
  expect(one.threads).toBe(1);
  one.took(1, 1, 100);
  expect(one.threads).toBe(4);
});
