import { dense, sgd } from 'efficient-backprop';
import { atBestRate, filled, mean, network, quantile, ratioOf, round, spread, squash, stream, within } from './sample.mjs';
import { fact, judged, part } from './verdict.mjs';

const ROWS = 200;
const NEW = 2000;
const UNITS = 10;
const EPOCHS = 100;
const RATES = filled(5, (i) => round(0.16 / 2 ** i));
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
  // What is customary between the two.
  { activation: 'sigmoid', targets: [0.1, 0.9], slope: OUTPUTS.sigmoid.slope, loss: 'meanSquaredError' },
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
the best of the rates ${RATES.join(', ')} for each seed, the one with the fewest errors on the training samples in the mean over epochs.

Slope: that of the output unit relative to its largest, mean over the training samples. Largest weight: of the output unit. On ${NEW} new samples: the rate of errors beyond
the unavoidable ones, and the confidence where the true probability is between 0.35 and 0.65, which is the distance of the output from the middle of the targets in
units of theirs (at most 1). The confidence that those probabilities warrant is below 0.3. Stuck means more than twice the errors at the end of the same start with the other targets.`,
  async run({ quick }) {
    const seeds = filled(quick ? 6 : 31, (s) => s + 1);
    const rates = quick ? RATES.filter((_, i) => i % 2 === 0) : RATES;
    const results = CONTENDERS.map((contender) => ({ ...contender, runs: [] }));
    for (const seed of seeds) {
      const data = { training: samples(2 * seed, ROWS), fresh: samples(2 * seed + 1, NEW) };
      for (const { runs, ...contender } of results) {
        runs.push(
          await atBestRate(
            rates,
            (rate) => learn(data, { ...contender, rate, epochs: EPOCHS, seed }),
            ({ errors }) => errors,
          ),
        );
      }
    }
    const of = (r, quantity) => r.runs.map((run) => run[quantity]);
    const ratio = (r, other, quantity) => ratioOf(of(r, quantity), of(other, quantity));
    const name = ({ activation, targets, loss }) =>
      `${activation}, ${targets.join(' and ')}${loss === 'binaryCrossEntropy' ? ', cross-entropy' : ''}`;
    const find = (activation, targets) => results.find((r) => r.activation === activation && r.targets === targets);
    const entropy = results.at(-1);
    const customary = results.at(-2);
    const pairs = Object.entries(OUTPUTS).map(([activation, { second, asymptotes }]) => ({
      activation,
      second: find(activation, second),
      asymptotes: find(activation, asymptotes),
    }));
    pairs.push({ activation: 'sigmoid', second: pairs.at(-1).second, asymptotes: customary });
    const stuck = (one, other) => of(one, 'end').filter((v, s) => v > 2 * of(other, 'end')[s]).length;
    const share = (count) => `${count} of ${seeds.length}`;
    const parts = pairs.slice(0, 2).flatMap(({ second, asymptotes }) => [
      part(
        `${name(asymptotes)}: largest weight relative to ${second.targets.join(' and ')}`,
        ratio(asymptotes, second, 'largest'),
        { above: 1.2 },
      ),
      part(`${name(asymptotes)}: slope of the output, relative`, ratio(asymptotes, second, 'slope'), { below: 0.8 }),
      part(`${name(asymptotes)}: confidence where ambiguous, relative`, ratio(asymptotes, second, 'confidence'), {
        above: 1.2,
      }),
      part(`${name(asymptotes)}: errors beyond the unavoidable, relative`, ratio(asymptotes, second, 'excess'), { above: 1.1 }),
      fact(
        `${name(asymptotes)}: stuck in some runs, and the other targets in none`,
        `${share(stuck(asymptotes, second))}, and ${share(stuck(second, asymptotes))}`,
        'some, none',
        stuck(asymptotes, second) > 0 && stuck(second, asymptotes) === 0,
      ),
    ]);
    return {
      ...judged(parts),
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
      chart: {
        kind: 'dots',
        title: 'Relative to targets where the second derivative is largest',
        x: 'times as much',
        log: 'x',
        guide: 1,
        rows: pairs.flatMap(({ second, asymptotes }) =>
          [
            ['errors beyond the unavoidable', 'excess'],
            ['slope of the output', 'slope'],
            ['largest weight', 'largest'],
            ['confidence where ambiguous', 'confidence'],
          ].map(([label, quantity]) => ({ label: name(asymptotes), series: label, ...ratio(asymptotes, second, quantity) })),
        ),
      },
      effects: [
        ...pairs.map(({ second, asymptotes }) => ({
          trick: '4.5',
          what: `targets ${second.targets.join(' and ')} in the place of ${asymptotes.targets.join(' and ')}`,
          task: `two classes, ${second.activation} output, squared error`,
          found: ratio(second, asymptotes, 'excess'),
          of: 'errors beyond the unavoidable',
        })),
        {
          trick: '4.5',
          what: 'cross-entropy with targets 0 and 1',
          task: 'against squared error with 0.2113 and 0.7887',
          found: ratio(entropy, pairs[1].second, 'excess'),
          of: 'errors beyond the unavoidable',
        },
      ],
      finding: `${pairs
        .map(
          ({ second, asymptotes }) =>
            `${name(asymptotes)}, relative to ${second.targets.join(' and ')}: largest weight ${within(ratio(asymptotes, second, 'largest'))} times, slope ${within(ratio(asymptotes, second, 'slope'))} times, confidence where ambiguous ${within(ratio(asymptotes, second, 'confidence'))} times, errors beyond the unavoidable ${within(ratio(asymptotes, second, 'excess'))} times; stuck with ${share(stuck(asymptotes, second))} starts, the other with ${share(stuck(second, asymptotes))}`,
        )
        .join(
          '. ',
        )}. Cross-entropy, whose gradient lacks the slope of the output, ends with at most ${round(quantile(of(entropy, 'end'), 1))} errors, squared error with 0 and 1 with up to ${round(quantile(of(pairs[1].asymptotes, 'end'), 1))}.`,
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
  const net = await network({
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
