import { dense, init } from 'efficient-backprop';
import { band, filled, mean, medianOf, network, quantile, round, square, stream } from './sample.mjs';
import { fact, judged, part } from './verdict.mjs';

/** Presentations at which the estimates are compared. */
const AT = [20, 80, 100, 200, 400];
/** Means over many runs of an exact program, relative to λmax, on Gaussian inputs in 20 dimensions; and its deviations. */
const EXPECTED = [0.66, 0.93, 0.94, 0.98, 1];
const DEVIATION = [0.34, 0.2, 0.16, 0.1, 0.08];
const LAMBDA = 10;
/** How strong what belongs to an image alone is beside what belongs to its class. */
const OWN = 1.2;

export default {
  name: 'figure-24',
  title: 'The largest eigenvalue, estimated on-line',
  section: '7.5, 9.2, Figure 24',
  claim:
    'A leaky average of differences of gradients, one sample at a time, has the right order of magnitude of λmax after less than 100 samples, and λmax itself after a few hundred.',
  setting: `Two sets. Gaussian inputs in 20 dimensions, of variance 10 in one and 1 in the others, into a linear unit: λmax is 10 in the chapter's units (half of the library's). And a
784-30-10 network of tanh units on made images: 300 of them, ink from 0 to 1, ten random smooth patterns under others of each image alone. γ is 0.1 for 20 samples, 0.03 up to 80, 0.01 up to 200, then 0.003, as in
Figure 24; α is 10⁻⁴. Each run has a start vector and an order of its own. The network's λmax is what power iteration on exact products finds. The expected means are those of
an independent program.`,
  async run({ quick }) {
    const runs = quick ? 20 : 50;
    await init({ precision: 'float64', numerics: 'strict' });
    const linear = await gaussian();
    const curves = filled(runs, (seed) => AT.map((presentations) => estimate(linear, presentations, seed) / 2 / LAMBDA));
    const means = AT.map((_, i) => mean(curves.map((c) => c[i])));
    const deviations = AT.map((_, i) => Math.sqrt(mean(curves.map((c) => square(c[i] - means[i])))));
    const images = await digits();
    const { value } = images.principalEigenvalue();
    const shown = filled(quick ? 5 : 9, (seed) => AT.map((presentations) => estimate(images, presentations, seed) / value));
    const within = (q, i) =>
      quantile(
        shown.map((c) => c[i]),
        q,
      );
    linear.dispose();
    images.dispose();
    // The mean of n runs errs by its deviation over √n; three of those, and as much for the other program's.
    const off = means.map((v, i) => Math.abs(v - EXPECTED[i]) / (DEVIATION[i] * Math.sqrt(1 / runs + 1 / 50)));
    return {
      table: {
        columns: ['samples', 'mean of λ̂/λmax', 'deviation', 'expected', 'deviation', '784-30-10: median', 'nine tenths of runs'],
        rows: AT.map((t, i) => [
          t,
          means[i].toFixed(2),
          deviations[i].toFixed(2),
          EXPECTED[i],
          DEVIATION[i],
          within(0.5, i).toFixed(2),
          `${within(0.05, i).toFixed(2)} to ${within(0.95, i).toFixed(2)}`,
        ]),
      },
      chart: {
        title: 'Estimates, relative to λmax',
        x: 'samples presented',
        y: 'λ̂/λmax',
        lines: [
          band('Gaussian inputs', curves, (i) => AT[i]),
          band('784-30-10', shown, (i) => AT[i]),
          { name: 'expected', points: AT.map((t, i) => [t, EXPECTED[i]]) },
        ],
      },
      ...judged([
        fact(
          'means are those of an independent program',
          `within ${round(Math.max(...off), 2)} standard errors`,
          'within 3.5',
          Math.max(...off) < 3.5,
        ),
        part('Gaussian inputs, 100 samples: λ̂/λmax', medianOf(curves.map((c) => c[2])), { above: 0.5 }),
        part('the same', medianOf(curves.map((c) => c[2])), { below: 2 }),
        part('Gaussian inputs, 400 samples', medianOf(curves.map((c) => c[4])), { above: 0.9 }),
        part('the same, 400 samples', medianOf(curves.map((c) => c[4])), { below: 1.1 }),
        part('784-30-10, 100 samples', medianOf(shown.map((c) => c[2])), { above: 0.3 }),
        part('the same, 784-30-10', medianOf(shown.map((c) => c[2])), { below: 3 }),
        part('784-30-10, 400 samples', medianOf(shown.map((c) => c[4])), { above: 0.7 }),
        part('the same, 784-30-10, 400 samples', medianOf(shown.map((c) => c[4])), { below: 1.4 }),
      ]),
      finding: `On Gaussian inputs the estimate is ${round(means[2], 2)}·λmax after 100 samples in the mean of ${runs} runs, ${round(means[3], 2)}·λmax after 200 and ${round(means[4], 2)}·λmax after 400 (an independent program has ${EXPECTED.slice(2).join(', ')}). On the network it is ${round(within(0.5, 2), 2)}·λmax after 100 and ${round(within(0.5, 4), 2)}·λmax after 400.`,
    };
  },
};

function estimate(curvature, presentations, seed) {
  return curvature.principalEigenvalue({ by: 'online', presentations, alpha: 1e-4, seed: seed + 1 }).value;
}

/** A linear unit on inputs of variance 1, and LAMBDA in one direction. */
async function gaussian() {
  const { normal } = stream(5);
  const deviations = filled(20, (i) => (i === 0 ? Math.sqrt(LAMBDA) : 1));
  const X = filled(2000, () => deviations.map((d) => d * normal()));
  const net = await network({
    inputs: 20,
    layers: [dense(1, { bias: false })],
    loss: 'meanSquaredError',
    precision: 'float64',
    seed: 1,
  });
  const c = net.curvature(
    X,
    X.map((x) => [x[0]]),
  );
  net.dispose();
  return c;
}

/** The curvature of a 784-30-10 network on made images. */
async function digits() {
  const { X, classes } = images({ rows: 300, seed: 3 });
  const net = await network({
    inputs: 784,
    layers: [dense(30, { activation: 'lecunTanh', biasInit: 'zeros' }), dense(10, { activation: 'lecunTanh' })],
    loss: 'meanSquaredError',
    precision: 'float64',
    seed: 1,
  });
  const c = net.curvature(
    X,
    classes.map((k) => filled(10, (i) => (i === k ? 1 : -1))),
  );
  net.dispose();
  return c;
}

/**
 * 28×28 images of ten classes, ink from 0 to 1 on white: a smooth random pattern for each class, shifted by up to two pixels,
 * under a smooth random one of each image's own.
 */
export function images({ rows, seed }) {
  const random = stream(seed);
  const side = 28;
  const field = () => {
    const coarse = filled(7 * 7, random.normal);
    return (x, y) => {
      // Between the four neighbours of a coarse grid, wrapped around.
      const [u, v] = [((x + side) % side) / 4, ((y + side) % side) / 4];
      const [i, j] = [Math.floor(u), Math.floor(v)];
      const at = (a, b) => coarse[(a % 7) * 7 + (b % 7)];
      const [p, q] = [u - i, v - j];
      return (1 - p) * ((1 - q) * at(i, j) + q * at(i, j + 1)) + p * ((1 - q) * at(i + 1, j) + q * at(i + 1, j + 1));
    };
  };
  const patterns = filled(10, field);
  const classes = filled(rows, (r) => r % 10);
  const X = classes.map((k) => {
    const [dx, dy] = [random.integer(5) - 2, random.integer(5) - 2];
    const own = field();
    return filled(side * side, (i) => {
      const [x, y] = [i % side, Math.floor(i / side)];
      return Math.min(Math.max(patterns[k](x + dx, y + dy) + OWN * own(x, y), 0), 1);
    });
  });
  return { X, classes };
}
