import { dense, sgd } from 'efficient-backprop';
import { atBestRate, band, filled, median, network, ratioOf, regression, round, spread } from './sample.mjs';
import { fact, judged, part } from './verdict.mjs';

const INPUTS = 10;
const UNITS = 15;
const ROWS = 200;
const EPOCHS = 30;
const RATES = filled(9, (i) => 0.32 / 2 ** i);
const SCALES = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];
const PARTS = { 'all layers': 3, 'hidden layers': 2 };

export default {
  name: 'initial-scales',
  title: 'The scale of the initial weights',
  section: '4.6',
  claim:
    'Initial weights of standard deviation 1/√(fan-in) let units work where their sigmoid is steep: smaller ones make gradients small, larger ones saturate the units, and both make learning slow.',
  setting: `Network ${INPUTS}-${UNITS}-${UNITS}-1 (lecunTanh, linear), ${ROWS} rows of normal inputs, targets by a random network, variance 1. The kernels drawn with variance 1/fan-in are
multiplied by a scale, in all layers or in the hidden ones only. ${EPOCHS} epochs, 10 examples per step, no momentum, each scale at the best of the rates ${RATES[0]}, ${RATES[1]}, …, 0.32/2⁸ for each
seed. Measured: the mean squared error at the end.`,
  async run({ quick }) {
    const seeds = filled(quick ? 5 : 15, (s) => s + 1);
    const rates = quick ? RATES.filter((_, i) => i % 2 === 1) : RATES;
    const scales = quick ? SCALES.filter((_, i) => i % 2 === 0) : SCALES;
    const results = [];
    for (const [part, layers] of Object.entries(PARTS)) {
      const ends = scales.map(() => []);
      for (const seed of seeds) {
        const data = regression({ inputs: INPUTS, units: 6, rows: ROWS, seed });
        for (const [k, scale] of scales.entries()) {
          const loss = await atBestRate(rates, (rate) => learn(data, { scale, layers, rate, seed }));
          ends[k].push(loss.at(-1));
        }
      }
      results.push({ part, ends });
    }
    const at = (scale) => results.map(({ ends }) => median(ends[scales.indexOf(scale)]));
    const [small, right, large] = [0.01, 1, 100].map(at);
    const best = results.map(({ ends }) => scales[ends.map(median).indexOf(Math.min(...ends.map(median)))]);
    return {
      table: {
        columns: ['scale', ...results.map(({ part }) => `error, ${part} scaled: median (range)`)],
        rows: scales.map((scale, k) => [scale, ...results.map(({ ends }) => spread(ends[k]))]),
      },
      chart: {
        title: `After ${EPOCHS} epochs, at the best rate`,
        x: 'scale of the initial weights',
        y: 'mean squared error',
        log: 'both',
        lines: results.map(({ part, ends }) => {
          const curves = seeds.map((_, s) => ends.map((end) => end[s]));
          return band(part, curves, (k) => scales[k]);
        }),
      },
      ...judged(
        results.flatMap(({ part: scaled, ends }, p) => [
          fact(`${scaled}: the best scale`, String(best[p]), '1', best[p] === 1),
          part(`${scaled}: error at scale 0.01 relative to 1`, ratioOf(ends[0], ends[scales.indexOf(1)]), { above: 2 }),
          part(`${scaled}: error at scale 100 relative to 1`, ratioOf(ends.at(-1), ends[scales.indexOf(1)]), { above: 10 }),
        ]),
      ),
      effects: [0.1, 10].map((scale) => ({
        trick: '4.6',
        what: `weights by fan-in in the place of ${scale < 1 ? 'a tenth' : 'ten times'} as large ones`,
        task: '10-15-15-1, all layers',
        found: ratioOf(results[0].ends[scales.indexOf(1)], results[0].ends[scales.indexOf(scale)]),
        of: 'error',
      })),
      finding: `The error is lowest at scale ${best[0]}: ${round(right[0])} of the targets' variance. At 0.01 it is ${round(small[0])} with all layers scaled and ${round(small[1])} with the hidden ones, at 100 it is ${round(large[0])} and ${round(large[1])}. Too large is worse than too small: from small weights a network grows out of the flat region, but saturated units hardly move.`,
    };
  },
};

/** The training loss of each epoch, from kernels `scale` times their size in the first `layers`. */
async function learn({ X, Y }, { scale, layers, rate, seed }) {
  const net = await network({
    inputs: INPUTS,
    layers: [
      dense(UNITS, { activation: 'lecunTanh', biasInit: 'zeros' }),
      dense(UNITS, { activation: 'lecunTanh', biasInit: 'zeros' }),
      dense(1),
    ],
    loss: 'meanSquaredError',
    seed,
  });
  // Kernel, bias, kernel, …; the biases start at 0.
  net.setWeights(net.getWeights().map((w, i) => (i < 2 * layers ? w.map((v) => scale * v) : w)));
  const { loss, reason } = await net.fit(X, Y, { method: sgd({ rate, momentum: 0 }), epochs: EPOCHS, batchSize: 10 });
  net.dispose();
  return reason === 'diverged' ? [Infinity] : loss;
}
