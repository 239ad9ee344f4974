import { Network, dense, sgd } from 'efficient-backprop';
import { atBestRate, band, filled, median, regression, round, spread } from './sample.mjs';

const INPUTS = 30;
const UNITS = 15;
const ROWS = 200;
const EPOCHS = 150;
const RATES = [0.64, 0.45, 0.32, 0.23, 0.16, 0.11, 0.08, 0.055];
const RULES = {
  'one rate': false,
  'by √(fan-in)': { exponent: 1 },
  'larger below': { exponent: 0, lower: Math.SQRT2 },
  'by √(fan-in), larger below': { exponent: 1, lower: Math.SQRT2 },
  'by 1/√(fan-in)': { exponent: -1 },
  'smaller below': { exponent: 0, lower: Math.SQRT1_2 },
};

export default {
  name: 'per-weight-rates',
  title: 'A rate for each weight',
  section: '4.7',
  claim:
    'Weights learn at more equal speeds if their rates grow with the square root of their fan-in and are larger in lower layers.',
  setting: `Network ${INPUTS}-${UNITS}-${UNITS}-${UNITS}-1 (lecunTanh, linear), ${ROWS} rows of normal inputs, targets by a random network, variance 1; batch gradient descent without
momentum, ${EPOCHS} epochs. \`perWeight\` multiplies the rate by √(fan-in) or its inverse (\`exponent: ±1\`), and by √2 or 1/√2 from each layer to the one below (\`lower\`); the mean
over all weights stays the rate itself, which is the one of ${RATES.join(', ')} that ends lowest for each rule and seed. Measured: the mean squared error at the end.`,
  async run({ quick }) {
    const seeds = filled(quick ? 3 : 11, (s) => s + 1);
    const rates = quick ? RATES.slice(1, 6) : RATES;
    const results = Object.entries(RULES).map(([name, perWeight]) => ({ name, perWeight, curves: [] }));
    for (const seed of seeds) {
      const data = regression({ inputs: INPUTS, units: 4, rows: ROWS, seed });
      for (const { perWeight, curves } of results)
        curves.push(await atBestRate(rates, (rate) => learn(data, perWeight, rate, seed)));
    }
    const ends = ({ curves }) => curves.map((c) => c.at(-1));
    const ratios = (r) => ends(r).map((v, s) => v / ends(results[0])[s]);
    const [, fanIn, below, both, inverse, above] = results.map((r) => median(ratios(r)));
    return {
      table: {
        columns: ['rates', 'error: median (range)', 'relative to one rate: median (range)'],
        rows: results.map((r) => [r.name, spread(ends(r)), spread(ratios(r))]),
      },
      series: {
        title: 'Batch learning at the best rate',
        x: 'epoch',
        y: 'mean squared error, median over seeds',
        log: 'y',
        lines: results.map(({ name, curves }) => ({ name, points: band(name, curves).points })),
      },
      confirmed: fanIn < 1 && below < 0.85 && both < 0.85 && inverse > 1.1 && above > 1.1,
      verdict: `Relative to one rate for all, √(fan-in) leaves ${round(fanIn)} times the error, larger rates in lower layers ${round(below)} times, both ${round(both)} times. The opposite rules do harm: ${round(inverse)} and ${round(above)} times.`,
    };
  },
};

/** The training loss of each epoch. */
async function learn({ X, Y }, perWeight, rate, seed) {
  const net = await Network.create({
    inputs: INPUTS,
    layers: [...filled(3, () => dense(UNITS, { activation: 'lecunTanh', biasInit: 'zeros' })), dense(1)],
    loss: 'meanSquaredError',
    seed,
  });
  const { loss, reason } = await net.fit(X, Y, {
    method: sgd({ rate, momentum: 0, perWeight }),
    epochs: EPOCHS,
    batchSize: 'full',
  });
  net.dispose();
  return reason === 'diverged' ? [Infinity] : loss;
}
