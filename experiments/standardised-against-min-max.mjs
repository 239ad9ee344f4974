import { dense, sgd } from 'efficient-backprop';
import { atBestRate, dot, filled, network, ratioOf, round, spread, squash, standardised, stream, within } from './sample.mjs';
import { judged, part } from './verdict.mjs';

const INPUTS = 10;
const UNITS = 15;
const ROWS = 200;
const EPOCHS = 40;
const RATES = filled(9, (i) => round(2.56 / 2 ** i));
const ACTIVATIONS = { tanh: 'lecunTanh', ReLU: 'relu' };
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
  setting: `${INPUTS} independent inputs of a normal, a uniform and a long-tailed distribution (the cube of a normal number), ${ROWS} rows; targets by a random network, variance 1, on each input's ranks
from −1.73 to 1.73: these are the same whatever an input is shifted and scaled by. Each input is scaled by its mean and standard deviation or by its smallest and largest value. Network ${INPUTS}-${UNITS}-1 (lecunTanh or ReLU, linear), ${EPOCHS} epochs,
10 examples per step, no momentum, each scaling at the best of the rates ${RATES[0]}, ${RATES[1]}, …, 0.01 for each seed. Measured: the mean squared error at the end.
Standardised inputs count as faster where the others leave more than 1.1 times their error.`,
  async run({ quick }) {
    const seeds = filled(quick ? 3 : 11, (s) => s + 1);
    const rates = quick ? RATES.filter((_, i) => i % 2 === 0) : RATES;
    const results = [];
    for (const [kind, activation] of Object.entries(ACTIVATIONS)) {
      for (const [distribution, of] of Object.entries(DISTRIBUTIONS)) {
        const ends = Object.fromEntries(Object.keys(SCALINGS).map((scaling) => [scaling, []]));
        for (const seed of seeds) {
          const { X, Y } = rows(of, seed);
          for (const [scaling, scale] of Object.entries(SCALINGS)) {
            const Z = byColumns(X, scale);
            ends[scaling].push((await atBestRate(rates, (rate) => learn(Z, Y, activation, rate, seed))).at(-1));
          }
        }
        for (const scaling of Object.keys(SCALINGS)) {
          const ratio = ratioOf(ends[scaling], ends.standardised);
          results.push({ label: `${distribution} inputs, ${kind}`, scaling, ends: ends[scaling], ratio });
        }
      }
    }
    const others = results.filter(({ scaling }) => scaling !== 'standardised');
    const shown = (scaling) =>
      others
        .filter((r) => r.scaling === scaling)
        .map(({ label, ratio }) => `${within(ratio)} (${label})`)
        .join(', ');
    return {
      ...judged(
        others.map(({ label, scaling, ratio }) =>
          part(`${label}: error with ${scaling}, relative to standardised`, ratio, { above: 1.1 }),
        ),
      ),
      table: {
        columns: ['inputs', 'scaling', 'error: median (range)', 'relative to standardised: median and interval'],
        rows: results.map((r) => [r.label, r.scaling, spread(r.ends), r.scaling === 'standardised' ? '1' : within(r.ratio)]),
      },
      chart: {
        kind: 'dots',
        title: 'Error relative to standardised inputs',
        x: 'times the error with standardised inputs',
        log: 'x',
        guide: 1,
        rows: others.map(({ label, scaling, ratio }) => ({ label, series: scaling, ...ratio })),
      },
      effects: others.map(({ label, scaling, ratio }) => ({
        trick: '4.3',
        what: `standardised in the place of ${scaling.replace('minimum ', '').replace(', maximum ', ' to ')}`,
        task: label,
        found: { estimate: 1 / ratio.estimate, low: 1 / ratio.high, high: 1 / ratio.low },
        of: 'error',
      })),
      finding: `Relative to standardised inputs, the range from 0 to 1 leaves these errors: ${shown(ZERO_ONE)}; the range from −1 to 1: ${shown(SYMMETRIC)}.`,
    };
  },
};

/** Of numbers, their ranks, from −√3 to √3. */
function ranks(column) {
  const sorted = [...column].sort((a, b) => a - b);
  return column.map((v) => Math.sqrt(3) * ((2 * sorted.indexOf(v)) / (column.length - 1) - 1));
}

/** Independent inputs, and targets that a random network makes of their ranks. */
function rows(distribution, seed) {
  const { normal, uniform } = stream(seed);
  const teacher = filled(6, () => filled(INPUTS, () => (1.5 * normal()) / Math.sqrt(INPUTS)));
  const X = filled(ROWS, () => filled(INPUTS, () => distribution(normal(), uniform())));
  const Z = byColumns(X, ranks);
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
async function learn(X, Y, activation, rate, seed) {
  const net = await network({
    inputs: INPUTS,
    layers: [dense(UNITS, { activation, biasInit: 'zeros' }), dense(1)],
    loss: 'meanSquaredError',
    seed,
  });
  const { loss, reason } = await net.fit(X, Y, { method: sgd({ rate, momentum: 0 }), epochs: EPOCHS, batchSize: 10 });
  net.dispose();
  return reason === 'diverged' ? [Infinity] : loss;
}
