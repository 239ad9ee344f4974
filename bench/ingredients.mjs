// npm run quality:ingredients: what each ingredient of a fit without options buys. Scores on a fifth of the rows, held out, over
// three seeds; differences are paired by set and seed.

import { Classifier, Regressor } from '../dist/index.js';
import { board, cars, digits, factors, friedman, linear, penguins, product, spirals, split, tails, wave } from './sets.mjs';

const SEEDS = [1, 2, 3];
const mean = (values) => values.reduce((s, v) => s + v, 0) / values.length;

/** 6·√(inputs + outputs) units, a multiple of 4: a customary single layer. */
const single = ({ rows }) => Math.min(Math.max(4 * Math.round(1.5 * Math.sqrt(Object.keys(rows[0]).length + 2)), 16), 256);

const VARIANTS = {
  'as it is': () => ({}),
  'one network': () => ({ members: 1 }),
  'lecunTanh only': () => ({ activation: 'lecunTanh' }),
  'lecunTanh only, first layer without Nguyen-Widrow': () => ({ activation: 'lecunTanh', init: 'lecunNormal' }),
  'relu only': () => ({ activation: 'relu' }),
  'one layer of 6√(I + O) lecunTanh units': (set) => ({ hidden: single(set), activation: 'lecunTanh' }),
  'decay 1/(N + 100), not chosen': ({ rows }) => ({ weightDecay: 1 / (rows.length + 100) }),
  'no hidden units': () => ({ hidden: [] }),
};

const few = ({ rows, targets }, count) => {
  const step = rows.length / count;
  const picked = Array.from({ length: count }, (_, i) => Math.floor(i * step));
  return { rows: picked.map((i) => rows[i]), targets: picked.map((i) => targets[i]) };
};

const signs = ({ rows, targets }) => ({ rows, targets: targets.map((y) => (y > 0 ? 'p' : 'n')) });

const SETS = {
  penguins: [Classifier, () => penguins()],
  '2,000 digits': [Classifier, () => few(digits(), 2000)],
  cars: [Regressor, () => cars()],
  'Friedman 300×10': [Regressor, (seed) => friedman(300, 10, 1, seed)],
  'Friedman 1000×10': [Regressor, (seed) => friedman(1000, 10, 1, seed)],
  'linear 200×50, noise': [Regressor, (seed) => linear(200, 50, 1, seed)],
  'correlated 442×10': [Regressor, (seed) => factors(442, seed)],
  'signs of a linear 300×20': [Classifier, (seed) => signs(linear(300, 20, 0.5, seed))],
  'product 1500×10': [Regressor, (seed) => product(1500, 10, seed)],
  'sign of a product 1500×10': [Classifier, (seed) => signs(product(1500, 10, seed))],
  'sine, 3 periods': [Regressor, () => wave(300, 3)],
  'sine, 6 periods': [Regressor, () => wave(400, 6)],
  'spirals, 1.75 turns': [Classifier, (seed) => spirals(500, 1.75, seed)],
  'board 4×4': [Classifier, (seed) => board(800, seed)],
  'long tails 500×5': [Regressor, (seed) => tails(500, seed)],
};

const scores = {};
for (const [variant, options] of Object.entries(VARIANTS)) {
  scores[variant] = { all: [], time: 0 };
  for (const [name, [Model, make]] of Object.entries(SETS)) {
    const own = [];
    for (const seed of SEEDS) {
      const { train, test } = split(make(seed), seed);
      const before = performance.now();
      const model = await Model.fit(train.rows, train.targets, { seed, ...options(train) });
      scores[variant].time += performance.now() - before;
      const found = model.evaluate(test.rows, test.targets);
      own.push(Math.max(Model === Classifier ? found.accuracy : found.r2, -1));
      model.dispose();
    }
    scores[variant].all.push(...own);
    scores[variant][name] = mean(own);
  }
}

const whole = scores['as it is'];
console.table(
  Object.entries(scores).map(([variant, { all, time }]) => {
    const differences = all.map((v, i) => 100 * (v - whole.all[i]));
    const difference = mean(differences);
    const error = Math.sqrt(mean(differences.map((d) => (d - difference) ** 2)) / (differences.length - 1));
    return {
      variant,
      'mean score': mean(all).toFixed(4),
      'points less': `${difference.toFixed(1)} ± ${error.toFixed(1)}`,
      time: (time / whole.time).toFixed(2),
    };
  }),
);
console.table(
  Object.keys(SETS).map((set) => ({
    set,
    ...Object.fromEntries(Object.entries(scores).map(([variant, score]) => [variant, score[set].toFixed(3)])),
  })),
);
