// npm run bench [-- --quick] [--rung TEXT] [--only NAME,NAME] [--rounds N] [--json FILE]
// npm run bench -- --compare BASE [--rung TEXT] [--processes N] [--rounds N]

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { NUMERICS, PRECISIONS, bandwidthLoops, limitLoops } from '../dist/bench.js';
import { measureBesideBrain } from './brain.mjs';
import { picturesOf } from './chart.mjs';
import { measureCurvature } from './curvature.mjs';
import { measureBandwidth, measureTanh, measureVectors } from './elementary.mjs';
import { measureProducts } from './products.mjs';
import { report } from './report.mjs';
import { heading, keep, machine, slug } from './results.mjs';
import { number, percent, size } from './show.mjs';
import { measureSolvers } from './solvers.mjs';
import { bundle, firstCall } from './startup.mjs';
import { measureSteps } from './steps.mjs';
import { checks, judge, show } from './targets.mjs';
import { measureBackendOfTfjs } from './tfjs-backend.mjs';
import { measureBesideTfjs } from './tfjs.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rung: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    json: { type: 'string' },
    compare: { type: 'string' },
    processes: { type: 'string' },
  },
});
if (options.compare !== undefined) {
  const { compare } = await import('./compare.mjs');
  try {
    process.exit((await compare(options.compare, options)) ? 0 : 1);
  } catch (error) {
    console.error(`error: ${error.message}`);
    process.exit(2);
  }
}

const rounds = Number(options.rounds ?? (options.quick ? 4 : 12));
const whole = !options.rung && !options.only;

const limit = await limitLoops();
limit.measure();
const bandwidth = await bandwidthLoops();
console.log(`${machine.cpu}, Node.js ${machine.version}, ${rounds} rounds\n`);

const result = { ...heading, rounds, products: [], ladder: [] };

if (!options.rung) {
  result.bandwidth = measureBandwidth(bandwidth, Math.min(rounds, 6));
  console.log('Bandwidth of one core, GB/s (median)');
  console.table(
    Object.fromEntries(
      result.bandwidth.map(({ bytes, read, update }) => [
        size(bytes),
        { read: number(read.median), update: number(update.median) },
      ]),
    ),
  );
  result.products = await measureProducts(limit, rounds);
  console.log('Matrix products, share of the multiply-add limit (median of the rounds)');
  console.table(
    Object.fromEntries(
      NUMERICS.flatMap((numerics) =>
        PRECISIONS.flatMap((precision) =>
          ['NN', 'NT', 'TN'].map((form) => [
            `${precision} ${numerics} ${form}`,
            Object.fromEntries(
              result.products
                .filter((p) => p.numerics === numerics && p.precision === precision && p.form === form)
                .map(({ size: n, share }) => [`${n}³`, percent(share)]),
            ),
          ]),
        ),
      ),
    ),
  );
  result.tanh = await measureTanh(limit, rounds);
  result.vectors = await measureVectors(bandwidth, rounds);
  console.log('Vectors, share of the bandwidth of a loop that does the same');
  console.table(
    Object.fromEntries(
      result.vectors.map(({ name, workingSet, rate, share }) => [
        `${name}, ${size(workingSet)}`,
        { 'GB/s': number(rate.median / 1e9), share: percent(share.median) },
      ]),
    ),
  );
}

result.ladder = await measureSteps({
  limit,
  bandwidth,
  rounds,
  warmup: options.quick ? 250 : 600,
  rung: options.rung,
  only: options.only?.split(','),
});

result.limit = limit.best;
const fastest = Math.max(0, ...result.products.map(({ share }) => share));
if (fastest > 1) console.warn(`WARNING: a product ran at ${percent(fastest)} of the limit: the limit is wrong`);
if (!options.rung) {
  result.firstCall = firstCall(options.quick ? 5 : 11);
  result.bundle = await bundle();
}
const { list, add } = checks();
judge(result, add);
if (whole) {
  await measureCurvature(limit, rounds, add);
  await measureSolvers(limit, rounds, add);
  measureBesideBrain(add);
  await measureBesideTfjs(add);
  await measureBackendOfTfjs(add);
}
result.targets = list;
console.log(
  `\nLimit: ${NUMERICS.map((n) => `${n} ${PRECISIONS.map((p) => `${number(limit.best[n][p])} GFLOP/s ${p} (${limit.loop[n][p]})`).join(', ')}`).join('; ')}\n`,
);
show(list);

// Only a whole run stands for its kind of machine.
const files = await keep(whole && !options.quick ? slug : 'latest', result, picturesOf(result));
if (whole && !options.quick) await report();
if (options.json) await writeFile(options.json, `${JSON.stringify(result, null, 1)}\n`);
console.log(`Written: ${[...(options.json ? [options.json] : []), ...files].join(', ')}`);
process.exit(0); // contenders keep workers and timers
