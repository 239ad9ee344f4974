import { dense, rbf, sgd } from 'efficient-backprop';
import { atBestRate, filled, network, ratioOf, round, spread, square, squash, standardised, stream, within } from './sample.mjs';
import { judged, part } from './verdict.mjs';

const ROWS = 500;
const EPOCHS = 30;
const EARLY = 5;
const RATES = filled(6, (i) => round(0.5 / 2.5 ** i));
const CASES = [2, 10].flatMap((inputs) =>
  ['bumps', 'ridges'].flatMap((kind) => [20, 80].map((units) => ({ kind, inputs, units }))),
);
const LAYERS = { rbf: (units) => rbf(units), lecunTanh: (units) => dense(units, { activation: 'lecunTanh', biasInit: 'zeros' }) };

export default {
  name: 'rbf-against-sigmoid',
  title: 'Radial basis functions against sigmoids',
  section: '4.8',
  claim:
    'Units that are active in one place only learn faster than sigmoids; but they cover only a small part of a space of many dimensions, where sigmoids are better.',
  setting: `Targets on ${ROWS} uniform inputs of 2 or 10 dimensions: a sum of 8 local bumps, or of 8 ridges, each a random sigmoid of a projection; variance 1, no noise. One
hidden layer, \`rbf(n)\` with its start by k-means or \`dense(n)\` of lecunTanh, 20 or 80 units of either, below a linear output; batches of 10, no momentum, ${EPOCHS} epochs, each at the one
of the rates ${RATES.join(', ')} that ends lowest for each seed. Measured: the mean squared error on another ${ROWS} inputs after ${EARLY} and ${EPOCHS} epochs. In 2 dimensions RBF are to leave less than 0.8 times
the error of as many sigmoids after ${EARLY} epochs, in 10 dimensions more than 1.25 times after ${EPOCHS}; all eight cases count.`,
  async run({ quick }) {
    const seeds = filled(quick ? 2 : 7, (s) => s + 1);
    const cases = quick ? CASES.filter(({ units }) => units === 20) : CASES;
    const results = [];
    for (const one of cases) {
      const curves = {};
      for (const [name, layer] of Object.entries(LAYERS)) {
        curves[name] = [];
        for (const seed of seeds) {
          const data = problem(one, seed);
          curves[name].push(await atBestRate(RATES, (rate) => learn(data, layer(one.units), rate, seed)));
        }
      }
      const errors = (name, epoch) => curves[name].map((c) => c[epoch - 1] ?? Infinity);
      const ratio = (epoch) => ratioOf(errors('rbf', epoch), errors('lecunTanh', epoch));
      const label = `${one.kind}, ${one.inputs} inputs, ${one.units} units`;
      results.push({ ...one, label, errors, early: ratio(EARLY), late: ratio(EPOCHS) });
    }
    const judgedBy = ({ inputs, early, late }) => (inputs === 2 ? early : late);
    const parts = results.map((r) =>
      part(`${r.label}: RBF/sigmoid`, judgedBy(r), r.inputs === 2 ? { below: 0.8 } : { above: 1.25 }),
    );
    const shown = (inputs) => {
      const list = results.filter((r) => r.inputs === inputs);
      return list.map((r) => `${within(judgedBy(r), 2)} (${r.kind}, ${r.units} units)`).join(', ');
    };
    return {
      ...judged(parts),
      table: {
        columns: [
          'target',
          `RBF after ${EARLY} epochs: median (range)`,
          'sigmoids',
          `RBF after ${EPOCHS}`,
          'sigmoids',
          `RBF/sigmoids after ${EARLY}: median and interval`,
          `after ${EPOCHS}`,
        ],
        rows: results.map(({ label, errors, early, late }) => [
          label,
          ...[EARLY, EPOCHS].flatMap((epoch) => Object.keys(LAYERS).map((name) => spread(errors(name, epoch)))),
          within(early),
          within(late),
        ]),
      },
      chart: {
        kind: 'dots',
        title: 'Error of RBF relative to as many sigmoids',
        x: 'times the error of sigmoids',
        log: 'x',
        guide: 1,
        rows: results.flatMap(({ label, early, late }) => [
          { label, series: `after ${EARLY} epochs`, ...early },
          { label, series: `after ${EPOCHS} epochs`, ...late },
        ]),
      },
      effects: results.map((r) => ({
        trick: '4.8',
        what: 'RBF in the place of sigmoids',
        task: r.label,
        found: judgedBy(r),
        of: `error after ${r.inputs === 2 ? EARLY : EPOCHS} epochs`,
      })),
      finding: `In 2 dimensions RBF leave these times the error of as many sigmoids after ${EARLY} epochs: ${shown(2)}. In 10 dimensions after ${EPOCHS} epochs: ${shown(10)}. What a layer of local units has against it is ridges in many dimensions; of bumps in many dimensions, both kinds learn little.`,
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
  const net = await network({ inputs: X[0].length, layers: [hidden, dense(1)], loss: 'meanSquaredError', seed });
  const options = { method: sgd({ rate, momentum: 0 }), epochs: EPOCHS, batchSize: 10, validation: test };
  const { validationLoss, reason } = await net.fit(X, Y, options);
  net.dispose();
  return reason === 'diverged' ? [Infinity] : validationLoss;
}
