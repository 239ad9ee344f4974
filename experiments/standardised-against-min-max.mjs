import { Network, dense, sgd } from 'efficient-backprop';
import { atBestRate, band, dot, filled, median, round, spread, squash, standardised, stream } from './sample.mjs';

const INPUTS = 10;
const UNITS = 15;
const ROWS = 200;
const EPOCHS = 40;
const RATES = filled(10, (i) => 2.56 / 2 ** i);
/** Distributions of the inputs, from a standard normal number and a uniform one. */
const DISTRIBUTIONS = {
  normal: (normal) => normal,
  uniform: (_, uniform) => uniform,
  'long-tailed': (normal) => normal * normal * normal,
};
const [ZERO_ONE, SYMMETRIC] = ['minimum 0, maximum 1', 'minimum −1, maximum 1'];
const SCALINGS = {
  standardised,
  [ZERO_ONE]: (column) => between(column, 0, 1),
  [SYMMETRIC]: (column) => between(column, -1, 1),
};

export default {
  name: 'standardised-against-min-max',
  title: 'Standardised inputs against inputs scaled by minimum and maximum',
  section: '4.3',
  claim: 'Inputs of mean 0 and variance 1 are learned faster than inputs scaled to the range from 0 to 1, or from −1 to 1.',
  setting: `${INPUTS} independent inputs of a normal, a uniform and a long-tailed distribution (the cube of a normal number), ${ROWS} rows; targets by a random network on the standardised
inputs, variance 1. Each input is scaled by its mean and standard deviation or by its smallest and largest value. Network ${INPUTS}-${UNITS}-1 (lecunTanh, linear), ${EPOCHS} epochs,
10 examples per step, no momentum, each scaling at the best of the rates ${RATES[0]}, ${RATES[1]}, …, 2.56/2⁹ for each seed. Measured: the mean squared error at the end.`,
  async run({ quick }) {
    const seeds = filled(quick ? 5 : 15, (s) => s + 1);
    const rates = quick ? RATES.filter((_, i) => i % 2 === 0) : RATES;
    const results = [];
    for (const [distribution, of] of Object.entries(DISTRIBUTIONS)) {
      for (const [scaling, scale] of Object.entries(SCALINGS)) {
        const curves = [];
        for (const seed of seeds) {
          const { X, Y } = rows(of, seed);
          const Z = byColumns(X, scale);
          curves.push(await atBestRate(rates, (rate) => learn(Z, Y, rate, seed)));
        }
        results.push({ distribution, scaling, curves, ends: curves.map((c) => c.at(-1)) });
      }
    }
    const of = (distribution, scaling) => results.find((r) => r.distribution === distribution && r.scaling === scaling).ends;
    const ratios = ({ distribution, ends }) => ends.map((v, s) => v / of(distribution, 'standardised')[s]);
    const worse = (scaling) =>
      Object.keys(DISTRIBUTIONS).map((distribution) => round(median(ratios({ distribution, ends: of(distribution, scaling) }))));
    const [zeroOne, symmetric] = [ZERO_ONE, SYMMETRIC].map(worse);
    return {
      table: {
        columns: ['inputs', 'scaling', 'error: median (range)', 'relative to standardised: median (range)'],
        rows: results.map((r) => [r.distribution, r.scaling, spread(r.ends), spread(ratios(r))]),
      },
      series: {
        title: 'Normal inputs, at the best rate',
        x: 'epoch',
        y: 'mean squared error',
        log: 'y',
        lines: results.filter((r) => r.distribution === 'normal').map((r) => band(r.scaling, r.curves)),
      },
      confirmed: zeroOne.every((ratio, i) => ratio > symmetric[i] && symmetric[i] > 1.2),
      verdict: `On ${Object.keys(DISTRIBUTIONS).join(', ')} inputs, the range from 0 to 1 leaves ${zeroOne.join(', ')} times the error of standardised ones, the range from −1 to 1 ${symmetric.join(', ')} times. Minimum and maximum are the more harmful, the longer the tails: a few extreme values squeeze all others together.`,
    };
  },
};

/** Independent inputs, and targets that a random network makes of them once they have mean 0 and variance 1. */
function rows(distribution, seed) {
  const { normal, uniform } = stream(seed);
  const teacher = filled(6, () => filled(INPUTS, () => (1.5 * normal()) / Math.sqrt(INPUTS)));
  const X = filled(ROWS, () => filled(INPUTS, () => distribution(normal(), uniform())));
  const Z = byColumns(X, standardised);
  const raw = Z.map((z) => teacher.reduce((sum, w) => sum + squash(dot(w, z)), 0));
  return { X, Y: standardised(raw).map((v) => [v]) };
}

function byColumns(X, scale) {
  const columns = X[0].map((_, i) => scale(X.map((x) => x[i])));
  return X.map((_, row) => columns.map((column) => column[row]));
}

/** Shifted and scaled to that range. */
function between(column, low, high) {
  const least = Math.min(...column);
  const most = Math.max(...column);
  return column.map((v) => low + ((high - low) * (v - least)) / (most - least));
}

/** The training loss of each epoch. */
async function learn(X, Y, rate, seed) {
  const net = await Network.create({
    inputs: INPUTS,
    layers: [dense(UNITS, { activation: 'lecunTanh', biasInit: 'zeros' }), dense(1)],
    loss: 'meanSquaredError',
    seed,
  });
  const { loss, reason } = await net.fit(X, Y, { method: sgd({ rate, momentum: 0 }), epochs: EPOCHS, batchSize: 10 });
  net.dispose();
  return reason === 'diverged' ? [Infinity] : loss;
}
