// npm run bench:scaling [-- --quick] [--only rows,rowsOfMore,parameters,batch,threads,memory,methods] [--rounds N]
// How time grows with rows, parameters, threads and batch, what memory a fit takes, and how long methods need. Two minutes.

import { parseArgs } from 'node:util';
import { bars, lines } from './chart.mjs';
import { overBatch, overParameters, overRows, overRowsOfMore, overThreads } from './curves.mjs';
import { highWater } from './high-water.mjs';
import { report } from './report.mjs';
import { heading, keep, machine, slug } from './results.mjs';
import { number, size } from './show.mjs';
import { checks, judgeGrowth, show, spread } from './targets.mjs';
import { timeToTarget } from './to-target.mjs';
import { twoAtOnce } from './together.mjs';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, rounds: { type: 'string' } },
});
const rounds = Number(options.rounds ?? (options.quick ? 3 : 11));
const wanted = options.only?.split(',');
const { quick } = options;

console.log(`${machine.cpu}, Node.js ${machine.version}, ${rounds} rounds`);
const result = { ...heading, rounds };
const pictures = {};

const quartiles = ({ median, low, high }, scale) => ({
  median: number(median * scale),
  'half between': `${number(low * scale)} – ${number(high * scale)}`,
});

/** The curves of one line: how they are measured, shown and drawn. */
const CURVES = {
  rows: { measure: overRows, title: 'Time per row of an epoch, 20-32-1, batch 32', x: 'rows', y: 'ns', scale: 1e9 },
  rowsOfMore: {
    measure: overRowsOfMore,
    title: 'Time per row of an epoch, 8-64-64-1, batch 64',
    x: 'rows',
    y: 'ns',
    scale: 1e9,
  },
  parameters: {
    measure: overParameters,
    title: 'Time per operation of a step, batch 128',
    x: 'parameters',
    y: 'ps/FLOP',
    scale: 1e12,
  },
  batch: {
    measure: overBatch,
    title: 'Time per sample, 784-128-10',
    x: 'samples a batch',
    y: 'µs',
    scale: 1e6,
    logarithmic: true,
  },
};

for (const [name, { measure, ...axes }] of Object.entries(CURVES)) {
  if (wanted && !wanted.includes(name)) continue;
  const points = await measure(rounds, quick);
  result[name] = points.map(({ rounds: _, ...point }) => point);
  console.log(`\n${axes.title}, ${axes.y}: the most is ${number(spread(points))} times the least`);
  console.table(
    Object.fromEntries(points.map((point) => [`${point.x.toLocaleString('en-US')} ${axes.x}`, quartiles(point, axes.scale)])),
  );
  pictures[`.${name}.svg`] = lines([{ name, points }], axes);
}

if (!wanted || wanted.includes('threads')) {
  result.threads = await overThreads(rounds, quick);
  const rungs = [...new Set(result.threads.map(({ rung }) => rung))];
  result.together = await twoAtOnce(rungs, rounds);
  console.log('\nTimes faster than one thread (median of pairs, and its interval)');
  console.table(
    result.threads.map(({ rung, threads, seconds, speedup }) => ({
      rung,
      threads,
      'median µs': number(seconds.median * 1e6),
      speedup: speedup.median.toFixed(2),
      interval: `${speedup.low.toFixed(2)} – ${speedup.high.toFixed(2)}`,
    })),
  );
  console.log(
    `\nTwo threads, each with steps of its own, do ${rungs.map((rung) => `${number(result.together.rungs[rung].median)} (${rung})`).join(', ')} times the steps of one; ` +
      `a word takes ${number(result.together.handOver.median)} ns from one to the other`,
  );
  pictures['.threads.svg'] = lines(
    rungs.map((rung) => ({
      name: rung,
      points: result.threads.filter((p) => p.rung === rung).map(({ threads, speedup }) => ({ x: threads, ...speedup })),
    })),
    { title: 'Times faster than one thread', x: 'threads', y: '×', linear: true },
  );
}

if (!wanted || wanted.includes('memory')) {
  result.memory = highWater();
  console.log('\nLinear memory at its highest, beside data, four times the parameters and the activations of a batch');
  console.table(
    result.memory.map(({ name, threads, bytes, expected }) => ({
      fit: name,
      threads,
      memory: size(bytes),
      beside: size(expected),
      ratio: number(bytes / expected),
    })),
  );
}

if (!wanted || wanted.includes('methods')) {
  result.methods = await timeToTarget(quick ? 3 : 9);
  console.log('\nMilliseconds until the training loss is reached, 5-20-1, 500 rows, float64 (over the seeds that reached it)');
  console.table(
    result.methods.map(({ method, goal, reached, seeds, milliseconds, epochs }) => ({
      method,
      loss: goal,
      reached: `${reached} of ${seeds}`,
      ...(milliseconds && { ...quartiles(milliseconds, 1), epochs: number(epochs.median) }),
    })),
  );
  pictures['.methods.svg'] = bars(
    result.methods.map(({ method, goal, milliseconds }) => ({
      label: method,
      group: `loss ${goal}`,
      ...(milliseconds && { value: Number(milliseconds.median.toPrecision(4)) }),
    })),
    { title: 'Until the training loss is reached, 5-20-1, 500 rows (logarithmic)', y: 'ms' },
  );
}

const { list, add } = checks();
if (!quick) judgeGrowth(result, add);
result.targets = list;
show(list);
const files = await keep(quick || wanted ? 'latest.scaling' : `${slug}.scaling`, result, pictures);
if (!quick && !wanted) await report();
console.log(`Written: ${files.join(', ')}`);
process.exit(0); // workers
