import { dense, sgd } from 'efficient-backprop';
import { band, filled, mean, median, network, ratioOf, round, spread, square, squash, stream } from './sample.mjs';
import { fact, judged, part } from './verdict.mjs';

const UNITS = 20;
const ROWS = 60;
const TEST = 200;
const SETS = 24;
const RATE = 0.02;
const NOISE = 0.8;
const EPOCHS = [1, 3, 10, 30, 100, 300, 1000, 3000];
const QUANTITIES = ['bias²', 'variance', 'sum'];

export default {
  name: 'bias-variance',
  title: 'Bias and variance during training',
  section: '2',
  claim:
    'Training trades bias for variance: the longer it lasts, the less networks err in the mean, and the more each of them follows the noise of its own training set. Between the two it is best to stop.',
  setting: `A function of two inputs plus noise of variance ${round(square(NOISE))}, ${SETS} training sets of ${ROWS} rows; on each of them a network 2-${UNITS}-1 (lecunTanh, linear) learns from the same initial weights: ${EPOCHS.at(-1)} epochs,
10 examples per step, rate ${RATE}, no momentum. Measured after some epochs on ${TEST} points without noise: bias² is the squared difference between the mean prediction over training
sets and the function, variance the squared deviation of predictions from their mean; both estimated without the error of a mean over ${SETS} sets (so that a bias² near zero can come out
below it). Seeds differ in rows, noise and initial weights.`,
  async run({ quick }) {
    const seeds = filled(quick ? 2 : 7, (s) => s + 1);
    const runs = [];
    for (const seed of seeds) runs.push(await decomposed(seed, quick ? 8 : SETS));
    const of = (quantity, k) => runs.map((run) => run[k][quantity]);
    const [bias, variance, sum] = QUANTITIES.map((q) => EPOCHS.map((_, k) => median(of(q, k))));
    const least = sum.indexOf(Math.min(...sum));
    const last = EPOCHS.length - 1;
    return {
      table: {
        columns: ['epoch', ...QUANTITIES.map((q) => `${q}: median (range)`)],
        rows: EPOCHS.map((epoch, k) => [epoch, ...QUANTITIES.map((q) => spread(of(q, k)))]),
      },
      chart: {
        title: 'Bias and variance, median and range over seeds',
        x: 'epoch',
        y: 'squared error on points without noise',
        log: 'x',
        lines: QUANTITIES.map((q) => {
          const curves = runs.map((run) => run.map((at) => at[q]));
          return band(q, curves, (k) => EPOCHS[k]);
        }),
      },
      ...judged([
        fact(
          'the squared bias falls at each moment',
          bias.map((v) => round(v, 2)).join(', '),
          'falling',
          bias.every((v, k) => k === 0 || v < bias[k - 1]),
        ),
        part('variance at the end relative to the beginning', ratioOf(of('variance', last), of('variance', 0)), { above: 5 }),
        fact(
          'the variance is largest at the end',
          variance.map((v) => round(v, 2)).join(', '),
          'rising',
          Math.max(...variance) === variance.at(-1),
        ),
        part(`sum at the end relative to epoch ${EPOCHS[least]}`, ratioOf(of('sum', last), of('sum', least)), { above: 1.1 }),
      ]),
      finding: `From epoch 1 to ${EPOCHS.at(-1)} the squared bias falls from ${round(bias[0])} to ${round(bias.at(-1))} and the variance rises from ${round(variance[0])} to ${round(variance.at(-1))}. Their sum, the expected error, is lowest after ${EPOCHS[least]} epochs (${round(sum[least])}) and ${round(sum.at(-1))} at the end.`,
    };
  },
};

const truth = ([a, b]) => squash(3 * a) - squash(3 * b) * squash(2 * a + 1);

/** After each of the epochs: squared bias, variance and their sum, means over test points. */
async function decomposed(seed, sets) {
  const { normal, uniform } = stream(seed);
  const draw = (rows) => filled(rows, () => [2 * uniform() - 1, 2 * uniform() - 1]);
  const test = draw(TEST);
  const predictions = EPOCHS.map(() => []);
  for (let set = 0; set < sets; set++) {
    const X = draw(ROWS);
    const Y = X.map((x) => [truth(x) + NOISE * normal()]);
    const net = await network({
      inputs: 2,
      layers: [dense(UNITS, { activation: 'lecunTanh', biasInit: 'zeros' }), dense(1)],
      loss: 'meanSquaredError',
      seed,
    });
    await net.fit(X, Y, {
      method: sgd({ rate: RATE, momentum: 0 }),
      epochs: EPOCHS.at(-1),
      batchSize: 10,
      onEpoch: ({ epoch }) => {
        const k = EPOCHS.indexOf(epoch);
        if (k >= 0) predictions[k].push(Array.from(net.predict(test)));
      },
    });
    net.dispose();
  }
  return predictions.map((ofSets) => {
    const average = test.map((_, i) => mean(ofSets.map((p) => p[i])));
    const deviations = mean(ofSets.map((p) => mean(p.map((v, i) => square(v - average[i])))));
    // Both without the error of an average over few sets.
    const variance = (deviations * sets) / (sets - 1);
    const bias = mean(test.map((x, i) => square(average[i] - truth(x)))) - variance / sets;
    return { 'bias²': bias, variance, sum: bias + variance };
  });
}
