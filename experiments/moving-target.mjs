import { Network, dense, murata, schedules, sgd } from 'efficient-backprop';
import { band, dot, filled, mean, median, round, spread, square, stream } from './sample.mjs';

const INPUTS = 6;
const CHANGE = 3000;
const LENGTH = 2 * CHANGE;
const EVERY = 100;
const AT = CHANGE / EVERY;
const WINDOW = 4;
const NOISE = 0.7;
const constant = (rate) => sgd({ rate, momentum: 0 });
const METHODS = {
  'constant 0.002': constant(0.002),
  'constant 0.01': constant(0.01),
  'constant 0.05': constant(0.05),
  'c/t': sgd({ rate: schedules.inverse({ rate: 0.05, tau: 200 }), momentum: 0 }),
  adaptive: murata(),
};
const CONSTANT = Object.keys(METHODS).slice(0, 3);

export default {
  name: 'moving-target',
  title: 'A rate that follows a moving target',
  section: '4.7',
  claim:
    'A rate that follows the norm of the leaky mean gradient falls near a minimum, where noise would keep a constant rate away from it, and rises again when the target changes, which an annealed one cannot.',
  setting: `A stream of ${LENGTH} samples, one per step, each seen once: ${INPUTS} normal inputs, target by a random linear function plus noise of variance ${round(square(NOISE))};
after ${CHANGE} samples the function is another one. A linear unit learns it by \`partialFit\`: at constant rates, at 0.05/(1 + t/200), and with
\`murata()\`, whose defaults measure the rate to start with. Measured every ${EVERY} samples: the error beyond the noise, which is the squared distance of the weights
from those of the present function; means over the ${WINDOW * EVERY} samples before the change, the ${WINDOW * EVERY} after it, and all.`,
  async run({ quick }) {
    const seeds = filled(quick ? 3 : 15, (s) => s + 1);
    const results = [];
    for (const [name, method] of Object.entries(METHODS)) {
      const runs = [];
      for (const seed of seeds) runs.push(await follow(streamOf(seed), method, seed));
      const windows = (from, to) => runs.map(({ errors }) => mean(errors.slice(from, to)));
      results.push({ name, runs, before: windows(AT - WINDOW, AT), after: windows(AT, AT + WINDOW), all: windows(0, 2 * AT) });
    }
    const of = (name, when) => median(results.find((r) => r.name === name)[when]);
    const rates = (from, to) => results.at(-1).runs.map((run) => Math.max(...run.rates.slice(from, to)));
    const fell = median(rates(AT - 1, AT));
    const rose = median(rates(AT, AT + WINDOW));
    const best = CONSTANT.reduce((a, b) => (of(a, 'all') < of(b, 'all') ? a : b));
    return {
      table: {
        columns: ['rate', 'error before the change: median (range)', 'after it: median (range)', 'all: median (range)'],
        rows: results.map(({ name, before, after, all }) => [name, spread(before), spread(after), spread(all)]),
      },
      series: {
        title: `The target changes at ${CHANGE}`,
        x: 'samples',
        y: 'error beyond the noise, median over seeds',
        log: 'y',
        lines: results.map(({ name, runs }) => {
          const curves = runs.map(({ errors }) => errors);
          return { name, points: band(name, curves, (i) => EVERY * (i + 1)).points };
        }),
      },
      confirmed:
        rose > 2 * fell &&
        of('adaptive', 'all') < 0.7 * of(best, 'all') &&
        of('adaptive', 'before') < 0.6 * of(best, 'before') &&
        of('adaptive', 'after') < 0.25 * of('c/t', 'after'),
      verdict: `The adaptive rate falls to ${round(fell)} and rises to ${round(rose)} after the change. Over the whole stream it leaves an error of ${round(of('adaptive', 'all'))}, the best constant rate ${round(of(best, 'all'))}, the annealed one ${round(of('c/t', 'all'))}: before the change it is about as precise as the annealed rate (${round(of('adaptive', 'before'))} and ${round(of('c/t', 'before'))}), after it far quicker (${round(of('adaptive', 'after'))} and ${round(of('c/t', 'after'))}). The chapter gives no constants; these are the defaults.`,
    };
  },
};

function streamOf(seed) {
  const { normal } = stream(seed);
  const functions = filled(2, () => filled(INPUTS, normal));
  const X = filled(LENGTH, () => filled(INPUTS, normal));
  const Y = X.map((x, t) => [dot(x, functions[t < CHANGE ? 0 : 1]) + NOISE * normal()]);
  return { X, Y, functions };
}

/** The error, and the rate, after every so many samples of the stream. */
async function follow({ X, Y, functions }, method, seed) {
  const net = await Network.create({ inputs: INPUTS, layers: [dense(1)], loss: 'meanSquaredError', seed });
  const errors = [];
  const rates = [];
  for (let t = 0; t < LENGTH; t += EVERY) {
    await net.partialFit(X.slice(t, t + EVERY), Y.slice(t, t + EVERY), {
      method,
      batchSize: 1,
      order: 'sequential',
      onEpoch: ({ rate }) => rates.push(rate),
    });
    const target = functions[t < CHANGE ? 0 : 1];
    const [w, [bias]] = net.getWeights();
    errors.push(w.reduce((sum, v, i) => sum + square(v - target[i]), square(bias)));
  }
  net.dispose();
  return { errors, rates };
}
