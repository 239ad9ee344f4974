import { sgd, stochasticDiagonalLM } from 'efficient-backprop';
import { X, Y } from './figure-10.mjs';
import { decibels, unit } from './figure-11.mjs';
import { filled, mean, medianOf, quantile, round, stream } from './sample.mjs';
import { fact, judged, part } from './verdict.mjs';

const EPOCHS = 10;
/** ε of the two figures, and a μ that does not matter. */
const SHARES = [0.02, 0.12];
const MU = 1e-9;
/** The rates that the chapter prints for the two weights and the bias. */
const RATES = [
  [0.12, 0.03, 0.02],
  [0.76, 0.18, 0.12],
];
/** The chapter's Figure 22, epochs 0 to 10; of Figure 23 epochs 0 to 2, flat from there on. */
const FIGURE_22 = [-7.47, -15.29, -15.74, -15.99, -16.16, -16.25, -16.25, -16.25, -16.35, -16.35, -16.35];
const FIGURE_23 = [-7.47, -16.25, -16.35];
/** Least error of the unit on these points. */
const LEAST = -16.43;
/** One rate for all weights, in the chapter's units; Figure 12 has 0.2. */
const SINGLE = [0.02, 0.03, 0.045, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4];
const FIGURE_12 = 0.2;
/** Epochs at which the two are compared, and how much closer counts, in dB. */
const COMPARED = [1, 4, 10];
const CLOSER = 0.05;

export default {
  name: 'figures-22-23',
  title: 'Stochastic diagonal Levenberg-Marquardt on a linear unit',
  section: '9.1, Figures 22 and 23',
  claim:
    'With a rate of its own for each weight, ε/(⟨h⟩ + μ) from the diagonal of the Hessian, stochastic learning of the unit of Figure 12 comes closer to the minimum than with one rate for all, and a larger ε reaches it in one epoch.',
  setting: `Points, unit and start as in Figure 11; one sample per step, in an order of its own for each run that stays the same in all epochs, no momentum, float64;
\`stochasticDiagonalLM({ rate: ε, mu: 10⁻⁹ })\` with ε = 0.02 (Figure 22) and 0.12 (Figure 23). The chapter's error is half of the library's, and so are its second
derivatives; a step g/h is the same for both. Rates in the chapter's units are 2·ε/h. Beside it one rate for all weights, from the same start and in the same orders: 0.2 as in Figure 12, and the one of
${SINGLE.join(', ')} (the chapter's units) that is best after as many epochs in the mean over orders. Least error: ${LEAST} dB. Closer means by more than ${CLOSER} dB, in the median over orders.`,
  async run({ quick }) {
    const net = await unit();
    const c = net.curvature(X, Y);
    const h = c.hessianDiagonal({ kind: 'lecun' });
    c.dispose();
    net.dispose();
    const rates = SHARES.map((share) => Array.from(h, (v) => (2 * share) / v));
    const orders = filled(quick ? 40 : 100, (i) => i + 1);
    const each = async (method) => {
      const runs = [];
      for (const seed of orders) runs.push(await learn(method, seed));
      return runs;
    };
    const curves = [];
    for (const share of SHARES) curves.push(await each(() => stochasticDiagonalLM({ rate: share, mu: MU, every: EPOCHS })));
    const single = [];
    for (const rate of SINGLE) single.push(await each(() => sgd({ rate: rate / 2, momentum: 0 })));
    const means = curves.map((runs) => filled(EPOCHS + 1, (t) => mean(runs.map((run) => run[t]))));
    const meanAt = (runs, t) => mean(runs.map((run) => run[t]));
    const at = (runs, t, q) =>
      quantile(
        runs.map((run) => run[t]),
        q,
      );
    const off = Math.max(...FIGURE_22.map((db, t) => Math.abs(means[0][t] - db)));
    const offRates = Math.max(...rates.flatMap((list, i) => list.map((rate, k) => Math.abs(rate - RATES[i][k]))));
    const bestAt = (t) =>
      SINGLE.reduce((a, b, i) => (meanAt(single[i], t) < meanAt(single[SINGLE.indexOf(a)], t) ? b : a), SINGLE[0]);
    const difference = (runs, rate, t) => medianOf(runs.map((run, s) => run[t] - single[SINGLE.indexOf(rate)][s][t]));
    const rows = COMPARED.map((t) => ({ t, rate: bestAt(t) }));
    const compared = SHARES.flatMap((share, i) =>
      rows.map(({ t, rate }) => ({
        share,
        t,
        rate,
        drawn: difference(curves[i], FIGURE_12, t),
        tuned: difference(curves[i], rate, t),
      })),
    );
    const closer = { below: -CLOSER };
    const first = curves[1].map((run) => run[1]);
    const slow = compared.filter(({ share }) => share === SHARES[0]);
    const epochs = (t) => `${t} epoch${t > 1 ? 's' : ''}`;
    const decibelsOf = ({ estimate, low, high }) => `${estimate.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
    return {
      ...judged([
        fact('rates for the weights are those printed', `off by ${round(offRates, 2)} at most`, 'at most 0.04', offRates <= 0.04),
        fact('mean over orders, ε = 0.02, is Figure 22', `off by ${round(off, 2)} dB at most`, 'at most 0.15 dB', off <= 0.15),
        ...slow.map(({ t, drawn }) => part(`ε = 0.02 against the rate ${FIGURE_12}, ${epochs(t)}: dB`, drawn, closer)),
        ...slow.map(({ t, rate, tuned }) => part(`ε = 0.02 against the best rate, ${rate}, ${epochs(t)}: dB`, tuned, closer)),
        part('ε = 0.12 after one epoch: dB above the least error', medianOf(first.map((v) => v - LEAST)), { below: 0.2 }),
      ]),
      table: {
        columns: [
          'epoch',
          'ε = 0.02, dB',
          'Figure 22',
          'ε = 0.12, dB',
          'nine tenths of orders',
          'Figure 23 (one order)',
          ...SINGLE.map((rate) => `rate ${rate}`),
        ],
        rows: means[0].map((db, t) => [
          t,
          db.toFixed(2),
          FIGURE_22[t],
          means[1][t].toFixed(2),
          `${at(curves[1], t, 0.05).toFixed(2)} to ${at(curves[1], t, 0.95).toFixed(2)}`,
          FIGURE_23[Math.min(t, FIGURE_23.length - 1)],
          ...single.map((runs) => meanAt(runs, t).toFixed(2)),
        ]),
      },
      chart: {
        title: `Error over epochs, means over ${orders.length} orders`,
        x: 'epoch',
        y: 'error, dB',
        lines: [
          ...SHARES.map((share, i) => ({ name: `ε = ${share}`, points: means[i].map((db, t) => [t, db]) })),
          ...[...new Set([FIGURE_12, ...rows.map(({ rate }) => rate)])].map((rate) => ({
            name: `one rate, ${rate}`,
            points: means[0].map((_, t) => [t, meanAt(single[SINGLE.indexOf(rate)], t)]),
          })),
          { name: 'Figure 22', points: FIGURE_22.map((db, t) => [t, db]) },
        ],
      },
      finding: `The rates and, within ${round(off, 2)} dB, the curve of Figure 22 come out as printed. After ${COMPARED.join(', ')} epochs ε = 0.02 is ${slow.map(({ drawn }) => decibelsOf(drawn)).join(', ')} dB from one rate of ${FIGURE_12} in the median over orders, negative being closer to the minimum; from the best single rate for so many epochs (${slow.map(({ rate }) => rate).join(', ')}) ${slow.map(({ tuned }) => decibelsOf(tuned)).join(', ')} dB. At ε = 0.12 one epoch leads to ${round(mean(first), 4)} dB in the mean, ${round(quantile(first, 0.05), 4)} to ${round(quantile(first, 0.95), 4)} for nine tenths of orders, where the best single rate has ${round(meanAt(single[SINGLE.indexOf(bestAt(1))], 1), 4)}; the chapter's −16.25 is among the best orders.`,
    };
  },
};

/** The error in decibels at the start and after each epoch. */
async function learn(method, seed) {
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
    method: method(),
    batchSize: 1,
    order: 'sequential',
    epochs: EPOCHS,
    onEpoch: () => curve.push(decibels(net.evaluate(X, Y).loss)),
  });
  net.dispose();
  return curve;
}
