import {
  Network,
  adam,
  bfgs,
  conjugateGradient,
  dense,
  lbfgs,
  levenbergMarquardt,
  rprop,
  scaledConjugateGradient,
  sgd,
  stochasticDiagonalLM,
} from 'efficient-backprop';
import { filled, median, regression, round } from './sample.mjs';

const INPUTS = 4;
const ROWS = [50, 500, 5000];
const HIDDEN = [8, 24, 72];
/** Multiply-adds after which a method is given up. */
const BUDGET = 1e9;
/** And passes over the rows. */
const PASSES = 10_000;

/** Losses to reach: a rough and a fine one. */
const TASKS = {
  regression: { rough: 1e-3, fine: 1e-6, units: 1, layer: {}, loss: 'meanSquaredError' },
  classification: { rough: 0.3, fine: 0.05, units: 3, layer: { activation: 'softmax' }, loss: 'crossEntropy' },
};

/** Methods, and the multiply-adds of an epoch of so many evaluations, n rows, W weights, P parameters. */
const gradient = (n, w) => 3 * n * w;
const METHODS = {
  'Levenberg-Marquardt': {
    make: () => levenbergMarquardt(),
    second: true,
    // A Jacobian's products and its square once, and for each trial a factor and a forward pass.
    work: (evaluations, n, w, p) => 2 * n * w + (n * p * p) / 2 + (evaluations - 1) * (n * w + p ** 3 / 6),
  },
  BFGS: { make: () => bfgs(), second: true, work: (evaluations, n, w, p) => evaluations * gradient(n, w) + 3 * p * p },
  'L-BFGS': { make: () => lbfgs(), second: true, work: (evaluations, n, w, p) => evaluations * gradient(n, w) + 40 * p },
  'conjugate gradient': {
    make: () => conjugateGradient(),
    second: true,
    work: (evaluations, n, w) => evaluations * gradient(n, w),
  },
  // A product with the Hessian costs half more than a gradient.
  'scaled CG': {
    make: () => scaledConjugateGradient(),
    second: true,
    work: (evaluations, n, w) => 1.25 * evaluations * gradient(n, w),
  },
  Rprop: { make: () => rprop(), work: (evaluations, n, w, p) => evaluations * gradient(n, w) + 10 * p },
  Adam: {
    make: () => adam({ rate: 0.01 }),
    batch: 32,
    work: (evaluations, n, w, p) => evaluations * (gradient(n, w) + (n / 32) * 10 * p),
  },
  'diagonal LM': {
    make: () => stochasticDiagonalLM({ momentum: 0.5 }),
    batch: 32,
    work: (evaluations, n, w, p) => evaluations * (gradient(n, w) + Math.min(n, 500) * 2 * w + (n / 32) * 5 * p),
  },
  SGD: {
    make: () => sgd({ rate: 'auto' }),
    batch: 32,
    work: (evaluations, n, w, p) => evaluations * (gradient(n, w) + (n / 32) * 3 * p),
  },
};

export default {
  name: 'method-map',
  title: 'Which method wins where',
  section: '10',
  claim:
    'For large redundant classification sets stochastic gradients, well tuned or with diagonal second derivatives, are best; for sets that are not too large, or for regression, full-batch methods of second order. Classical second-order methods are impractical in almost all useful cases.',
  expected: false,
  setting: `Random networks of three units make the targets: numbers without noise, or three classes by their size; 4 normal inputs. Students have one hidden layer of 8, 24 or 72
tanh units (Nguyen and Widrow's start), 50 to 5,000 rows. All methods with their defaults (Adam at 0.01, SGD at the measured rate), batches of 32 or full. What counts is work until the training loss is
reached: mean squared error 10⁻³ and 10⁻⁶, cross-entropy 0.3 and 0.05. Work is multiply-adds, from the evaluations that each run reports, so that the machine does not
matter: a gradient costs three for each row and weight, an iteration of Levenberg-Marquardt JᵀJ and a factor besides. A method is given up after 10⁹ of
them, or 10,000 passes over the rows. Medians of three seeds.`,
  async run({ quick }) {
    const cells = [];
    for (const [task, settings] of Object.entries(TASKS)) {
      for (const rows of quick ? [500] : ROWS) {
        for (const hidden of quick ? [24] : HIDDEN) {
          const found = [];
          for (const [name, method] of Object.entries(METHODS)) {
            if (name === 'Levenberg-Marquardt' && task !== 'regression') continue;
            const runs = [];
            for (const seed of quick ? [1] : [1, 2, 3]) runs.push(await reach(task, settings, rows, hidden, method, seed, quick));
            found.push({
              name,
              second: method.second === true,
              rough: median(runs.map((r) => r.rough)),
              fine: median(runs.map((r) => r.fine)),
            });
          }
          for (const goal of ['rough', 'fine']) {
            const ranked = found.filter((f) => f[goal] < Infinity).sort((a, b) => a[goal] - b[goal]);
            const best = (second) => ranked.find((f) => f.second === second)?.[goal] ?? Infinity;
            cells.push({ task, rows, hidden, goal, ranked, gain: best(false) / best(true) });
          }
        }
      }
    }
    const named = ({ name, ...f }, goal) => `${name} ${round(f[goal] / 1e6, 2)}`;
    const won = (select) => {
      const list = cells.filter(select);
      return `${list.filter(({ gain }) => gain > 1).length} of ${list.length}`;
    };
    const fineRegression = cells.filter(
      ({ task, goal, ranked }) => task === 'regression' && goal === 'fine' && ranked.length > 0,
    );
    const largeClasses = cells.filter(({ task, rows }) => task === 'classification' && rows >= 5000);
    const regressionWins = fineRegression.filter(({ gain }) => gain > 1).length;
    const stochasticWins = largeClasses.filter(({ gain }) => gain < 1).length;
    const small = cells.filter(({ gain }) => gain > 1).length;
    return {
      table: {
        columns: [
          'task',
          'rows',
          'hidden units',
          'loss',
          'first (10⁶ multiply-adds)',
          'second',
          'third',
          'second order against first order: gain',
        ],
        rows: cells.map(({ task, rows, hidden, goal, ranked, gain }) => [
          task,
          rows,
          hidden,
          TASKS[task][goal],
          ...filled(3, (i) => (ranked[i] ? named(ranked[i], goal) : '–')),
          gain === Infinity
            ? 'only second order gets there'
            : gain > 0
              ? round(gain, 2)
              : ranked.length > 0
                ? 'only first order gets there'
                : '–',
        ]),
      },
      series: {
        title: 'Work of the best first-order method over that of the best second-order one',
        x: 'rows',
        y: 'gain',
        log: 'both',
        lines: Object.keys(TASKS).flatMap((task) =>
          ['rough', 'fine'].map((goal) => ({
            name: `${task}, loss ${TASKS[task][goal]}`,
            points: (quick ? [500] : ROWS).map((rows) => {
              const gains = cells
                .filter((c) => c.task === task && c.goal === goal && c.rows === rows && c.ranked.length > 0)
                .map(({ gain }) => Math.min(Math.max(gain, 0.01), 100));
              return [rows, gains.length > 0 ? median(gains) : Number.NaN];
            }),
          })),
        ),
      },
      // The recommendations hold; "almost all useful cases" does not: fine regression is useful.
      confirmed: !(regressionWins >= fineRegression.length / 2 && stochasticWins >= largeClasses.length / 2),
      verdict: `The recommendations hold, the dismissal does not: methods of second order need less work for ${won(({ task, goal }) => task === 'regression' && goal === 'fine')} regressions to a fine loss, ${won(({ task, goal }) => task === 'regression' && goal === 'rough')} to a rough one, and for ${won(({ task }) => task === 'classification')} classifications; on ${largeClasses.length > 0 ? `${stochasticWins} of ${largeClasses.length}` : 'no'} classifications of 5,000 rows stochastic methods are first. ${small} of ${cells.length} cells in all go to second order: ${small > cells.length / 10 ? 'more than "almost none"' : 'almost none'}.`,
    };
  },
};

/** Multiply-adds until each loss is reached; Infinity where it is not. */
async function reach(task, { rough, fine, units, layer, loss }, rows, hidden, { make, batch, work }, seed, quick) {
  const { X, Y } = regression({ inputs: INPUTS, units: 3, rows, seed });
  const targets = task === 'regression' ? Y : Y.map(([v]) => [v > 0.4 ? 2 : v > -0.4 ? 1 : 0]);
  const net = await Network.create({
    inputs: INPUTS,
    layers: [dense(hidden, { activation: 'tanh', init: 'nguyenWidrow' }), dense(units, layer)],
    loss,
    seed,
  });
  const weights = INPUTS * hidden + hidden * units;
  const { parameters } = net;
  const found = { rough: Infinity, fine: Infinity };
  const most = quick ? BUDGET / 4 : BUDGET;
  let passes = 0;
  let total = 0;
  let before = 0;
  // Evaluations are known at the end only: trials between epochs are counted by fits of one epoch that go on from each other.
  const each = batch ? Math.max(1, Math.ceil(5000 / rows)) : 1;
  while (total < most && passes < PASSES && found.fine === Infinity) {
    const {
      loss: losses,
      evaluations,
      epochs,
      reason,
    } = await net.partialFit(X, targets, {
      method: make(),
      batchSize: batch ?? 'full',
      epochs: batch ? each : 20,
      goal: found.rough === Infinity ? rough : fine,
      seed,
    });
    total +=
      batch || evaluations <= epochs
        ? work(evaluations, rows, weights, parameters)
        : epochs * work(evaluations / Math.max(epochs, 1), rows, weights, parameters);
    passes += evaluations;
    const last = losses.at(-1) ?? Infinity;
    if (last <= rough) found.rough = Math.min(found.rough, total);
    if (last <= fine) found.fine = total;
    if (reason === 'noProgress' || reason === 'muMax' || reason === 'diverged' || reason === 'minGradient' || total === before)
      break;
    before = total;
  }
  net.dispose();
  return found;
}
