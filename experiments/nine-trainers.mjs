// Nine trainers on one problem, as MATLAB's guide compares them: what the experiments on SIN and PARITY share.

import {
  bfgs,
  conjugateGradient,
  gdx,
  lbfgs,
  levenbergMarquardt,
  oneStepSecant,
  rprop,
  scaledConjugateGradient,
} from 'efficient-backprop';
import { filled, quantile, network } from './sample.mjs';

/** By MATLAB's abbreviations, and L-BFGS, which it does not have. Epochs that hardly any run needs. */
export const TRAINERS = {
  LM: { make: () => levenbergMarquardt(), epochs: 1000 },
  BFG: { make: () => bfgs(), epochs: 2000 },
  RP: { make: () => rprop(), epochs: 10_000 },
  SCG: { make: () => scaledConjugateGradient(), epochs: 5000 },
  CGB: { make: () => conjugateGradient({ beta: 'powellBeale' }), epochs: 5000 },
  CGF: { make: () => conjugateGradient({ beta: 'fletcherReeves' }), epochs: 5000 },
  CGP: { make: () => conjugateGradient({ beta: 'polakRibiere' }), epochs: 5000 },
  OSS: { make: () => oneStepSecant(), epochs: 5000 },
  GDX: { make: () => gdx(), epochs: 20_000 },
  'L-BFGS': { make: () => lbfgs(), epochs: 2000 },
};

/**
 * Multiply-adds of an evaluation, by trainer: a gradient is three for each weight and row; BFGS has its matrix besides, and
 * Levenberg-Marquardt, half of whose evaluations are a Jacobian with JᵀJ and a factor, the other half a forward pass.
 */
export function workOf(name, { weights, parameters, rows }) {
  const gradient = 3 * weights * rows;
  if (name === 'BFG') return gradient + 3 * parameters ** 2;
  if (name !== 'LM') return gradient;
  return (2 * weights * rows + (rows * parameters ** 2) / 2 + parameters ** 3 / 6 + weights * rows) / 2;
}

/**
 * Evaluations of each trainer to each goal, over seeds; Infinity where it is not reached.
 * @returns { name: [goal][seed] }
 */
export async function compare({ X, Y, layers, goals, seeds, names = Object.keys(TRAINERS) }) {
  const found = {};
  for (const name of names) {
    const { make, epochs } = TRAINERS[name];
    found[name] = filled(goals.length, () => []);
    for (let seed = 1; seed <= seeds; seed++) {
      for (const [g, goal] of goals.entries()) {
        const net = await network({ inputs: X[0].length, layers, loss: 'meanSquaredError', precision: 'float64', seed });
        const { reason, evaluations } = await net.fit(X, Y, { method: make(), batchSize: 'full', epochs, goal });
        found[name][g].push(reason === 'goal' ? evaluations : Infinity);
        net.dispose();
      }
    }
  }
  return found;
}

/** The middle run, those that fail counting as the slowest. */
export const middle = (values) => quantileOf(values, 0.5);

function quantileOf(values, q) {
  const finite = values.filter((v) => v < Infinity);
  return finite.length > values.length * q
    ? quantile(
        [...values].map((v) => Math.min(v, 1e12)),
        q,
      )
    : Infinity;
}

/** Spearman's rank correlation. */
export function rankCorrelation(a, b) {
  const ranks = (list) => list.map((v) => list.filter((w) => w < v).length + (list.filter((w) => w === v).length - 1) / 2);
  const [p, q] = [ranks(a), ranks(b)];
  const n = a.length;
  const squares = p.reduce((sum, v, i) => sum + (v - q[i]) ** 2, 0);
  return 1 - (6 * squares) / (n * (n * n - 1));
}
