import { dense } from 'efficient-backprop';
import { TRAINERS, compare, middle, rankCorrelation } from './nine-trainers.mjs';
import { filled, round } from './sample.mjs';

/** Mean times in MATLAB's guide (R2015b), relative to the fastest. */
const PUBLISHED = { LM: 1, BFG: 4.58, RP: 4.97, SCG: 5.34, CGB: 5.8, CGF: 6.89, CGP: 7.23, OSS: 8.46, GDX: 24.29 };
const GOALS = [2e-3, 1e-5];

/** sin πx for |x| ≤ 1, by its series: the engines' own differ in their last bits. */
function sine(x) {
  const y = Math.PI * x;
  let [term, sum] = [y, y];
  for (let k = 1; k < 15; k++) {
    term *= (-y * y) / (2 * k * (2 * k + 1));
    sum += term;
  }
  return sum;
}

export default {
  name: 'sin-nine-trainers',
  title: 'Nine trainers on one period of a sine',
  section: '6; MATLAB’s guide',
  claim:
    'For fitting a function with a small network Levenberg-Marquardt is the fastest, gradient descent with a variable rate by far the slowest, and the lead of Levenberg-Marquardt grows with the accuracy asked for.',
  setting: `The problem SIN of MATLAB's guide to its neural network toolbox: 1-5-1, tanh and linear, Nguyen and Widrow's start, 41 points of sin πx on [−1, 1], mean squared error 0.002, and
10⁻⁵ besides. The nine methods at their defaults, and L-BFGS. What counts is evaluations of function, gradient, product or Jacobian until the goal: the guide has times of another
machine and another program. Medians over 30 starts, runs that fail counting as the slowest.`,
  async run({ quick }) {
    const X = filled(41, (i) => [i / 20 - 1]);
    const Y = X.map(([x]) => [sine(x)]);
    const layers = [dense(5, { activation: 'tanh', init: 'nguyenWidrow' }), dense(1)];
    const names = quick ? ['LM', 'BFG', 'RP', 'SCG', 'GDX'] : Object.keys(TRAINERS);
    const found = await compare({ X, Y, layers, goals: GOALS, seeds: quick ? 7 : 30, names });
    const rough = (name) => middle(found[name][0]);
    const fine = (name) => middle(found[name][1]);
    const others = names.filter((name) => name !== 'LM');
    const lead = (of) => Math.min(...others.map(of)) / of('LM');
    const known = names.filter((name) => PUBLISHED[name]);
    const correlation = rankCorrelation(
      known.map((name) => PUBLISHED[name]),
      known.map(rough),
    );
    const failures = (name, g) => found[name][g].filter((v) => v === Infinity).length;
    return {
      table: {
        columns: [
          'method',
          'evaluations to 0.002',
          'relative to LM',
          'time in the guide',
          'failed',
          'evaluations to 10⁻⁵',
          'relative to LM',
          'failed',
        ],
        rows: [...names]
          .sort((a, b) => rough(a) - rough(b))
          .map((name) => [
            name,
            rough(name),
            round(rough(name) / rough('LM')),
            PUBLISHED[name] ?? '–',
            failures(name, 0),
            fine(name) < Infinity ? fine(name) : 'more than half fail',
            fine(name) < Infinity ? round(fine(name) / fine('LM')) : '–',
            failures(name, 1),
          ]),
      },
      series: {
        title: 'Evaluations, relative to Levenberg-Marquardt',
        x: 'mean squared error',
        y: 'evaluations, relative',
        log: 'both',
        lines: names.map((name) => ({
          name,
          points: GOALS.map((goal, g) => [goal, Math.min(middle(found[name][g]) / middle(found['LM'][g]), 1e4)]),
        })),
      },
      confirmed:
        lead(rough) > 1 &&
        lead(fine) > lead(rough) &&
        others.every((name) => name === 'GDX' || rough(name) < rough('GDX')) &&
        known.every((name) => name === 'LM' || name === 'BFG' || rough(name) > rough('BFG')) &&
        correlation > 0,
      verdict: `Levenberg-Marquardt needs ${rough('LM')} evaluations to 0.002, the next ${round(lead(rough))} times as many, GDX ${round(rough('GDX') / rough('LM'))} times; to 10⁻⁵ it needs ${fine('LM')}, the next ${round(lead(fine))} times as many. First, second and last of the nine (LM, BFGS, GDX) are those of the guide's times; between them all lie close together here (rank correlation of all ${round(correlation, 2)}).`,
    };
  },
};
