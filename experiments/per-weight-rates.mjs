import { dense, sgd } from 'efficient-backprop';
import { gradientOf, lossOf, packed, plainNetwork } from './plain-network.mjs';
import { atBestRate, filled, network, ratioOf, regression, round, squash, standardised, stream, within } from './sample.mjs';
import { judged, part } from './verdict.mjs';

const ROWS = 100;
const EPOCHS = 100;
const RATES = filled(8, (i) => round(0.64 / Math.SQRT2 ** i));
/** Inputs that units of one layer have, of 32. */
const FAN_INS = [2, 4, 8, 16, 32];
const EACH = 3;
const SHAPES = [
  [30, 15, 15, 15],
  [8, 32, 32, 32],
  [5, 20, 20, 20],
];
const EQUAL = [16, 16, 16, 16];
/** Whole layers, by what `perWeight` of the library does. */
const DEPTHS = { '2 times': 2, '√2 times': Math.SQRT2, '1/√2 times': Math.SQRT1_2, half: 0.5 };
const POWERS = { '√(fan-in)': 1, '1/√(fan-in)': -1 };

export default {
  name: 'per-weight-rates',
  title: 'A rate for each weight',
  section: '4.7',
  claim:
    'Weights learn at more equal speeds if their rates grow with the square root of their fan-in and are larger in lower layers.',
  setting: `Fan-in within a layer: ${FAN_INS.length * EACH} symmetric units, ${EACH} each with ${FAN_INS.join(', ')} of 32 normal inputs, and a linear output; targets by a network of the same kind. A rate for each weight
of the hidden layer, in proportion to a power of its unit's fan-in, with the same mean. Depth: ${EQUAL.join('-')}-1 (lecunTanh, linear), equal fan-ins in all layers; \`perWeight: { exponent: 0, lower }\` multiplies rates from each layer to the one
below. Both at once: \`perWeight: { exponent: 1 }\` in networks whose layers differ in fan-in, ${SHAPES.map((s) => `${s.join('-')}-1`).join(', ')}. ${ROWS} rows, targets by a random network, variance 1; batch gradient descent without
momentum, ${EPOCHS} epochs, each rule at the one of ${RATES.length} rates from ${RATES.at(-1)} to ${RATES[0]}, √2 apart, that ends lowest for each seed. Measured: the mean squared error at the end, relative to one rate for all.
A rule counts as better where the median's interval is below 0.95.`,
  async run({ quick }) {
    const seeds = filled(quick ? 2 : 9, (s) => s + 1);
    const found = [];
    const add = (what, kind, having, without) => found.push({ what, kind, ratio: ratioOf(having, without) });

    const sparse = (power) => bySeed(seeds, (seed) => atBestRate(RATES, (rate) => learnSparse(seed, power, rate)));
    const plain = await sparse(0);
    for (const [name, power] of Object.entries(POWERS)) add(`${name}, within a layer`, 'within', await sparse(power), plain);

    const whole = (shape, perWeight) => bySeed(seeds, (seed) => atBestRate(RATES, (rate) => learn(shape, perWeight, rate, seed)));
    const equal = await whole(EQUAL, false);
    for (const [name, lower] of Object.entries(DEPTHS))
      add(`each layer below ${name}`, 'depth', await whole(EQUAL, { exponent: 0, lower }), equal);
    for (const shape of SHAPES)
      add(`√(fan-in), ${shape.join('-')}-1`, 'across', await whole(shape, { exponent: 1 }), await whole(shape, false));

    const of = (kind) => found.filter((f) => f.kind === kind);
    const better = { below: 0.95 };
    const parts = [
      part('√(fan-in) within a layer', of('within')[0].ratio, better),
      part('rates √2 times as large in each layer below', of('depth')[1].ratio, better),
      ...of('across').map(({ what, ratio }) => part(what, ratio, better)),
    ];
    return {
      ...judged(parts),
      table: {
        columns: ['rates', 'error relative to one rate: median and its 95 % interval'],
        rows: found.map(({ what, ratio }) => [what, within(ratio)]),
      },
      chart: {
        kind: 'dots',
        title: 'Error relative to one rate for all weights',
        x: 'times the error with one rate',
        log: 'x',
        guide: 1,
        rows: found.map(({ what, ratio }) => ({ label: what, ...ratio })),
      },
      effects: [
        {
          trick: '4.7',
          what: 'rates ∝ √(fan-in)',
          task: 'fan-ins from 2 to 32 in one layer',
          found: of('within')[0].ratio,
          of: 'error',
        },
        {
          trick: '4.7',
          what: 'rates √2 times larger in each layer below',
          task: `${EQUAL.join('-')}-1`,
          found: of('depth')[1].ratio,
          of: 'error',
        },
        ...of('across').map(({ ratio }, i) => ({
          trick: '4.7',
          what: 'rates ∝ √(fan-in)',
          task: `${SHAPES[i].join('-')}-1`,
          found: ratio,
          of: 'error',
        })),
      ],
      finding: `Within a layer, rates in proportion to √(fan-in) leave ${within(of('within')[0].ratio)} times the error of one rate for all, the inverse rule ${within(of('within')[1].ratio)} times. Where all layers have the same fan-in, rates √2 times as large in each layer below leave ${within(of('depth')[1].ratio)} times the error, half as large ones ${within(of('depth')[3].ratio)} times. Between layers that differ in fan-in, √(fan-in) leaves ${of(
        'across',
      )
        .map(({ ratio }, i) => `${within(ratio)} times in ${SHAPES[i].join('-')}-1`)
        .join(', ')}: it helps where it raises the rates of the bottom, and harms where it lowers them.`,
    };
  },
};

/** The last loss of a curve, seed by seed. */
async function bySeed(seeds, curveOf) {
  const ends = [];
  for (const seed of seeds) ends.push((await curveOf(seed)).at(-1));
  return ends;
}

const fanIns = FAN_INS.flatMap((n) => filled(EACH, () => n));

/** Rows, and targets by a network whose units have as many inputs as the learner's. */
function sparseRows(seed) {
  const { normal } = stream(seed + 1000);
  const teacher = fanIns.map((n) => filled(n, () => (1.5 * normal()) / Math.sqrt(n)));
  const signs = fanIns.map(normal);
  const X = filled(ROWS, () => filled(32, normal));
  const raw = X.map((x) => teacher.reduce((sum, w, u) => sum + signs[u] * squash(w.reduce((s, v, i) => s + v * x[i], 0)), 0));
  return { X, Y: standardised(raw).map((v) => [v]) };
}

/** [the loss at the end], with rates by that power of √(fan-in) in the hidden layer. */
function learnSparse(seed, power, rate) {
  const data = packed(sparseRows(seed));
  const net = plainNetwork({ sizes: [32, fanIns.length, 1], seed, connected: (k, i, u) => k > 0 || i < fanIns[u] });
  const factors = fanIns.map((n) => Math.sqrt(n ** power));
  // The mean over weights is 1: units with many inputs have many of them.
  const mean = fanIns.reduce((sum, n, u) => sum + n * factors[u], 0) / fanIns.reduce((sum, n) => sum + n, 0);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const gradients = gradientOf(net, data);
    for (const [k, { weights, units }] of net.layers.entries()) {
      for (let j = 0; j < weights.length; j++)
        weights[j] -= 2 * rate * (k === 0 ? factors[j % units] / mean : 1) * gradients[k][j];
    }
  }
  const loss = 2 * lossOf(net, data);
  return [Number.isFinite(loss) ? loss : Infinity];
}

/** The training loss of each epoch. */
async function learn([inputs, ...hidden], perWeight, rate, seed) {
  const { X, Y } = regression({ inputs, units: 4, rows: ROWS, seed });
  const net = await network({
    inputs,
    layers: [...hidden.map((units) => dense(units, { activation: 'lecunTanh', biasInit: 'zeros' })), dense(1)],
    loss: 'meanSquaredError',
    seed,
  });
  const { loss, reason } = await net.fit(X, Y, {
    method: sgd({ rate, momentum: 0, perWeight }),
    epochs: EPOCHS,
    batchSize: 'full',
  });
  net.dispose();
  return reason === 'diverged' ? [Infinity] : loss;
}
