import { ACTIVATIONS, gradientOf, lossOf, packed, plainNetwork } from './plain-network.mjs';
import { atBestRate, dot, filled, ratioOf, round, spread, squash, standardised, stream, within } from './sample.mjs';
import { judged, part } from './verdict.mjs';

const INPUTS = 6;
const UNITS = 8;
const ROWS = 60;
const EPOCHS = 60;
const RATES = filled(7, (i) => round(4 / 2 ** i));
/** Means and deviations of the inputs. */
const DATA = {
  plain: { shift: 0, scales: () => 1 },
  'of mean 3': { shift: 3, scales: () => 1 },
  'of deviations from 0.2 to 5': { shift: 0, scales: (i) => [0.2, 0.4, 0.7, 1.4, 2.5, 5][i] },
};
const BETWEEN = {
  nothing: {},
  centred: { centre: true },
  scaled: { scale: true },
  'centred and scaled': { centre: true, scale: true },
};

export default {
  name: 'batch-norm',
  title: 'Centring and scaling between layers',
  section: '4.3',
  claim:
    'What speeds learning in the first layer, inputs with mean zero and equal variances, speeds it in the layers above as well.',
  setting: `${ROWS} rows of ${INPUTS} independent normal inputs, of variance 1 and mean 0, of mean 3, or of unequal deviations; targets by a random network on what these inputs were made of. Networks
${INPUTS}-${UNITS}-${UNITS}-${UNITS}-1 with a linear output, weights normal with variance 1/fan-in, biases 0. Units: a symmetric sigmoid y/√(1 + y²), the same shifted up by 1, a rectifier, and a smooth one, (y + √(1 + y²))/2. The outputs of hidden
layers are handed on as they are, with their mean over the rows taken away, divided by their deviation, or both, as batch normalisation does it: the gradient goes through all of it. Full batches, no momentum, ${EPOCHS} epochs, each
at the one of the rates ${RATES.join(', ')} that ends lowest for each seed. Measured: the mean squared error at the end, in units of the targets' variance. To speed is to leave less than 0.9 times the error.`,
  async run({ quick }) {
    const seeds = filled(quick ? 2 : 7, (s) => s + 1);
    const ends = (data, activation, between) =>
      seeds.map((seed) => atBestRate(RATES, (rate) => learn(problem(seed, DATA[data]), { activation, between, rate, seed })));
    const results = [];
    for (const activation of Object.keys(ACTIVATIONS)) {
      const of = async (data, between = 'nothing') => (await Promise.all(ends(data, activation, between))).map((c) => c.at(-1));
      const plain = await of('plain');
      for (const data of Object.keys(DATA).slice(1)) {
        const list = await of(data);
        results.push({ activation, kind: 'inputs', what: data, list, ratio: ratioOf(plain, list) });
      }
      for (const between of Object.keys(BETWEEN).slice(1)) {
        const list = await of('plain', between);
        results.push({ activation, kind: 'between', what: between, list, ratio: ratioOf(list, plain) });
      }
    }
    const label = ({ kind, what }) =>
      kind === 'between' ? `${what} between layers` : what === 'of mean 3' ? 'inputs centred' : 'inputs scaled';
    const shown = (text) =>
      results
        .filter((r) => label(r) === text)
        .map(({ activation, ratio }) => `${within(ratio)} (${activation})`)
        .join(', ');
    return {
      ...judged(results.map((r) => part(`${label(r)}, ${r.activation}: error relative to without`, r.ratio, { below: 0.9 }))),
      table: {
        columns: ['units', 'what', 'error of the case: median (range)', 'error with it relative to without: median and interval'],
        rows: results.map((r) => [r.activation, label(r), spread(r.list), within(r.ratio)]),
      },
      chart: {
        kind: 'dots',
        title: 'Error relative to that without it',
        x: 'times the error without',
        log: 'x',
        guide: 1,
        rows: results.map((r) => ({ label: label(r), series: r.activation, ...r.ratio })),
      },
      effects: results.map((r) => ({
        trick: '4.3',
        what: label(r),
        task: `${r.activation} units, three hidden layers`,
        found: r.ratio,
        of: 'error',
      })),
      finding: `Error with and without: inputs of mean 3, centred, ${shown('inputs centred')}; inputs of unequal deviations, scaled, ${shown('inputs scaled')}. Between layers: centred ${shown('centred between layers')}; scaled ${shown('scaled between layers')}; both ${shown('centred and scaled between layers')}.`,
    };
  },
};

/** Inputs, and targets that a random network makes of what they were before they were shifted and scaled. */
function problem(seed, { shift, scales }) {
  const { normal } = stream(seed);
  const teacher = filled(6, () => filled(INPUTS, () => (2 * normal()) / Math.sqrt(INPUTS)));
  const Z = filled(ROWS, () => filled(INPUTS, normal));
  const raw = Z.map((z) => teacher.reduce((sum, w) => sum + squash(dot(w, z)), 0));
  return packed({ X: Z.map((z) => z.map((v, i) => scales(i) * v + shift)), Y: standardised(raw).map((v) => [v]) });
}

/** [the error at the end]. */
function learn(data, { activation, between, rate, seed }) {
  const net = plainNetwork({ sizes: [INPUTS, UNITS, UNITS, UNITS, 1], activation, seed, between: BETWEEN[between] });
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const gradients = gradientOf(net, data);
    for (const [k, { weights }] of net.layers.entries())
      for (let j = 0; j < weights.length; j++) weights[j] -= rate * gradients[k][j];
  }
  const loss = 2 * lossOf(net, data);
  return [Number.isFinite(loss) ? loss : Infinity];
}
