import { dense, sgd } from 'efficient-backprop';
import { atBestRate, band, filled, median, network, ratioOf, regression, round, spread } from './sample.mjs';
import { judged, part } from './verdict.mjs';

const INPUTS = 10;
const UNITS = 15;
const ROWS = 200;
const EPOCHS = 30;
const DEPTHS = [1, 2, 3];
const RATES = filled(10, (i) => 1.28 / 2 ** i);
const CONTENDERS = {
  lecunTanh: { activation: 'lecunTanh' },
  tanh: { activation: 'tanh' },
  sigmoid: { activation: 'sigmoid' },
  'sigmoid, begun as tanh': { activation: 'sigmoid', asTanh: true },
};

const layersText = (depth) => `${depth} hidden ${depth > 1 ? 'layers' : 'layer'}`;

export default {
  name: 'symmetric-against-logistic',
  title: 'Symmetric sigmoids against the logistic function',
  section: '4.4',
  claim:
    'Sigmoids that are symmetric about the origin converge faster than the logistic function, because what they hand to the next layer has a mean near zero.',
  setting: `Networks of ${INPUTS} inputs, ${DEPTHS.join(', ')} hidden layers of ${UNITS} units and a linear output; ${ROWS} rows of normal inputs, targets by a random network, variance 1. ${EPOCHS} epochs,
10 examples per step, no momentum, each activation at the best of the rates ${RATES[0]}, ${RATES[1]}, …, 1.28/2⁹ for each seed. “Begun as tanh” is the logistic function with weights
chosen, by tanh y = 2σ(2y) − 1, such that the network starts as the very function of the tanh network. Measured: the mean squared error at the end.`,
  async run({ quick }) {
    const seeds = filled(quick ? 5 : 15, (s) => s + 1);
    const rates = quick ? RATES.filter((_, i) => i % 2 === 1) : RATES;
    const results = [];
    for (const depth of DEPTHS) {
      for (const [name, contender] of Object.entries(CONTENDERS)) {
        const curves = [];
        for (const seed of seeds) {
          const data = regression({ inputs: INPUTS, units: 6, rows: ROWS, seed });
          curves.push(await atBestRate(rates, (rate) => learn(data, { ...contender, depth, rate, seed })));
        }
        results.push({ depth, name, curves, ends: curves.map((c) => c.at(-1)) });
      }
    }
    const of = (depth, name) => results.find((r) => r.depth === depth && r.name === name).ends;
    const ratios = (depth, name, other = 'tanh') => of(depth, name).map((v, s) => v / of(depth, other)[s]);
    const [lecunTanh, sigmoid, begun] = ['lecunTanh', 'sigmoid', 'sigmoid, begun as tanh'].map((name) =>
      DEPTHS.map((depth) => round(median(ratios(depth, name)))),
    );
    const ahead = DEPTHS.map((depth) => round(median(ratios(depth, 'sigmoid, begun as tanh', 'lecunTanh'))));
    return {
      table: {
        columns: ['hidden layers', 'activation', 'error: median (range)', 'relative to tanh: median (range)'],
        rows: results.map(({ depth, name, ends }) => [depth, name, spread(ends), spread(ratios(depth, name))]),
      },
      chart: {
        title: `${DEPTHS[1]} hidden layers, at the best rate`,
        x: 'epoch',
        y: 'mean squared error',
        log: 'y',
        lines: results.filter(({ depth }) => depth === DEPTHS[1]).map(({ name, curves }) => band(name, curves)),
      },
      ...judged(
        DEPTHS.flatMap((depth) => [
          part(`logistic relative to tanh, ${layersText(depth)}`, ratioOf(of(depth, 'sigmoid'), of(depth, 'tanh')), {
            above: 1.5,
          }),
          part(
            `logistic, begun as tanh, relative to tanh, ${depth}`,
            ratioOf(of(depth, 'sigmoid, begun as tanh'), of(depth, 'tanh')),
            { above: 1.5 },
          ),
          part(`the same relative to lecunTanh, ${depth}`, ratioOf(of(depth, 'sigmoid, begun as tanh'), of(depth, 'lecunTanh')), {
            above: 1.1,
          }),
        ]),
      ),
      effects: DEPTHS.flatMap((depth) => [
        {
          trick: '4.4',
          what: 'tanh in the place of the logistic function',
          task: `${layersText(depth)}`,
          found: ratioOf(of(depth, 'tanh'), of(depth, 'sigmoid')),
          of: 'error',
        },
        {
          trick: '4.4',
          what: 'lecunTanh in the place of tanh',
          task: `${layersText(depth)}`,
          found: ratioOf(of(depth, 'lecunTanh'), of(depth, 'tanh')),
          of: 'error',
        },
      ]),
      finding: `In ${DEPTHS.join(', ')} hidden layers the logistic function leaves ${sigmoid.join(', ')} times the error of tanh. Even where it starts as the same function as tanh, it leaves ${begun.join(', ')} times as much. Of the two symmetric ones, lecunTanh is behind tanh on these targets (${lecunTanh.join(', ')} times), but still ahead of the logistic function that starts as tanh (which leaves ${ahead.join(', ')} times the error of lecunTanh).`,
    };
  },
};

/** The training loss of each epoch. */
async function learn({ X, Y }, { activation, asTanh, depth, rate, seed }) {
  const net = await network({
    inputs: INPUTS,
    layers: [...filled(depth, () => dense(UNITS, { activation, biasInit: 'zeros' })), dense(1)],
    loss: 'meanSquaredError',
    seed,
  });
  if (asTanh) net.setWeights(begunAsTanh(net.getWeights()));
  const { loss, reason } = await net.fit(X, Y, { method: sgd({ rate, momentum: 0 }), epochs: EPOCHS, batchSize: 10 });
  net.dispose();
  return reason === 'diverged' ? [Infinity] : loss;
}

/**
 * Weights with which logistic units compute what tanh units do with the given ones, whose biases are 0: kernel, bias, kernel, …
 */
function begunAsTanh(weights) {
  return weights.map((w, i) => {
    const below = i > 1 ? 2 : 1;
    const own = i < weights.length - 2 ? 2 : 1;
    if (i % 2 === 0) return w.map((v) => below * own * v);
    // The −1 of each unit below goes into the bias.
    const kernel = weights[i - 1];
    return w.map((_, unit) => (i > 1 ? -own * kernel.reduce((sum, v, k) => (k % w.length === unit ? sum + v : sum), 0) : 0));
  });
}
