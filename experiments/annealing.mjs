import { dense, schedules, sgd } from 'efficient-backprop';
import { band, dot, filled, mean, median, network, ratioOf, round, spread, square, stream } from './sample.mjs';
import { fact, judged, part } from './verdict.mjs';

const INPUTS = 5;
const NOISE = 1;
const LENGTH = 20_000;
const EVERY = 500;
const LAST = 10;
const CONSTANT = [0.08, 0.04, 0.02, 0.01, 0.005];
const TAU = 40;
const FIRST = 0.08;

export default {
  name: 'annealing',
  title: 'A falling rate against constant ones',
  section: '4.1, (12)',
  claim:
    'At a constant rate stochastic learning does not come to rest at the minimum: weights keep fluctuating about it, with a variance in proportion to the rate. A rate that falls like c/t takes them there.',
  setting: `A stream of ${LENGTH} samples, each seen once: ${INPUTS} normal inputs, targets by a random linear function plus noise of variance ${square(NOISE)}. One linear unit, one sample per step, no momentum.
Rates: ${CONSTANT.join(', ')}, or ${FIRST}/(1 + t/${TAU}) after t samples. Measured every ${EVERY} samples: the squared distance of the weights from those of the function; at the
end its mean over the last ${LAST} measurements. The theory of constant rates (for small ones): η·σ²·(${INPUTS} + 1)/(2 − η·(${INPUTS} + 3)), where η, the chapter's rate, is twice the library's.`,
  async run({ quick }) {
    const seeds = filled(quick ? 5 : 25, (s) => s + 1);
    const contenders = [
      ...CONSTANT.map((rate) => ({ name: `rate ${rate}`, rate })),
      { name: 'c/t', rate: schedules.inverse({ rate: FIRST, tau: TAU }) },
    ];
    const results = [];
    for (const { name, rate } of contenders) {
      const curves = [];
      for (const seed of seeds) curves.push(await follow(samples(seed), rate, seed));
      results.push({ name, rate, curves, ends: curves.map((c) => mean(c.slice(-LAST))) });
    }
    const levels = CONSTANT.map((_, i) => mean(results[i].ends));
    const theory = CONSTANT.map((rate) => (2 * rate * square(NOISE) * (INPUTS + 1)) / (2 - 2 * rate * (INPUTS + 3)));
    const annealed = mean(results.at(-1).ends);
    const off = Math.max(...levels.map((v, i) => Math.abs(v / theory[i] - 1)));
    return {
      table: {
        columns: ['rate', 'distance² at the end: median (range)', 'mean', 'theory'],
        rows: results.map(({ name, ends }, i) => [
          name,
          spread(ends),
          round(mean(ends)),
          i < theory.length ? round(theory[i]) : '',
        ]),
      },
      chart: {
        title: 'Squared distance from the minimum, median over seeds',
        x: 'samples',
        y: 'squared distance',
        log: 'y',
        lines: results.map(({ name, curves }) => ({ name, points: band(name, curves, (i) => EVERY * (i + 1)).points })),
      },
      ...judged([
        ...CONSTANT.slice(1).map((rate, i) =>
          part(`distance² at the rate ${rate} relative to ${CONSTANT[i]}`, ratioOf(results[i + 1].ends, results[i].ends), {
            below: 0.75,
          }),
        ),
        fact('levels are those of the theory', `off by ${Math.round(100 * off)} % at most`, 'at most 35 %', off < 0.35),
        part('distance² of c/t relative to the smallest rate', ratioOf(results.at(-1).ends, results.at(-2).ends), {
          below: 0.3,
        }),
      ]),
      effects: [
        {
          trick: '4.1',
          what: 'a rate that falls like c/t',
          task: 'a linear stream, against the best of five constant rates',
          found: ratioOf(results.at(-1).ends, results.at(-2).ends),
          of: 'distance² from the minimum',
        },
      ],
      finding: `Constant rates from ${CONSTANT[0]} to ${CONSTANT.at(-1)} leave squared distances from ${round(levels[0])} to ${round(levels.at(-1))}, each within ${Math.round(100 * off)} % of the theory: about half as much for half the rate where rates are small (${round(levels.at(-2) / levels.at(-1), 2)} times for twice the smallest), and more than that where they are near the largest that converges (${round(levels[0] / levels[1], 2)} times for the two largest); the falling rate ends at ${round(annealed)}, and the median of its runs at ${round(median(results.at(-1).ends))}.`,
    };
  },
};

function samples(seed) {
  const { normal } = stream(seed);
  const target = filled(INPUTS, normal);
  const X = filled(LENGTH, () => filled(INPUTS, normal));
  return { X, Y: X.map((x) => [dot(x, target) + NOISE * normal()]), target };
}

/** The squared distance from the function's weights, every so many samples. */
async function follow({ X, Y, target }, rate, seed) {
  const net = await network({ inputs: INPUTS, layers: [dense(1)], loss: 'meanSquaredError', precision: 'float64', seed });
  const distances = [];
  for (let t = 0; t < LENGTH; t += EVERY) {
    await net.partialFit(X.slice(t, t + EVERY), Y.slice(t, t + EVERY), {
      method: sgd({ rate, momentum: 0 }),
      batchSize: 1,
      order: 'sequential',
    });
    const [w, [bias]] = net.getWeights();
    distances.push(w.reduce((sum, v, i) => sum + square(v - target[i]), square(bias)));
  }
  net.dispose();
  return distances;
}
