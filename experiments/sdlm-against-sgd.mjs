import { Network, adaHessian, adam, dense, sgd, sophia, stochasticDiagonalLM } from 'efficient-backprop';
import { images } from './figure-24.mjs';
import { filled, median, mean, regression, round } from './sample.mjs';

const RATES = filled(9, (i) => 0.003 * 2 ** i);
const SHARES = filled(7, (i) => 0.0025 * 2 ** i);

/** Methods with the rates that are tried for each; the best counts. */
const METHODS = {
  'tuned SGD': { rates: RATES, make: (rate) => sgd({ rate, momentum: 0 }) },
  'tuned SGD, momentum 0.9': { rates: RATES, make: (rate) => sgd({ rate: rate / 10, momentum: 0.9 }) },
  'diagonal LM, untuned': { rates: [0.01], make: (rate) => stochasticDiagonalLM({ rate }) },
  'diagonal LM, tuned': { rates: SHARES, make: (rate) => stochasticDiagonalLM({ rate }) },
  'AdaHessian, untuned': { rates: [0.01], make: (rate) => adaHessian({ rate }) },
  'Sophia, untuned': { rates: [0.001], make: (rate) => sophia({ rate }) },
  'Adam, tuned': { rates: RATES.map((rate) => rate / 10), make: (rate) => adam({ rate }) },
};

export default {
  name: 'sdlm-against-sgd',
  title: 'Stochastic diagonal Levenberg-Marquardt against tuned gradient descent',
  section: '9.1',
  claim:
    'Stochastic diagonal Levenberg-Marquardt converges about three times as fast as carefully tuned stochastic gradient descent. (Elsewhere the same authors do not believe in a tremendous speed-up, but in convergence without much tuning.)',
  setting: `Four tasks. Images: 300 made ones of ten classes (as in Figure 25), every second pixel of every second row, 196-20-10. Numbers: 10 normal inputs, a random network's targets, 10-20-1, 1,000 rows;
the same with inputs of scales from 0.1 to 10, not standardised; and three classes of those. 1.7159·tanh(2x/3), weights by fan-in, batches of 8, shuffled. SGD at the best of nine
rates, with momentum and without; diagonal LM at the default ε of 0.01, μ 0.02, and at the best of seven ε. What counts is epochs until the training loss is what tuned SGD without momentum comes to in 40 epochs.
An epoch of diagonal LM costs up to 500 samples' diagonals more. Medians over seeds of the ratios.`,
  async run({ quick }) {
    const seeds = filled(quick ? 1 : 5, (i) => i + 1);
    const tasks = tasksOf(quick);
    const rows = [];
    for (const task of tasks) {
      const gains = Object.fromEntries(Object.keys(METHODS).map((name) => [name, []]));
      for (const seed of seeds) {
        const curves = {};
        for (const [name, { rates, make }] of Object.entries(METHODS)) {
          if (quick && !/SGD$|LM/.test(name)) continue;
          const tried = [];
          for (const rate of quick ? rates.filter((_, i) => i % 2 === 0) : rates)
            tried.push(await learn(task, make(rate), seed, quick ? 20 : 40));
          curves[name] = tried.reduce((a, b) => (a.at(-1) <= b.at(-1) ? a : b));
        }
        const goal = curves['tuned SGD'].at(-1);
        const slow = curves['tuned SGD'].findIndex((v) => v <= goal) + 1;
        for (const [name, curve] of Object.entries(curves)) {
          const reached = curve.findIndex((v) => v <= goal) + 1;
          gains[name].push(reached > 0 ? slow / reached : 0);
        }
      }
      rows.push({ task, gains });
    }
    const of = (name) => rows.map(({ gains }) => median(gains[name]));
    const [untuned, tuned] = ['diagonal LM, untuned', 'diagonal LM, tuned'].map(of);
    const names = Object.keys(METHODS).filter((name) => rows[0].gains[name].length > 0);
    const overall = (list) => list.reduce((product, v) => product * Math.max(v, 0.1), 1) ** (1 / list.length);
    return {
      table: {
        columns: ['task', ...names],
        rows: rows.map(({ task, gains }) => [
          task.name,
          ...names.map((name) => (median(gains[name]) > 0 ? round(median(gains[name])) : 'does not get there')),
        ]),
      },
      series: {
        title: 'Times as fast as tuned SGD, task by task',
        x: 'task',
        y: 'times as fast',
        lines: names.map((name) => ({ name, points: rows.map(({ gains }, i) => [i + 1, median(gains[name])]) })),
      },
      confirmed: overall(tuned) > 1.5 && Math.max(...tuned) >= 2.5 && mean(untuned) > 1,
      verdict: `At the best ε diagonal LM is ${tuned.map((v) => round(v, 2)).join(', ')} times as fast as SGD at its best rate, at the default ε ${untuned.map((v) => (v > 0 ? round(v, 2) : 'not there')).join(', ')} times, task by task (${tasks.map(({ name }) => name).join('; ')}).`,
    };
  },
};

function tasksOf(quick) {
  const { X, classes } = images({ rows: 300, seed: 3 });
  const small = X.map((x) => x.filter((_, i) => i % 2 === 0 && Math.floor(i / 28) % 2 === 0));
  const numbers = regression({ inputs: 10, units: 5, rows: 1000, seed: 7 });
  const scaled = numbers.X.map((x) => x.map((v, i) => v * 10 ** ((2 * i) / 9 - 1)));
  const thirds = numbers.Y.map(([v]) => [v > 0.4 ? 2 : v > -0.4 ? 1 : 0]);
  const tasks = [
    { name: 'images', X: small, Y: classes.map((k) => [k]), hidden: 20, outputs: 10, classes: true },
    { name: 'numbers', X: numbers.X, Y: numbers.Y, hidden: 20, outputs: 1 },
    { name: 'numbers, badly scaled', X: scaled, Y: numbers.Y, hidden: 20, outputs: 1 },
    { name: 'three classes', X: numbers.X, Y: thirds, hidden: 20, outputs: 3, classes: true },
  ];
  return quick ? tasks.slice(1, 3) : tasks;
}

/** The training loss after each epoch, measured on the whole set; [Infinity] where it diverged. */
async function learn({ X, Y, hidden, outputs, classes }, method, seed, epochs) {
  const net = await Network.create({
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
    epochs,
    seed,
    onEpoch: () => curve.push(net.evaluate(X, Y).loss),
  });
  net.dispose();
  return reason === 'diverged' ? [Infinity] : curve;
}
