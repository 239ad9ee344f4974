import { Network, dense, rbf, sgd } from 'efficient-backprop';
import { atBestRate, band, filled, median, round, spread, squash, square, standardised, stream } from './sample.mjs';

const ROWS = 500;
const EPOCHS = 30;
const EARLY = 5;
const RATES = [1 / 3, 1 / 9, 1 / 27, 1 / 81];
const CASES = [
  { kind: 'bumps', inputs: 2, units: 20 },
  { kind: 'ridges', inputs: 2, units: 20 },
  { kind: 'bumps', inputs: 10, units: 20 },
  { kind: 'ridges', inputs: 10, units: 20 },
  { kind: 'ridges', inputs: 10, units: 80 },
];
const LAYERS = { rbf: (units) => rbf(units), lecunTanh: (units) => dense(units, { activation: 'lecunTanh', biasInit: 'zeros' }) };

export default {
  name: 'rbf-against-sigmoid',
  title: 'Radial basis functions against sigmoids',
  section: '4.8',
  claim:
    'Units that are active in one place only learn faster than sigmoids; but they cover only a small part of a space of many dimensions, where sigmoids are better.',
  setting: `Targets on ${ROWS} uniform inputs of 2 or 10 dimensions: a sum of 8 local bumps, or of 8 ridges, each a random sigmoid of a projection; variance 1, no noise. One
hidden layer, \`rbf(n)\` with its start by k-means or \`dense(n)\` of lecunTanh, below a linear output; batches of 10, no momentum, ${EPOCHS} epochs, each at the one
of the rates 1/3, 1/9, 1/27, 1/81 that ends lowest for each seed. Measured: the mean squared error on another ${ROWS} inputs after ${EARLY} and ${EPOCHS} epochs.`,
  async run({ quick }) {
    const seeds = filled(quick ? 2 : 7, (s) => s + 1);
    const cases = quick ? CASES.filter(({ units }) => units === 20) : CASES;
    const results = [];
    for (const one of cases) {
      for (const [name, layer] of Object.entries(LAYERS)) {
        const curves = [];
        for (const seed of seeds) {
          const data = problem(one, seed);
          curves.push(await atBestRate(RATES, (rate) => learn(data, layer(one.units), rate, seed)));
        }
        results.push({ ...one, name, curves });
      }
    }
    const error = ({ kind, inputs, units }, name, epoch = EPOCHS) => {
      const found = results.find((r) => r.kind === kind && r.inputs === inputs && r.units === units && r.name === name);
      return median(found.curves.map((c) => c[epoch - 1]));
    };
    const few = cases.filter(({ inputs }) => inputs === 2);
    const many = cases.filter(({ inputs, kind }) => inputs === 10 && kind === 'ridges');
    const sigmoids = error(many[0], 'lecunTanh');
    const pair = (one) => `${round(error(one, 'rbf', EARLY))} against ${round(error(one, 'lecunTanh', EARLY))} (${one.kind})`;
    const bumps = Object.keys(LAYERS)
      .map((name) => round(error(CASES[2], name)))
      .join(' and ');
    return {
      table: {
        columns: ['target', 'inputs', 'units', `error after ${EARLY} epochs: median (range)`, `after ${EPOCHS}: median (range)`],
        rows: results.map(({ kind, inputs, units, name, curves }) => [
          kind,
          inputs,
          `${units} ${name}`,
          ...[EARLY, EPOCHS].map((epoch) => spread(curves.map((c) => c[epoch - 1]))),
        ]),
      },
      series: {
        title: 'Ridges in 2 and in 10 dimensions, 20 units',
        x: 'epoch',
        y: 'mean squared error on new inputs',
        log: 'y',
        lines: results
          .filter(({ kind, units }) => kind === 'ridges' && units === 20)
          .map(({ name, inputs, curves }) => band(`${name}, ${inputs} inputs`, curves)),
      },
      confirmed:
        few.every((one) => [EARLY, EPOCHS].every((epoch) => error(one, 'lecunTanh', epoch) > 2 * error(one, 'rbf', epoch))) &&
        many.every((one) => error(one, 'rbf') > 1.5 * sigmoids),
      verdict: `In 2 dimensions the error after ${EARLY} epochs, RBF against sigmoid, is ${few.map(pair).join(' and ')}. Of ridges in 10 dimensions, 20 sigmoids leave ${round(sigmoids)} in the end, and ${many.map((one) => `${one.units} RBF units ${round(error(one, 'rbf'))}`).join(', ')}. Of bumps in 10 dimensions, which are local themselves, both learn little: ${bumps} is left.`,
    };
  },
};

/** Uniform inputs of variance 1 and what a sum of bumps or ridges makes of them, for training and for the test. */
function problem({ kind, inputs }, seed) {
  const { normal, uniform } = stream(seed);
  const draw = () => filled(inputs, () => Math.sqrt(12) * (uniform() - 0.5));
  const places = filled(8, () => ({
    at: draw(),
    w: filled(inputs, () => (2 * normal()) / Math.sqrt(inputs)),
    sign: uniform() < 0.5 ? -1 : 1,
  }));
  const f = (x) =>
    places.reduce((sum, { at, w, sign }) => {
      const d = x.reduce((s, v, i) => s + square(v - at[i]), 0) / inputs;
      return sum + sign * (kind === 'bumps' ? 1 / square(1 + 4 * d) : squash(x.reduce((s, v, i) => s + w[i] * (v - at[i]), 0)));
    }, 0);
  const X = filled(2 * ROWS, draw);
  const raw = X.map(f);
  const Y = standardised(raw).map((v) => [v]);
  return { X: X.slice(ROWS), Y: Y.slice(ROWS), test: [X.slice(0, ROWS), Y.slice(0, ROWS)] };
}

/** The loss on the test set after each epoch. */
async function learn({ X, Y, test }, hidden, rate, seed) {
  const net = await Network.create({ inputs: X[0].length, layers: [hidden, dense(1)], loss: 'meanSquaredError', seed });
  const options = { method: sgd({ rate, momentum: 0 }), epochs: EPOCHS, batchSize: 10, validation: test };
  const { validationLoss, reason } = await net.fit(X, Y, options);
  net.dispose();
  return reason === 'diverged' ? [Infinity] : validationLoss;
}
