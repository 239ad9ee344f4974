import { Network, dense, emphasize, sgd } from 'efficient-backprop';
import { band, filled, mean, median, round, spread, stream } from './sample.mjs';

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
${RATES.join(' and ')}. \`emphasize()\` with its defaults, and with a \`quantile\` of 0.95 and 0.7, at which larger errors are clipped. Measured: the share of
errors on a clean test set with ${TEST} examples of each class, mean over all epochs; relative to shuffle where that makes any.`,
  async run({ quick }) {
    const seeds = filled(quick ? 5 : 15, (s) => s + 1);
    const results = [];
    for (const [set, make] of SETS) {
      for (const rate of RATES) {
        for (const [name, order] of Object.entries(ORDERS)) {
          const curves = [];
          for (const seed of seeds) curves.push(await learn(make(seed), order, rate, seed));
          results.push({ set, rate, name, curves, means: curves.map(mean) });
        }
      }
    }
    const ratios = ({ set, rate, means }) => {
      const shuffled = results.find((r) => r.set === set && r.rate === rate && r.name === 'shuffle');
      return means.flatMap((v, s) => (shuffled.means[s] > 0 ? [v / shuffled.means[s]] : []));
    };
    const ratio = (set, rate, name) => median(ratios(results.find((r) => r.set === set && r.rate === rate && r.name === name)));
    const helps = RATES.map((rate) => ratio('rare class', rate, 'emphasize'));
    const wrong = (name) => WRONG.map((share) => RATES.map((rate) => ratio(outliers(share), rate, name)));
    const harms = wrong('emphasize');
    const little = wrong('clipped at 0.95');
    const clipped = wrong('clipped at 0.7');
    const times = (found) =>
      found
        .flat()
        .map((v) => round(v))
        .join(', ');
    const [low, high] = RATES;
    return {
      table: {
        columns: ['data', 'rate', 'order', 'share of errors: median (range)', 'relative to shuffle: median (range)'],
        rows: results.map((r) => [r.set, r.rate, r.name, spread(r.means), spread(ratios(r))]),
      },
      series: {
        title: `Errors on a clean test set, rate ${low}`,
        x: 'epoch',
        y: 'share of errors, median over seeds',
        lines: results
          .filter(({ rate }) => rate === low)
          .map(({ set, name, curves }) => ({ name: `${set}: ${name}`, points: band(name, curves).points })),
      },
      confirmed:
        helps[0] < 0.75 &&
        harms.flat().every((h) => h > 1.3) &&
        clipped.flat().every((c, i) => c < 1 + (harms.flat()[i] - 1) / 2),
      verdict: `With a rare class, emphasis leaves ${round(helps[0])} times the errors of shuffled examples at rate ${low}, and ${round(helps[1])} times at ${high}, where the rare examples get far without it. With wrong labels (${WRONG.flatMap((share) => RATES.map((rate) => `${percent(share)} at rate ${rate}`)).join(', ')}) it leaves ${times(harms)} times the errors; clipping at the quantile of 0.95 ${times(little)} times, at 0.7 ${times(clipped)} times, at which a rare class gains ${round(ratio('rare class', low, 'clipped at 0.7'))} in place of ${round(helps[0])}. Where labels may be wrong, shuffle.`,
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
  const net = await Network.create({
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
