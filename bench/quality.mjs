// npm run quality: how well models do with no options given. Five seeds, a fifth of the rows held out.

import { Classifier, Regressor } from '../dist/index.js';
import { crossValidatedRidge, r2 } from './ridge.mjs';
import { cars, digits, factors, friedman, linear, penguins, split } from './sets.mjs';

const SEEDS = [1, 2, 3, 4, 5];
const mean = (values) => values.reduce((s, v) => s + v, 0) / values.length;
const checks = [];

function check(what, found, target, met, detail = '') {
  checks.push({ what, found, target, met: met ? 'yes' : 'NO', detail });
}

async function held(Model, set, score) {
  const scores = [];
  const times = [];
  const chosen = [];
  for (const seed of SEEDS) {
    const { train, test } = split(set, seed);
    const before = performance.now();
    const model = await Model.fit(train.rows, train.targets, { seed });
    times.push((performance.now() - before) / 1000);
    scores.push(model.evaluate(test.rows, test.targets)[score]);
    const { hidden, activation = '', weightDecay, by } = model.history.chosen;
    chosen.push(
      `${hidden.length ? `${hidden} ${activation}` : 'linear'}/${weightDecay.toPrecision(2)} (${by}, ${model.members})`,
    );
    model.dispose();
  }
  return {
    score: mean(scores),
    slowest: Math.max(...times),
    scores: scores.map((s) => s.toFixed(3)).join(' '),
    chosen: [...new Set(chosen)].join(', '),
  };
}

const flowers = await held(Classifier, penguins(), 'accuracy');
check('penguins, accuracy', flowers.score.toFixed(4), '≥ 0.97', flowers.score >= 0.97, `${flowers.scores}; ${flowers.chosen}`);
const numbers = await held(Classifier, digits(), 'accuracy');
check(
  '10,000 digits, accuracy',
  numbers.score.toFixed(4),
  '≥ 0.955',
  numbers.score >= 0.955,
  `${numbers.scores}; ${numbers.chosen}`,
);
check('10,000 digits, slowest fit', `${numbers.slowest.toFixed(1)} s`, '≤ 10 s', numbers.slowest <= 10);
const mileage = await held(Regressor, cars(), 'r2');
check('cars, R²', mileage.score.toFixed(4), '≥ 0.88', mileage.score >= 0.88, `${mileage.scores}; ${mileage.chosen}`);

for (const [rows, columns, most] of [
  [1500, 64, 3],
  [400, 13, 1.5],
]) {
  const set = friedman(rows, columns, 1, 4);
  for (const Model of [Regressor, Classifier]) {
    const targets = Model === Regressor ? set.targets : set.targets.map((y) => (y > 18 ? 'high' : y > 12 ? 'middle' : 'low'));
    const before = performance.now();
    const model = await Model.fit(set.rows, targets, { seed: 1 });
    const time = (performance.now() - before) / 1000;
    check(
      `${Model.name} ${rows}×${columns}, time`,
      `${time.toFixed(2)} s`,
      `≤ ${most} s`,
      time <= most,
      `${model.history.chosen.hidden} (${model.history.chosen.by})`,
    );
  }
}

const noisy = {
  'linear 300×20': (seed) => linear(300, 20, 1, seed),
  'linear 200×50': (seed) => linear(200, 50, 1, seed),
  'linear 150×100': (seed) => linear(150, 100, 1, seed),
  'linear 400×13': (seed) => linear(400, 13, 0.5, seed),
  'very noisy linear 200×5': (seed) => linear(200, 5, 3, seed),
  'correlated 442×10': (seed) => factors(442, seed),
  'Friedman 300×10': (seed) => friedman(300, 10, 1, seed),
  'very noisy Friedman 200×10': (seed) => friedman(200, 10, 3, seed),
};
// No worse: by less than 0.01 of R², or what two standard errors over the seeds cannot tell from nothing.
for (const [name, make] of Object.entries(noisy)) {
  const ours = [];
  const theirs = [];
  for (const seed of [...SEEDS, 6, 7, 8, 9, 10]) {
    const { train, test } = split(make(seed), seed);
    const model = await Regressor.fit(train.rows, train.targets, { seed });
    ours.push(model.evaluate(test.rows, test.targets).r2);
    model.dispose();
    theirs.push(r2(test.targets, test.rows.map(crossValidatedRidge(train))));
  }
  const differences = ours.map((v, i) => v - theirs[i]);
  const difference = mean(differences);
  const error = Math.sqrt(mean(differences.map((d) => (d - difference) ** 2)) / (differences.length - 1));
  const met = difference >= -Math.max(0.01, 2 * error);
  check(
    `${name}, R² less ridge's`,
    `${difference.toFixed(4)} ± ${error.toFixed(4)}`,
    'no worse',
    met,
    `${mean(ours).toFixed(3)} against ${mean(theirs).toFixed(3)}`,
  );
}

console.table(checks);
process.exitCode = checks.every(({ met }) => met === 'yes') ? 0 : 1;
