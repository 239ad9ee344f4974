// Random numbers and summaries for the experiments: the same on every machine, so nothing here uses Math.log, Math.cos or the
// like.

import { Network } from 'efficient-backprop';

/** A network whose numbers are the same on every machine. */
export const network = (options) => Network.create({ numerics: 'strict', ...options });

const STEP = 0x9e3779b9;

/** The bits of a 32-bit integer mixed by two multiplications, one to one. */
function mixed(z) {
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

/** A stream of random numbers: equal seeds, equal streams. */
export function stream(seed) {
  // The seed is mixed, so that no stream begins a few numbers into another.
  let state = mixed(seed + STEP);
  /** Uniform on [0, 1): a Weyl sequence, its bits mixed. */
  const uniform = () => {
    state = (state + STEP) >>> 0;
    return mixed(state) / 2 ** 32;
  };
  return {
    uniform,
    /** About standard normal: the sum of twelve uniforms, less six, has mean 0 and variance 1. */
    normal() {
      let sum = -6;
      for (let i = 0; i < 12; i++) sum += uniform();
      return sum;
    },
    integer: (below) => Math.floor(uniform() * below),
  };
}

/** An array of `length`, each element made by `make(index)`. */
export const filled = (length, make) => Array.from({ length }, (_, i) => make(i));

export const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;

export const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);

export const square = (v) => v * v;

/** Odd and bounded by ±1, without an exponential: the units of the random networks that make targets. */
export const squash = (y) => y / Math.sqrt(1 + y * y);

/**
 * log₁₀ x for x > 0, from sums, products and quotients alone, to 1e-15 of its size: the engines' own differ in their last bits.
 */
export function log10(x) {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x > 0 ? Infinity : Number.NaN;
  let [m, exponent] = [x, 0];
  for (; m > Math.SQRT2; exponent++) m /= 2;
  for (; m < Math.SQRT1_2; exponent--) m *= 2;
  // ln m = 2·artanh z, |z| < 0.18: what the series leaves out is below 1e-17.
  const z = (m - 1) / (m + 1);
  let sum = 0;
  for (let k = 21; k > 0; k -= 2) sum = sum * z * z + 2 / k;
  return (sum * z + exponent * Math.LN2) / Math.LN10;
}

/** Shifted and scaled to mean 0 and variance 1. */
export function standardised(values) {
  const centre = mean(values);
  const deviation = Math.sqrt(mean(values.map((v) => square(v - centre))));
  return values.map((v) => (v - centre) / deviation);
}

/** Rows of normal inputs, and targets of variance 1 that a random network with so many units makes of them. */
export function regression({ inputs, units, rows, seed }) {
  const { normal } = stream(seed);
  const teacher = filled(units, () => filled(inputs, () => (1.5 * normal()) / Math.sqrt(inputs)));
  const X = filled(rows, () => filled(inputs, normal));
  const raw = X.map((x) => teacher.reduce((sum, w) => sum + squash(dot(w, x)), 0));
  return { X, Y: standardised(raw).map((v) => [v]) };
}

/** The curve, over rates, with the lowest score; without one, its last value. Curves that diverged are [Infinity]. */
export async function atBestRate(rates, curveOf, score = (curve) => curve.at(-1)) {
  let best = [Infinity];
  let lowest = Infinity;
  for (const rate of rates) {
    const curve = await curveOf(rate);
    const found = score(curve);
    if (found < lowest) [best, lowest] = [curve, found];
  }
  return best;
}

/** In order, what is no number among the largest: a run that diverged is a bad one, and counts. */
const inOrder = (values) => values.map((v) => (Number.isNaN(v) ? Infinity : v)).sort((a, b) => (a === b ? 0 : a - b));

/** The quantile q, 0 to 1, of numbers: linear between order statistics. */
export function quantile(values, q) {
  const sorted = inOrder(values);
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)];
  const high = sorted[Math.ceil(at)];
  return low === high ? low : low + (high - low) * (at - Math.floor(at));
}

export const median = (values) => quantile(values, 0.5);

/**
 * The median of independent runs and an interval about it that holds the true one with at least 95 %, of fewer than six runs
 * their range: order statistics, by the binomial distribution, whatever the numbers are distributed like.
 */
export function medianOf(values) {
  const sorted = inOrder(values);
  const n = sorted.length;
  // The chance that k or fewer of n runs are below the median.
  let [term, sum, k] = [1 / 2 ** n, 1 / 2 ** n, 0];
  while (sum <= 0.025) {
    term *= (n - k) / (k + 1);
    k++;
    sum += term;
  }
  const cut = Math.max(k - 1, 0);
  return { estimate: median(sorted), low: sorted[cut], high: sorted[n - 1 - cut] };
}

/** Of runs with something and without it, by seed: how many times as large the first are. Both past counting are alike. */
export function ratioOf(having, without) {
  return medianOf(having.map((v, s) => (v === without[s] ? 1 : v / without[s])));
}

/** How often something happens, and Wilson's interval about it, 95 %; of nothing, all is possible. */
export function shareOf(count, n) {
  if (n === 0) return { estimate: Number.NaN, low: 0, high: 1 };
  const z = 1.96;
  const [share, weight] = [count / n, (z * z) / n];
  const middle = (share + weight / 2) / (1 + weight);
  const half = (z * Math.sqrt((share * (1 - share)) / n + weight / (4 * n))) / (1 + weight);
  return { estimate: share, low: middle - half, high: middle + half };
}

/** The geometric mean of positive numbers. */
export function geometricMean(values) {
  const exponent = mean(values.map(log10));
  if (!Number.isFinite(exponent)) return exponent > 0 ? Infinity : 0;
  // 10^x by its whole part and the series of the rest.
  const whole = Math.round(exponent);
  const rest = (exponent - whole) * Math.LN10;
  let [term, sum] = [1, 1];
  for (let k = 1; k < 30; k++) {
    term *= rest / k;
    sum += term;
  }
  return sum * Number(`1e${whole}`);
}

/** A number to so many significant digits, for tables; NaN and Infinity have none. */
export const round = (value, digits = 3) => (Number.isFinite(value) ? Number(value.toPrecision(digits)) : value);

/** 'estimate (low–high)' of a median and its interval. */
export const within = ({ estimate, low, high }, digits = 3) =>
  `${round(estimate, digits)} (${round(low, digits)}–${round(high, digits)})`;

/** 'median (lowest–highest)' of numbers over seeds. */
export const spread = (values, digits = 3) =>
  `${round(median(values), digits)} (${round(quantile(values, 0), digits)}–${round(quantile(values, 1), digits)})`;

/**
 * One curve over seeds: the median at each point with the range about it, from curves of equal length. `x` gives the abscissa.
 */
export function band(name, curves, x = (i) => i + 1, y = (v) => v) {
  const at = (summary) => curves[0].map((_, i) => [x(i), y(summary(curves.map((c) => c[i])))]);
  return { name, points: at(median), low: at((v) => Math.min(...v)), high: at((v) => Math.max(...v)) };
}
