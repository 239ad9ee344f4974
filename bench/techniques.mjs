// npm run bench:techniques: what an order of examples or a method costs, as the time of a step against that of 'shuffle' or of
// descent with momentum.

import { Network, adam, dataset, dense, nadam, rmsProp, rprop, sgd } from '../dist/index.js';
import { measure } from './rounds.mjs';
import { LADDER, MOMENTUM, samples, RATE } from '../dist/bench.js';

const inOrder = (order) => ({ order, method: sgd({ rate: RATE, momentum: MOMENTUM }) });

const ORDERS = { shuffle: inOrder('shuffle'), interleave: inOrder('interleave'), emphasize: inOrder('emphasize') };

/**
 * On one batch again and again, with rates so small that it is not learned: gradients that vanish would be subnormal, and slow.
 */
const METHODS = {
  momentum: { method: sgd({ rate: 1e-7, momentum: MOMENTUM }), batchSize: 'full' },
  adam: { method: adam({ rate: 1e-8 }), batchSize: 'full' },
  nadam: { method: nadam({ rate: 1e-8 }), batchSize: 'full' },
  rmsProp: { method: rmsProp({ rate: 1e-8 }), batchSize: 'full' },
  rprop: { method: rprop({ first: 1e-9, least: 1e-12, most: 1e-9 }), batchSize: 'full' },
};

/** Rungs, contenders (the first is what the others are compared with), and the most that a step may take. */
const COMPARISONS = [
  { rung: '784-128-10 b32', fits: ORDERS, most: { interleave: 1.05, emphasize: 1.05 } },
  { rung: '4-16-3 b1', fits: ORDERS, most: { emphasize: 1.4 } },
  { rung: '784-128-10 b128', fits: METHODS, most: { adam: 1.15, rprop: 1.15 } },
  { rung: '4-16-3 b16', fits: METHODS, most: { adam: 1.5, rprop: 1.5 } },
];

const table = [];
for (const { rung: name, fits, most } of COMPARISONS) {
  const rung = LADDER.find((r) => r.name === name);
  const { x, y, rows: all, inputs, outputs } = samples(rung);
  const layers = rung.sizes.slice(1).map((units, i, { length }) => {
    return dense(units, { activation: i === length - 1 ? 'softmax' : rung.activation });
  });
  const rows = fits === METHODS ? rung.batch : all;
  const data = dataset(
    { data: x.subarray(0, rows * inputs), shape: [rows, inputs] },
    { data: y.subarray(0, rows * outputs), shape: [rows, outputs] },
  );
  const contenders = [];
  for (const [fit, options] of Object.entries(fits)) {
    const net = await Network.create({ inputs, layers, loss: rung.loss, seed: 1 });
    const run = (epochs) => net.fit(data, { batchSize: rung.batch, ...options, epochs });
    contenders.push({ name: fit, contender: { unit: rows / rung.batch, run } });
  }
  const times = await measure(contenders, { rounds: 16, warmup: 500 });
  const [base] = Object.keys(fits);
  for (const fit of Object.keys(fits)) {
    const ratio = times[fit].median / times[base].median;
    table.push({
      rung: name,
      fit,
      'median µs': (times[fit].median * 1e6).toPrecision(3),
      'quartiles µs': `${(times[fit].low * 1e6).toPrecision(3)}–${(times[fit].high * 1e6).toPrecision(3)}`,
      ratio: fit === base ? '' : ratio.toFixed(3),
      target: most[fit] ? `≤ ${most[fit]}` : '',
      met: most[fit] ? (ratio <= most[fit] ? 'yes' : 'NO') : '',
    });
  }
}
console.table(table);
