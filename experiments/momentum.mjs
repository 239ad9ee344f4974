import { Network, dense, sgd } from 'efficient-backprop';
import { atBestRate, band, dot, filled, median, round, spread, square, stream } from './sample.mjs';

const INPUTS = 8;
const ROWS = 64;
const LARGEST = 1;
const LEAST = 0.01;
const EPOCHS = 300;
const GOAL = 1e-6;
const NOISE = 0.1;
const STOCHASTIC_EPOCHS = 30;
const RATES = [0.3, 0.15, 0.08, 0.04, 0.02, 0.01, 0.005];

export default {
  name: 'momentum',
  title: 'Momentum',
  section: '4.7',
  claim:
    'Momentum helps where the curvature differs between directions, and it helps batch learning more than stochastic learning.',
  setting: `A linear unit without bias, ${INPUTS} inputs whose second moments have eigenvalues from ${LARGEST} down to ${LEAST} in equal ratios (κ = ${LARGEST / LEAST}), ${ROWS} patterns, targets by a random linear function, float64. Full
batches, no noise: at the best rate without momentum, η = 2/(λmax + λmin), and at the best pair, η = 4/(√λmax + √λmin)², μ = ((√κ − 1)/(√κ + 1))²; the library's rate is
half of these. Measured: epochs to ${GOAL.toExponential()} of the first error. One pattern per step, noise of variance ${square(NOISE)}: ${STOCHASTIC_EPOCHS} epochs without momentum and with 0.9, each at the one of the
rates ${RATES.join(', ')}, times 1 − μ, that ends lowest for each seed. Measured: the last error beyond the least one.`,
  async run({ quick }) {
    const seeds = filled(quick ? 5 : 15, (s) => s + 1);
    const [rootMost, rootLeast] = [Math.sqrt(LARGEST), Math.sqrt(LEAST)];
    const settings = {
      none: { rate: 2 / (LARGEST + LEAST), momentum: 0 },
      best: { rate: 4 / square(rootMost + rootLeast), momentum: square((rootMost - rootLeast) / (rootMost + rootLeast)) },
    };
    const batch = { none: [], best: [] };
    const stochastic = { 0: [], 0.9: [] };
    for (const seed of seeds) {
      const clean = problem(seed, 0);
      for (const [name, { rate, momentum }] of Object.entries(settings)) {
        const options = {
          method: sgd({ rate: rate / 2, momentum }),
          batchSize: 'full',
          epochs: name === 'none' ? 3 * EPOCHS : EPOCHS,
        };
        batch[name].push(await learn(clean, options, seed));
      }
      const noisy = problem(seed, NOISE);
      for (const momentum of [0, 0.9]) {
        const curve = (rate) =>
          learn(noisy, { method: sgd({ rate: rate * (1 - momentum), momentum }), batchSize: 1, epochs: STOCHASTIC_EPOCHS }, seed);
        stochastic[momentum].push(await atBestRate(RATES, curve));
      }
    }
    const epochs = (name) => batch[name].map((curve) => curve.findIndex((v) => v < GOAL * curve[0]) || Infinity);
    const gain = median(epochs('none')) / median(epochs('best'));
    const ends = (momentum) => stochastic[momentum].map((curve) => curve.at(-1));
    const ratio = median(ends(0).map((v, s) => v / ends(0.9)[s]));
    return {
      table: {
        columns: ['learning', 'momentum', 'rate', 'measured', 'median (range)'],
        rows: [
          ...Object.entries(settings).map(([name, { rate, momentum }]) => [
            'batch',
            round(momentum),
            round(rate / 2),
            'epochs',
            spread(epochs(name)),
          ]),
          ...[0, 0.9].map((momentum) => ['stochastic', momentum, 'best', 'error beyond the least', spread(ends(momentum))]),
        ],
      },
      series: {
        title: 'Full batches, κ = 100',
        x: 'epoch',
        y: 'mean squared error, median over seeds',
        log: 'y',
        lines: [
          { name: 'no momentum', points: band('', batch.none, (i) => i).points.slice(0, EPOCHS) },
          { name: 'momentum', points: band('', batch.best, (i) => i).points.filter(([, v]) => v > 1e-14) },
        ],
      },
      confirmed: gain > 4 && ratio < gain / 2,
      verdict: `Full batches take ${median(epochs('none'))} epochs without momentum and ${median(epochs('best'))} with it, ${round(gain, 2)} times fewer (theory: error falls by ((κ−1)/(κ+1))² and about μ a step). In stochastic learning the error left without momentum is ${round(ratio, 2)} times that left with it: next to nothing is gained.`,
    };
  },
};

/** Inputs whose second moments have the eigenvalues wanted, in random directions. */
function problem(seed, noise) {
  const { normal } = stream(seed);
  const columns = orthonormal(filled(INPUTS, () => filled(ROWS, normal)));
  const directions = orthonormal(filled(INPUTS, () => filled(INPUTS, normal)));
  const roots = filled(INPUTS, (k) => Math.sqrt(ROWS * eigenvalue(k)));
  const X = filled(ROWS, (r) => filled(INPUTS, (i) => columns.reduce((s, c, k) => s + roots[k] * c[r] * directions[k][i], 0)));
  const target = filled(INPUTS, normal);
  const errors = filled(ROWS, () => noise * normal());
  // Noise without a part along the inputs: the least error is its mean square, at the function itself.
  for (const c of columns) {
    const along = dot(c, errors);
    for (let r = 0; r < ROWS; r++) errors[r] -= along * c[r];
  }
  return { X, Y: X.map((x, r) => [dot(x, target) + errors[r]]), least: dot(errors, errors) / ROWS };
}

/** From LARGEST to LEAST in equal ratios: ratio^(INPUTS−1) = LEAST/LARGEST, found by bisection. */
const eigenvalue = (() => {
  let [low, high] = [0, 1];
  const last = (ratio) => filled(INPUTS - 1, () => ratio).reduce((p, v) => p * v, LARGEST);
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (last(middle) < LEAST) low = middle;
    else high = middle;
  }
  return (k) => filled(k, () => low).reduce((p, v) => p * v, LARGEST);
})();

/** Gram and Schmidt, twice for safety. */
function orthonormal(vectors) {
  const done = [];
  for (const v of vectors) {
    let u = v;
    for (let pass = 0; pass < 2; pass++) for (const d of done) u = ((along) => u.map((e, i) => e - along * d[i]))(dot(u, d));
    const size = Math.sqrt(dot(u, u));
    done.push(u.map((e) => e / size));
  }
  return done;
}

/** The error beyond the least one, at the start and after each epoch. */
async function learn({ X, Y, least }, options, seed) {
  const net = await Network.create({
    inputs: INPUTS,
    layers: [dense(1, { bias: false, init: 'zeros' })],
    loss: 'meanSquaredError',
    precision: 'float64',
    seed,
  });
  const start = net.evaluate(X, Y).loss;
  const { validationLoss, reason } = await net.fit(X, Y, { ...options, validation: [X, Y] });
  net.dispose();
  return reason === 'diverged' ? [Infinity] : [start, ...validationLoss].map((v) => Math.max(v - least, 0));
}
