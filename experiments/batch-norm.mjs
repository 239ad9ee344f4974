import { Network, batchNorm, dense, sgd } from 'efficient-backprop';
import { atBestRate, band, dot, filled, median, round, spread, squash, standardised, stream } from './sample.mjs';

const INPUTS = 8;
const UNITS = 12;
const ROWS = 400;
const EPOCHS = 30;
const RATES = [1, 3, 9, 27, 81, 243, 729].map((d) => 2 / d);
const CASES = [
  { activation: 'lecunTanh', shift: 0 },
  { activation: 'lecunTanh', shift: 3 },
  { activation: 'sigmoid', shift: 0 },
  { activation: 'sigmoid', shift: 3 },
];
const PLACES = ['nowhere', 'below the first layer', 'below every layer'];

export default {
  name: 'batch-norm',
  title: 'Centring between layers',
  section: '4.3',
  claim:
    'What speeds learning in the first layer, inputs with mean zero and equal variances, speeds it in the layers above as well.',
  setting: `${ROWS} rows of ${INPUTS} independent inputs with variance 1 and mean 0 or 3; targets by a random network. Networks
${INPUTS}-${UNITS}-${UNITS}-${UNITS}-1 of lecunTanh or logistic units with a linear output, batches of 20, no momentum, ${EPOCHS} epochs; each at the one of the rates 2, 2/3, …, 2/3⁶ that ends lowest
for each seed. \`batchNorm()\` stands nowhere, below the first layer, or below every layer. Measured: the mean squared error on all rows, in units of the targets' variance.`,
  async run({ quick }) {
    const seeds = filled(quick ? 4 : 15, (s) => s + 1);
    const rates = quick ? RATES.filter((_, i) => i % 2 === 0) : RATES;
    const results = [];
    for (const one of CASES) {
      for (const place of PLACES) {
        const curves = [];
        for (const seed of seeds) curves.push(await curve({ ...one, place, rates, seed }));
        results.push({ ...one, place, curves, ends: curves.map((c) => c.at(-1)) });
      }
    }
    const ends = (activation, shift, place) =>
      results.find((r) => r.activation === activation && r.shift === shift && r.place === PLACES[place]).ends;
    /** The error at one place relative to that at another, seed by seed. */
    const gain = (activation, shift, from, to) =>
      round(median(ends(activation, shift, from).map((v, s) => v / ends(activation, shift, to)[s])));
    const inputs = { tanh: gain('lecunTanh', 3, 0, 1), logistic: gain('sigmoid', 3, 0, 1) };
    const between = { tanh: gain('lecunTanh', 3, 1, 2), logistic: gain('sigmoid', 3, 1, 2) };
    const needless = gain('lecunTanh', 0, 2, 0);
    return {
      table: {
        columns: ['activation', 'mean of inputs', 'batchNorm', `error after ${EPOCHS} epochs: median (range)`],
        rows: results.map((r) => [r.activation, r.shift, r.place, spread(r.ends)]),
      },
      series: {
        title: 'Inputs of mean 3',
        x: 'epoch',
        y: 'mean squared error, median over seeds',
        log: 'y',
        lines: results
          .filter(({ shift }) => shift === 3)
          .map(({ activation, place, curves }) => ({ name: `${activation}, ${place}`, points: band(place, curves).points })),
      },
      // Inputs off zero harm either; logistic units, whose outputs are off zero, pass the harm on to the layers above.
      confirmed: inputs.tanh > 1.25 && inputs.logistic > 1.25 && between.logistic > 1.25,
      verdict: `With inputs of mean 3, the error without any normalisation is ${inputs.tanh} (lecunTanh) and ${inputs.logistic} times (logistic) that with normalised inputs. Normalising between layers too divides the error of the logistic network by ${between.logistic} once more, that of lecunTanh, which centres by itself, by ${between.tanh}. Where inputs are centred already, lecunTanh learns better without: below every layer batchNorm multiplies its error by ${needless}, as the statistics of small batches are noisy.`,
    };
  },
};

/** Independent inputs of mean `shift`, and targets that a random network makes of them. */
function problem(seed, shift) {
  const { normal } = stream(seed);
  const teacher = filled(6, () => filled(INPUTS, () => (2 * normal()) / Math.sqrt(INPUTS)));
  const Z = filled(ROWS, () => filled(INPUTS, normal));
  const raw = Z.map((z) => teacher.reduce((sum, w) => sum + squash(dot(w, z)), 0));
  return { X: Z.map((z) => z.map((v) => v + shift)), Y: standardised(raw).map((v) => [v]) };
}

function layersOf(activation, place) {
  const norm = (i) => (place === 'below every layer' || (place === 'below the first layer' && i === 0) ? [batchNorm()] : []);
  return [...filled(3, (i) => [...norm(i), dense(UNITS, { activation, biasInit: 'zeros' })]).flat(), ...norm(3), dense(1)];
}

/** The loss at the rate that ends lowest. */
function curve({ activation, shift, place, rates, seed }) {
  const data = problem(seed, shift);
  return atBestRate(rates, (rate) => learn(data, layersOf(activation, place), rate, seed));
}

/** The loss on all rows after each epoch. */
async function learn({ X, Y }, layers, rate, seed) {
  const net = await Network.create({ inputs: INPUTS, layers, loss: 'meanSquaredError', seed });
  const options = { method: sgd({ rate, momentum: 0 }), epochs: EPOCHS, batchSize: 20, validation: [X, Y] };
  const { validationLoss, reason } = await net.fit(X, Y, options);
  net.dispose();
  return reason === 'diverged' ? [Infinity] : validationLoss;
}
