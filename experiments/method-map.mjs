import {
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
import { filled, median, medianOf, network, regression, round } from './sample.mjs';
import { fact, judged } from './verdict.mjs';

const INPUTS = 4;
const ROWS = [50, 400, 2000];
const HIDDEN = [8, 24, 72];
/** Multiply-adds after which a method is given up. */
const BUDGET = 1e8;
/** And passes over the rows. */
const PASSES = 5000;

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
    make: (rate) => adam({ rate }),
    rates: [0.01, 0.03, 0.003, 0.1],
    batch: 32,
    work: (evaluations, n, w, p) => evaluations * (gradient(n, w) + (n / 32) * 10 * p),
  },
  'diagonal LM': {
    make: (rate) => stochasticDiagonalLM({ rate, momentum: 0.9 }),
    rates: [0.0015, 0.005, 0.0005, 0.015],
    batch: 32,
    work: (evaluations, n, w, p) => evaluations * (gradient(n, w) + Math.min(n, 500) * 2 * w + (n / 32) * 5 * p),
  },
  SGD: {
    make: (rate) => sgd({ rate }),
    rates: [0.01, 0.03, 0.003, 0.1],
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
  setting: `Random networks of three units make the targets: numbers without noise, or three classes by their size; 4 normal inputs. Students have one hidden layer of 8, 24 or 72
tanh units (Nguyen and Widrow's start), 50 to 2,000 rows. Methods for full batches with their defaults; stochastic ones, on batches of 32, with momentum where they have one, at the best of four rates each for each goal and seed. What counts is work until the training loss is
reached: mean squared error 10⁻³ and 10⁻⁶, cross-entropy 0.3 and 0.05. Work is multiply-adds, from the evaluations that each run reports, so that the machine does not
matter: a gradient costs three for each row and weight, an iteration of Levenberg-Marquardt JᵀJ and a factor besides. A method is given up after 10⁸ of
them, or 5,000 passes over the rows. Medians of three seeds. A cell goes to one kind of method where its best method needs less work in the median; "almost all" means nine of ten.`,
  async run({ quick }) {
    const cells = [];
    for (const [task, settings] of Object.entries(TASKS)) {
      for (const rows of quick ? [400] : ROWS) {
        for (const hidden of quick ? [24] : HIDDEN) {
          const found = [];
          for (const [name, method] of Object.entries(METHODS)) {
            if (name === 'Levenberg-Marquardt' && task !== 'regression') continue;
            const runs = [];
            for (const seed of [1, 2, 3].slice(quick ? 2 : 0)) {
              const best = { rough: Infinity, fine: Infinity };
              for (const rate of method.rates ?? [undefined]) {
                // What is slower than another rate was need not be seen to its end.
                const limit = Math.min(quick ? BUDGET / 4 : BUDGET, best.fine);
                const one = await reach(task, settings, rows, hidden, { ...method, make: () => method.make(rate) }, seed, limit);
                for (const goal of ['rough', 'fine']) best[goal] = Math.min(best[goal], one[goal]);
              }
              runs.push(best);
            }
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
    const reached = cells.filter(({ ranked }) => ranked.length > 0);
    const of = (select) => reached.filter(select);
    const seconds = (list) => list.filter(({ gain }) => gain > 1).length;
    const groups = {
      'regression, fine loss': of(({ task, goal }) => task === 'regression' && goal === 'fine'),
      'regression, rough loss': of(({ task, goal }) => task === 'regression' && goal === 'rough'),
      'classification, up to 400 rows': of(({ task, rows }) => task === 'classification' && rows <= 400),
      'classification, 2,000 rows': of(({ task, rows }) => task === 'classification' && rows >= 2000),
    };
    const share = (list) => `${seconds(list)} of ${list.length}`;
    const most = (name, second) => {
      const list = groups[name];
      const won = second ? seconds(list) : list.length - seconds(list);
      return fact(
        `${name}: ${second ? 'second' : 'first'} order needs less work in most cells`,
        `${won} of ${list.length}`,
        'more than half',
        won > list.length / 2,
      );
    };
    return {
      ...judged([
        most('regression, fine loss', true),
        most('regression, rough loss', true),
        ...(quick ? [] : [most('classification, up to 400 rows', true), most('classification, 2,000 rows', false)]),
        fact(
          'methods of second order are best in almost no cell',
          share(reached),
          'at most a tenth',
          seconds(reached) <= reached.length / 10,
        ),
      ]),
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
          `${goal}: ${goal === 'fine' && task === 'regression' ? '10⁻⁶' : TASKS[task][goal]}`,
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
      chart: {
        kind: 'dots',
        title: 'Work of first order over that of second order, the best of each',
        x: 'times the work (beyond 100 and below 1/100 at the edge)',
        log: 'x',
        guide: 1,
        rows: reached
          .filter(({ goal }) => goal === 'fine' || goal === 'rough')
          .map(({ task, rows, goal, gain }) => ({
            label: `${task}, ${rows} rows`,
            series: `${goal} loss`,
            estimate: Math.min(Math.max(gain, 0.01), 100),
          })),
      },
      effects: Object.entries(groups)
        .filter(([, list]) => list.length > 0)
        .map(([task, list]) => ({
          trick: 'methods',
          what: 'best method of second order against best tuned one of first',
          task,
          found: medianOf(list.map(({ gain }) => 1 / gain)),
          of: 'work',
        })),
      finding: `Methods of second order need less work than those of first order at their best rates in these cells: ${Object.entries(
        groups,
      )
        .map(([name, list]) => `${share(list)} (${name})`)
        .join(', ')}; ${share(reached)} of all.`,
    };
  },
};

/** Multiply-adds until each loss is reached; Infinity where it is not. */
async function reach(task, { rough, fine, units, layer, loss }, rows, hidden, { make, batch, work }, seed, most) {
  const { X, Y } = regression({ inputs: INPUTS, units: 3, rows, seed });
  const targets = task === 'regression' ? Y : Y.map(([v]) => [v > 0.4 ? 2 : v > -0.4 ? 1 : 0]);
  const net = await network({
    inputs: INPUTS,
    layers: [dense(hidden, { activation: 'tanh', init: 'nguyenWidrow' }), dense(units, layer)],
    loss,
    seed,
  });
  const weights = INPUTS * hidden + hidden * units;
  const { parameters } = net;
  const found = { rough: Infinity, fine: Infinity };
  let passes = 0;
  let total = 0;
  let before = 0;
  // Evaluations are known at the end only: trials between epochs are counted by fits of one epoch that go on from each other.
  const each = batch ? Math.max(1, Math.ceil(5000 / rows)) : Math.max(1, Math.min(20, Math.floor(5000 / rows)));
  while (total < most && passes < PASSES && found.fine === Infinity) {
    const {
      loss: losses,
      evaluations,
      epochs,
      reason,
    } = await net.partialFit(X, targets, {
      method: make(),
      batchSize: batch ?? 'full',
      epochs: each,
      goal: found.rough === Infinity ? rough : fine,
      seed,
    });
    total +=
      batch || evaluations <= epochs
        ? work(evaluations, rows, weights, parameters)
        : epochs * work(evaluations / Math.max(epochs, 1), rows, weights, parameters);
    passes += evaluations;
    const last = losses.at(-1) ?? Infinity;
    // No more than what all others may spend.
    if (total > most) break;
    if (last <= rough) found.rough = Math.min(found.rough, total);
    if (last <= fine) found.fine = total;
    if (reason === 'noProgress' || reason === 'muMax' || reason === 'diverged' || reason === 'minGradient' || total === before)
      break;
    before = total;
  }
  net.dispose();
  return found;
}
