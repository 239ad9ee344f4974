import { Network, dense, sgd } from 'efficient-backprop';
import { X, Y } from './figure-10.mjs';
import { filled, round } from './sample.mjs';

/** What an exact program computes on these points: w0, w1 and dB after t epochs (the drawing itself is within 0.015 and 0.1 dB of this). */
const EXPECTED = {
  1.5: [
    [0, -1, 1, -7.5],
    [1, -0.662, 1.608, -12.45],
    [2, -0.68, 1.419, -13.36],
    [3, -0.605, 1.44, -13.65],
    [4, -0.561, 1.405, -13.87],
    [5, -0.511, 1.388, -14.07],
    [6, -0.466, 1.367, -14.25],
    [8, -0.381, 1.331, -14.59],
    [10, -0.305, 1.297, -14.88],
  ],
  2.5: [
    [0, -1, 1, -7.5],
    [1, -0.437, 2.013, -6.93],
    [2, -0.862, 0.814, -6.12],
    [3, -0.2, 2.059, -4.95],
    [4, -0.783, 0.598, -3.3],
    [5, 0.05, 2.178, -1.1],
    [6, -0.789, 0.307, 1.62],
  ],
};
const RATES = [1.5, 2.5];

export default {
  name: 'figure-11',
  title: 'Batch learning of a linear unit',
  section: '5.2, Figure 11',
  claim: 'With batches of all patterns a linear unit with two inputs and a bias converges at the rate 1.5, and diverges at 2.5.',
  setting: `The 100 points of the chapter's Figure 10, read off the drawing; targets ±1. One linear unit, 2 weights and a bias, from w = (−1, 1), bias 0; all patterns in
each step, no momentum, float64. The chapter's error is ½ of the library's mean squared error, so that its rate η is η/2 here; decibels are 10·log₁₀ of the
chapter's error. Compared with the trajectories of the chapter's Figure 11, computed anew from the points: weights within 0.005, errors within 0.05 dB.`,
  async run() {
    const runs = [];
    for (const rate of RATES) runs.push({ rate, points: await trajectory(rate, rate < 2 ? 10 : 6) });
    const rows = runs.flatMap(({ rate, points }) =>
      EXPECTED[rate].map(([t, w0, w1, db]) => ({ rate, t, w0, w1, db, found: points[t] })),
    );
    const offWeights = Math.max(...rows.flatMap(({ w0, w1, found }) => [Math.abs(found.w0 - w0), Math.abs(found.w1 - w1)]));
    const offError = Math.max(...rows.map(({ db, found }) => Math.abs(found.db - db)));
    const [slow, fast] = runs.map(({ points }) => points.map(({ db }) => db));
    const falls = slow.every((db, t) => t === 0 || db < slow[t - 1]);
    const rises = fast.every((db, t) => t === 0 || db > fast[t - 1]);
    return {
      table: {
        columns: ['rate', 'epoch', 'w0', 'w1', 'dB', 'anew: w0', 'w1', 'dB'],
        rows: rows.map(({ rate, t, w0, w1, db, found }) => [
          rate,
          t,
          ...[found.w0, found.w1].map((w) => w.toFixed(3)),
          found.db.toFixed(2),
          ...[w0, w1].map((w) => w.toFixed(3)),
          db.toFixed(2),
        ]),
      },
      series: {
        title: 'Error over epochs',
        x: 'epoch',
        y: 'error, dB',
        lines: runs.map(({ rate, points }) => ({ name: `rate ${rate}`, points: points.map(({ db }, t) => [t, db]) })),
      },
      confirmed: offWeights <= 0.005 && offError <= 0.05 && falls && rises,
      verdict: `At 1.5 the error falls in each epoch, to ${round(slow.at(-1), 4)} dB after ten; at 2.5 it rises in each. The trajectories are those of the figure: weights differ by ${round(offWeights, 1)} at most, errors by ${round(offError, 1)} dB.`,
    };
  },
};

/** Weights and error after each epoch, that of the start first. */
async function trajectory(rate, epochs) {
  const net = await unit();
  const points = filled(1, () => moment(net));
  const options = { method: sgd({ rate: rate / 2, momentum: 0 }), batchSize: 'full', epochs };
  await net.fit(X, Y, { ...options, onEpoch: () => points.push(moment(net)) });
  net.dispose();
  return points;
}

/** A linear unit as the figures start it. */
export async function unit({ bias = true } = {}) {
  const net = await Network.create({
    inputs: 2,
    layers: [dense(1, { bias })],
    loss: 'meanSquaredError',
    precision: 'float64',
    seed: 1,
  });
  net.setWeights(bias ? [[-1, 1], [0]] : [[-1, 1]]);
  return net;
}

/** Weights, and the chapter's error in decibels. */
function moment(net) {
  const [[w0, w1]] = net.getWeights();
  return { w0, w1, db: decibels(net.evaluate(X, Y).loss) };
}

/** 10·log₁₀ of half a mean squared error. */
export const decibels = (loss) => 10 * Math.log10(loss / 2);
