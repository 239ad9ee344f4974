import { adam, dense, sgd, stochasticDiagonalLM } from 'efficient-backprop';
import { images } from './figure-24.mjs';
import { filled, geometricMean, medianOf, network, regression, round, within } from './sample.mjs';
import { judged, part } from './verdict.mjs';

const EPOCHS = 30;
const MOMENTA = [0, 0.9];
/** Rates for steps without momentum; with it they are 1 − μ times as large. */
const RATES = filled(7, (i) => round(0.6 / 2 ** i));
const SHARES = filled(6, (i) => round(0.1 / 2 ** i));
const DEFAULT = 0.01;

const tried = (rates, make) => MOMENTA.flatMap((momentum) => rates.map((rate) => () => make(rate * (1 - momentum), momentum)));

/** Methods with all settings that are tried for each; the one that ends lowest counts, seed by seed. */
const METHODS = {
  SGD: tried(RATES, (rate, momentum) => sgd({ rate, momentum })),
  'diagonal LM': tried(SHARES, (rate, momentum) => stochasticDiagonalLM({ rate, momentum })),
  'diagonal LM, default ε': [() => stochasticDiagonalLM({ rate: DEFAULT })],
  Adam: RATES.map((rate) => () => adam({ rate: rate / 8 })),
};

export default {
  name: 'sdlm-against-sgd',
  title: 'Stochastic diagonal Levenberg-Marquardt against tuned gradient descent',
  section: '9.1',
  claim:
    'Stochastic diagonal Levenberg-Marquardt converges about three times as fast as carefully tuned stochastic gradient descent. (Elsewhere the same authors do not believe in a tremendous speed-up, but in convergence without much tuning.)',
  setting: `Four tasks. Images: 200 made ones of ten classes (as in Figure 25), every second pixel of every second row, 196-16-10. Numbers: 10 normal inputs, a random network's targets, 10-20-1, 500 rows;
the same with inputs of scales from 0.1 to 10, not standardised; and three classes of those. 1.7159·tanh(2x/3), weights by fan-in, batches of 8, shuffled, ${EPOCHS} epochs. SGD and diagonal LM are tuned alike: momentum ${MOMENTA.join(' or ')},
with each of ${RATES.length} rates from ${RATES.at(-1)} to ${RATES[0]} or ${SHARES.length} ε from ${SHARES.at(-1)} to ${SHARES[0]} (times 1 − μ), the one that ends lowest for each seed; Adam is tuned over as many rates. Diagonal LM also at the default ε of ${DEFAULT}, momentum as by default. What counts is work until
the training loss is what tuned SGD comes to: a gradient is 3 multiply-adds for each weight and row, the diagonal, measured anew before each epoch on up to 500 rows, 2. A method that
does not get there counts with twice its work of all epochs. Speed is SGD's work over a method's; over tasks its geometric mean.`,
  async run({ quick }) {
    const seeds = filled(quick ? 1 : 7, (i) => i + 1);
    const tasks = tasksOf(quick);
    const speeds = Object.fromEntries(Object.keys(METHODS).map((name) => [name, tasks.map(() => [])]));
    for (const [t, task] of tasks.entries()) {
      for (const seed of seeds) {
        const best = {};
        for (const [name, settings] of Object.entries(METHODS)) {
          const some = quick ? settings.filter((_, i) => i % 2 === 0) : settings;
          for (const make of some) {
            const curve = await learn(task, make(), seed);
            if (!best[name] || curve.at(-1) < best[name].at(-1)) best[name] = curve;
          }
        }
        const goal = best.SGD.at(-1);
        const work = (name) => {
          const epoch = best[name].findIndex((v) => v <= goal) + 1 || 2 * EPOCHS;
          const { length } = task.X;
          return epoch * (name.startsWith('diagonal') ? 3 * length + 2 * Math.min(length, 500) : 3 * length);
        };
        for (const name of Object.keys(METHODS)) speeds[name][t].push(work('SGD') / work(name));
      }
    }
    const names = Object.keys(METHODS).filter((name) => name !== 'SGD');
    const overall = (name) => medianOf(seeds.map((_, s) => geometricMean(speeds[name].map((list) => list[s]))));
    const [tuned, untuned] = names.map(overall);
    const faster = tasks.map(({ name }, t) => ({ name, speed: medianOf(speeds['diagonal LM'][t]) }));
    return {
      ...judged([
        part('diagonal LM, tuned: times as fast as tuned SGD, all tasks', tuned, { above: 2 }),
        part('diagonal LM, tuned: faster at all, all tasks', tuned, { above: 1.1 }),
        part('diagonal LM at the default ε: not slower than half of tuned SGD, all tasks', untuned, { above: 0.5 }),
        ...faster.map(({ name, speed }) => part(`diagonal LM, tuned: faster at all, ${name}`, speed, { above: 1.1 })),
      ]),
      table: {
        columns: ['task', ...names.map((name) => `${name}: speed, median and interval`)],
        rows: [
          ...tasks.map(({ name }, t) => [name, ...names.map((method) => within(medianOf(speeds[method][t])))]),
          ['geometric mean of tasks', ...names.map((name) => within(overall(name)))],
        ],
      },
      chart: {
        kind: 'dots',
        title: 'Speed relative to tuned SGD, by work',
        x: 'times as fast as SGD with its best rate and momentum',
        log: 'x',
        guide: 1,
        rows: [
          ...tasks.flatMap(({ name }, t) => names.map((series) => ({ label: name, series, ...medianOf(speeds[series][t]) }))),
          ...names.map((series) => ({ label: 'geometric mean', series, ...overall(series) })),
        ],
      },
      effects: [
        ...faster.map(({ name, speed }) => ({
          trick: '4.7',
          what: 'diagonal LM, tuned, against tuned SGD',
          task: name,
          found: inverse(speed),
          of: 'work',
        })),
        {
          trick: '4.7',
          what: 'diagonal LM at its default ε, against tuned SGD',
          task: 'geometric mean of the four',
          found: inverse(untuned),
          of: 'work',
        },
      ],
      finding: `With the cost of its diagonals, diagonal LM at its best ε and momentum is ${within(tuned)} times as fast as SGD at its best rate and momentum, in the geometric mean of tasks: ${faster.map(({ name, speed }) => `${within(speed)} on ${name}`).join(', ')}. At the default ε it is ${within(untuned)} times as fast, and Adam, tuned, ${within(overall('Adam'))} times.`,
    };
  },
};

/** A speed as the share of work. */
const inverse = ({ estimate, low, high }) => ({ estimate: 1 / estimate, low: 1 / high, high: 1 / low });

function tasksOf(quick) {
  const { X, classes } = images({ rows: 200, seed: 3 });
  const small = X.map((x) => x.filter((_, i) => i % 2 === 0 && Math.floor(i / 28) % 2 === 0));
  const numbers = regression({ inputs: 10, units: 5, rows: 500, seed: 7 });
  const scaled = numbers.X.map((x) => x.map((v, i) => v * 10 ** ((2 * i) / 9 - 1)));
  const thirds = numbers.Y.map(([v]) => [v > 0.4 ? 2 : v > -0.4 ? 1 : 0]);
  const tasks = [
    { name: 'images', X: small, Y: classes.map((k) => [k]), hidden: 16, outputs: 10, classes: true },
    { name: 'numbers', X: numbers.X, Y: numbers.Y, hidden: 20, outputs: 1 },
    { name: 'numbers, badly scaled', X: scaled, Y: numbers.Y, hidden: 20, outputs: 1 },
    { name: 'three classes', X: numbers.X, Y: thirds, hidden: 20, outputs: 3, classes: true },
  ];
  return quick ? tasks.slice(1, 3) : tasks;
}

/** The training loss after each epoch, measured on the whole set; [Infinity] where it diverged. */
async function learn({ X, Y, hidden, outputs, classes }, method, seed) {
  const net = await network({
    inputs: X[0].length,
    layers: [
      dense(hidden, { activation: 'lecunTanh', biasInit: 'zeros' }),
      dense(outputs, classes ? { activation: 'softmax' } : {}),
    ],
    loss: classes ? 'crossEntropy' : 'meanSquaredError',
    seed,
  });
  const curve = [];
  const { reason } = await net.fit(X, Y, {
    method,
    batchSize: 8,
    epochs: EPOCHS,
    seed,
    onEpoch: () => curve.push(net.evaluate(X, Y).loss),
  });
  net.dispose();
  return reason === 'diverged' ? [Infinity] : curve;
}
