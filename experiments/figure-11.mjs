import { dense, sgd } from 'efficient-backprop';
import { X, Y } from './figure-10.mjs';
import { filled, log10, network, round } from './sample.mjs';
import { fact, judged } from './verdict.mjs';

/** What an exact program computes on these points: w0, w1 and dB after t epochs. */
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
/** The same as the chapter draws it: w0, w1 and dB, for the epochs of EXPECTED. */
const DRAWN = {
  1.5: [
    [-1, 0.999, -7.47],
    [-0.662, 1.609, -12.42],
    [-0.681, 1.424, -13.3],
    // biome-ignore lint/suspicious/noApproximativeNumericConstant: a weight, near log₂ e by chance
    [-0.61, 1.442, -13.63],
    [-0.564, 1.409, -13.81],
    [-0.513, 1.391, -13.99],
    [-0.466, 1.367, -14.25],
    [-0.384, 1.334, -14.51],
    [-0.308, 1.297, -14.87],
  ],
  2.5: [
    [-1, 1, -7.47],
    [-0.436, 2.014, -6.86],
    [-0.867, 0.813, -5.98],
    [-0.199, 2.065, -4.77],
    [-0.789, 0.594, -3.12],
    [0.051, 2.186, -0.85],
    [-0.804, 0.306, 1.83],
  ],
};
const RATES = [1.5, 2.5];

export default {
  name: 'figure-11',
  title: 'Batch learning of a linear unit',
  section: '5.2, Figure 11',
  claim: 'With batches of all samples a linear unit with two inputs and a bias converges at the rate 1.5, and diverges at 2.5.',
  setting: `The 100 points of the chapter's Figure 10, read off the drawing; targets ±1. One linear unit, 2 weights and a bias, from w = (−1, 1), bias 0; all samples in
each step, no momentum, float64. The chapter's error is ½ of the library's mean squared error, so that its rate η is η/2 here; decibels are 10·log₁₀ of the
chapter's error. Compared with what an exact program computes from the same points: weights within 0.005, errors within 0.05 dB. The points are read to 0.004 only, so
that the chapter's drawing, read likewise, differs by more, most in the run that diverges and magnifies every difference.`,
  async run() {
    const runs = [];
    for (const rate of RATES) runs.push({ rate, points: await trajectory(rate, rate < 2 ? 10 : 6) });
    const rows = runs.flatMap(({ rate, points }) =>
      EXPECTED[rate].map(([t, w0, w1, db], i) => ({ rate, t, expected: [w0, w1, db], drawn: DRAWN[rate][i], found: points[t] })),
    );
    const off = (from, columns) =>
      Math.max(...rows.flatMap(({ found, [from]: to }) => columns.map((c) => Math.abs(found[c] - to[c]))));
    const offWeights = off('expected', [0, 1]);
    const offError = off('expected', [2]);
    const [slow, fast] = runs.map(({ points }) => points.map(([, , db]) => db));
    const falls = slow.every((db, t) => t === 0 || db < slow[t - 1]);
    const rises = fast.every((db, t) => t === 0 || db > fast[t - 1]);
    return {
      table: {
        columns: ['rate', 'epoch', 'w0, w1', 'dB', 'exact program: w0, w1', 'dB', 'drawing: w0, w1', 'dB'],
        rows: rows.map(({ rate, t, found, expected, drawn }) => [
          rate,
          t,
          ...[found, expected, drawn].flatMap(([w0, w1, db]) => [`${w0.toFixed(3)}, ${w1.toFixed(3)}`, db.toFixed(2)]),
        ]),
      },
      chart: {
        title: 'Error over epochs',
        x: 'epoch',
        y: 'error, dB',
        lines: runs.flatMap(({ rate, points }) => [
          { name: `rate ${rate}`, points: points.map(([, , db], t) => [t, db]) },
          { name: `rate ${rate}, Figure 11`, points: EXPECTED[rate].map(([t], i) => [t, DRAWN[rate][i][2]]) },
        ]),
      },
      ...judged([
        fact('at 1.5 the error falls in each epoch', falls ? 'yes' : 'no', 'yes', falls),
        fact('at 2.5 it rises in each', rises ? 'yes' : 'no', 'yes', rises),
        fact("weights are an exact program's", `within ${round(offWeights, 2)}`, 'within 0.005', offWeights <= 0.005),
        fact('errors too', `within ${round(offError, 2)} dB`, 'within 0.05 dB', offError <= 0.05),
      ]),
      finding: `At 1.5 the error falls in each epoch, to ${round(slow.at(-1), 4)} dB after ten; at 2.5 it rises in each. Weights are within ${round(offWeights, 2)} of an exact program's and errors within ${round(offError, 2)} dB; of those in the chapter's drawing, within ${round(off('drawn', [0, 1]), 2)} and ${round(off('drawn', [2]), 2)} dB.`,
    };
  },
};

/** Weights and error, as [w0, w1, dB], after each epoch, those of the start first. */
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
  const net = await network({
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
  return [w0, w1, decibels(net.evaluate(X, Y).loss)];
}

/** 10·log₁₀ of half a mean squared error. */
export const decibels = (loss) => 10 * log10(loss / 2);
