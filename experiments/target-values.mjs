import { Network, dense, sgd } from 'efficient-backprop';
import { atBestRate, band, filled, mean, median, round, spread, squash, stream } from './sample.mjs';

const ROWS = 200;
const NEW = 2000;
const UNITS = 10;
const EPOCHS = 200;
const RATES = filled(9, (i) => 0.32 / 2 ** i);
/**
 * [low, high] targets where the second derivative is largest, and at the asymptotes; the slope at output a, relative to the
 * largest.
 */
const OUTPUTS = {
  lecunTanh: { second: [-1, 1], asymptotes: [-1.7159, 1.7159], slope: (a) => 1 - (a / 1.7159) ** 2 },
  sigmoid: { second: [0.2113, 0.7887], asymptotes: [0, 1], slope: (a) => 4 * a * (1 - a) },
};
const CONTENDERS = [
  ...Object.entries(OUTPUTS).flatMap(([activation, { second, asymptotes, slope }]) =>
    [second, asymptotes].map((targets) => ({ activation, targets, slope, loss: 'meanSquaredError' })),
  ),
  // A loss whose gradient lacks the slope of the output unit.
  { activation: 'sigmoid', targets: [0, 1], slope: OUTPUTS.sigmoid.slope, loss: 'binaryCrossEntropy' },
];
const QUANTITIES = ['errors', 'end', 'excess', 'slope', 'largest', 'confidence'];

export default {
  name: 'target-values',
  title: 'Target values',
  section: '4.5',
  claim:
    'Targets belong where the second derivative of the output sigmoid is largest: targets at the asymptotes drive the weights up until the outputs are saturated, where learning can get stuck, and where outputs do not tell how sure they are.',
  setting: `Two classes, ${ROWS} samples of two uniform inputs; the probability of the second class is a steep function of a quadratic one of the inputs, so that samples near
the border are ambiguous. Network 2-${UNITS}-1 (lecunTanh; lecunTanh or sigmoid), mean squared error (once cross-entropy), ${EPOCHS} epochs, one sample per step, no momentum, each pair of targets at
the best of the rates ${RATES[0]}, ${RATES[1]}, …, 0.32/2⁸ for each seed, the one with the fewest errors on the training samples in the mean over epochs.

Slope: that of the output unit relative to its largest, mean over the training samples. Largest weight: of the output unit. On ${NEW} new samples: the rate of errors beyond
the unavoidable ones, and the confidence where the true probability is between 0.35 and 0.65, which is the distance of the output from the middle of the targets in
units of theirs (at most 1). The confidence that those probabilities warrant is below 0.3.`,
  async run({ quick }) {
    const seeds = filled(quick ? 6 : 15, (s) => s + 1);
    const rates = quick ? RATES.slice(2, 9).filter((_, i) => i % 2 === 0) : RATES;
    const epochs = quick ? EPOCHS / 2 : EPOCHS;
    const results = CONTENDERS.map((contender) => ({ ...contender, runs: [] }));
    for (const seed of seeds) {
      const data = { training: samples(2 * seed, ROWS), fresh: samples(2 * seed + 1, NEW) };
      for (const { runs, ...contender } of results) {
        runs.push(
          await atBestRate(
            rates,
            (rate) => learn(data, { ...contender, rate, epochs, seed }),
            ({ errors }) => errors,
          ),
        );
      }
    }
    const of = (r, quantity) => r.runs.map((run) => run[quantity]);
    const medians = (r) => Object.fromEntries(QUANTITIES.map((q) => [q, round(median(of(r, q)))]));
    const squared = results.filter(({ loss }) => loss === 'meanSquaredError');
    const entropy = results.at(-1);
    const worst = (r) => round(Math.max(...of(r, 'end')));
    const pairs = Object.keys(OUTPUTS).map((activation) => {
      const [second, asymptotes] = squared.filter((r) => r.activation === activation);
      const stuck = (one, other) => of(one, 'end').filter((v, s) => v > 2 * of(other, 'end')[s]).length;
      return {
        activation,
        stuck: [stuck(second, asymptotes), stuck(asymptotes, second)],
        ...Object.fromEntries(QUANTITIES.map((q) => [q, [medians(second)[q], medians(asymptotes)[q]]])),
      };
    });
    const name = ({ activation, targets, loss }) =>
      `${activation}, ${targets.join(' and ')}${loss === 'binaryCrossEntropy' ? ', cross-entropy' : ''}`;
    return {
      table: {
        columns: [
          'output, targets',
          'errors in training, mean over epochs: median (range)',
          'errors at the end',
          'errors beyond the unavoidable',
          'slope',
          'largest weight',
          'confidence where ambiguous',
        ],
        rows: results.map((r) => [name(r), ...QUANTITIES.map((q) => spread(of(r, q)))]),
      },
      series: {
        title: 'The seed with most errors at each epoch, at the best rate',
        x: 'epoch',
        y: 'error rate in training',
        log: 'x',
        lines: results.map((r) => ({ name: name(r), points: band(name(r), of(r, 'curve')).high })),
      },
      confirmed: pairs.every(
        (pair) =>
          pair.stuck[0] === 0 &&
          pair.stuck[1] >= seeds.length / 10 &&
          pair.slope[1] < 0.4 * pair.slope[0] &&
          pair.largest[1] > 1.5 * pair.largest[0] &&
          pair.confidence[1] > 1.5 * pair.confidence[0],
      ),
      verdict: [
        ...pairs.map(
          ({ activation, stuck, end, slope, largest, confidence }) =>
            `With ${activation} outputs, targets at the asymptotes bring the largest weight to ${largest[1]} (${largest[0]} at the points of largest second derivative), the slope of the output to ${slope[1]} (${slope[0]}), and the confidence where the class is ambiguous to ${confidence[1]} (${confidence[0]}). With ${stuck[1]} of ${seeds.length} seeds they get stuck at over twice the errors; in the median over seeds they learn as well (${end[1]} errors at the end, against ${end[0]}).`,
        ),
        `Sticking belongs to the squared error: cross-entropy, whose gradient lacks the slope of the output, learns targets 0 and 1 with every seed (at most ${worst(entropy)} at the end, ${worst(squared.at(-1))} by squared error).`,
      ].join(' '),
    };
  },
};

/** Samples with the probability p of class 1, and a class drawn by it. */
function samples(seed, rows) {
  const { uniform } = stream(seed);
  const X = filled(rows, () => [4 * uniform() - 2, 4 * uniform() - 2]);
  const p = X.map(([a, b]) => (1 + squash(6 * (a * b + a / 2 - 0.3))) / 2);
  return { X, p, classes: p.map((v) => Number(uniform() < v)) };
}

async function learn({ training, fresh }, { activation, targets, slope, loss, rate, epochs, seed }) {
  const [low, high] = targets;
  const middle = (low + high) / 2;
  const net = await Network.create({
    inputs: 2,
    layers: [dense(UNITS, { activation: 'lecunTanh', biasInit: 'zeros' }), dense(1, { activation })],
    loss,
    seed,
  });
  const predicted = ({ X }) => Array.from(net.predict(X));
  const curve = [];
  const { reason } = await net.fit(
    training.X,
    training.classes.map((c) => [targets[c]]),
    {
      method: sgd({ rate, momentum: 0 }),
      epochs,
      batchSize: 1,
      onEpoch: () => curve.push(mean(predicted(training).map((a, i) => Number(Number(a > middle) !== training.classes[i])))),
    },
  );
  const outputs = predicted(fresh);
  // What an error costs beyond the one that nobody avoids: |2p − 1| where the rarer class is chosen.
  const excess = outputs.map((a, i) => Math.max(0, a > middle ? 1 - 2 * fresh.p[i] : 2 * fresh.p[i] - 1));
  const ambiguous = outputs.filter((_, i) => Math.abs(fresh.p[i] - 0.5) < 0.15);
  const run = {
    errors: reason === 'diverged' ? Infinity : mean(curve),
    end: mean(curve.slice(-epochs / 10)),
    curve,
    excess: mean(excess),
    slope: mean(predicted(training).map(slope)),
    largest: net.getWeights()[2].reduce((most, w) => Math.max(most, Math.abs(w)), 0),
    confidence: mean(ambiguous.map((a) => Math.min(1, Math.abs(a - middle) / (high - middle)))),
  };
  net.dispose();
  return run;
}
