// npm run bench:scaling [-- --quick] [--only rows,rowsOfMore,parameters,batch,threads,memory,methods] [--rounds N]
// How time grows with rows, parameters, threads and batch, what memory a fit takes, and how long methods need. Two minutes.

import { parseArgs } from 'node:util';
import { CURVES, picturesOf } from './chart.mjs';
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

const quartiles = ({ median, low, high }, scale) => ({
  median: number(median * scale),
  'half between': `${number(low * scale)} – ${number(high * scale)}`,
});

/** How the curves of one line are measured. */
const MEASURES = { rows: overRows, rowsOfMore: overRowsOfMore, parameters: overParameters, batch: overBatch };

for (const [name, axes] of Object.entries(CURVES)) {
  if (wanted && !wanted.includes(name)) continue;
  const points = await MEASURES[name](rounds, quick);
  result[name] = points.map(({ rounds: _, ...point }) => point);
  console.log(`\n${axes.title}, ${axes.y}: the most is ${number(spread(points))} times the least`);
  console.table(
    Object.fromEntries(points.map((point) => [`${point.x.toLocaleString('en-US')} ${axes.x}`, quartiles(point, axes.scale)])),
  );
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
}

const { list, add } = checks();
if (!quick) judgeGrowth(result, add);
result.targets = list;
show(list);
const files = await keep(quick || wanted ? 'latest.scaling' : `${slug}.scaling`, result, picturesOf(result));
if (!quick && !wanted) await report();
console.log(`Written: ${files.join(', ')}`);
process.exit(0); // workers
