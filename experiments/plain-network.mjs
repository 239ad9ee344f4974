// A network in plain JavaScript, for what the library has not: connections left out, rates for single weights, updates that want
// whole batches, and the two halves of a normalisation. No exponentials, so that it is the same everywhere.

import { filled, stream } from './sample.mjs';

/** Activations: f, and f′ by y. */
export const ACTIVATIONS = {
  /** Odd, between −1 and 1. */
  symmetric: { f: (y) => y / Math.sqrt(1 + y * y), slope: (y) => 1 / ((1 + y * y) * Math.sqrt(1 + y * y)) },
  /** The same between 0 and 2. */
  'off centre': { f: (y) => 1 + y / Math.sqrt(1 + y * y), slope: (y) => 1 / ((1 + y * y) * Math.sqrt(1 + y * y)) },
  rectifier: { f: (y) => (y > 0 ? y : 0), slope: (y) => (y > 0 ? 1 : 0) },
  'smooth rectifier': { f: (y) => (y + Math.sqrt(1 + y * y)) / 2, slope: (y) => (1 + y / Math.sqrt(1 + y * y)) / 2 },
};

/** Added to variances before they divide. */
const EPSILON = 1e-5;

/**
 * Layers of (inputs + 1)·units weights, the last of each unit its bias, which starts at 0; the others are normal with variance
 * 1/fan-in. The last layer is linear.
 * @param sizes units of each layer, inputs first
 * @param connected (layer, input, unit) => whether there is a weight
 * @param between what is done to a hidden layer's outputs over each batch: `{ centre, scale }`
 */
export function plainNetwork({ sizes, activation = 'symmetric', seed, connected = () => true, between = {}, gain = 1 }) {
  const { normal } = stream(seed);
  const layers = filled(sizes.length - 1, (k) => {
    const [inputs, units] = [sizes[k], sizes[k + 1]];
    const weights = new Float64Array((inputs + 1) * units);
    const there = new Uint8Array(weights.length).fill(1);
    const fanIn = new Float64Array(units);
    for (let u = 0; u < units; u++) {
      for (let i = 0; i < inputs; i++) if (connected(k, i, u)) fanIn[u]++;
      for (let i = 0; i < inputs; i++) {
        const value = normal();
        if (connected(k, i, u)) weights[i * units + u] = (gain * value) / Math.sqrt(fanIn[u]);
        else there[i * units + u] = 0;
      }
    }
    return { inputs, units, weights, there, fanIn };
  });
  return { layers, between, ...ACTIVATIONS[activation] };
}

/** Rows as this network takes them, `{ X, Y, rows }`, and targets of one output. */
export const packed = ({ X, Y }) => ({ X: Float64Array.from(X.flat()), Y: Float64Array.from(Y.flat()), rows: X.length });

/** What enters and leaves each layer. */
function forward({ layers, between, f }, X, rows) {
  const passes = [];
  let below = X;
  for (const [k, { inputs, units, weights }] of layers.entries()) {
    const sums = new Float64Array(rows * units);
    for (let r = 0; r < rows; r++) {
      const at = r * units;
      for (let u = 0; u < units; u++) sums[at + u] = weights[inputs * units + u];
      for (let i = 0; i < inputs; i++) {
        const x = below[r * inputs + i];
        for (let u = 0; u < units; u++) sums[at + u] += x * weights[i * units + u];
      }
    }
    const last = k === layers.length - 1;
    const out = last ? sums : sums.map(f);
    const deviations = last ? undefined : normalised(out, units, between);
    passes.push({ below, sums, out, deviations });
    below = out;
  }
  return passes;
}

/** Columns centred, or divided by their deviations, in place; returns the latter. */
function normalised(out, units, { centre, scale }) {
  const rows = out.length / units;
  const deviations = new Float64Array(units).fill(1);
  for (let u = 0; u < units; u++) {
    let [sum, squares] = [0, 0];
    for (let at = u; at < out.length; at += units) sum += out[at];
    const mean = sum / rows;
    for (let at = u; at < out.length; at += units) squares += (out[at] - mean) ** 2;
    if (scale) deviations[u] = Math.sqrt(squares / rows + EPSILON);
    for (let at = u; at < out.length; at += units) {
      // Scaled alone, a column keeps its mean.
      out[at] = centre ? (out[at] - mean) / deviations[u] : mean + (out[at] - mean) / deviations[u];
    }
  }
  return deviations;
}

/** The gradient of `normalised`, in place. */
function throughNormalised(delta, out, units, { centre, scale }, deviations) {
  const rows = out.length / units;
  for (let u = 0; u < units && (centre || scale); u++) {
    let [sum, along, mean] = [0, 0, 0];
    for (let at = u; at < out.length; at += units) {
      sum += delta[at] / rows;
      mean += out[at] / rows;
    }
    for (let at = u; at < out.length; at += units) along += (delta[at] * (out[at] - mean)) / rows;
    for (let at = u; at < out.length; at += units) {
      const spread = scale ? (delta[at] - sum - (out[at] - mean) * along) / deviations[u] : delta[at] - sum;
      delta[at] = centre ? spread : spread + sum;
    }
  }
}

/** Half the mean squared error of one output. */
export function lossOf(net, { X, Y, rows }) {
  const { out } = forward(net, X, rows).at(-1);
  let sum = 0;
  for (let r = 0; r < rows; r++) sum += (out[r] - Y[r]) ** 2;
  return sum / (2 * rows);
}

/** The gradient of half the mean squared error: an array for each layer. */
export function gradientOf(net, { X, Y, rows }) {
  const passes = forward(net, X, rows);
  const { layers, slope, between } = net;
  let delta = passes.at(-1).out.map((v, r) => (v - Y[r]) / rows);
  const gradients = [];
  for (let k = layers.length - 1; k >= 0; k--) {
    const { inputs, units, weights, there } = layers[k];
    const { below } = passes[k];
    const gradient = new Float64Array(weights.length);
    for (let r = 0; r < rows; r++) {
      for (let u = 0; u < units; u++) gradient[inputs * units + u] += delta[r * units + u];
      for (let i = 0; i < inputs; i++) {
        const x = below[r * inputs + i];
        for (let u = 0; u < units; u++) gradient[i * units + u] += x * delta[r * units + u];
      }
    }
    for (let j = 0; j < gradient.length; j++) gradient[j] *= there[j];
    gradients.unshift(gradient);
    if (k > 0) {
      const down = new Float64Array(rows * inputs);
      for (let r = 0; r < rows; r++) {
        for (let i = 0; i < inputs; i++) {
          let sum = 0;
          for (let u = 0; u < units; u++) sum += delta[r * units + u] * weights[i * units + u];
          down[r * inputs + i] = sum;
        }
      }
      const { out, sums, deviations } = passes[k - 1];
      throughNormalised(down, out, inputs, between, deviations);
      delta = down.map((d, j) => d * slope(sums[j]));
    }
  }
  return gradients;
}
