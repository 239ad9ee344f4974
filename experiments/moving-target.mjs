import { dense, murata, schedules, sgd } from 'efficient-backprop';
import { band, dot, filled, mean, median, network, ratioOf, round, spread, square, stream, within } from './sample.mjs';
import { judged, part } from './verdict.mjs';

const INPUTS = 6;
const CHANGE = 3000;
const LENGTH = 2 * CHANGE;
const EVERY = 100;
const AT = CHANGE / EVERY;
const WINDOW = 4;
const NOISE = 0.7;
const constant = (rate) => sgd({ rate, momentum: 0 });
const CONSTANTS = [0.002, 0.003, 0.0045, 0.0065, 0.01, 0.015, 0.022, 0.033, 0.05];
const METHODS = {
  ...Object.fromEntries(CONSTANTS.map((rate) => [`constant ${rate}`, constant(rate)])),
  'c/t': sgd({ rate: schedules.inverse({ rate: 0.05, tau: 200 }), momentum: 0 }),
  adaptive: murata(),
};
const CONSTANT = Object.keys(METHODS).slice(0, CONSTANTS.length);

export default {
  name: 'moving-target',
  title: 'A rate that follows a moving target',
  section: '4.7',
  claim:
    'A rate that follows the norm of the leaky mean gradient falls near a minimum, where noise would keep a constant rate away from it, and rises again when the target changes, which an annealed one cannot.',
  setting: `A stream of ${LENGTH} samples, one per step, each seen once: ${INPUTS} normal inputs, target by a random linear function plus noise of variance ${round(square(NOISE))};
after ${CHANGE} samples the function is another one. A linear unit learns it by \`partialFit\`: at constant rates, nine of them, of which the one with the least error over the whole stream counts, at 0.05/(1 + t/200), and with
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
    const row = (name) => results.find((r) => r.name === name);
    const of = (name, when) => median(row(name)[when]);
    const ratio = (when, name) => ratioOf(row('adaptive')[when], row(name)[when]);
    const rates = (from, to) => results.at(-1).runs.map((run) => Math.max(...run.rates.slice(from, to)));
    const [fell, rose] = [rates(AT - 1, AT), rates(AT, AT + WINDOW)];
    const best = CONSTANT.reduce((a, b) => (of(a, 'all') < of(b, 'all') ? a : b));
    const overall = ratio('all', best);
    const drawn = new Set([CONSTANT[0], best, CONSTANT.at(-1), 'c/t', 'adaptive']);
    return {
      ...judged([
        part('the rate after the change, relative to before', ratioOf(rose, fell), { above: 2 }),
        part(`error before the change, relative to ${best}`, ratio('before', best), { below: 0.8 }),
        part('error after the change, relative to c/t', ratio('after', 'c/t'), { below: 0.5 }),
        part(`error of the whole stream, relative to ${best}`, overall, { below: 0.9 }),
      ]),
      table: {
        columns: [
          'rate',
          'error before the change: median (range)',
          'after it: median (range)',
          'all: median (range)',
          'adaptive relative to it, all: median and interval',
        ],
        rows: results.map(({ name, before, after, all }) => [
          name,
          spread(before),
          spread(after),
          spread(all),
          name === 'adaptive' ? '1' : within(ratio('all', name)),
        ]),
      },
      chart: {
        title: `The target changes at ${CHANGE}`,
        x: 'samples',
        y: 'error beyond the noise, median over seeds',
        log: 'y',
        lines: results
          .filter(({ name }) => drawn.has(name))
          .map(({ name, runs }) => {
            const curves = runs.map(({ errors }) => errors);
            return { name, points: band(name, curves, (i) => EVERY * (i + 1)).points };
          }),
      },
      effects: [
        {
          trick: '4.7',
          what: 'a rate that follows the mean gradient, murata()',
          task: `a target that jumps, against the best of ${CONSTANTS.length} constant rates`,
          found: overall,
          of: 'error',
        },
      ],
      finding: `The adaptive rate falls to ${round(median(fell))} and rises to ${round(median(rose))} after the change. Over the whole stream it leaves an error of ${round(of('adaptive', 'all'))}, the best of ${CONSTANTS.length} constant rates (${best.replace('constant ', '')}) ${round(of(best, 'all'))}, the annealed one ${round(of('c/t', 'all'))}: ${within(overall)} times that of the constant. Before the change its error and the annealed rate's are ${round(of('adaptive', 'before'))} and ${round(of('c/t', 'before'))}, after it ${round(of('adaptive', 'after'))} and ${round(of('c/t', 'after'))}. The chapter gives no constants; these are the defaults.`,
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
  const net = await network({ inputs: INPUTS, layers: [dense(1)], loss: 'meanSquaredError', seed });
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
