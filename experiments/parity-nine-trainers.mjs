import { dense } from 'efficient-backprop';
import { TRAINERS, compare, middle, workOf } from './nine-trainers.mjs';
import { filled, ratioOf, round } from './sample.mjs';
import { judged, part } from './verdict.mjs';

/** Mean times in MATLAB's guide (R2015b), relative to the fastest. */
const PUBLISHED = { LM: 3.5, BFG: 5.28, RP: 1, SCG: 1.1, CGB: 1.42, CGF: 1.77, CGP: 1.38, OSS: 2.14, GDX: 7.26 };
const SIZES = { weights: 140, parameters: 161, rows: 8 };
const GRADIENT = workOf('GDX', SIZES);

export default {
  name: 'parity-nine-trainers',
  title: 'Nine trainers on parity',
  section: '6; MATLAB’s guide',
  claim:
    'For recognising patterns the advantage of Levenberg-Marquardt is gone: on parity Rprop, scaled and other conjugate gradients are faster, and gradient descent with a variable rate is the slowest.',
  setting: `The problem PARITY of MATLAB's guide to its neural network toolbox: the parity of three bits, all ±1, 3-10-10-1 with tanh units, Nguyen and Widrow's start, mean squared
error 0.001. The nine methods at their defaults, and L-BFGS. What counts is work in multiply-adds, from evaluations until the goal: an evaluation is ${GRADIENT} for a gradient, and
${Math.round(workOf('LM', SIZES) / 1000)} thousand for Levenberg-Marquardt, with JᵀJ and a factor of ${SIZES.parameters} parameters; the guide has times. Medians over 30 starts.`,
  async run({ quick }) {
    const X = filled(8, (i) => filled(3, (b) => ((i >> b) & 1 ? 1 : -1)));
    const Y = X.map(([a, b, c]) => [a * b * c]);
    const hidden = () => dense(10, { activation: 'tanh', init: 'nguyenWidrow' });
    const layers = [hidden(), hidden(), dense(1, { activation: 'tanh' })];
    const names = quick ? ['LM', 'RP', 'SCG', 'CGP', 'GDX'] : Object.keys(TRAINERS);
    const found = await compare({ X, Y, layers, goals: [1e-3], seeds: quick ? 9 : 30, names });
    const evaluations = (name) => middle(found[name][0]);
    const works = (name) => found[name][0].map((v) => v * workOf(name, SIZES));
    const work = (name) => evaluations(name) * workOf(name, SIZES);
    const least = Math.min(...names.map(work));
    const than = (name, other) => ratioOf(works(name), works(other));
    const parts = [
      ...['RP', 'SCG', 'CGP'].map((name) => part(`work of ${name} relative to LM`, than(name, 'LM'), { below: 1 })),
      ...names
        .filter((name) => name !== 'GDX')
        .map((name) => part(`work of ${name} relative to GDX`, than(name, 'GDX'), { below: 1 })),
    ];
    return {
      ...judged(parts),
      table: {
        columns: ['method', 'evaluations', 'work, relative to the least', 'time in the guide', 'failed'],
        rows: [...names]
          .sort((a, b) => work(a) - work(b))
          .map((name) => [
            name,
            evaluations(name),
            round(work(name) / least),
            PUBLISHED[name] ?? '–',
            found[name][0].filter((v) => v === Infinity).length,
          ]),
      },
      chart: {
        kind: 'dots',
        title: 'Work relative to scaled conjugate gradients',
        x: 'times the work',
        log: 'x',
        guide: 1,
        rows: [...names].sort((p, q) => work(p) - work(q)).map((name) => ({ label: name, ...than(name, 'SCG') })),
      },
      effects: [
        {
          trick: 'methods',
          what: 'Levenberg-Marquardt against scaled conjugate gradients',
          task: 'parity, 161 parameters',
          found: than('LM', 'SCG'),
          of: 'work',
        },
      ],
      finding: `Levenberg-Marquardt needs few evaluations (${evaluations('LM')}; Rprop ${evaluations('RP')}, scaled conjugate gradients ${evaluations('SCG')}), but each costs ${Math.round(workOf('LM', SIZES) / GRADIENT)} times a gradient: ${round(work('LM') / least)} times the least work, where Rprop is at ${round(work('RP') / least)}, scaled conjugate gradients at ${round(work('SCG') / least)}, Polak-Ribière's at ${round(work('CGP') / least)}, and GDX at ${round(work('GDX') / least)}.`,
    };
  },
};
