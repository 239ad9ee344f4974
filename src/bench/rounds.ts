// Contenders take turns: how much work makes a call of a few milliseconds, and rounds of calls.

import type { Contender } from './own.js';

/** Milliseconds of one call: long beside the clock and the call itself, short beside a round. */
const CALL = 12;

/** Milliseconds between two ticks of the clock: pages that are not cross-origin isolated have one of 0.1 or 1. */
export const RESOLUTION: number = (() => {
  let least = Infinity;
  for (let i = 0; i < 3; i++) {
    const before = performance.now();
    let after = before;
    while (after === before) after = performance.now();
    least = Math.min(least, after - before);
  }
  return least;
})();

/** What is timed takes this many ticks at least: a fiftieth is as near as it can be known. */
export const TICKS = 50;

/** Warms a contender up for `time` ms, and finds how many units make a call of `wanted` ms, or more where the clock is coarse. */
export async function calibrate(contender: Pick<Contender, 'run'>, time: number, wanted = CALL): Promise<number> {
  const call = Math.max(wanted, TICKS * RESOLUTION);
  const end = performance.now() + time;
  let units = 1;
  let took = 0;
  do {
    const before = performance.now();
    await contender.run(units);
    took = performance.now() - before;
    if (took < call) units = Math.ceil(units * Math.min(8, Math.max(1.3, call / Math.max(took, 0.01))));
  } while (performance.now() < end || (took < call / 2 && took > 0));
  return Math.max(1, Math.round((units * call) / Math.max(took, call)));
}

/** Seconds per step in a call of so many units. */
export async function timed(contender: Contender, units: number): Promise<number> {
  const before = performance.now();
  await contender.run(units);
  return (performance.now() - before) / 1000 / units / contender.unit;
}
