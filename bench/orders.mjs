// npm run bench:orders: what an order of examples costs, as the time of a step against that of 'shuffle'.

import { Network, dataset, dense, sgd } from '../dist/index.js';
import { LADDER, MOMENTUM, RATE, patterns } from './ladder.mjs';
import { measure } from './rounds.mjs';

/** The order, the rung, and the most that a step may take compared with one of 'shuffle'. */
const TARGETS = [
  ['784-128-10 b32', 'interleave', 1.05],
  ['784-128-10 b32', 'emphasize', 1.05],
  ['4-16-3 b1', 'interleave', undefined],
  ['4-16-3 b1', 'emphasize', 1.4],
];

const table = [];
for (const name of new Set(TARGETS.map(([rung]) => rung))) {
  const rung = LADDER.find((r) => r.name === name);
  const { x, y, rows, inputs, outputs } = patterns(rung);
  const layers = rung.sizes.slice(1).map((units, i, { length }) => {
    return dense(units, { activation: i === length - 1 ? 'softmax' : rung.activation });
  });
  const data = dataset({ data: x, shape: [rows, inputs] }, { data: y, shape: [rows, outputs] });
  const contenders = [];
  for (const order of ['shuffle', 'interleave', 'emphasize']) {
    const net = await Network.create({ inputs, layers, loss: rung.loss, seed: 1 });
    const method = sgd({ rate: RATE, momentum: MOMENTUM });
    const options = { method, batchSize: rung.batch, order };
    contenders.push({
      name: order,
      contender: { unit: rows / rung.batch, run: (epochs) => net.fit(data, { ...options, epochs }) },
    });
  }
  const times = await measure(contenders, { rounds: 16, seconds: 0.05, warmup: 500 });
  for (const [rungName, order, most] of TARGETS) {
    if (rungName !== name) continue;
    const ratio = times[order].median / times.shuffle.median;
    table.push({
      rung: name,
      order,
      'median µs': (times[order].median * 1e6).toPrecision(3),
      'shuffle µs': (times.shuffle.median * 1e6).toPrecision(3),
      ratio: ratio.toFixed(3),
      target: most === undefined ? '' : `≤ ${most}`,
      met: most === undefined ? '' : ratio <= most ? 'yes' : 'NO',
    });
  }
}
console.table(table);
