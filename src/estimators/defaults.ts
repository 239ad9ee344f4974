// What an estimator chooses when nobody says: rules from the shape of the data and the largest curvature of the inputs.
// docs/defaults.md explains them and has the measurements behind the constants.

import type { Loss } from '../layers/losses.js';
import type { Family } from './recipe.js';

const clamp = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);

/** Units of the hidden layer where there is no choosing: 6·√(inputs + outputs), a multiple of 4 from 16 to 256. */
export function hiddenUnits(inputs: number, outputs: number): number {
  return clamp(4 * Math.round(1.5 * Math.sqrt(inputs + outputs)), 16, 256);
}

/** From so many rows on layers are wider, Adam takes the steps, and the networks of the folds are the model. */
export const MANY_ROWS = 2000;

/** Fewer rows than this may be too few to choose by. */
export const SOME = 30;

/** Networks that are averaged: more gain next to nothing, and predictions take as many times as long. */
export const MEMBERS = 3;

/** Units of a candidate with one hidden layer. */
const WIDE = 128;

/** Units of each of two hidden layers: 32, 64 from 2,000 rows on; at least twice the outputs, a multiple of 16, at most 128. */
function units(rows: number, outputs: number): number {
  return clamp(16 * Math.ceil(outputs / 8), rows >= MANY_ROWS ? 64 : 32, WIDE);
}

/**
 * Shapes of models to choose from: symmetric sigmoids find smooth functions and waves, rectifiers steps and thresholds. One layer
 * of sigmoids pays on many rows.
 */
export function families(rows: number, outputs: number): readonly Family[] {
  const h = units(rows, outputs);
  return [
    { hidden: [h, h], activation: 'lecunTanh' },
    { hidden: [WIDE], activation: 'relu' },
    { hidden: [h, h], activation: 'relu' },
    ...(rows >= MANY_ROWS ? [{ hidden: [WIDE], activation: 'lecunTanh' } as const] : []),
  ];
}

/** Samples per step: about a tenth of the rows, a power of two from 8 to 32; 64 from 20,000 rows on, 128 from 100,000. */
export function batchSize(rows: number): number {
  if (rows >= 20_000) return rows >= 100_000 ? 128 : 64;
  let size = 8;
  while (size < 32 && size * 10 < rows) size *= 2;
  return size;
}

/**
 * Passes over the data: 50,000 samples in all for cross-entropies, 80,000 for other losses, but at least 20 passes and at most
 * 1000.
 */
export function epochs(rows: number, loss: Loss): number {
  return clamp(Math.ceil((loss === 'crossEntropy' ? 50_000 : 80_000) / rows), 20, 1000);
}

/** The momentum of every default fit. */
export const MOMENTUM = 0.9;

/** The bound of the gradient's norm below 2,000 rows: single steep samples do not throw the weights away. */
export const CLIP = { norm: 5 };

/**
 * The learning rate to start from: 0.05 (cross-entropy) or 0.03 (other losses), less where curvature asks for it. Descent with
 * momentum μ on a quadratic needs η < 2(1 + μ)/λ, about 4/λ. Squared error has twice the curvature of what enters a layer;
 * cross-entropy at most a quarter of it, and soon much less.
 * @param curvature of what enters the first layer
 * @param hidden units of the widest hidden layer; what they put out has a mean square of about 0.6
 */
export function startRate(loss: Loss, curvature: number, hidden: number): number {
  return loss === 'crossEntropy' ? Math.min(0.05, 8 / curvature) : Math.min(0.03, 2 / curvature, 1.5 / Math.max(hidden, 1));
}

/** Adam's rate to start from: less where one step moves the sums of many inputs. */
export function adamRate(inputs: number): number {
  return Math.min(0.01, 0.1 / Math.sqrt(inputs));
}

/**
 * The curvature that steps on batches see: the largest eigenvalue of the inputs' covariance, and the mean square of a row
 * divided by the batch size, since what a batch shows varies by as much.
 */
export function stepCurvature(x: ArrayLike<number>, rows: number, inputs: number, batchSize: number): number {
  let squares = 0;
  for (let i = 0; i < rows * inputs; i++) squares += x[i]! * x[i]!;
  return largestEigenvalue(x, rows, inputs) + squares / rows / batchSize;
}

/** The mean square of what a hidden unit puts out, about. */
const UNIT_SQUARE = 0.6;

/**
 * The largest rate for steps on few rows, whose noise momentum adds up over 1/(1 − μ) steps. On single rows of squared error,
 * descent is unstable from η = (1 − μ)/(sum of squares of all that enters the layers) on; this is a quarter of it, times the rows
 * of a step. Cross-entropy has a quarter of the curvature.
 * @param square of a row of inputs
 */
export function noiseRate(loss: Loss, square: number, hidden: readonly number[], momentum: number, batchSize: number): number {
  const entering = square + hidden.reduce((sum, units) => sum + UNIT_SQUARE * units, 0) + hidden.length + 1; // and the biases' ones
  return ((1 - momentum) * batchSize) / ((loss === 'crossEntropy' ? 1 : 4) * entering);
}

/**
 * What is left of the rate where weights differ, at most 1: a step on a batch that holds the heaviest row must not go further
 * than one on rows of the mean weight that all point in its direction.
 */
export function rateShare(w: ArrayLike<number> | undefined, batchSize: number): number {
  if (!w) return 1;
  let [sum, most] = [0, 0];
  for (let r = 0; r < w.length; r++) {
    sum += w[r]!;
    most = Math.max(most, w[r]!);
  }
  return Math.min(1, (batchSize * (sum / w.length)) / most);
}

/** The rate of an epoch: from the start rate down to 0 along 1 − x²(3 − 2x), like a cosine but the same on every machine. */
export function annealed(start: number, epochs: number): (epoch: number) => number {
  return (epoch) => {
    const x = Math.min(epoch / epochs, 1);
    return start * (1 - x * x * (3 - 2 * x));
  };
}

/**
 * The weight decay where there is no choosing: 8/rows, but little on few rows. With a few dozen or less 8/rows would press all
 * weights to 0, and not even XOR were learned.
 */
export function decayByRule(rows: number, loss: Loss): number {
  return Math.min(8 / rows, rows < 30 ? fewRowsDecay(loss) : 0.03);
}

/** The weight decay of networks on so few rows that nothing can be held out. */
export function fewRowsDecay(loss: Loss): number {
  return loss === 'meanSquaredError' ? 0.01 : 0.003;
}

/**
 * The largest eigenvalue of the covariance of (already centred) inputs, by power iteration on at most 1000 rows, evenly picked.
 * Twelve iterations give the order of magnitude, and that is all the rate needs (Efficient BackProp 7.5).
 */
export function largestEigenvalue(x: ArrayLike<number>, rows: number, inputs: number): number {
  const used = Math.min(rows, 1000);
  let v = Float64Array.from({ length: inputs }, (_, j) => 1 + (j % 7) / 7);
  let lambda = 1;
  for (let iteration = 0; iteration < 12; iteration++) {
    const next = new Float64Array(inputs);
    for (let i = 0; i < used; i++) {
      const at = Math.floor((i * rows) / used) * inputs;
      let s = 0;
      for (let j = 0; j < inputs; j++) s += x[at + j]! * v[j]!;
      for (let j = 0; j < inputs; j++) next[j]! += (s * x[at + j]!) / used;
    }
    let square = 0;
    for (const e of v) square += e * e;
    let nextSquare = 0;
    for (const e of next) nextSquare += e * e;
    if (nextSquare === 0) return 1;
    lambda = Math.sqrt(nextSquare / square);
    const norm = Math.sqrt(nextSquare);
    v = next.map((e) => e / norm);
  }
  return lambda;
}

/** Multiply-adds of presenting one sample to a network once: forward, backward, overheads. */
export function sampleCost(inputs: number, hidden: readonly number[], outputs: number): number {
  const sizes = [inputs, ...hidden, outputs];
  let weights = 0;
  for (let l = 1; l < sizes.length; l++) weights += sizes[l - 1]! * sizes[l]!;
  return 3 * weights + 1500;
}
