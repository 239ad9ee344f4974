import { autoRate, dense, init, sgd } from 'efficient-backprop';
import { images } from './figure-24.mjs';
import { filled, median, network, ratioOf, round, within } from './sample.mjs';
import { fact, judged, part } from './verdict.mjs';

const EPOCHS = 5;
/** Rates, relative to 1/λmax: powers of 10^0.2 around it. */
const RATIOS = [0.04, 0.063, 0.1, 0.158, 0.251, 0.398, 0.631, 1, 1.585, 2.512, 3.981];
const PREDICTED = RATIOS.indexOf(1);

/** The chapter's Figure 25 (fully connected 784×30×10, 300 digits), after one and after five epochs. */
const FIGURE_25 = {
  1: [1.754, 1.657, 1.533, 1.391, 1.25, 1.148, 1.097, 1.103, 1.069, 1.137, 1.301],
  5: [1.267, 1.092, 0.939, 0.809, 0.713, 0.645, 0.599, 0.571, 0.588, 0.645, 0.854],
};

const NETS = [
  { name: '784-30-10', hidden: [30] },
  { name: '784-40-40-40-10', hidden: [40, 40, 40] },
];

export default {
  name: 'figures-25-26',
  title: 'The rate that the largest eigenvalue predicts',
  section: '9.2, Figures 25 and 26',
  claim:
    'Stochastic learning at the rate 1/λmax, estimated before training from the average Hessian, is as fast as at the best rate that a search would find, and does not diverge up to a few times that rate.',
  setting: `300 made images of 28×28 pixels, ink from 0 to 1: ten smooth random patterns, shifted by up to two pixels, each under a smooth random one of its own; targets ±1 on ten outputs, units 1.7159·tanh(2x/3), weights
by fan-in. Nets 784-30-10 as in Figure 25, and, in place of Figure 26's net with shared weights, a dense one of three hidden layers. One sample a
step, shuffled, no momentum, \`sgd({ rate: autoRate({ factor }) })\` with the factors of the table: 1/λmax is measured before training on all 300 images. Errors are mean squared
errors over the set, before each sample's own step; medians over seeds of weights and order. As fast means: an error at 1/λmax within 10 % of the best of all factors, in each of the five epochs, on either net.`,
  async run({ quick }) {
    await init({ precision: 'float64', numerics: 'strict' });
    const seeds = filled(quick ? 2 : 7, (i) => i + 1);
    const { X, classes } = images({ rows: 300, seed: 3 });
    const Y = classes.map((k) => filled(10, (i) => (i === k ? 1 : -1)));
    const ratios = quick ? RATIOS.filter((_, i) => i % 2 === PREDICTED % 2) : RATIOS;
    const found = [];
    for (const net of quick ? NETS.slice(0, 1) : NETS) {
      const runs = [];
      for (const factor of ratios) {
        const list = [];
        for (const seed of seeds) list.push(await learn(net.hidden, factor, X, Y, seed));
        runs.push(list);
      }
      const at = (i, s, e) => runs[i][s][e] ?? Infinity;
      // Beside the factor that is best for all seeds after so many epochs, seed by seed.
      const curves = runs.map((list) => filled(EPOCHS, (e) => median(list.map((run) => run[e] ?? Infinity))));
      const excess = filled(EPOCHS, (e) => {
        const best = curves.reduce((a, c, i) => (c[e] < curves[a][e] ? i : a), 0);
        return ratioOf(
          seeds.map((_, s) => at(ratios.indexOf(1), s, e)),
          seeds.map((_, s) => at(best, s, e)),
        );
      });
      found.push({ ...net, curves, excess, converges: curves.every((c) => c.at(-1) < c[0]) });
    }
    return {
      ...judged(
        found.flatMap(({ name, excess, converges }) => [
          ...excess.map((ratio, e) =>
            part(`${name}, epoch ${e + 1}: error at 1/λmax relative to the best rate`, ratio, { below: 1.1 }),
          ),
          fact(`${name}: no divergence up to four times the rate`, converges ? 'none' : 'some', 'none', converges),
        ]),
      ),
      table: {
        columns: ['rate·λmax', ...found.flatMap(({ name }) => [`${name}: 1 epoch`, '2', '3', '4', '5']), 'Figure 25: 1', '5'],
        rows: ratios.map((ratio, i) => [
          ratio,
          ...found.flatMap(({ curves }) => curves[i].map((v) => round(v, 3))),
          ...[1, 5].map((e) => FIGURE_25[e][RATIOS.indexOf(ratio)]),
        ]),
      },
      chart: {
        title: 'Error after 1, 3 and 5 epochs against the rate',
        x: 'rate·λmax',
        y: 'mean squared error',
        log: 'x',
        lines: found.flatMap(({ name, curves }) =>
          [0, 2, 4].map((e) => ({ name: `${name}, ${e + 1}`, points: ratios.map((ratio, i) => [ratio, curves[i][e]]) })),
        ),
      },
      effects: found.map(({ name, excess }) => ({
        trick: '4.7',
        what: "rate: 'auto', 1/λmax, against the best of eleven rates",
        task: `${name}, ${EPOCHS} epochs`,
        found: excess.at(-1),
        of: 'error',
      })),
      finding: `${found
        .map(
          ({ name, excess }) =>
            `${name}: the error at 1/λmax is ${excess.map((ratio) => within(ratio)).join(', ')} times that of the best rate after 1 to ${EPOCHS} epochs`,
        )
        .join(
          '; ',
        )}. ${found.every(({ converges }) => converges) ? 'No rate up to four times that diverges' : 'Some rates diverge'}. The chapter's Figure 25 has 1.03 times after one epoch and less than 1.01 from the second on.`,
    };
  },
};

async function learn(hidden, factor, X, Y, seed) {
  const net = await network({
    inputs: 784,
    layers: [
      ...hidden.map((units) => dense(units, { activation: 'lecunTanh', biasInit: 'zeros' })),
      dense(10, { activation: 'lecunTanh' }),
    ],
    loss: 'meanSquaredError',
    seed,
  });
  const { loss } = await net.fit(X, Y, {
    method: sgd({ rate: autoRate({ factor, samples: 300 }), momentum: 0 }),
    batchSize: 1,
    epochs: EPOCHS,
    seed,
  });
  net.dispose();
  return loss;
}
