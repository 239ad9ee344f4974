// Milliseconds until the training loss falls below a bound: methods of second order beside those of first, on a small regression.

import {
  Network,
  adam,
  bfgs,
  conjugateGradient,
  dataset,
  dense,
  lbfgs,
  levenbergMarquardt,
  rprop,
  scaledConjugateGradient,
  sgd,
} from '../dist/index.js';
import { summary, uniforms } from '../dist/bench.js';

/** 500 rows of a smooth function of five inputs into 5-20-1: a hundredth and a thousandth of the targets' variance is left. */
const ROWS = 500;
const INPUTS = 5;
const UNITS = 20;
const GOALS = [1e-2, 1e-3];

/** Milliseconds after which a method has failed. */
const PATIENCE = 10_000;

/**
 * Rates are the best of 0.005, 0.01, 0.02 and 0.04 for adam, and of 0.015, 0.03, 0.06 and 0.12 for sgd, on the way to the lower
 * loss.
 */
const METHODS = {
  'Levenberg-Marquardt': { method: levenbergMarquardt() },
  BFGS: { method: bfgs() },
  'L-BFGS': { method: lbfgs() },
  'conjugate gradient': { method: conjugateGradient() },
  'scaled conjugate gradient': { method: scaledConjugateGradient() },
  rprop: { method: rprop(), batchSize: 'full' },
  adam: { method: adam({ rate: 0.01 }), batchSize: 16 },
  sgd: { method: sgd({ rate: 0.015, momentum: 0.9 }), batchSize: 16 },
};

function task() {
  const next = uniforms(9);
  const X = Array.from({ length: ROWS }, () => Array.from({ length: INPUTS }, () => 2 * next() - 1));
  const raw = X.map(([a, b, c, d, e]) => Math.sin(2.5 * a) + b * c + 0.5 * d * d - 0.3 * e);
  const mean = raw.reduce((s, v) => s + v, 0) / ROWS;
  const deviation = Math.sqrt(raw.reduce((s, v) => s + (v - mean) ** 2, 0) / ROWS);
  return { X, Y: raw.map((v) => [(v - mean) / deviation]) };
}

/**
 * [{ method, goal, milliseconds, epochs, reached, seeds }]: summaries over the seeds that reached the goal; seeds start
 * elsewhere.
 */
export async function timeToTarget(seeds) {
  const { X, Y } = task();
  const data = dataset(X, Y);
  const found = [];
  const fit = async ({ method, batchSize }, goal, seed) => {
    const net = await Network.create({
      inputs: INPUTS,
      layers: [dense(UNITS, { activation: 'tanh' }), dense(1)],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed,
      threads: 1,
    });
    const before = performance.now();
    const history = await net.fit(data, { method, ...(batchSize && { batchSize }), goal, epochs: 1e7, timeLimit: PATIENCE });
    const milliseconds = performance.now() - before;
    net.dispose();
    return { milliseconds, epochs: history.epochs, reached: history.reason === 'goal' };
  };
  for (const goal of GOALS) {
    for (const [name, how] of Object.entries(METHODS)) {
      await fit(how, 0.1, 1); // its code is compiled
      const runs = [];
      for (let seed = 1; seed <= seeds; seed++) runs.push(await fit(how, goal, seed));
      const good = runs.filter(({ reached }) => reached);
      found.push({
        method: name,
        goal,
        reached: good.length,
        seeds,
        ...(good.length > 0 && {
          milliseconds: summary(good.map(({ milliseconds }) => milliseconds)),
          epochs: summary(good.map(({ epochs }) => epochs)),
        }),
      });
    }
  }
  data.dispose();
  return found;
}
