import { dense, sgd } from 'efficient-backprop';
import { atBestRate, band, dot, filled, median, medianOf, network, ratioOf, round, spread, square, stream } from './sample.mjs';
import { judged, part } from './verdict.mjs';

const INPUTS = 8;
const ROWS = 64;
const LARGEST = 1;
const LEAST = 0.01;
const EPOCHS = 300;
const GOAL = 1e-3;
const NOISE = 0.1;
const STOCHASTIC_EPOCHS = 60;
const RATES = [0.42, 0.3, 0.21, 0.15, 0.11, 0.08, 0.056, 0.04, 0.028, 0.02];
const MOMENTA = [0, 0.5, 0.9];

export default {
  name: 'momentum',
  title: 'Momentum',
  section: '4.7',
  claim:
    'Momentum helps where the curvature differs between directions, and it helps batch learning more than stochastic learning.',
  setting: `A linear unit without bias, ${INPUTS} inputs whose second moments have eigenvalues from ${LARGEST} down to ${LEAST} in equal ratios (κ = ${LARGEST / LEAST}), ${ROWS} samples, targets by a random linear function and
noise of variance ${round(square(NOISE))}, float64, start at 0. Full batches: at the best rate without momentum, η = 2/(λmax + λmin), and at the best pair, η = 4/(√λmax + √λmin)²,
μ = ((√κ − 1)/(√κ + 1))²; the library's rate is half of these, its error being twice the chapter's. One sample per step, shuffled: momentum ${MOMENTA.join(', ')}, each at the one of the rates
${RATES.join(', ')}, times 1 − μ, that is there first, for each seed. Measured in both: epochs until the error beyond the least one is ${GOAL} of what it was at the start.`,
  async run({ quick }) {
    const seeds = filled(quick ? 5 : 15, (s) => s + 1);
    const [rootMost, rootLeast] = [Math.sqrt(LARGEST), Math.sqrt(LEAST)];
    const settings = {
      none: { rate: 2 / (LARGEST + LEAST), momentum: 0 },
      best: { rate: 4 / square(rootMost + rootLeast), momentum: square((rootMost - rootLeast) / (rootMost + rootLeast)) },
    };
    const batch = { none: [], best: [] };
    const stochastic = MOMENTA.map(() => []);
    for (const seed of seeds) {
      const data = problem(seed);
      for (const [name, { rate, momentum }] of Object.entries(settings)) {
        const options = { method: sgd({ rate: rate / 2, momentum }), batchSize: 'full', epochs: EPOCHS };
        batch[name].push(await learn(data, options, seed));
      }
      for (const [i, momentum] of MOMENTA.entries()) {
        const curve = (rate) =>
          learn(data, { method: sgd({ rate: rate * (1 - momentum), momentum }), batchSize: 1, epochs: STOCHASTIC_EPOCHS }, seed);
        stochastic[i].push(await atBestRate(RATES, curve, reached));
      }
    }
    const epochs = (curves) => curves.map(reached);
    const gains = (without, having) => without.map((curve, s) => reached(curve) / reached(having[s]));
    const gain = gains(batch.none, batch.best);
    const stochasticGains = MOMENTA.map((_, i) => gains(stochastic[0], stochastic[i]));
    const most = Math.max(...stochasticGains.slice(1).map(median));
    return {
      table: {
        columns: ['learning', 'momentum', 'rate', 'epochs: median (range)', 'times fewer than without: median (range)'],
        rows: [
          ...Object.entries(settings).map(([name, { rate, momentum }]) => [
            'batch',
            round(momentum),
            round(rate / 2),
            spread(epochs(batch[name])),
            spread(gains(batch.none, batch[name])),
          ]),
          ...MOMENTA.map((momentum, i) => [
            'stochastic',
            momentum,
            'best',
            spread(epochs(stochastic[i])),
            spread(stochasticGains[i]),
          ]),
        ],
      },
      chart: {
        title: 'κ = 100',
        x: 'epoch',
        y: 'error beyond the least one, median over seeds',
        log: 'y',
        lines: [
          { name: 'batch', curves: batch.none },
          { name: 'batch, momentum', curves: batch.best },
          { name: 'stochastic', curves: stochastic[0] },
          { name: 'stochastic, momentum 0.9', curves: stochastic.at(-1) },
        ].map(({ name, curves }) => ({
          name,
          points: band('', curves, (i) => i).points.filter(([epoch, v]) => epoch <= EPOCHS / 2 && v > 1e-8),
        })),
      },
      ...judged([
        part('full batches: epochs without momentum relative to with it', medianOf(gain), { above: 1 }),
        ...MOMENTA.slice(1).map((momentum, i) =>
          part(`gain of single samples with ${momentum}, relative to that of batches`, ratioOf(stochasticGains[i + 1], gain), {
            below: 1,
          }),
        ),
      ]),
      effects: [
        {
          trick: '4.7',
          what: 'momentum, full batches',
          task: 'a linear unit, κ = 100',
          found: ratioOf(epochs(batch.best), epochs(batch.none)),
          of: 'epochs',
        },
        {
          trick: '4.7',
          what: 'momentum 0.9, single samples',
          task: 'a linear unit, κ = 100',
          found: ratioOf(epochs(stochastic.at(-1)), epochs(stochastic[0])),
          of: 'epochs',
        },
      ],
      finding: `Full batches take ${median(epochs(batch.none))} epochs without momentum and ${median(epochs(batch.best))} with it: ${round(median(gain), 2)} times fewer, run by run in the median. Stochastic learning gets there in ${median(epochs(stochastic[0]))} epochs without momentum, ${MOMENTA.slice(
        1,
      )
        .map((momentum, i) => `${median(epochs(stochastic[i + 1]))} with ${momentum}`)
        .join(
          ', ',
        )}; run by run the gain is a factor of ${round(most, 2)} in the median at the better of the two: some runs gain, others lose.`,
    };
  },
};

/** The epoch after which the error beyond the least one is the share GOAL of what it was; Infinity if none is. */
function reached(curve) {
  const epoch = curve.findIndex((v) => v < GOAL * curve[0]);
  return epoch < 0 ? Infinity : epoch;
}

/** Inputs whose second moments have the eigenvalues wanted, in random directions. */
function problem(seed) {
  const { normal } = stream(seed);
  const columns = orthonormal(filled(INPUTS, () => filled(ROWS, normal)));
  const directions = orthonormal(filled(INPUTS, () => filled(INPUTS, normal)));
  const roots = filled(INPUTS, (k) => Math.sqrt(ROWS * eigenvalue(k)));
  const X = filled(ROWS, (r) => filled(INPUTS, (i) => columns.reduce((s, c, k) => s + roots[k] * c[r] * directions[k][i], 0)));
  const target = filled(INPUTS, normal);
  const errors = filled(ROWS, () => NOISE * normal());
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
  const net = await network({
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
