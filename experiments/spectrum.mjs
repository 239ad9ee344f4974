import { Network, dense, init, sgd } from 'efficient-backprop';
import { images } from './figure-24.mjs';
import { filled, log10, mean, median, round } from './sample.mjs';

const HIDDEN = [10, 10];
const ROWS = 320;

export default {
  name: 'spectrum',
  title: 'The spectrum of the Hessian',
  section: '8, Figures 20 and 21',
  claim:
    'The Hessian of a multi-layer network has a few very large eigenvalues, many medium ones and few small ones; the large ones do the harm. They come from means of inputs that are not 0, from differences between layers, whose curvature grows from the bottom to the top, and from correlations.',
  setting: `A net 49-${HIDDEN.join('-')}-10 of 720 parameters, units 1.7159·tanh(2x/3), weights by fan-in (the chapter's net of about 750 shares weights, and is replaced by a dense
one of like size); ${ROWS} made images of ten classes, as in Figure 25, every fourth pixel of every fourth row; targets ±1. The whole spectrum in float64, by products of the exact Hessian with unit
vectors, at the start and after 20 epochs of training; the same with the mean of each pixel taken away. Layers are compared by the mean diagonal entry of their kernels' Gauss-Newton
matrix. Medians over seeds of the weights.`,
  async run({ quick }) {
    await init({ precision: 'float64' });
    const { X, classes } = images({ rows: ROWS, seed: 3 });
    const small = X.map((x) => x.filter((_, i) => i % 4 === 0 && Math.floor(i / 28) % 4 === 0));
    const means = small[0].map((_, i) => mean(small.map((x) => x[i])));
    const centred = small.map((x) => x.map((v, i) => v - means[i]));
    const Y = classes.map((k) => filled(10, (i) => (i === k ? 1 : -1)));
    const seeds = filled(quick ? 1 : 5, (i) => i + 1);
    const cases = [];
    for (const [name, inputs, epochs] of [
      ['as they are, untrained', small, 0],
      ['as they are, trained', small, 20],
      ['centred, untrained', centred, 0],
      ['centred, trained', centred, 20],
    ]) {
      const runs = [];
      for (const seed of seeds) runs.push(await measure(inputs, Y, epochs, seed));
      cases.push({ name, runs, of: (key) => median(runs.map((run) => run[key])) });
    }
    const [raw, trained, plain] = cases;
    const ratios = [raw, trained].map((c) => c.of('eleventh'));
    const [{ eigenvalues }] = trained.runs;
    const layers = filled(HIDDEN.length + 1, (k) => median(trained.runs.map((run) => run.layers[k])));
    const harm = raw.of('most') / plain.of('most');
    return {
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
        rows: cases.map(({ name, of, runs }) => [
          name,
          round(of('most')),
          round(of('second')),
          round(of('eleventh')),
          of('large'),
          of('medium'),
          of('tiny'),
          of('negative'),
          ...layers.map((_, k) => round(median(runs.map((run) => run.layers[k])), 2)),
        ]),
      },
      series: {
        title: 'Eigenvalues by order',
        x: 'order',
        y: 'log10 of λ/λ1',
        lines: cases.map(({ name, runs }) => ({
          name,
          points: Array.from(runs[0].eigenvalues)
            .filter((v) => v > runs[0].eigenvalues[0] * 1e-9)
            .map((v, i) => [i + 1, log10(v / runs[0].eigenvalues[0])]),
        })),
      },
      confirmed:
        Math.min(...ratios) > 5 &&
        [raw, trained].every((c) => c.of('large') <= 0.05 * eigenvalues.length) &&
        layers.every((v, k) => k === 0 || v > layers[k - 1]) &&
        harm > 2.5,
      verdict: `λ1/λ11 is ${ratios.map((v) => round(v, 2)).join(' before and ')} after training (8 in the chapter's net); ${[raw, trained].map((c) => c.of('large')).join(' and ')} of ${eigenvalues.length} eigenvalues are above a tenth of the largest. After training mean second derivatives grow from the bottom to the top: ${layers.map((v) => round(v, 2)).join(', ')}. Inputs that keep their means make the largest eigenvalue ${round(harm, 2)} times as large as centred ones do.`,
    };
  },
};

async function measure(X, Y, epochs, seed) {
  const net = await Network.create({
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
