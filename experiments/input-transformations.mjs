import { Network, dense, sgd } from 'efficient-backprop';
import { dot, filled, mean, median, round, spread, squash, standardised, stream } from './sample.mjs';

const INPUTS = 10;
const ROWS = 200;
const RATES = filled(9, (i) => 0.5 / 2 ** i);
const GOAL = 0.1;
const MOST = 10000;

export default {
  name: 'input-transformations',
  title: 'Input transformations',
  section: '4.3',
  claim:
    'Learning is faster when inputs have mean zero, equal variances and no correlations: a mean m of d inputs alone raises the largest eigenvalue of their second moments to 1 + d·m², and with it the smallest time that the safe rate allows.',
  setting: `Largest eigenvalue: power iteration on (1/P)Σzzᵀ of P = 20,000 rows of ${INPUTS} independent inputs with variance 1 and mean m.

Effect: ${ROWS} rows of ${INPUTS} inputs that are linear mixtures with correlations up to about 0.9, standard deviations from 0.5 to 2 and means of
about 2; targets by a random network ${INPUTS}-4-1 on the independent causes. The network ${INPUTS}-8-1 (lecunTanh, linear) learns them by batch gradient descent
without momentum, at the best of the rates ${RATES[0]}, ${RATES[1]}, …, 0.5/2⁸ for each seed. Measured: epochs until the mean squared error is ${GOAL} of the targets'
variance (at most ${MOST}).`,
  async run({ quick }) {
    const eigenvalues = [0, 1, 3].map((m) => ({
      m,
      measured: largestEigenvalue(shifted(m, quick ? 2000 : 20000)),
      predicted: 1 + INPUTS * m * m,
    }));
    const seeds = filled(quick ? 3 : 15, (s) => s + 1);
    const kinds = Object.entries(TRANSFORMATIONS).map(([name, transform]) => ({
      name,
      transform,
      epochs: [],
      largest: [],
      curves: [],
    }));
    for (const seed of seeds) {
      const { X, Y } = mixtures(seed);
      for (const kind of kinds) {
        const Z = kind.transform(X);
        kind.largest.push(largestEigenvalue(Z));
        const best = await fastest(Z, Y, seed, quick ? 1000 : MOST);
        kind.epochs.push(best.epochs);
        kind.curves.push(best.loss);
      }
    }
    const [raw, centred, scaled, decorrelated] = kinds.map(({ epochs }) => median(epochs));
    const close = eigenvalues.every(({ measured, predicted }) => Math.abs(measured / predicted - 1) < 0.15);
    return {
      table: {
        columns: ['inputs', 'largest eigenvalue', `epochs to ${GOAL} of the variance: median (range)`],
        rows: [
          ...eigenvalues.map(({ m, measured, predicted }) => [
            `independent, mean ${m}`,
            `${round(measured)} (1 + d·m² = ${predicted})`,
            '',
          ]),
          ...kinds.map(({ name, largest, epochs }) => [name, spread(largest), spread(epochs)]),
        ],
      },
      series: {
        title: 'Batch learning at the best rate, first seed',
        x: 'epoch',
        y: 'mean squared error',
        log: 'both',
        lines: kinds.map(({ name, curves }) => ({ name, points: curves[0].map((loss, i) => [i + 1, loss]) })),
      },
      confirmed: close && centred < raw / 1.5 && scaled < centred && decorrelated < scaled / 1.5,
      verdict: `The eigenvalues follow 1 + d·m². Epochs fall from ${raw} on raw inputs to ${centred} centred, ${scaled} scaled as well and ${decorrelated} decorrelated as well.`,
    };
  },
};

/** Rows of independent inputs with variance 1 and mean m. */
function shifted(m, rows) {
  const { normal } = stream(1);
  return filled(rows, () => filled(INPUTS, () => m + normal()));
}

/** Inputs that are mixtures of independent causes, and targets that a random network makes of the causes. */
function mixtures(seed) {
  const { normal, uniform } = stream(seed);
  const common = filled(INPUTS, () => 0.5 + uniform());
  const scales = filled(INPUTS, (i) => 0.5 + (1.5 * i) / (INPUTS - 1));
  const means = filled(INPUTS, () => (uniform() < 0.5 ? -2 : 2) + 0.5 * normal());
  const teacher = filled(4, () => filled(INPUTS, () => normal() / Math.sqrt(INPUTS)));
  const causes = filled(ROWS, () => filled(INPUTS, normal));
  // Each input is its own cause and a share of the first one.
  const X = causes.map((c) => c.map((v, i) => means[i] + scales[i] * (v + (i > 0 ? common[i] * c[0] : 0))));
  const raw = causes.map((c) => teacher.reduce((sum, w) => sum + squash(2 * dot(w, c)), 0));
  return { X, Y: standardised(raw).map((v) => [v]) };
}

/** The fit that reaches the goal in the fewest epochs; if none does, the one that comes nearest in `most`. */
async function fastest(X, Y, seed, most) {
  let best = { epochs: most, loss: [Infinity] };
  for (const rate of RATES) {
    const net = await Network.create({
      inputs: INPUTS,
      layers: [dense(8, { activation: 'lecunTanh', biasInit: 'zeros' }), dense(1)],
      loss: 'meanSquaredError',
      seed,
    });
    const { reason, loss } = await net.fit(X, Y, {
      method: sgd({ rate, momentum: 0 }),
      epochs: best.epochs,
      batchSize: 'full',
      goal: GOAL,
    });
    net.dispose();
    // Never more epochs than the best so far: one that reaches the goal at all is as fast or faster.
    if (reason === 'goal' || (best.loss.at(-1) > GOAL && loss.at(-1) < best.loss.at(-1))) {
      best = { epochs: reason === 'goal' ? loss.length : most, loss };
    }
  }
  return best;
}

/** By power iteration on (1/P)Σzzᵀ. */
function largestEigenvalue(Z) {
  let v = filled(Z[0].length, (i) => 1 + i / 10);
  let value = 0;
  for (let k = 0; k < 100; k++) {
    const length = Math.sqrt(dot(v, v));
    const unit = v.map((c) => c / length);
    v = unit.map(() => 0);
    for (const z of Z) {
      const along = dot(z, unit) / Z.length;
      for (let i = 0; i < v.length; i++) v[i] += along * z[i];
    }
    value = dot(v, unit);
  }
  return value;
}

const columns = (X) => X[0].map((_, i) => X.map((x) => x[i]));

function centred(X) {
  const means = columns(X).map(mean);
  return X.map((x) => x.map((v, i) => v - means[i]));
}

function scaled(X) {
  const Z = centred(X);
  const deviations = columns(Z).map((c) => Math.sqrt(mean(c.map((v) => v * v))));
  return Z.map((z) => z.map((v, i) => v / deviations[i]));
}

/** Λ^−½Uᵀ(x − mean), C = UΛUᵀ the covariance. */
function decorrelated(X) {
  const Z = scaled(X);
  const C = filled(INPUTS, (i) => filled(INPUTS, (j) => mean(Z.map((z) => z[i] * z[j]))));
  const { values, vectors } = eigen(C);
  return Z.map((z) => vectors.map((u, k) => dot(u, z) / Math.sqrt(values[k])));
}

/** Eigenvalues and eigenvectors (as rows) of a symmetric matrix by Jacobi's rotations. */
function eigen(C) {
  const A = C.map((row) => [...row]);
  const V = A.map((_, i) => A.map((_, j) => Number(i === j)));
  const n = A.length;
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(A[p][q]) < 1e-15) continue;
        const half = (A[q][q] - A[p][p]) / (2 * A[p][q]);
        const t = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.sqrt(half * half + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (const row of A) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
        for (const M of [A, V]) [M[p], M[q]] = [M[p].map((v, i) => c * v - s * M[q][i]), M[p].map((v, i) => s * v + c * M[q][i])];
      }
    }
  }
  return { values: A.map((row, i) => row[i]), vectors: V };
}

const TRANSFORMATIONS = { raw: (X) => X, centred, 'centred, scaled': scaled, 'centred, scaled, decorrelated': decorrelated };
