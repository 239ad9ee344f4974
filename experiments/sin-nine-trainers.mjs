import { dense } from 'efficient-backprop';
import { TRAINERS, compare, middle, rankCorrelation, workOf } from './nine-trainers.mjs';
import { filled, medianOf, ratioOf, round, within } from './sample.mjs';
import { judged, part } from './verdict.mjs';

/** Mean times in MATLAB's guide (R2015b), relative to the fastest. */
const PUBLISHED = { LM: 1, BFG: 4.58, RP: 4.97, SCG: 5.34, CGB: 5.8, CGF: 6.89, CGP: 7.23, OSS: 8.46, GDX: 24.29 };
const GOALS = [2e-3, 1e-5];
const SIZES = { weights: 10, parameters: 16, rows: 41 };

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
10⁻⁵ besides. The nine methods at their defaults, and L-BFGS. What counts is work in multiply-adds, from evaluations of function, gradient, product or Jacobian until the goal: a gradient is
${workOf('GDX', SIZES)}, an evaluation of Levenberg-Marquardt ${Math.round(workOf('LM', SIZES))} in the mean, with JᵀJ and a factor. The guide has times of another machine and another program. Medians over 30 starts, runs that fail counting as the slowest.`,
  async run({ quick }) {
    const X = filled(41, (i) => [i / 20 - 1]);
    const Y = X.map(([x]) => [sine(x)]);
    const layers = [dense(5, { activation: 'tanh', init: 'nguyenWidrow' }), dense(1)];
    const names = quick ? ['LM', 'BFG', 'RP', 'SCG', 'GDX'] : Object.keys(TRAINERS);
    const found = await compare({ X, Y, layers, goals: GOALS, seeds: quick ? 7 : 30, names });
    const works = (name, g) => found[name][g].map((v) => v * workOf(name, SIZES));
    const rough = (name) => middle(works(name, 0));
    const fine = (name) => middle(works(name, 1));
    const others = names.filter((name) => name !== 'LM');
    const [roughNext, fineNext] = [rough, fine].map((of) => others.reduce((a, b) => (of(b) < of(a) ? b : a)));
    const than = (name, other, g) => ratioOf(works(name, g), works(other, g));
    /** How much more the next method needs than LM at the fine goal, over what it needs more at the rough one. */
    const grows = medianOf(
      works('LM', 1)
        .map((v, s) => works(fineNext, 1)[s] / v / (works(fineNext, 0)[s] / works('LM', 0)[s]))
        .map((v) => (Number.isNaN(v) ? 1 : v)),
    );
    const known = names.filter((name) => PUBLISHED[name]);
    const correlation = rankCorrelation(
      known.map((name) => PUBLISHED[name]),
      known.map(rough),
    );
    const parts = [
      part(`work of LM to 0.002 relative to the next, ${roughNext}`, than('LM', roughNext, 0), { below: 1 }),
      part(`work of LM to 10⁻⁵ relative to the next, ${fineNext}`, than('LM', fineNext, 1), { below: 1 }),
      part(`lead of LM over ${fineNext} at 10⁻⁵ relative to that at 0.002`, grows, { above: 1 }),
      ...others
        .filter((name) => name !== 'GDX')
        .map((name) => part(`work of GDX to 0.002 relative to ${name}`, than('GDX', name, 0), { above: 1 })),
    ];
    const failures = (name, g) => found[name][g].filter((v) => v === Infinity).length;
    return {
      ...judged(parts),
      table: {
        columns: [
          'method',
          'work to 0.002, thousands',
          'relative to LM',
          'time in the guide',
          'failed',
          'work to 10⁻⁵, thousands',
          'relative to LM',
          'failed',
        ],
        rows: [...names]
          .sort((a, b) => rough(a) - rough(b))
          .map((name) => [
            name,
            round(rough(name) / 1000),
            round(rough(name) / rough('LM')),
            PUBLISHED[name] ?? '–',
            failures(name, 0),
            fine(name) < Infinity ? round(fine(name) / 1000) : 'more than half fail',
            fine(name) < Infinity ? round(fine(name) / fine('LM')) : '–',
            failures(name, 1),
          ]),
      },
      chart: {
        kind: 'dots',
        title: 'Work relative to Levenberg-Marquardt',
        x: 'times the work of Levenberg-Marquardt, start by start',
        log: 'x',
        guide: 1,
        rows: [...others]
          .sort((a, b) => rough(a) - rough(b))
          .flatMap((name) => [
            { label: name, series: 'to 0.002', ...than(name, 'LM', 0) },
            { label: name, series: 'to 10⁻⁵', ...than(name, 'LM', 1) },
          ]),
      },
      effects: [
        {
          trick: 'methods',
          what: `Levenberg-Marquardt against the next best, ${roughNext}`,
          task: 'a sine, to 0.002',
          found: than('LM', roughNext, 0),
          of: 'work',
        },
        {
          trick: 'methods',
          what: `Levenberg-Marquardt against the next best, ${fineNext}`,
          task: 'a sine, to 10⁻⁵',
          found: than('LM', fineNext, 1),
          of: 'work',
        },
      ],
      finding: `To 0.002 Levenberg-Marquardt does ${within(than('LM', roughNext, 0))} times the work of the next, ${roughNext}, and GDX ${within(than('GDX', 'LM', 0))} times that of Levenberg-Marquardt; to 10⁻⁵ it does ${within(than('LM', fineNext, 1))} times the work of the next, ${fineNext}. Rank correlation of the work of all nine with the guide's times: ${round(correlation, 2)}.`,
    };
  },
};
