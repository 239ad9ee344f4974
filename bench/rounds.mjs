// Contenders take turns in short rounds, each round a run of the package `benchmark`; samples of all rounds are pooled.

import { createRequire } from 'node:module';
import { calibrate, summary } from '../dist/bench.js';

const Benchmark = createRequire(import.meta.url)('benchmark');

/** Milliseconds of a call: beside it, what a fit does before its first step and after its last counts for little. */
const CALL = 40;

/** Seconds of a round. */
const ROUND = 0.1;

/**
 * Milliseconds of every turn that are not timed: caches are its neighbour's, and a kernel may leave threads that were asleep on
 * one processor for 30 ms.
 */
const SETTLING = 40;

/** One round of one contender: seconds per step, of a few calls. */
function round({ name, contender, units }) {
  return new Promise((resolve, reject) => {
    const bench = new Benchmark(name, {
      defer: true,
      initCount: 1,
      minSamples: 2,
      minTime: CALL / 2e3,
      maxTime: ROUND,
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
 * @param between called once a round, to measure the machine's limits at the same time
 * @returns by name the summary of seconds per step, and the median of each round
 */
export async function measure(contenders, { rounds, warmup, between }) {
  const entries = [];
  for (const { name, contender } of contenders)
    entries.push({ name, contender, units: await calibrate(contender, warmup, CALL), samples: [], medians: [] });
  for (let r = 0; r < rounds; r++) {
    between?.();
    // The order turns around, so that nobody always runs after the same neighbour.
    for (const entry of r % 2 ? [...entries].reverse() : entries) {
      const end = performance.now() + SETTLING;
      do await entry.contender.run(entry.units);
      while (performance.now() < end);
      const samples = await round(entry);
      entry.samples.push(...samples);
      entry.medians.push(summary(samples).median);
    }
  }
  return Object.fromEntries(entries.map(({ name, samples, medians }) => [name, { ...summary(samples), medians }]));
}
