import { dense, sgd } from 'efficient-backprop';
import {
  atBestRate,
  band,
  dot,
  filled,
  median,
  round,
  spread,
  square,
  squash,
  standardised,
  stream,
  network,
  ratioOf,
} from './sample.mjs';
import { judged, part } from './verdict.mjs';

const INPUTS = 10;
const UNITS = 20;
const ROWS = 300;
const EPOCHS = 40;
const DEPTHS = [2, 3, 4];
const CLASSES = 3;
const CENTRES = 24;
const RATES = filled(9, (i) => 0.64 / 2 ** i);
const ACTIVATIONS = ['lecunTanh', 'tanh', 'relu'];
/** What the targets are made of y, six random linear functions of the inputs. */
const REGRESSIONS = {
  'sigmoid units': (y) => alternating(y.map(squash)),
  'rectified units': (y) => alternating(y.map((v) => Math.max(0, v))),
  products: (y) => y[0] * y[1] + y[2] * y[3],
};
const PROBLEMS = {
  ...Object.fromEntries(Object.keys(REGRESSIONS).map((kind) => [kind, regressionRows])),
  'nearest centre': classRows,
};

export default {
  name: 'relu-against-tanh',
  title: 'Rectified linear units against symmetric sigmoids',
  section: '4.4',
  claim:
    'A remark of today, not of the chapter: in networks of several hidden layers, rectified linear units learn faster than symmetric sigmoids.',
  setting: `Networks of ${INPUTS} normal inputs and ${DEPTHS.join(', ')} hidden layers of ${UNITS} units, ${ROWS} rows. Three regressions (linear output, mean squared error) on targets of variance 1: sums of six sigmoid
units and of six rectified ones with random weights, and the sum of two products of random linear functions; and ${CLASSES} classes (softmax, cross-entropy), where a sample has the
class of the nearest of ${CENTRES} random centres. ${EPOCHS} epochs, 10 examples per step, no momentum, each activation from its own initial variance (1/fan-in, 2/fan-in for relu) and at the best of the
rates ${RATES[0]}, ${RATES[1]}, …, 0.64/2⁸ for each seed. Measured: the training loss at the end.`,
  async run({ quick }) {
    const seeds = filled(quick ? 3 : 7, (s) => s + 1);
    const rates = quick ? RATES.filter((_, i) => i % 2 === 1) : RATES;
    const depths = quick ? DEPTHS.slice(0, 2) : DEPTHS;
    const results = [];
    for (const [problem, make] of Object.entries(PROBLEMS)) {
      for (const depth of depths) {
        for (const activation of ACTIVATIONS) {
          const curves = [];
          for (const seed of seeds) {
            const data = make(seed, problem);
            curves.push(await atBestRate(rates, (rate) => learn(data, { activation, depth, rate, seed })));
          }
          results.push({ problem, depth, activation, curves, ends: curves.map((c) => c.at(-1)) });
        }
      }
    }
    const of = (problem, depth, activation) =>
      results.find((r) => r.problem === problem && r.depth === depth && r.activation === activation).ends;
    const ratios = ({ problem, depth, ends }) => ends.map((v, s) => v / of(problem, depth, 'tanh')[s]);
    const lead = (problem) => depths.map((depth) => round(median(ratios({ problem, depth, ends: of(problem, depth, 'relu') }))));
    const kinds = Object.keys(PROBLEMS);
    const parts = kinds.flatMap((problem) =>
      depths.map((depth) =>
        part(`${problem}, ${depth} hidden layers`, ratioOf(of(problem, depth, 'relu'), of(problem, depth, 'tanh')), {
          below: 0.9,
        }),
      ),
    );
    const ahead = kinds.filter((problem) => lead(problem).every((ratio) => ratio < 0.9));
    const words = (problems) => problems.map((problem) => `${problem} (${lead(problem).join(', ')})`).join(' and ');
    return {
      table: {
        columns: ['targets', 'hidden layers', 'activation', 'loss: median (range)', 'relative to tanh: median (range)'],
        rows: results.map((r) => [r.problem, r.depth, r.activation, spread(r.ends), spread(ratios(r))]),
      },
      chart: {
        title: `${depths[1]} hidden layers, at the best rate`,
        x: 'epoch',
        y: 'mean squared error, median over seeds',
        log: 'y',
        lines: results
          .filter(({ depth, problem, activation }) => depth === depths[1] && problem in REGRESSIONS && activation !== 'lecunTanh')
          .map(({ problem, activation, curves }) => ({
            name: `${activation}, ${problem}`,
            points: band(activation, curves).points,
          })),
      },
      ...judged(parts),
      effects: parts.map(({ what, found }) => ({
        trick: '4.4',
        what: 'ReLU in the place of tanh',
        task: what,
        found,
        of: 'loss',
      })),
      finding: `The loss of relu relative to that of tanh in ${depths.join(', ')} hidden layers: lower on ${words(ahead)}, not so on ${words(kinds.filter((problem) => !ahead.includes(problem)))}. From initial weights by fan-in, symmetric sigmoids still learn well in ${depths.at(-1)} hidden layers.`,
    };
  },
};

const alternating = (values) => values.reduce((sum, v, i) => sum + (i % 2 === 0 ? v : -v), 0);

/** Inputs, and targets by the formula of that kind. */
function regressionRows(seed, kind) {
  const { normal } = stream(seed);
  const functions = filled(6, () => filled(INPUTS, () => (1.5 * normal()) / Math.sqrt(INPUTS)));
  const X = filled(ROWS, () => filled(INPUTS, normal));
  const raw = X.map((x) => REGRESSIONS[kind](functions.map((w) => dot(w, x))));
  return { X, Y: standardised(raw).map((v) => [v]), output: dense(1), loss: 'meanSquaredError' };
}

/** Inputs, and as their class the nearest centre's. */
function classRows(seed) {
  const { normal } = stream(seed);
  const centres = filled(CENTRES, () => filled(INPUTS, normal));
  const X = filled(ROWS, () => filled(INPUTS, normal));
  const Y = X.map((x) => {
    const distances = centres.map((c) => c.reduce((sum, v, i) => sum + square(v - x[i]), 0));
    return distances.indexOf(Math.min(...distances)) % CLASSES;
  });
  return { X, Y, output: dense(CLASSES, { activation: 'softmax' }), loss: 'crossEntropy' };
}

/** The training loss of each epoch. */
async function learn({ X, Y, output, loss }, { activation, depth, rate, seed }) {
  const net = await network({
    inputs: INPUTS,
    layers: [...filled(depth, () => dense(UNITS, { activation, biasInit: 'zeros' })), output],
    loss,
    seed,
  });
  const history = await net.fit(X, Y, { method: sgd({ rate, momentum: 0 }), epochs: EPOCHS, batchSize: 10 });
  net.dispose();
  return history.reason === 'diverged' ? [Infinity] : history.loss;
}
