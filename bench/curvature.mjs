// What second derivatives and the methods that use them cost, beside a gradient, or the machine's limit in float64.

import { Network, dense, init, levenbergMarquardt, sgd } from '../dist/index.js';
import { DEFAULT, summary, uniforms } from '../dist/bench.js';

function matrix(rows, columns, next) {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * next() - 1));
}

/** Seconds of each of several functions, in turns. */
function inTurns(works, rounds) {
  const times = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const [name, work] of Object.entries(works)) {
      const before = performance.now();
      work();
      if (round >= 0) times[name].push((performance.now() - before) / 1000);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, summary(list)]));
}

/** Products and diagonals against gradients. */
async function products(rounds, add) {
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
  const works = {
    gradient: () => c.gradient(),
    diagonal: () => c.gradientAndDiagonal(),
    hessian: () => c.hessianVector(v),
    gaussNewton: () => c.gaussNewtonVector(v),
  };
  const times = inTurns(works, rounds);
  const of = (name) => times[name].median / times.gradient.median;
  const where = '784-128-10, 1,000 rows, float64';
  add(`${where}: gradient and LeCun's diagonal, times a gradient`, of('diagonal'), { most: 1.9 }, '×');
  add(`${where}: Hessian times vector, times a gradient`, of('hessian'), { most: 2.2 }, '×');
  add(`${where}: Gauss-Newton times vector, times a gradient`, of('gaussNewton'), { most: 1.7 }, '×');
  c.dispose();
  net.dispose();
}

/** Iterations of Levenberg and Marquardt's method, and what `fit` adds to them. */
async function iterations(limit, rounds, add) {
  for (const { sizes, rows, microseconds } of [
    { sizes: [1, 15, 1], rows: 100, microseconds: 28 },
    { sizes: [5, 20, 1], rows: 500, microseconds: 650 },
  ]) {
    const next = uniforms(5);
    const X = matrix(rows, sizes[0], next);
    const Y = X.map((x) => [Math.sin(3 * x[0]) + 0.1 * next()]);
    const of30 = [];
    const whole = [];
    for (let round = -3; round < rounds; round++) {
      limit.measure('float64', DEFAULT);
      const net = await Network.create({
        inputs: sizes[0],
        layers: [dense(sizes[1], { activation: 'tanh', init: 'nguyenWidrow' }), dense(1)],
        loss: 'meanSquaredError',
        precision: 'float64',
        seed: 1,
      });
      const time = async (epochs, method) => {
        const before = performance.now();
        const history = await net.fit(X, Y, { method, epochs });
        return { each: (performance.now() - before) / history.epochs, all: performance.now() - before };
      };
      const { each } = await time(400, levenbergMarquardt());
      const { all } = await time(1, sgd());
      net.dispose();
      if (round < 0) continue;
      of30.push((1000 * each * limit.samples[DEFAULT].float64.at(-1)) / 30);
      whole.push(all);
    }
    const name = `Levenberg-Marquardt, ${sizes.join('-')}, ${rows} rows`;
    add(`${name}: an iteration, where the limit is 30 GFLOP/s`, summary(of30).median, { most: microseconds }, ' µs');
    if (rows === 100) add('fit: what a whole run of one epoch takes', summary(whole).median, { most: 0.3 }, ' ms');
  }
}

export async function measureCurvature(limit, rounds, add) {
  await init({ precision: 'float64' });
  await products(rounds, add);
  await iterations(limit, rounds, add);
}
