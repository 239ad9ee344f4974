import { sgd } from 'efficient-backprop';
import { X, Y } from './figure-10.mjs';
import { decibels, unit } from './figure-11.mjs';
import { filled, mean, medianOf, round, stream } from './sample.mjs';
import { fact, judged, part } from './verdict.mjs';

const RATE = 0.2;
const EPOCHS = 10;
/** The chapter's Figure 12, epochs 0 to 4; flat from there on. */
const PUBLISHED = [-7.47, -14.61, -15.57, -15.82, -15.93];
/** The mean over many orders of an exact program, epochs 0 to 5 and 10. */
const EXPECTED = [-7.5, -14.51, -15.37, -15.62, -15.68, -15.7];
const AT_THE_END = -15.7;

/** In dB: what batches at the rate 1.5 come to in ten epochs (Figure 11), and the least error of the unit. */
const [BATCHES, LEAST] = [-14.88, -16.43];

export default {
  name: 'figure-12',
  title: 'Stochastic learning of a linear unit',
  section: '5.2, Figure 12',
  claim:
    'A sample at a time, at the rate 0.2, the same unit is in one epoch where batches are after ten, and ends a little above the least error.',
  setting: `Points, unit and start as in Figure 11; one sample per step, in an order of its own for each run that stays the same in all epochs, no momentum, float64. The
chapter's rate is twice that of the library, as there. Least error: −16.43 dB; stochastic learning stays above it by the misadjustment, about 0.9 dB.`,
  async run() {
    const runs = [];
    for (let seed = 1; seed <= 200; seed++) runs.push(await learn(seed));
    const means = filled(EPOCHS + 1, (t) => mean(runs.map((curve) => curve[t])));
    const at = (t, summary) => summary(runs.map((curve) => curve[t]));
    const off = Math.max(...EXPECTED.map((db, t) => Math.abs(means[t] - db)), Math.abs(means[EPOCHS] - AT_THE_END));
    return {
      table: {
        columns: ['epoch', 'dB: mean over orders', 'lowest', 'highest', 'the chapter’s one order'],
        rows: means.map((db, t) => [
          t,
          round(db, 4),
          round(
            at(t, (v) => Math.min(...v)),
            4,
          ),
          round(
            at(t, (v) => Math.max(...v)),
            4,
          ),
          PUBLISHED[Math.min(t, PUBLISHED.length - 1)],
        ]),
      },
      chart: {
        title: `Error over epochs, ${runs.length} orders`,
        x: 'epoch',
        y: 'error, dB',
        lines: [
          {
            name: 'mean over orders',
            points: means.map((db, t) => [t, db]),
            low: means.map((_, t) => [t, at(t, (v) => Math.min(...v))]),
            high: means.map((_, t) => [t, at(t, (v) => Math.max(...v))]),
          },
          { name: 'Figure 12', points: PUBLISHED.map((db, t) => [t, db]) },
        ],
      },
      ...judged([
        part('after one epoch: dB above batches after ten', medianOf(runs.map((run) => run[1] - BATCHES)), { below: 1 }),
        part('after ten epochs: dB above the least error', medianOf(runs.map((run) => run[EPOCHS] - LEAST)), { above: 0 }),
        part('after ten epochs: a little, in dB', medianOf(runs.map((run) => run[EPOCHS] - LEAST)), { below: 1.5 }),
        fact("means are an exact program's", `within ${round(off, 2)} dB`, 'within 0.2 dB', off <= 0.2),
      ]),
      finding: `After one epoch the error is ${round(means[1], 4)} dB (batches at 1.5 need ten for −14.9), after ten ${round(means[EPOCHS], 4)} dB in the mean over ${runs.length} orders. The means are those of an exact program within ${round(off, 2)} dB (0.2 would do: single orders differ by 0.7); the chapter's own order is a lucky one.`,
    };
  },
};

/** The error in decibels at the start and after each epoch. */
async function learn(seed) {
  const { integer } = stream(seed);
  const order = filled(X.length, (i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  const [inputs, targets] = [order.map((i) => X[i]), order.map((i) => Y[i])];
  const net = await unit();
  const curve = [decibels(net.evaluate(X, Y).loss)];
  await net.fit(inputs, targets, {
    method: sgd({ rate: RATE / 2, momentum: 0 }),
    batchSize: 1,
    order: 'sequential',
    epochs: EPOCHS,
    onEpoch: () => curve.push(decibels(net.evaluate(X, Y).loss)),
  });
  net.dispose();
  return curve;
}
