import { Network, dense, growing, sgd } from 'efficient-backprop';
import { atBestRate, band, dot, filled, median, round, spread, squash, square, stream } from './sample.mjs';

const INPUTS = 6;
const ROWS = 1000;
const EPOCHS = 30;
const RATES = [0.025, 0.05, 0.1, 0.2];
const NOISE = 0.5;
const SIZES = {
  'fixed, 2': 2,
  'fixed, 32': 32,
  'fixed, all 1000': 'full',
  'growing by the epoch': growing({ start: 2, factor: 1.25 }),
  'growing by variance, θ = 0.7': growing({ start: 2, by: 'variance' }),
  'growing by variance, θ = 2': growing({ start: 2, by: 'variance', theta: 2 }),
};
const MOMENTS = [1, 5, EPOCHS];

export default {
  name: 'growing-batches',
  title: 'Growing batches',
  section: '4.1',
  claim:
    'Batches that start small and grow combine the fast start of stochastic learning with the precise end of batch learning.',
  setting: `${ROWS} rows of ${INPUTS} normal inputs, targets by a random network ${INPUTS}-4-1 plus noise of variance ${square(NOISE)}. Network ${INPUTS}-6-1 (lecunTanh, linear),
no momentum, ${EPOCHS} epochs, so that all have seen equally many samples; each at the one of the rates ${RATES.join(', ')} that ends lowest for each seed. Batches grow
from 2 by a factor of 1.25 each epoch, or by the test of the gradient's variance, with its default θ = 0.7 and with θ = 2. Measured: the mean squared error on all
rows after epochs ${MOMENTS.join(', ')}.`,
  async run({ quick }) {
    const seeds = filled(quick ? 7 : 21, (s) => s + 1);
    const results = Object.entries(SIZES).map(([name, batchSize]) => ({ name, batchSize, curves: [] }));
    for (const seed of seeds) {
      const data = problem(seed);
      for (const { batchSize, curves } of results)
        curves.push(await atBestRate(RATES, (rate) => learn(data, batchSize, rate, seed)));
    }
    const at = (name, epoch) => median(results.find((r) => r.name === name).curves.map((c) => c[epoch - 1]));
    const fixed = Object.keys(SIZES).slice(0, 3);
    const least = (epoch) => Math.min(...fixed.map((name) => at(name, epoch)));
    const grown = 'growing by the epoch';
    const [strict, loose] = ['growing by variance, θ = 0.7', 'growing by variance, θ = 2'].map((name) => at(name, EPOCHS));
    return {
      table: {
        columns: ['batch size', ...MOMENTS.map((epoch) => `epoch ${epoch}: median (range)`)],
        rows: results.map(({ name, curves }) => [name, ...MOMENTS.map((epoch) => spread(curves.map((c) => c[epoch - 1])))]),
      },
      series: {
        title: 'Error on all rows at equal numbers of samples seen',
        x: 'epoch',
        y: 'mean squared error, median over seeds',
        log: 'y',
        lines: results.map(({ name, curves }) => ({ name, points: band(name, curves).points })),
      },
      // As fast as the smallest at first, and lower than any fixed size in the end.
      confirmed: at(grown, 5) < 1.05 * least(5) && at(grown, EPOCHS) < 0.98 * least(EPOCHS),
      verdict: `The error after 5 epochs is ${round(at(grown, 5))} with batches that grow each epoch and ${round(least(5))} with the best fixed size, after ${EPOCHS} epochs ${round(at(grown, EPOCHS))} and ${round(least(EPOCHS))}. By variance it ends at ${round(loose)} with θ = 2, but at ${round(strict)} with the customary θ = 0.7, which lets batches grow sooner.`,
    };
  },
};

function problem(seed) {
  const { normal } = stream(seed);
  const teacher = filled(4, () => filled(INPUTS, () => normal() / Math.sqrt(INPUTS)));
  const X = filled(ROWS, () => filled(INPUTS, normal));
  const Y = X.map((x) => [teacher.reduce((sum, w) => sum + squash(2 * dot(w, x)), 0) + NOISE * normal()]);
  return { X, Y };
}

/** The loss on all rows after each epoch. */
async function learn({ X, Y }, batchSize, rate, seed) {
  const net = await Network.create({
    inputs: INPUTS,
    layers: [dense(6, { activation: 'lecunTanh', biasInit: 'zeros' }), dense(1)],
    loss: 'meanSquaredError',
    seed,
  });
  const options = { method: sgd({ rate, momentum: 0 }), epochs: EPOCHS, batchSize, validation: [X, Y] };
  const { validationLoss, reason } = await net.fit(X, Y, options);
  net.dispose();
  return reason === 'diverged' ? [Infinity] : validationLoss;
}
