import { Network, dense, emphasize, sgd } from 'efficient-backprop';
import { band, filled, mean, median, round, spread, stream } from './sample.mjs';

const INPUTS = 6;
const ROWS = 400;
const TEST = 300;
const RARE = 0.01;
const WRONG = 0.1;
const EPOCHS = 15;
const RATES = [0.01, 0.1];
const ORDERS = { shuffle: 'shuffle', emphasize: emphasize(), 'emphasize, errors clipped': emphasize({ quantile: 0.7 }) };

export default {
  name: 'emphasis',
  title: 'Emphasis of examples with large errors',
  section: '4.2',
  claim:
    'Presenting examples with large errors more often helps to learn rare classes, and is a disaster where such examples are outliers.',
  setting: `Three classes, normal about centres in ${INPUTS} dimensions, ${ROWS} examples. Rare class: ${100 * RARE} % of them belong to the third class. Outliers: all classes have
the same size, and ${100 * WRONG} % of the labels are wrong. Network ${INPUTS}-8-3 (lecunTanh, softmax, cross-entropy), one example per step, no momentum, ${EPOCHS} epochs, rates
${RATES.join(' and ')}. \`emphasize()\` with its defaults, and with \`quantile: 0.7\`, at which larger errors are clipped. Measured: the share of
errors on a clean test set with ${TEST} examples of each class, mean over all epochs.`,
  async run({ quick }) {
    const seeds = filled(quick ? 5 : 15, (s) => s + 1);
    const results = [];
    for (const [set, make] of Object.entries({ 'rare class': rare, outliers: mislabelled })) {
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
      return means.map((v, s) => v / shuffled.means[s]);
    };
    const ratio = (set, rate, name) => median(ratios(results.find((r) => r.set === set && r.rate === rate && r.name === name)));
    const helps = RATES.map((rate) => ratio('rare class', rate, 'emphasize'));
    const harms = RATES.map((rate) => ratio('outliers', rate, 'emphasize'));
    const clipped = RATES.map((rate) => ratio('outliers', rate, 'emphasize, errors clipped'));
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
      confirmed: helps[0] < 0.75 && harms.every((h) => h > 1.3) && clipped.every((c, i) => c < 1 + (harms[i] - 1) / 2),
      verdict: `With a rare class, emphasis leaves ${round(helps[0])} times the errors of shuffled examples at rate ${low}, and ${round(helps[1])} times at ${high}, where the rare examples get far without it. With wrong labels it leaves ${round(harms[0])} and ${round(harms[1])} times the errors; clipping brings this down to ${round(clipped[0])} and ${round(clipped[1])} times.`,
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
const mislabelled = (seed) => problem(seed, [1 / 3, 1 / 3, 1 / 3], WRONG);

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
