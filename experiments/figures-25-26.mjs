import { Network, autoRate, dense, init, sgd } from 'efficient-backprop';
import { images } from './figure-24.mjs';
import { filled, median, round } from './sample.mjs';

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
errors over the set, before each sample's own step; medians over seeds of weights and order. As fast means: within 10 % of the best of all factors, in all epochs on the net of
Figure 25, and in the first two on the deeper one, whose curvature falls while it learns.`,
  async run({ quick }) {
    await init({ precision: 'float64' });
    const seeds = filled(quick ? 2 : 7, (i) => i + 1);
    const { X, classes } = images({ rows: 300, seed: 3 });
    const Y = classes.map((k) => filled(10, (i) => (i === k ? 1 : -1)));
    const ratios = quick ? RATIOS.filter((_, i) => i % 2 === PREDICTED % 2) : RATIOS;
    const found = [];
    for (const net of quick ? NETS.slice(0, 1) : NETS) {
      const curves = [];
      for (const factor of ratios) {
        const runs = [];
        for (const seed of seeds) runs.push(await learn(net.hidden, factor, X, Y, seed));
        curves.push(filled(EPOCHS, (e) => median(runs.map((run) => run[e] ?? Infinity))));
      }
      found.push({ ...net, curves });
    }
    const at = ratios.indexOf(1);
    const excess = found.map(({ curves }) => filled(EPOCHS, (e) => curves[at][e] / Math.min(...curves.map((c) => c[e])) - 1));
    const [shallow] = excess;
    const early = Math.max(...excess.flatMap((list) => list.slice(0, 2)));
    const converges = found.every(({ curves }) => curves.every((c) => c.at(-1) < c[0]));
    return {
      table: {
        columns: ['rate·λmax', ...found.flatMap(({ name }) => [`${name}: 1 epoch`, '2', '5']), 'Figure 25: 1', '5'],
        rows: ratios.map((ratio, i) => [
          ratio,
          ...found.flatMap(({ curves }) => [0, 1, 4].map((e) => round(curves[i][e], 3))),
          ...[1, 5].map((e) => FIGURE_25[e][RATIOS.indexOf(ratio)]),
        ]),
      },
      series: {
        title: 'Mean squared error against the rate, 784-30-10',
        x: 'rate·λmax',
        y: 'mean squared error',
        log: 'x',
        lines: filled(EPOCHS, (e) => ({
          name: `${e + 1} epoch${e ? 's' : ''}`,
          points: ratios.map((ratio, i) => [ratio, found[0].curves[i][e]]),
        })),
      },
      confirmed: Math.max(...shallow) < (quick ? 0.2 : 0.1) && early < 0.1 && converges,
      verdict: `${found
        .map(
          ({ name }, i) =>
            `${name}: the error at 1/λmax is ${excess[i].map((v) => `${round(100 * v, 2)} %`).join(', ')} above the best of all rates after 1 to ${EPOCHS} epochs`,
        )
        .join(
          '; ',
        )}${converges ? '; no rate up to four times that diverges' : '; some rates diverge'}. The chapter's Figure 25 has 3.2 % after one epoch and less than 1 % from the second on.${found.length > 1 ? ' Later on the deeper net would learn faster at two to four times the rate: what is measured before training is an upper bound of the curvature that follows.' : ''}`,
    };
  },
};

async function learn(hidden, factor, X, Y, seed) {
  const net = await Network.create({
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
