import { dense, emphasize, sgd } from 'efficient-backprop';
import { filled, mean, network, ratioOf, round, spread, stream, within } from './sample.mjs';
import { judged, part } from './verdict.mjs';

const INPUTS = 6;
const ROWS = 400;
const TEST = 300;
const RARE = 0.01;
const WRONG = [0.05, 0.1];
const EPOCHS = 15;
const RATES = [0.01, 0.1];
const ORDERS = {
  shuffle: 'shuffle',
  emphasize: emphasize(),
  'clipped at 0.95': emphasize({ quantile: 0.95 }),
  'clipped at 0.8': emphasize({ quantile: 0.8 }),
  'clipped at 0.7': emphasize({ quantile: 0.7 }),
};
const percent = (share) => `${round(100 * share)} %`;
const outliers = (share) => `${percent(share)} wrong`;

export default {
  name: 'emphasis',
  title: 'Emphasis of examples with large errors',
  section: '4.2',
  claim:
    'Presenting examples with large errors more often helps to learn rare classes, and is a disaster where such examples are outliers.',
  setting: `Three classes, normal about centres in ${INPUTS} dimensions, ${ROWS} examples. Rare class: ${percent(RARE)} of them belong to the third class. Wrong: all classes have
the same size, and ${WRONG.map(percent).join(' or ')} of the labels are wrong. Network ${INPUTS}-8-3 (lecunTanh, softmax, cross-entropy), one example per step, no momentum, ${EPOCHS} epochs, rates
${RATES.join(' and ')}. \`emphasize()\` with its defaults, and with a \`quantile\` of 0.95, 0.8 and 0.7, at which larger errors are clipped. Measured: the share of
errors on a clean test set with ${TEST} examples of each class, mean over all epochs; relative to shuffle, half an error added to both, so that runs without any count too.
To help is to leave less than 0.9 times the errors, a disaster more than 1.25 times, at both rates.`,
  async run({ quick }) {
    const seeds = filled(quick ? 5 : 21, (s) => s + 1);
    const results = [];
    for (const [set, make] of SETS) {
      for (const rate of RATES) {
        const of = {};
        for (const [name, order] of Object.entries(ORDERS)) {
          const curves = [];
          for (const seed of seeds) curves.push(await learn(make(seed), order, rate, seed));
          const means = curves.map(mean);
          const errors = means.map((v) => v + 0.5 / (3 * TEST));
          of[name] = errors;
          results.push({ set, rate, name, curves, means, ratio: ratioOf(errors, of.shuffle) });
        }
      }
    }
    const ratio = (set, rate, name) => results.find((r) => r.set === set && r.rate === rate && r.name === name).ratio;
    const emphasized = results.filter(({ name }) => name === 'emphasize');
    const parts = emphasized.map(({ set, rate, ratio: found }) =>
      part(`${set}, rate ${rate}: errors relative to shuffle`, found, set === 'rare class' ? { below: 0.9 } : { above: 1.25 }),
    );
    const times = (name) =>
      SETS.slice(1)
        .flatMap(([set]) => RATES.map((rate) => within(ratio(set, rate, name))))
        .join(', ');
    const [low, high] = RATES;
    return {
      ...judged(parts),
      table: {
        columns: ['data', 'rate', 'order', 'share of errors: median (range)', 'relative to shuffle: median and interval'],
        rows: results.map((r) => [r.set, r.rate, r.name, spread(r.means), r.name === 'shuffle' ? '1' : within(r.ratio)]),
      },
      chart: {
        kind: 'dots',
        title: 'Errors relative to shuffled examples',
        x: 'times the errors of shuffle',
        log: 'x',
        guide: 1,
        rows: results
          .filter(({ name }) => name !== 'shuffle')
          .map(({ set, rate, name, ratio: found }) => ({ label: `${set}, rate ${rate}`, series: name, ...found })),
      },
      effects: emphasized.map(({ set, rate, ratio: found }) => ({
        trick: '4.2',
        what: 'emphasis of large errors',
        task: `${set}, rate ${rate}`,
        found,
        of: 'errors',
      })),
      finding: `With a rare class, emphasis leaves ${within(ratio('rare class', low, 'emphasize'))} times the errors of shuffled examples at rate ${low}, and ${within(ratio('rare class', high, 'emphasize'))} times at ${high}. With wrong labels (${WRONG.flatMap((share) => RATES.map((rate) => `${percent(share)} at rate ${rate}`)).join(', ')}) it leaves ${times('emphasize')} times the errors; clipped at the quantile of 0.95 ${times('clipped at 0.95')} times, at 0.8 ${times('clipped at 0.8')} times, at 0.7 ${times('clipped at 0.7')} times, where a rare class keeps ${within(ratio('rare class', low, 'clipped at 0.7'))} of its errors at rate ${low}.`,
    };
  },
};

/** Centres of the classes, and rows with a class and, where asked, a wrong label. */
function problem(seed, shares, wrong) {
  const { normal, uniform, integer } = stream(seed);
  const centres = filled(3, () => filled(INPUTS, () => 2 * normal()));
  const draw = (c) => centres[c].map((v) => v + normal());
  const of = shares.flatMap((share, c) => filled(Math.round(share * ROWS), () => c));
  return {
    X: of.map(draw),
    Y: of.map((c) => (uniform() < wrong ? (c + 1 + integer(2)) % 3 : c)),
    test: [filled(3 * TEST, (i) => draw(i % 3)), filled(3 * TEST, (i) => i % 3)],
  };
}

const rare = (seed) => problem(seed, [(1 - RARE) / 2, (1 - RARE) / 2, RARE], 0);
const mislabelled = (wrong) => (seed) => problem(seed, [1 / 3, 1 / 3, 1 / 3], wrong);
const SETS = [['rare class', rare], ...WRONG.map((share) => [outliers(share), mislabelled(share)])];

async function learn({ X, Y, test }, order, rate, seed) {
  const net = await network({
    inputs: INPUTS,
    layers: [dense(8, { activation: 'lecunTanh', biasInit: 'zeros' }), dense(3, { activation: 'softmax' })],
    loss: 'crossEntropy',
    seed,
  });
  const { metrics } = await net.fit(X, Y, {
    method: sgd({ rate, momentum: 0 }),
    epochs: EPOCHS,
    batchSize: 1,
    order,
    validation: test,
    metrics: ['accuracy'],
  });
  net.dispose();
  return metrics.validationAccuracy.map((a) => 1 - a);
}
