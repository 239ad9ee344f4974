// How the time of a step grows: with the rows of data, the parameters, the threads and the batch.

import os from 'node:os';
import { LADDER, calibrate, pairedRatio, parameters, samples, prepareOwn, products, summary, timed } from '../dist/bench.js';
import * as library from '../dist/index.js';

/** Milliseconds of a call: beside it, fit's own preparations count for little. */
const CALL = 40;

/**
 * The same for threads: what they share moves from cache to cache first, and a kernel may leave threads that were asleep on one
 * processor for 30 ms: together some 10 ms a fit.
 */
const SHARED_CALL = 1000;

/**
 * Seconds per step at several points, in turns.
 * @param points [{ x, rung, data, threads, per }]: `per`, what a step's time is divided by
 * @returns [{ x, median, low, high, samples, rounds }], `rounds` the times of each round
 */
async function curve(points, rounds, call = CALL) {
  const entries = [];
  for (const { rung, data, threads = 1, ...point } of points) {
    const contender = await prepareOwn(library, rung, data ?? samples(rung), threads);
    entries.push({ ...point, contender, units: await calibrate(contender, 300, call), times: [] });
  }
  for (let r = 0; r < rounds; r++) {
    for (const { contender, units, times, per } of r % 2 ? [...entries].reverse() : entries)
      times.push((await timed(contender, units)) / per);
  }
  return entries.map(({ x, name, contender, times }) => {
    contender.dispose();
    return { x, ...(name && { name }), ...summary(times), rounds: times };
  });
}

const rung = (sizes, batch, activation = 'tanh', loss = 'meanSquaredError') => ({
  name: `${sizes.join('-')} b${batch}`,
  sizes,
  batch,
  activation,
  loss,
  full: false,
});

/** Seconds per row of an epoch, shuffled, over three decades of rows. Batches divide all of them. */
const overRowsOf = (step) => (rounds, quick) => {
  const sizes = quick ? [1024, 10_240] : [1024, 10_240, 102_400, 1_024_000];
  return curve(
    sizes.map((rows) => ({ x: rows, rung: step, data: samples({ ...step, batch: rows, full: true }), per: step.batch })),
    rounds,
  );
};

/** A tenth of a microsecond of arithmetic a row, about what it takes to fetch one from memory; and half a microsecond. */
export const overRows = overRowsOf(rung([20, 32, 1], 32));
export const overRowsOfMore = overRowsOf(rung([8, 64, 64, 1], 64));

/** Seconds per floating-point operation of a step's matrix products, from 10⁵ to 10⁷ parameters. */
export function overParameters(rounds, quick) {
  const widths = quick ? [112, 280] : [112, 280, 690, 1540, 2790];
  return curve(
    widths.map((h) => {
      const step = rung([784, h, h, 10], 128, 'relu', 'crossEntropy');
      return { x: parameters(step), rung: step, per: 2 * products(step) };
    }),
    rounds,
  );
}

/** Seconds per sample, over sizes of the batch. */
export function overBatch(rounds, quick) {
  const sizes = quick ? [1, 32] : [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
  const all = samples(rung([784, 128, 10], 1024, 'tanh', 'crossEntropy')); // the same samples for all
  return curve(
    sizes.map((batch) => ({ x: batch, rung: rung([784, 128, 10], batch, 'tanh', 'crossEntropy'), data: all, per: batch })),
    rounds,
  );
}

/** For rungs worth sharing: how many times faster so many threads are than one, paired by round. */
export async function overThreads(rounds, quick) {
  const cores = os.availableParallelism();
  const counts = [1, 2, 3, 4, 6, 8, 12, 16].filter((n) => n <= Math.max(2, cores));
  const names = quick ? ['784-128-10 b128'] : ['784-128-10 b128', '784-512-512-10 b128', '8-64-64-1 b64', '20-5-20-1 full'];
  const found = [];
  for (const step of LADDER.filter(({ name }) => names.includes(name))) {
    const points = await curve(
      counts.map((threads) => ({ x: threads, rung: step, threads, per: 1 })),
      rounds,
      SHARED_CALL,
    );
    const [one] = points;
    for (const { x, ...time } of points) {
      const { median, low, high } = pairedRatio(one.rounds, time.rounds);
      found.push({ rung: step.name, threads: x, seconds: summary(time.rounds), speedup: { median, low, high } });
    }
  }
  return found;
}
