import { dense, lbfgs, sgd } from 'efficient-backprop';
import { filled, median, network, ratioOf, shareOf, spread, squash, standardised, stream, within } from './sample.mjs';
import { judged, part } from './verdict.mjs';

const STEPS = { stochastic: { batchSize: 1, epochs: 150 }, batch: { batchSize: 'full', epochs: 2000 } };
/** Rates of the two phases, from the largest that converge down. */
const RATES = { stochastic: [0.3, 0.15, 0.08, 0.02], batch: [0.4, 0.2, 0.1] };
/** Below this two minima are the same. */
const SAME = 1e-4;

/** Small networks, which have local minima, and rows without and with noise. */
const TASKS = {
  'parity of four bits, 4-4-1': {
    hidden: 4,
    activation: 'tanh',
    rows: () => {
      const X = filled(16, (i) => filled(4, (b) => ((i >> b) & 1 ? 1 : -1)));
      return { X, Y: X.map(([a, b, c, d]) => [a * b * c * d]) };
    },
  },
  'waves, 1-6-1': { hidden: 6, rows: ({ normal }) => waves(normal, 0) },
  'waves with noise, 1-6-1': { hidden: 6, rows: ({ normal }) => waves(normal, 0.3) },
  'a network of three units, 2-4-1': { hidden: 4, rows: ({ normal }) => units(normal, 0) },
  'the same with noise, 2-4-1': { hidden: 4, rows: ({ normal }) => units(normal, 0.3) },
};

export default {
  name: 'noisy-minima',
  title: 'Whether noise finds better minima',
  section: '4.1',
  claim:
    'Stochastic learning often finds better minima: noise takes the weights from one basin to another, possibly deeper one, where batch learning stays in the one it started in.',
  setting: `Small networks of lecunTanh units (tanh in parity) with a linear output, on ${Object.keys(TASKS).join('; ')}. From each start once stochastic descent, one sample a step, ${STEPS.stochastic.epochs} epochs, and once descent in full batches, ${STEPS.batch.epochs}
epochs, no momentum; then L-BFGS, up to 300 steps, goes to the bottom of the basin that either ended in, so that what is compared is minima and not how near the two came. The rate of each is the one of
${RATES.stochastic.join(', ')} (stochastic) or ${RATES.batch.join(', ')} (batch) whose minima are best in the median over starts. Measured: the mean squared error at the bottom, plus ${SAME}, below which minima count as the same. Better is
less than 0.9 times the error of the other. Noise finds better minima on a task if, of the starts that end in different ones, more than half end in the better one by noise, Wilson's interval included.`,
  async run({ quick }) {
    const seeds = filled(quick ? 5 : 31, (s) => s + 1);
    const results = [];
    for (const [name, task] of Object.entries(TASKS)) {
      const best = {};
      for (const [kind, options] of Object.entries(STEPS)) {
        for (const rate of RATES[kind]) {
          const ends = [];
          for (const seed of seeds) ends.push(await bottom(task, { ...options, method: sgd({ rate, momentum: 0 }) }, seed));
          if (!best[kind] || median(ends) < median(best[kind].ends)) best[kind] = { rate, ends };
        }
      }
      const [noisy, plain] = [best.stochastic.ends, best.batch.ends];
      const better = noisy.filter((v, s) => v < 0.9 * plain[s]).length;
      const worse = noisy.filter((v, s) => plain[s] < 0.9 * v).length;
      const share = shareOf(better, better + worse);
      results.push({
        name,
        noisy,
        plain,
        better,
        worse,
        share,
        rates: [best.stochastic.rate, best.batch.rate],
        ratio: ratioOf(noisy, plain),
      });
    }
    return {
      ...judged(
        results.map(({ name, share }) => part(`${name}: share of better ones among minima that differ`, share, { above: 0.5 })),
      ),
      table: {
        columns: [
          'task',
          'rates',
          'stochastic: median (range)',
          'batch',
          'stochastic/batch: median and interval',
          'starts with a better minimum',
          'with a worse one',
        ],
        rows: results.map((r) => [
          r.name,
          r.rates.join(', '),
          spread(r.noisy),
          spread(r.plain),
          within(r.ratio),
          r.better,
          r.worse,
        ]),
      },
      chart: {
        kind: 'dots',
        title: 'Error at the bottom of the basin, stochastic relative to batch',
        x: 'times the error of batch learning',
        log: 'x',
        guide: 1,
        rows: results.map(({ name, ratio }) => ({ label: name, ...ratio })),
      },
      effects: results.map(({ name, ratio }) => ({
        trick: '4.1',
        what: 'noise of single samples, for the minimum',
        task: name,
        found: ratio,
        of: 'error at the bottom',
      })),
      finding: `Of ${seeds.length} starts, stochastic learning ends in a better minimum in ${results.map(({ name, better, worse }) => `${better}, and in a worse one in ${worse} (${name})`).join('; ')}. Errors relative to those of batch learning: ${results.map(({ ratio }) => within(ratio)).join(', ')}.`,
    };
  },
};

function waves(normal, noise) {
  const X = filled(40, (i) => [i / 10 - 1.95]);
  // Two periods, as a polynomial through their zeros would not be: ±x·(1 − |x|) repeated.
  const wave = ([x]) => {
    const at = x - Math.floor(x);
    return 4 * at * (1 - at) * (Math.floor(x) % 2 === 0 ? 1 : -1);
  };
  return { X, Y: X.map((x) => [wave(x) + noise * normal()]) };
}

function units(normal, noise) {
  const teacher = filled(3, () => filled(3, () => 2 * normal()));
  const X = filled(60, () => [normal(), normal()]);
  const raw = X.map(([a, b]) => teacher.reduce((sum, [u, v, c], k) => sum + (k % 2 ? -1 : 1) * squash(u * a + v * b + c), 0));
  return { X, Y: standardised(raw).map((v) => [v + noise * normal()]) };
}

/** The error where L-BFGS ends after that fit. */
async function bottom({ hidden, activation = 'lecunTanh', rows }, options, seed) {
  const { X, Y } = rows(stream(seed + 500));
  const net = await network({
    inputs: X[0].length,
    layers: [dense(hidden, { activation }), dense(1)],
    loss: 'meanSquaredError',
    precision: 'float64',
    seed,
  });
  const { reason } = await net.fit(X, Y, options);
  if (reason !== 'diverged') await net.fit(X, Y, { method: lbfgs(), batchSize: 'full', epochs: 300 });
  const { loss } = net.evaluate(X, Y);
  net.dispose();
  return reason === 'diverged' ? Infinity : loss + SAME;
}
