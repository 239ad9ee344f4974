import { dense, sgd } from 'efficient-backprop';
import { band, dot, filled, median, network, ratioOf, round, standardised, stream, within } from './sample.mjs';
import { judged, part } from './verdict.mjs';

const INPUTS = 6;
const UNITS = 20;
const ROWS = 300;
const EPOCHS = 150;
const RATES = [0.1, 0.05, 0.025, 0.0125];
const SCALES = [0.1, 1, 3, 10];
const ACTIVATIONS = { tanh: 'lecunTanh', ReLU: 'relu' };
/** The part that is not linear: without correlation to any input, whatever their number. */
const CURVED = { product: ([a, b]) => a * b, cubic: ([a]) => a * a * a - 3 * a };
/** A part is learned when the outputs hold half of it. */
const HALF = 0.5;

export default {
  name: 'linear-first',
  title: 'Whether networks learn the linear part first',
  section: '4.6',
  claim:
    'From initial weights of the right size, at which sigmoids work where they are nearly straight, a network learns the linear part of a function before the harder, nonlinear one.',
  setting: `${ROWS} rows of ${INPUTS} normal inputs; targets are the sum of a linear function of the last three inputs and of a part of the same variance that is not correlated with any input: the product of two, or x³ − 3x of one. Network
${INPUTS}-${UNITS}-1 (lecunTanh or ReLU, linear), kernels 1/√(fan-in) (√2 times that for ReLU) times 0.1, 1, 3 or 10; batches of 10, no momentum, ${EPOCHS} epochs, at the one of the rates ${RATES.join(', ')} that ends lowest for each seed. Measured: the
epoch, interpolated, at which the network's outputs hold half of each part, by the regression of outputs on it. First means in less than half of the epochs that the other takes; it is judged at scale 1, the others show what the scale does. A part
that is never learned counts with ${2 * EPOCHS} epochs.`,
  async run({ quick }) {
    const seeds = filled(quick ? 3 : 11, (s) => s + 1);
    const results = [];
    for (const [name, activation] of Object.entries(ACTIVATIONS)) {
      for (const kind of Object.keys(CURVED)) {
        for (const scale of SCALES) {
          const runs = [];
          for (const seed of seeds) {
            let best;
            for (const rate of RATES) {
              const run = await learn(kind, { activation, scale, rate, seed });
              if (!best || run.end < best.end) best = run;
            }
            runs.push(best);
          }
          const [linear, curved] = ['linear', 'curved'].map((which) => runs.map((run) => crossing(run[which])));
          results.push({ name, kind, scale, runs, linear, curved, ratio: ratioOf(linear, curved) });
        }
      }
    }
    const right = results.filter(({ scale }) => scale === 1);
    const label = ({ name, kind, scale }) => `${kind}, ${name}, scale ${scale}`;
    return {
      ...judged(right.map((r) => part(`${label(r)}: epochs of the linear part relative to the other`, r.ratio, { below: 0.5 }))),
      table: {
        columns: [
          'nonlinear part',
          'units',
          'scale',
          'epochs to half of the linear part: median',
          'of the nonlinear one',
          'ratio: median and interval',
        ],
        rows: results.map((r) => [r.kind, r.name, r.scale, round(median(r.linear)), round(median(r.curved)), within(r.ratio)]),
      },
      chart: {
        title: 'How much of each part the outputs hold, product, tanh',
        x: 'epoch',
        y: 'share of the part, median over seeds',
        log: 'x',
        lines: results
          .filter(({ name, kind, scale }) => name === 'tanh' && kind === 'product' && scale !== 0.1)
          .flatMap(({ scale, runs }) =>
            ['linear', 'curved'].map((which) => ({
              name: `${which === 'linear' ? 'linear' : 'nonlinear'}, scale ${scale}`,
              points: band(
                '',
                runs.map((run) => run[which]),
              ).points,
            })),
          ),
      },
      effects: right.map((r) => ({
        trick: '4.6',
        what: 'the linear part relative to the nonlinear one',
        task: `${r.kind}, ${r.name}`,
        found: r.ratio,
        of: 'epochs',
      })),
      finding: `At scale 1 the linear part takes these shares of the epochs of the nonlinear one: ${right.map((r) => `${within(r.ratio)} (${r.kind}, ${r.name})`).join(', ')}. At scale 10: ${results
        .filter(({ scale }) => scale === 10)
        .map((r) => `${within(r.ratio)} (${r.kind}, ${r.name})`)
        .join(', ')}.`,
    };
  },
};

/** The epoch, between whole ones, at which a curve passes HALF. */
function crossing(curve) {
  const k = curve.findIndex((v) => v >= HALF);
  if (k < 0) return 2 * EPOCHS;
  const before = k === 0 ? 0 : curve[k - 1];
  return k + (HALF - before) / (curve[k] - before);
}

async function learn(kind, { activation, scale, rate, seed }) {
  const { normal } = stream(seed);
  const X = filled(ROWS, () => filled(INPUTS, normal));
  const direction = filled(3, normal);
  const linear = standardised(X.map((x) => dot(direction, x.slice(3))));
  const curved = standardised(X.map(CURVED[kind]));
  const net = await network({
    inputs: INPUTS,
    layers: [dense(UNITS, { activation, biasInit: 'zeros' }), dense(1)],
    loss: 'meanSquaredError',
    seed,
  });
  net.setWeights(net.getWeights().map((w, i) => (i % 2 === 0 ? w.map((v) => scale * v) : w)));
  const curves = { linear: [], curved: [] };
  const start = net.predict(X);
  const along = (outputs, of) => of.reduce((sum, v, r) => sum + v * outputs[r], 0) / ROWS;
  // What the start holds by chance is not learned: 0 is there, 1 where all of the part is held.
  const share = (outputs, of) => (along(outputs, of) - along(start, of)) / (1 - along(start, of));
  const { reason, loss } = await net.fit(
    X,
    linear.map((v, r) => [v + curved[r]]),
    {
      method: sgd({ rate, momentum: 0 }),
      batchSize: 10,
      epochs: EPOCHS,
      onEpoch: () => {
        const outputs = net.predict(X);
        curves.linear.push(share(outputs, linear));
        curves.curved.push(share(outputs, curved));
      },
    },
  );
  net.dispose();
  return { ...curves, end: reason === 'diverged' ? Infinity : loss.at(-1) };
}
