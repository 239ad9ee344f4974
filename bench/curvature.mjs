// npm run bench:curvature: what second derivatives and the methods that use them cost, beside a gradient, or the machine's limit in float64.

import { Network, dense, init, levenbergMarquardt } from '../dist/index.js';
import { uniforms } from './ladder.mjs';
import { limitLoops } from './limit.mjs';
import { summary } from './rounds.mjs';

const ROUNDS = 15;

function matrix(rows, columns, next) {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * next() - 1));
}

/** Seconds of each of several functions, in turns. */
function inTurns(works) {
  const times = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  for (let round = -2; round < ROUNDS; round++) {
    for (const [name, work] of Object.entries(works)) {
      const before = performance.now();
      work();
      if (round >= 0) times[name].push((performance.now() - before) / 1000);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, summary(list)]));
}

const table = [];
const row = (what, found, target, met) => table.push({ what, found, target, met: met === undefined ? '' : met ? 'yes' : 'NO' });

await init({ precision: 'float64' });
const limit = await limitLoops();
limit.measure('float64');

// Products and diagonals against gradients.
{
  const next = uniforms(3);
  const X = matrix(1000, 784, next);
  const Y = X.map((_, i) => i % 10);
  const net = await Network.create({
    inputs: 784,
    layers: [dense(128, { activation: 'tanh' }), dense(10, { activation: 'softmax' })],
    loss: 'crossEntropy',
    precision: 'float64',
    seed: 1,
  });
  const c = net.curvature(X, Y);
  const v = Float64Array.from({ length: c.parameters }, () => next() - 0.5);
  const times = inTurns({
    gradient: () => c.gradient(),
    diagonal: () => c.hessianDiagonal({ kind: 'lecun' }),
    hessian: () => c.hessianVector(v),
    gaussNewton: () => c.gaussNewtonVector(v),
  });
  const ratio = (name, extra = 0) => extra + times[name].median / times.gradient.median;
  const add = (what, found, most) => row(`784-128-10, 1,000 rows: ${what}`, `${found.toFixed(2)}×`, `≤ ${most}×`, found <= most);
  add("gradient and LeCun's diagonal, against the gradient", ratio('diagonal', 1), 1.9);
  add('Hessian times vector, against the gradient', ratio('hessian'), 2.2);
  add('Gauss-Newton times vector, against the gradient', ratio('gaussNewton'), 1.7);
}

// Iterations of Levenberg and Marquardt's method.
for (const { sizes, rows, microseconds } of [
  { sizes: [1, 15, 1], rows: 100, microseconds: 28 },
  { sizes: [5, 20, 1], rows: 500, microseconds: 650 },
]) {
  const next = uniforms(5);
  const X = matrix(rows, sizes[0], next);
  const Y = X.map((x) => [Math.sin(3 * x[0]) + 0.1 * next()]);
  const times = [];
  for (let round = 0; round < 8; round++) {
    limit.measure('float64');
    const net = await Network.create({
      inputs: sizes[0],
      layers: [dense(sizes[1], { activation: 'tanh' }), dense(1)],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed: 1,
    });
    const before = performance.now();
    const { epochs } = await net.fit(X, Y, { method: levenbergMarquardt(), epochs: 400 });
    times.push((performance.now() - before) / epochs);
    net.dispose();
  }
  const found = 1000 * summary(times.slice(2)).median;
  const most = (microseconds * 30) / limit.best.float64;
  row(
    `Levenberg-Marquardt, ${sizes.join('-')}, ${rows} rows: an iteration`,
    `${found.toFixed(0)} µs`,
    `≤ ${most.toFixed(0)} µs here`,
    found <= most,
  );
}
console.log(`limit in float64: ${limit.best.float64.toFixed(1)} GFLOP/s`);
console.table(table);
