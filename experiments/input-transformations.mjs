import { dense, sgd } from 'efficient-backprop';
import { dot, filled, network, ratioOf, round, spread, squash, standardised, stream, within } from './sample.mjs';
import { centred, decorrelated, scaled } from './transformations.mjs';
import { fact, judged, part } from './verdict.mjs';

const INPUTS = 10;
const ROWS = 200;
const RATES = filled(9, (i) => 0.5 / 2 ** i);
const GOAL = 0.15;
const MOST = 1500;
const ACTIVATIONS = { tanh: 'lecunTanh', ReLU: 'relu' };
/** What targets are made of: the independent causes, or the inputs as they are measured. */
const TARGETS = ['causes', 'inputs'];
const STEPS = ['centred', 'scaled', 'decorrelated'];

export default {
  name: 'input-transformations',
  title: 'Input transformations',
  section: '4.3',
  claim:
    'Learning is faster when inputs have mean zero, equal variances and no correlations: a mean m of d inputs alone raises the largest eigenvalue of their second moments to 1 + d·m², and with it the smallest time that the safe rate allows.',
  setting: `Largest eigenvalue: power iteration on (1/P)Σzzᵀ of P = 20,000 rows of ${INPUTS} independent inputs with variance 1 and mean m.

Effect: ${ROWS} rows of ${INPUTS} inputs that are linear mixtures with correlations up to about 0.9, standard deviations from 0.5 to 2 and means of
about 2; targets by a random network ${INPUTS}-4-1, on the independent causes, or on the inputs as they are, its units centred on random rows: then no transformation is that of the targets. The network ${INPUTS}-8-1 (lecunTanh or ReLU, linear) learns them by batch gradient descent
without momentum, at the best of the rates ${RATES[0]}, ${RATES[1]}, …, 0.5/2⁸ for each seed. Measured: epochs until the mean squared error is ${GOAL} of the targets'
variance; what does not get there counts with ${MOST}. Each step is to take less than 0.9 times the epochs of the one before it.`,
  async run({ quick }) {
    const eigenvalues = [0, 1, 3].map((m) => ({
      m,
      measured: largestEigenvalue(shifted(m, quick ? 2000 : 20000)),
      predicted: 1 + INPUTS * m * m,
    }));
    const seeds = filled(quick ? 3 : 11, (s) => s + 1);
    const kinds = Object.entries(TRANSFORMATIONS);
    const cases = [];
    for (const target of TARGETS) {
      for (const [name, activation] of Object.entries(ACTIVATIONS)) {
        const epochs = Object.fromEntries(kinds.map(([kind]) => [kind, []]));
        for (const seed of seeds) {
          const { X, Y } = mixtures(seed, target);
          for (const [kind, transform] of kinds) {
            epochs[kind].push(await fastest(transform(X), Y, activation, seed, quick ? MOST / 2 : MOST));
          }
        }
        const steps = kinds.slice(1).map(([kind], i) => ratioOf(epochs[kind], epochs[kinds[i][0]]));
        cases.push({
          label: `targets of ${target}, ${name}`,
          epochs,
          steps,
          whole: ratioOf(epochs[kinds.at(-1)[0]], epochs.raw),
        });
      }
    }
    const largest = kinds.map(([, transform]) => seeds.map((seed) => largestEigenvalue(transform(mixtures(seed, 'causes').X))));
    const off = Math.max(...eigenvalues.map(({ measured, predicted }) => Math.abs(measured / predicted - 1)));
    return {
      ...judged([
        fact('largest eigenvalues are 1 + d·m²', `off by ${round(100 * off, 2)} % at most`, 'at most 15 %', off < 0.15),
        ...cases.flatMap(({ label, steps }) =>
          steps.map((ratio, i) => part(`${label}: ${STEPS[i]}, epochs relative to before`, ratio, { below: 0.9 })),
        ),
      ]),
      table: {
        columns: ['inputs', ...kinds.map(([kind]) => kind), ...STEPS.map((step) => `${step}: epochs relative to before`)],
        rows: [
          ...cases.map(({ label, epochs, steps }) => [
            `${label}, epochs: median (range)`,
            ...kinds.map(([kind]) => spread(epochs[kind])),
            ...steps.map((ratio) => within(ratio)),
          ]),
          ['largest eigenvalue', ...largest.map((list) => spread(list)), '', '', ''],
        ],
      },
      chart: {
        kind: 'dots',
        title: `Epochs to ${GOAL} of the variance, relative to the step before`,
        x: 'times the epochs without this step',
        log: 'x',
        guide: 1,
        rows: cases.flatMap(({ label, steps }) => steps.map((ratio, i) => ({ label, series: STEPS[i], ...ratio }))),
      },
      effects: cases.flatMap(({ label, steps }) =>
        steps.map((found, i) => ({ trick: '4.3', what: `${STEPS[i]} inputs`, task: label, found, of: 'epochs' })),
      ),
      finding: `The eigenvalues follow 1 + d·m²: ${eigenvalues.map(({ m, measured, predicted }) => `${round(measured)} at m = ${m} (${predicted})`).join(', ')}. ${cases.map(({ label, steps }) => `With ${label}, centring takes ${within(steps[0])} times the epochs, scaling besides ${within(steps[1])} times, decorrelating besides ${within(steps[2])} times`).join('. ')}.`,
    };
  },
};

/** Rows of independent inputs with variance 1 and mean m. */
function shifted(m, rows) {
  const { normal } = stream(1);
  return filled(rows, () => filled(INPUTS, () => m + normal()));
}

/** Inputs that are mixtures of independent causes, and targets that a random network makes of the causes or of the inputs. */
function mixtures(seed, target) {
  const { normal, uniform } = stream(seed);
  const common = filled(INPUTS, () => 0.5 + uniform());
  const scales = filled(INPUTS, (i) => 0.5 + (1.5 * i) / (INPUTS - 1));
  const means = filled(INPUTS, () => (uniform() < 0.5 ? -2 : 2) + 0.5 * normal());
  const teacher = filled(4, () => filled(INPUTS, () => normal() / Math.sqrt(INPUTS)));
  const causes = filled(ROWS, () => filled(INPUTS, normal));
  // Each input is its own cause and a share of the first one.
  const X = causes.map((c) => c.map((v, i) => means[i] + scales[i] * (v + (i > 0 ? common[i] * c[0] : 0))));
  // Units bend at places where there are data, and not at 0.
  const centres = teacher.map((_, k) => X[k]);
  const raw = causes.map((c, r) =>
    teacher.reduce((sum, w, k) => sum + squash(2 * dot(w, target === 'causes' ? c : X[r].map((v, i) => v - centres[k][i]))), 0),
  );
  return { X, Y: standardised(raw).map((v) => [v]) };
}

/** The epochs until the goal at the rate that gets there first; `most` where none does. */
async function fastest(X, Y, activation, seed, most) {
  let best = most;
  for (const rate of RATES) {
    const net = await network({
      inputs: INPUTS,
      layers: [dense(8, { activation, biasInit: 'zeros' }), dense(1)],
      loss: 'meanSquaredError',
      seed,
    });
    // Never more epochs than the best so far: one that reaches the goal at all is as fast or faster.
    const { reason, loss } = await net.fit(X, Y, {
      method: sgd({ rate, momentum: 0 }),
      epochs: best,
      batchSize: 'full',
      goal: GOAL,
    });
    net.dispose();
    if (reason === 'goal') best = loss.length;
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

const TRANSFORMATIONS = { raw: (X) => X, centred, 'centred, scaled': scaled, 'centred, scaled, decorrelated': decorrelated };
