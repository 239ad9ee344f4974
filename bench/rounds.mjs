// Contenders take turns in short rounds, each round a run of the package `benchmark`; samples of all rounds are pooled.

import { createRequire } from 'node:module';

const Benchmark = createRequire(import.meta.url)('benchmark');

/** Milliseconds of one call: long beside the clock and the call itself, short beside a round. */
const CALL = 12;

/** Median and quartiles of numbers. */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q) => {
    const i = q * (sorted.length - 1);
    const low = sorted[Math.floor(i)];
    return low + (i - Math.floor(i)) * (sorted[Math.ceil(i)] - low);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75), best: sorted[0], samples: sorted.length };
}

/** Warms a contender up for `time` ms, and finds how many units make a call. */
async function calibrate(contender, time) {
  const end = performance.now() + time;
  let units = 1;
  let took = 0;
  do {
    const before = performance.now();
    await contender.run(units);
    took = performance.now() - before;
    if (took < CALL) units = Math.ceil(units * Math.min(8, Math.max(1.3, CALL / Math.max(took, 0.01))));
  } while (performance.now() < end || (took < CALL / 2 && took > 0));
  return Math.max(1, Math.round((units * CALL) / Math.max(took, CALL)));
}

/** One round of one contender: seconds per step, of a few calls. */
function round({ name, contender, units }, seconds) {
  return new Promise((resolve, reject) => {
    const bench = new Benchmark(name, {
      defer: true,
      initCount: 1,
      minSamples: 2,
      minTime: CALL / 2e3,
      maxTime: seconds,
      fn(deferred) {
        Promise.resolve(contender.run(units)).then(() => deferred.resolve(), reject);
      },
      onComplete({ target }) {
        if (target.error) reject(target.error);
        else resolve(target.stats.sample.map((s) => s / units / contender.unit));
      },
    });
    bench.run({ async: true });
  });
}

/**
 * Measures contenders, [{ name, contender }], in turns.
 * @param between called once a round, to measure the machine's limit at the same time
 * @returns summaries of seconds per step by name
 */
export async function measure(contenders, { rounds, seconds, warmup, between }) {
  const entries = [];
  for (const { name, contender } of contenders)
    entries.push({ name, contender, units: await calibrate(contender, warmup), samples: [] });
  for (let r = 0; r < rounds; r++) {
    between?.();
    // The order turns around, so that nobody always runs after the same neighbour.
    for (const entry of r % 2 ? [...entries].reverse() : entries) entry.samples.push(...(await round(entry, seconds)));
  }
  return Object.fromEntries(entries.map(({ name, samples }) => [name, summary(samples)]));
}
