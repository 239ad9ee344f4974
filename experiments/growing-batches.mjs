import { dense, growing, levenbergMarquardt, sgd } from 'efficient-backprop';
import { atBestRate, dot, filled, median, network, ratioOf, round, spread, square, squash, stream, within } from './sample.mjs';
import { fact, judged, part } from './verdict.mjs';

const INPUTS = 6;
const ROWS = 1000;
const EPOCHS = 30;
const RATES = filled(6, (i) => round(0.4 / 2 ** i));
const NOISE = 0.5;
const FIXED = { 'fixed, 2': 2, 'fixed, 4': 4, 'fixed, 8': 8, 'fixed, 16': 16, 'fixed, 32': 32, 'fixed, all 1000': 'full' };
const GROWING = {
  'growing(), its defaults': growing(),
  'by the epoch from 2': growing({ start: 2, factor: 1.25 }),
  "growing({ by: 'variance' })": growing({ by: 'variance' }),
  'by variance from 2': growing({ start: 2, by: 'variance' }),
  'by variance from 2, θ = 2': growing({ start: 2, by: 'variance', theta: 2 }),
};
const SIZES = { ...FIXED, ...GROWING };
const EARLY = 5;
const MOMENTS = [1, EARLY, EPOCHS];
/** Multiply-adds: a row forward and backward, and an update. */
const ROW = 3 * (INPUTS * 6 + 6);
const UPDATE = 3 * (INPUTS * 6 + 6 + 7);

export default {
  name: 'growing-batches',
  title: 'Growing batches',
  section: '4.1',
  claim:
    'Batches that start small and grow combine the fast start of stochastic learning with the precise end of batch learning.',
  setting: `${ROWS} rows of ${INPUTS} normal inputs, targets by a random network ${INPUTS}-4-1 plus noise of variance ${square(NOISE)}. Network ${INPUTS}-6-1 (lecunTanh, linear),
no momentum, ${EPOCHS} epochs, so that all have seen equally many samples; each at the one of the rates ${RATES.join(', ')} that ends lowest for each seed. Batches of 2 to 32, or all;
or growing ones, as \`growing()\` has them by default (from 16, by 1.5 each epoch; by the test of the gradient's variance with θ = 0.7), and from 2. Measured: the mean squared error on all rows beyond the least that Levenberg-Marquardt finds from five starts,
relative to the best fixed size, which is the one with the least median at that moment. Cost: multiply-adds, a row's pass ${ROW}, an update ${UPDATE}. Fast at the start means less than 1.1 times the excess of the best fixed size after ${EARLY} epochs, precise at
the end less than 0.9 times after ${EPOCHS}, both for at most 1.1 times its cost.`,
  async run({ quick }) {
    const seeds = filled(quick ? 3 : 11, (s) => s + 1);
    const results = Object.entries(SIZES).map(([name, batchSize]) => ({ name, batchSize, curves: [], steps: [] }));
    for (const seed of seeds) {
      const data = await problem(seed);
      for (const { batchSize, curves, steps } of results) {
        const best = await atBestRate(
          RATES,
          (rate) => learn(data, batchSize, rate, seed),
          ({ at }) => at(EPOCHS),
        );
        curves.push(best.excess);
        steps.push(best.steps);
      }
    }
    const of = (name) => results.find((r) => r.name === name);
    const at = (name, epoch) => of(name).curves.map((c) => c[epoch - 1] ?? Infinity);
    const bestFixed = (epoch) => Object.keys(FIXED).reduce((a, b) => (median(at(b, epoch)) < median(at(a, epoch)) ? b : a));
    const cost = (name) => (EPOCHS * ROWS * ROW + median(of(name).steps) * UPDATE) / (EPOCHS * ROWS * ROW);
    const [early, late] = [EARLY, EPOCHS].map((epoch) => ({ epoch, against: bestFixed(epoch) }));
    const ratio = (name, { epoch, against }) => ratioOf(at(name, epoch), at(against, epoch));
    const grown = Object.keys(GROWING);
    const parts = grown.flatMap((name) => [
      part(`${name}: excess after ${EARLY} epochs`, ratio(name, early), { below: 1.1 }),
      part(`${name}: excess after ${EPOCHS} epochs`, ratio(name, late), { below: 0.9 }),
      fact(
        `${name}: cost`,
        `${round(cost(name) / cost(late.against), 2)} times`,
        'at most 1.1 times',
        cost(name) <= 1.1 * cost(late.against),
      ),
    ]);
    return {
      ...judged(parts),
      table: {
        columns: [
          'batch size',
          ...MOMENTS.map((epoch) => `excess after epoch ${epoch}: median (range)`),
          'relative to the best fixed size at the end',
          'cost',
        ],
        rows: results.map(({ name }) => [
          name,
          ...MOMENTS.map((epoch) => spread(at(name, epoch))),
          within(ratio(name, late)),
          round(cost(name)),
        ]),
      },
      chart: {
        kind: 'dots',
        title: 'Excess error relative to the best fixed size',
        x: 'times the excess of the best fixed batch size',
        log: 'x',
        guide: 1,
        rows: results.flatMap(({ name }) => [
          { label: name, series: `after ${EARLY} epochs`, ...ratio(name, early) },
          { label: name, series: `after ${EPOCHS} epochs`, ...ratio(name, late) },
        ]),
      },
      effects: grown.map((name) => ({
        trick: '4.1',
        what: `growing batches, ${name}`,
        task: 'a noisy regression',
        found: ratio(name, late),
        of: 'excess error, best fixed size',
      })),
      finding: `The best fixed size is ${early.against.replace('fixed, ', '')} after ${EARLY} epochs and ${late.against.replace('fixed, ', '')} after ${EPOCHS}. Relative to these, growing batches have, after ${EARLY} and ${EPOCHS} epochs, ${grown.map((name) => `${within(ratio(name, early))} and ${within(ratio(name, late))} times the excess (${name})`).join(', ')}.`,
    };
  },
};

async function problem(seed) {
  const { normal } = stream(seed);
  const teacher = filled(4, () => filled(INPUTS, () => normal() / Math.sqrt(INPUTS)));
  const X = filled(ROWS, () => filled(INPUTS, normal));
  const Y = X.map((x) => [teacher.reduce((sum, w) => sum + squash(2 * dot(w, x)), 0) + NOISE * normal()]);
  let least = Infinity;
  for (let start = 1; start <= 5; start++) {
    const net = await student(1000 + start);
    const { loss } = await net.fit(X, Y, { method: levenbergMarquardt(), batchSize: 'full', epochs: 40 });
    least = Math.min(least, ...loss);
    net.dispose();
  }
  return { X, Y, least };
}

const student = (seed) =>
  network({
    inputs: INPUTS,
    layers: [dense(6, { activation: 'lecunTanh', biasInit: 'zeros' }), dense(1)],
    loss: 'meanSquaredError',
    seed,
  });

/** The error on all rows beyond the least one, after each epoch, and how many steps there were. */
async function learn({ X, Y, least }, batchSize, rate, seed) {
  const net = await student(seed);
  let steps = 0;
  const counted = () => {
    steps++;
    return rate;
  };
  const { validationLoss, reason } = await net.fit(X, Y, {
    method: sgd({ rate: { name: 'counted', every: 'step', rate: counted }, momentum: 0 }),
    epochs: EPOCHS,
    batchSize,
    validation: [X, Y],
  });
  net.dispose();
  const excess = reason === 'diverged' ? [] : validationLoss.map((v) => Math.max(v - least, 1e-5));
  return { excess, steps, at: (epoch) => excess[epoch - 1] ?? Infinity };
}
