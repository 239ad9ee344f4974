import { dense, sgd } from 'efficient-backprop';
import {
  atBestRate,
  band,
  dot,
  filled,
  median,
  network,
  ratioOf,
  round,
  spread,
  squash,
  standardised,
  stream,
} from './sample.mjs';
import { fact, judged, part } from './verdict.mjs';

const INPUTS = 6;
const DISTINCT = 100;
const COPIES = 10;
const EPOCHS = 40;
const RATES = [1.28, 0.64, 0.32, 0.16, 0.08, 0.04, 0.02, 0.01];
const SIZES = { stochastic: 1, batch: 'full' };

export default {
  name: 'stochastic-against-batch',
  title: 'Stochastic against batch learning on a redundant set',
  section: '4.1',
  claim:
    'On redundant data stochastic learning is much faster than batch learning: of ten copies of the same samples, batches average the same gradient ten times, where stochastic learning has gone through the samples ten times.',
  setting: `${DISTINCT} samples of ${INPUTS} normal inputs, targets by a random network ${INPUTS}-3-1, each ${COPIES} times: ${DISTINCT * COPIES} in all. Network ${INPUTS}-6-1 (lecunTanh, linear), ${EPOCHS} epochs, no
momentum; one sample per step, shuffled, or all; each at the one of the rates ${RATES.join(', ')} that ends lowest, for each seed. Measured: the mean squared error after each
epoch (targets have variance 1), and the epochs to get to a tenth. Beside that, in float64: how far the weights differ between one full batch of all and one of the distinct
samples, and between one stochastic epoch of all, copy after copy, and ${COPIES} of the distinct ones.`,
  async run({ quick }) {
    const seeds = filled(quick ? 3 : 11, (s) => s + 1);
    const curves = { stochastic: [], batch: [] };
    let [batchOff, stochasticOff] = [0, 0];
    for (const seed of seeds) {
      const data = problem(seed);
      for (const [name, batchSize] of Object.entries(SIZES)) {
        curves[name].push(await atBestRate(RATES, (rate) => learn(copies(data), { batchSize, rate, seed })));
      }
      batchOff = Math.max(batchOff, await apart(data, seed, 'full', 1));
      stochasticOff = Math.max(stochasticOff, await apart(data, seed, 1, COPIES));
    }
    const reached = (name) => curves[name].map((curve) => curve.findIndex((v) => v < 0.1) + 1 || Infinity);
    const ends = (name) => curves[name].map((curve) => curve.at(-1));
    const shown = (epochs) => (median(epochs) === Infinity ? `more than ${EPOCHS}` : median(epochs));
    return {
      table: {
        columns: ['samples per step', 'epochs to an error of 0.1: median', `error after ${EPOCHS} epochs: median (range)`],
        rows: Object.entries(SIZES).map(([name, size]) => [size, shown(reached(name)), spread(ends(name))]),
      },
      chart: {
        title: 'At the best rates',
        x: 'epoch',
        y: 'mean squared error',
        log: 'y',
        lines: Object.entries(curves).map(([name, list]) => band(name, list)),
      },
      ...judged([
        part('epochs to an error of 0.1, stochastic relative to batch', ratioOf(reached('stochastic'), reached('batch')), {
          below: 0.2,
        }),
        part(`error after ${EPOCHS} epochs, stochastic relative to batch`, ratioOf(ends('stochastic'), ends('batch')), {
          below: 0.2,
        }),
        fact(
          'a batch of all takes the step of the distinct ones',
          batchOff < 1e-12 ? 'within 10⁻¹²' : String(batchOff),
          'within 10⁻¹²',
          batchOff < 1e-12,
        ),
        fact('an epoch of all takes the steps of ten of the distinct ones', String(stochasticOff), '0', stochasticOff === 0),
      ]),
      effects: [
        {
          trick: '4.1',
          what: 'single samples in the place of full batches',
          task: 'ten copies of 100 rows',
          found: ratioOf(ends('stochastic'), ends('batch')),
          of: 'error',
        },
      ],
      finding: `Stochastic learning gets to an error of 0.1 after ${shown(reached('stochastic'))} of ${EPOCHS} epochs, batch learning after ${shown(reached('batch'))}; after ${EPOCHS} epochs the errors are ${round(median(ends('stochastic')))} and ${round(median(ends('batch')))}. A full batch of all samples takes the step of one of the distinct ones (weights differ by rounding), a stochastic epoch the steps of ten epochs of them (by ${stochasticOff}).`,
    };
  },
};

function problem(seed) {
  const { normal } = stream(seed);
  const teacher = filled(3, () => filled(INPUTS, () => (2 * normal()) / Math.sqrt(INPUTS)));
  const X = filled(DISTINCT, () => filled(INPUTS, normal));
  const raw = X.map((x) => teacher.reduce((sum, w) => sum + squash(dot(w, x)), 0));
  return { X, Y: standardised(raw).map((v) => [v]) };
}

const copies = ({ X, Y }) => ({ X: filled(COPIES, () => X).flat(), Y: filled(COPIES, () => Y).flat() });

const ours = (seed, precision = 'float32') =>
  network({
    inputs: INPUTS,
    layers: [dense(6, { activation: 'lecunTanh', biasInit: 'zeros' }), dense(1)],
    loss: 'meanSquaredError',
    precision,
    seed,
  });

/** The error on all samples after each epoch. */
async function learn({ X, Y }, { batchSize, rate, seed }) {
  const net = await ours(seed);
  const options = { method: sgd({ rate, momentum: 0 }), batchSize, epochs: EPOCHS, validation: [X, Y] };
  const { validationLoss, reason } = await net.fit(X, Y, options);
  net.dispose();
  return reason === 'diverged' ? [Infinity] : validationLoss;
}

/** The largest difference of weights between one epoch of all samples and `epochs` of the distinct ones. */
async function apart(data, seed, batchSize, epochs) {
  const ends = [];
  for (const [{ X, Y }, times] of [
    [copies(data), 1],
    [data, epochs],
  ]) {
    const net = await ours(seed, 'float64');
    await net.fit(X, Y, { method: sgd({ rate: 0.01, momentum: 0 }), batchSize, order: 'sequential', epochs: times });
    ends.push(net.getWeights().flatMap((w) => [...w]));
    net.dispose();
  }
  return Math.max(...ends[0].map((w, i) => Math.abs(w - ends[1][i])));
}
