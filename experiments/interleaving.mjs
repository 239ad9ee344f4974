import { dense, sgd } from 'efficient-backprop';
import { atBestRate, band, filled, mean, median, medianOf, network, ratioOf, round, spread, stream } from './sample.mjs';
import { judged, part } from './verdict.mjs';

const CLASSES = 5;
const EACH = 40;
const INPUTS = 8;
const EPOCHS = 10;
const RATES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.4];
const SIZES = [1, CLASSES];
const ORDERS = ['sequential', 'shuffle', 'interleave'];

export default {
  name: 'interleaving',
  title: 'Classes interleaved',
  section: '4.2',
  claim: 'Stochastic learning is fastest where successive examples rarely belong to the same class.',
  setting: `${CLASSES} classes of ${EACH} examples, ${INPUTS} inputs, normal about centres that overlap; the examples stand sorted by class. Network ${INPUTS}-10-${CLASSES}
(lecunTanh, softmax, cross-entropy), ${SIZES.join(' or ')} examples per step, no momentum, each order at the best of the rates ${RATES.join(', ')} for each seed. Measured: the loss on
all examples after each epoch, and its mean over ${EPOCHS} epochs.`,
  async run({ quick }) {
    const seeds = filled(quick ? 7 : 15, (s) => s + 1);
    const rates = quick ? [0.02, 0.1] : RATES;
    const results = [];
    for (const size of SIZES) {
      for (const order of ORDERS) {
        const curves = [];
        for (const seed of seeds) curves.push(await curve({ order, size, rates, seed }));
        results.push({ size, order, curves, means: curves.map(mean) });
      }
    }
    const of = (size, order) => results.find((r) => r.size === size && r.order === order).means;
    const ratios = (size, order) => of(size, order).map((v, s) => v / of(size, 'interleave')[s]);
    return {
      table: {
        columns: ['examples per step', 'order', 'mean loss: median (range)', 'relative to interleave: median (range)'],
        rows: results.map(({ size, order, means }) => [size, order, spread(means), spread(ratios(size, order))]),
      },
      chart: {
        title: 'One example per step, at the best rate',
        x: 'epoch',
        y: 'loss',
        log: 'y',
        lines: results.filter(({ size }) => size === 1).map(({ order, curves }) => band(order, curves)),
      },
      // Shuffling deals most neighbours different classes already (4 of 5 here), so little is left to win against it.
      ...judged(
        SIZES.flatMap((size) => [
          part(`sorted by class, ${size} per step: loss relative to interleaved`, medianOf(ratios(size, 'sequential')), {
            above: 1.4,
          }),
          part(`shuffled, ${size} per step: loss relative to interleaved`, medianOf(ratios(size, 'shuffle')), { above: 1 }),
        ]),
      ),
      effects: SIZES.map((size) => ({
        trick: '4.2',
        what: 'interleaved classes in the place of shuffled ones',
        task: `five classes, ${size} per step`,
        found: ratioOf(of(size, 'interleave'), of(size, 'shuffle')),
        of: 'mean loss',
      })),
      finding: `Sorted by class, the loss is ${round(median(ratios(1, 'sequential')))} times that of interleaved classes. Shuffling, which separates most classes already, comes within a few per cent: ${round(median(ratios(1, 'shuffle')))} times with one example per step, ${round(median(ratios(CLASSES, 'shuffle')))} times with ${CLASSES}.`,
    };
  },
};

/** Examples sorted by class: normal about centres that are normal themselves. */
function classes(seed) {
  const { normal } = stream(seed);
  const centres = filled(CLASSES, () => filled(INPUTS, normal));
  const of = filled(CLASSES * EACH, (i) => Math.floor(i / EACH));
  return { X: of.map((c) => centres[c].map((v) => v + normal())), Y: of };
}

/** The loss after each epoch at the rate with the lowest mean. */
function curve({ rates, ...options }) {
  const data = classes(options.seed);
  return atBestRate(rates, (rate) => learn(data, { rate, ...options }), mean);
}

/** The loss on all examples after each epoch. */
async function learn({ X, Y }, { order, size, rate, seed }) {
  const net = await network({
    inputs: INPUTS,
    layers: [dense(10, { activation: 'lecunTanh', biasInit: 'zeros' }), dense(CLASSES, { activation: 'softmax' })],
    loss: 'crossEntropy',
    seed,
  });
  const options = { method: sgd({ rate, momentum: 0 }), epochs: EPOCHS, batchSize: size, order, validation: [X, Y] };
  const { validationLoss, reason } = await net.fit(X, Y, options);
  net.dispose();
  return reason === 'diverged' ? [Infinity] : validationLoss;
}
