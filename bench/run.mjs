// npm run bench [-- --quick] [--rung TEXT] [--only NAME,NAME] [--rounds N] [--json FILE]

import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { chart } from './chart.mjs';
import * as brain from './contenders/brain.mjs';
import * as jax from './contenders/jax.mjs';
import * as own from './contenders/own.mjs';
import * as tfjs from './contenders/tfjs.mjs';
import { LADDER, patterns, products } from './ladder.mjs';
import { DEFAULT, NUMERICS, limitLoops } from './limit.mjs';
import { measureProducts } from './products.mjs';
import { measure, summary } from './rounds.mjs';
import { bundle, firstCall } from './startup.mjs';
import { measureCurvature } from './curvature.mjs';
import { measureSolvers } from './solvers.mjs';
import { checks, judge, show } from './targets.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rung: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    json: { type: 'string' },
  },
});
const rounds = Number(options.rounds ?? (options.quick ? 4 : 12));
const seconds = 0.05;
const warmup = options.quick ? 250 : 600;
const only = options.only?.split(',');

const peers = [own, tfjs.wasm, tfjs.cpu, brain, jax].filter(({ name }) => !only || only.includes(name));
const rungs = LADDER.filter(({ name }) => !options.rung || name.includes(options.rung));

const number = (x) => Number(x.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 });
const percent = (x) => `${(100 * x).toFixed(0)} %`;

const limit = await limitLoops();
limit.measure();
console.log(`${os.cpus()[0].model}, Node.js ${process.versions.node}, ${rounds} rounds\n`);

const result = { date: new Date().toISOString(), cpu: os.cpus()[0].model, node: process.versions.node, products: [], ladder: [] };

if (!options.rung) {
  result.products = await measureProducts(limit, rounds);
  console.log('Matrix products, share of the multiply-add limit (median of the rounds)');
  console.table(
    Object.fromEntries(
      NUMERICS.flatMap((numerics) =>
        ['float32', 'float64'].flatMap((precision) =>
          ['NN', 'NT', 'TN'].map((form) => [
            `${precision} ${numerics} ${form}`,
            Object.fromEntries(
              result.products
                .filter((p) => p.numerics === numerics && p.precision === precision && p.form === form)
                .map(({ size, share }) => [`${size}³`, percent(share)]),
            ),
          ]),
        ),
      ),
    ),
  );
}

for (const rung of rungs) {
  const data = patterns(rung);
  const contenders = [];
  for (const { name, prepare } of peers) {
    if (name === brain.name && rung.batch > 1) continue; // it learns one pattern at a time
    const contender = await prepare(rung, data);
    await contender.run(1);
    contenders.push({ name, contender, before: await contender.loss() });
  }
  const from = limit.samples[DEFAULT].float32.length;
  const times = await measure(contenders, { rounds, seconds, warmup, between: () => limit.measure('float32', DEFAULT) });
  const rate = summary(limit.samples[DEFAULT].float32.slice(from)).median;
  const ours = times[own.name];
  const atLimit = (2 * products(rung)) / (rate * 1e9);
  console.log(
    `\n${rung.name}: the matrix products of a step take ${number(atLimit * 1e6)} µs at the limit of ${number(rate)} GFLOP/s`,
  );
  console.table(
    Object.fromEntries(
      Object.entries(times).map(([name, { median, low, high, samples }]) => [
        name,
        {
          'median µs': number(median * 1e6),
          'half between': `${number(low * 1e6)} – ${number(high * 1e6)}`,
          samples,
          'times ours': ours ? number(median / ours.median) : '',
          'products at limit': percent(atLimit / median),
        },
      ]),
    ),
  );
  for (const { name, contender, before } of contenders) {
    const after = await contender.loss();
    if (!(after < before)) console.warn(`WARNING: ${name} did not learn: loss ${before} → ${after}`);
    contender.dispose();
  }
  const { name, sizes, batch, activation, loss } = rung;
  result.ladder.push({ rung: name, sizes, batch, activation, loss, times, limit: rate, share: ours && atLimit / ours.median });
}

result.limit = limit.best;
const fastest = Math.max(0, ...result.products.map(({ share }) => share), ...result.ladder.map(({ share }) => share ?? 0));
if (fastest > 1) console.warn(`WARNING: something ran at ${percent(fastest)} of the limit: the limit is wrong`);
if (!options.rung) {
  result.firstCall = firstCall(options.quick ? 5 : 11);
  result.bundle = bundle();
}
const { list, add } = checks();
judge(result, add);
if (!options.rung && !only) {
  await measureCurvature(limit, rounds, add);
  await measureSolvers(limit, rounds, add);
}
result.targets = list;
console.log(
  `\nLimit: ${NUMERICS.map((n) => `${n} ${number(limit.best[n].float32)} GFLOP/s float32 (${limit.loop[n].float32}), ${number(limit.best[n].float64)} float64 (${limit.loop[n].float64})`).join('; ')}\n`,
);
show(list);

const folder = new URL('results/', import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(options.json ?? new URL('latest.json', folder), `${JSON.stringify(result, null, 2)}\n`);
if (result.ladder.length > 0) await writeFile(new URL('latest.svg', folder), chart(result.ladder));
console.log(`Written: ${options.json ?? 'bench/results/latest.json'}, bench/results/latest.svg`);
process.exit(0); // contenders keep workers and timers
