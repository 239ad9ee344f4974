import { dense, init, sgd } from 'efficient-backprop';
import { images } from './figure-24.mjs';
import { filled, mean, median, medianOf, network, ratioOf, round, within } from './sample.mjs';
import { decorrelated, scaled } from './transformations.mjs';
import { judged, part } from './verdict.mjs';

const HIDDEN = [8, 8];
const ROWS = 200;

export default {
  name: 'spectrum',
  title: 'The spectrum of the Hessian',
  section: '8, Figures 20 and 21',
  claim:
    'The Hessian of a multi-layer network has a few very large eigenvalues, many medium ones and few small ones; the large ones do the harm. They come from means of inputs that are not 0, from differences between layers, whose curvature grows from the bottom to the top, and from correlations.',
  setting: `A net 49-${HIDDEN.join('-')}-10 of 562 parameters, units 1.7159·tanh(2x/3), weights by fan-in (the chapter's net of about 750 shares weights, and is replaced by a dense
one of like size); ${ROWS} made images of ten classes, as in Figure 25, every fourth pixel of every fourth row; targets ±1. The whole spectrum in float64, by products of the exact Hessian with unit
vectors, at the start and after 20 epochs of training; the same with the mean of each pixel taken away; and, at the start, of pixels scaled to variance 1, and decorrelated besides (principal components of
variance 1, as many). The large ones do the harm if a rate could be five times as large without the ten largest (λ1/λ11). Layers are compared by the mean diagonal entry of their kernels' Gauss-Newton
matrix. Medians over seeds of the weights.`,
  async run({ quick }) {
    await init({ precision: 'float64', numerics: 'strict' });
    const { X, classes } = images({ rows: ROWS, seed: 3 });
    const small = X.map((x) => x.filter((_, i) => i % 4 === 0 && Math.floor(i / 28) % 4 === 0));
    const means = small[0].map((_, i) => mean(small.map((x) => x[i])));
    const centred = small.map((x) => x.map((v, i) => v - means[i]));
    const Y = classes.map((k) => filled(10, (i) => (i === k ? 1 : -1)));
    const seeds = filled(quick ? 1 : 5, (i) => i + 1);
    const whole = scaled(small);
    const cases = [];
    for (const [name, inputs, epochs] of [
      ['as they are, untrained', small, 0],
      ['as they are, trained', small, 20],
      ['centred, untrained', centred, 0],
      ['centred, trained', centred, 20],
      ['scaled, untrained', whole, 0],
      ['decorrelated, untrained', decorrelated(small), 0],
    ]) {
      const runs = [];
      for (const seed of seeds) runs.push(await measure(inputs, Y, epochs, seed));
      const all = (key) => runs.map((run) => run[key]);
      cases.push({ name, runs, all, of: (key) => median(all(key)) });
    }
    const [raw, trained, plain, , equal, independent] = cases;
    const layer = (one, k) => one.runs.map((run) => run.layers[k]);
    const growth = (one, k) => ratioOf(layer(one, k), layer(one, k - 1));
    const moments = [raw, trained];
    const parameters = raw.runs[0].eigenvalues.length;
    const share = (one, key) => medianOf(one.all(key).map((v) => v / parameters));
    const harm = ratioOf(raw.all('most'), plain.all('most'));
    const correlations = ratioOf(equal.all('most'), independent.all('most'));
    const when = (one) => one.name.replace('as they are, ', '');
    return {
      ...judged([
        ...moments.map((one) =>
          part(`few are very large, ${when(one)}: share above λ1/10`, share(one, 'large'), { below: 0.05 }),
        ),
        ...moments.map((one) =>
          part(`more are medium than small, ${when(one)}: ratio`, ratioOf(one.all('medium'), one.all('tiny')), { above: 1 }),
        ),
        ...moments.map((one) =>
          part(`the large ones do the harm, ${when(one)}: λ1/λ11`, medianOf(one.all('eleventh')), { above: 5 }),
        ),
        part('means of inputs: λ1 relative to centred inputs', harm, { above: 1.5 }),
        part('correlations: λ1 relative to decorrelated inputs', correlations, { above: 1.5 }),
        ...moments.flatMap((one) =>
          [1, 2].map((k) =>
            part(`curvature grows from layer ${k} to ${k + 1}, ${when(one)}: ratio`, growth(one, k), { above: 1.1 }),
          ),
        ),
      ]),
      table: {
        columns: [
          'inputs',
          'λ1',
          'λ1/λ2',
          'λ1/λ11',
          'above λ1/10',
          'λ1/10 to λ1/10⁴',
          'below, and about 0',
          'negative beyond λ1/10⁴',
          'mean h: layer 1',
          '2',
          '3',
        ],
        rows: cases.map((one) => [
          one.name,
          ...['most', 'second', 'eleventh'].map((key) => round(one.of(key))),
          ...['large', 'medium', 'tiny', 'negative'].map((key) => one.of(key)),
          ...filled(3, (k) => round(median(layer(one, k)), 2)),
        ]),
      },
      chart: {
        title: 'Eigenvalues by order, first seed',
        x: 'order',
        y: 'λ/λ1',
        log: 'y',
        lines: cases.map(({ name, runs }) => ({
          name,
          points: Array.from(runs[0].eigenvalues)
            .map((v, i) => [i + 1, v / runs[0].eigenvalues[0]])
            .filter(([, v]) => v > 1e-7),
        })),
      },
      effects: [
        {
          trick: '4.3',
          what: 'centred inputs: the largest eigenvalue',
          task: `images, ${parameters} parameters`,
          found: inverse(harm),
          of: 'λmax',
        },
        {
          trick: '4.3',
          what: 'decorrelated inputs beside scaled ones: the largest eigenvalue',
          task: `images, ${parameters} parameters`,
          found: inverse(correlations),
          of: 'λmax',
        },
      ],
      finding: `λ1/λ11 is ${moments.map((one) => within(medianOf(one.all('eleventh')))).join(' before and ')} after training (8 in the chapter's net); ${moments.map((one) => one.of('large')).join(' and ')} of ${parameters} eigenvalues are above a tenth of the largest, ${moments.map((one) => one.of('medium')).join(' and ')} above 10⁻⁴ of it. Mean second derivatives from the bottom to the top are ${moments.map((one) => filled(3, (k) => round(median(layer(one, k)), 2)).join(', ')).join(' before and ')} after training. Inputs that keep their means make the largest eigenvalue ${within(harm)} times as large as centred ones do, correlated ones ${within(correlations)} times as large as decorrelated ones.`,
    };
  },
};

const inverse = ({ estimate, low, high }) => ({ estimate: 1 / estimate, low: 1 / high, high: 1 / low });

async function measure(X, Y, epochs, seed) {
  const net = await network({
    inputs: X[0].length,
    layers: [...HIDDEN, 10].map((units) => dense(units, { activation: 'lecunTanh', biasInit: 'zeros' })),
    loss: 'meanSquaredError',
    precision: 'float64',
    seed,
  });
  if (epochs > 0) await net.fit(X, Y, { method: sgd({ rate: 0.03, momentum: 0 }), batchSize: 1, epochs, seed });
  const c = net.curvature(X, Y);
  const { eigenvalues } = c.spectrum();
  const layers = c
    .byLayer()
    .filter(({ name }) => name.endsWith('kernel'))
    .map((layer) => layer.mean);
  c.dispose();
  net.dispose();
  const most = eigenvalues[0];
  const count = (low, high) => eigenvalues.filter((v) => v > low * most && v <= high * most).length;
  return {
    eigenvalues,
    layers,
    most,
    second: most / eigenvalues[1],
    eleventh: most / eigenvalues[10],
    large: count(0.1, Infinity),
    medium: count(1e-4, 0.1),
    tiny: count(-1e-4, 1e-4),
    negative: eigenvalues.filter((v) => v <= -1e-4 * most).length,
  };
}
