import { dense, sgd } from 'efficient-backprop';
import { decibels } from './figure-11.mjs';
import { filled, median, medianOf, network, round, stream } from './sample.mjs';
import { fact, judged, part } from './verdict.mjs';

/** (w0, w1) of the four runs of Figure 14, and the decibels that they start from there. */
const STARTS = [
  [0.6, 2],
  [-1.3, 1.6],
  [-1.3, 1.7],
  [1.61, -1],
];
const PUBLISHED = [-13.1, 4.6, 4.7, 3.7];
/** Points count as like the chapter's if every start errs there by as much, within so many decibels. */
const ALIKE = 0.25;
const RATE = 0.3;
const EPOCHS = 5;
const DRAWS = 25;
/** What the chapter's runs all get below. */
const LEVEL = -16;

export default {
  name: 'figures-13-14',
  title: 'Two minima and a saddle',
  section: '5.2, Figures 13 and 14',
  claim:
    'The simplest multi-layer network, one hidden unit with one input, has two symmetric minima and a saddle between them; stochastic learning goes to the one or the other, below −16 dB in five epochs from any of four starts.',
  setting: `Input → hidden unit → output, both lecunTanh with a bias; 10 inputs of each class from N(∓1, 0.4²), targets ∓1; one sample per step, shuffled, no
momentum, ${EPOCHS} epochs, ${DRAWS} draws of the points. The chapter does not give its rate; here it is ${RATE} (${RATE / 2} of the library, whose error is twice the chapter's):
rates from 0.3 to 0.6 give the same verdict; at 0.1 and 0.2 both minima are found as well, but from the first start the median is at −14 dB after ${EPOCHS} epochs;
at 0.05 all runs end in the same minimum.
Points are drawn until the four starts err on them by as much as in the chapter, within ${ALIKE} dB, since how small the error can become depends on
the draw. Starts (w0, w1) as in Figure 14: ${STARTS.map((w) => `(${w.join(', ')})`).join(', ')}, biases 0. Decibels as in Figure 11.`,
  async run() {
    const seeds = [];
    for (let seed = 1; seeds.length < DRAWS; seed++) if (await alike(problem(seed))) seeds.push(seed);
    const runs = [];
    for (const start of STARTS) {
      const found = [];
      for (const seed of seeds) found.push(await learn(problem(seed), start, seed));
      runs.push({ start, found, ends: found.map(({ curve }) => curve.at(-1)) });
    }
    const basins = new Set(runs.flatMap(({ found }) => found.map(({ w0 }) => w0 > 0)));
    const same = runs.every(({ found }) => found.every(({ w0, w1 }) => w0 * w1 > 0));
    const below = (ends) => `${ends.filter((db) => db < LEVEL).length} of ${ends.length}`;
    const anyPoints = [];
    for (const start of STARTS) {
      for (let seed = 1; seed <= DRAWS; seed++) anyPoints.push((await learn(problem(seed), start, seed)).curve.at(-1));
    }
    const worst = Math.max(...runs.map(({ ends }) => median(ends)));
    return {
      table: {
        columns: [
          'start',
          'dB at the start',
          'after 1 epoch',
          `after ${EPOCHS}: median (lowest to highest)`,
          'ends in the basin w0, w1 > 0',
        ],
        rows: runs.map(({ start, found, ends }) => [
          `(${start.join(', ')})`,
          round(median(found.map(({ curve }) => curve[0]))),
          round(median(found.map(({ curve }) => curve[1]))),
          `${round(median(ends))} (${round(Math.min(...ends))} to ${round(Math.max(...ends))})`,
          `${found.filter(({ w0 }) => w0 > 0).length} of ${seeds.length}`,
        ]),
      },
      chart: {
        title: 'Error over epochs, medians over seeds',
        x: 'epoch',
        y: 'error, dB',
        lines: runs.map(({ start, found }) => ({
          name: `from (${start.join(', ')})`,
          points: filled(EPOCHS + 1, (t) => [t, median(found.map(({ curve }) => curve[t]))]),
        })),
      },
      ...judged([
        fact('both minima are found', String(basins.size), '2', basins.size === 2),
        fact('all runs end where w0·w1 > 0, on one side of the saddle', same ? 'yes' : 'no', 'yes', same),
        ...runs.map(({ start, ends }) =>
          part(`from (${start.join(', ')}): dB after ${EPOCHS} epochs`, medianOf(ends), { below: LEVEL }),
        ),
      ]),
      finding: `All four starts end ${same ? 'in a minimum with w0·w1 > 0' : 'not always in a minimum'}, ${basins.size === 2 ? 'and both minima are found' : 'but only one minimum is found'}; after ${EPOCHS} epochs the medians are at ${round(worst)} dB or below, and ${below(runs.flatMap(({ ends }) => ends))} runs below ${LEVEL} dB. On points drawn without regard to the chapter's errors ${below(anyPoints)} runs get below it.`,
    };
  },
};

/** 10 inputs of each class. */
function problem(seed) {
  const { normal } = stream(seed);
  const Y = filled(20, (i) => [i < 10 ? -1 : 1]);
  return { X: Y.map(([t]) => [t + 0.4 * normal()]), Y };
}

/** Whether the starts err on these points as they do in the chapter. */
async function alike({ X, Y }) {
  for (const [i, start] of STARTS.entries()) {
    const net = await begun(start, 1);
    const off = Math.abs(decibels(net.evaluate(X, Y).loss) - PUBLISHED[i]);
    net.dispose();
    if (off > ALIKE) return false;
  }
  return true;
}

/** Decibels at the start and after each epoch, and where the weights end. */
async function learn({ X, Y }, start, seed) {
  const net = await begun(start, seed);
  const error = () => decibels(net.evaluate(X, Y).loss);
  const curve = [error()];
  const options = { method: sgd({ rate: RATE / 2, momentum: 0 }), batchSize: 1, epochs: EPOCHS };
  await net.fit(X, Y, { ...options, onEpoch: () => curve.push(error()) });
  const [[a], , [b]] = net.getWeights();
  net.dispose();
  return { curve, w0: a, w1: b };
}

async function begun([w0, w1], seed) {
  const sigmoid = dense(1, { activation: 'lecunTanh' });
  const net = await network({
    inputs: 1,
    layers: [sigmoid, sigmoid],
    loss: 'meanSquaredError',
    precision: 'float64',
    seed,
  });
  net.setWeights([[w0], [0], [w1], [0]]);
  return net;
}
