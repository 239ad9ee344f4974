import { dense } from 'efficient-backprop';
import { TRAINERS, compare, middle } from './nine-trainers.mjs';
import { filled, round } from './sample.mjs';

/** Mean times in MATLAB's guide (R2015b), relative to the fastest. */
const PUBLISHED = { LM: 3.5, BFG: 5.28, RP: 1, SCG: 1.1, CGB: 1.42, CGF: 1.77, CGP: 1.38, OSS: 2.14, GDX: 7.26 };
/** Weights of 3-10-10-1, its parameters, and its samples. */
const [WEIGHTS, PARAMETERS, ROWS] = [140, 161, 8];

/** Multiply-adds of an evaluation: a gradient; for LM the share of JᵀJ, of a factor and of two passes. */
const GRADIENT = 3 * WEIGHTS * ROWS;
const WORK = {
  LM: (2 * WEIGHTS * ROWS + (ROWS * PARAMETERS ** 2) / 2 + PARAMETERS ** 3 / 6 + WEIGHTS * ROWS) / 2,
  BFG: GRADIENT + 3 * PARAMETERS ** 2,
};

export default {
  name: 'parity-nine-trainers',
  title: 'Nine trainers on parity',
  section: '6; MATLAB’s guide',
  claim:
    'For recognising patterns the advantage of Levenberg-Marquardt is gone: on parity Rprop, scaled and other conjugate gradients are faster, and gradient descent with a variable rate is the slowest.',
  setting: `The problem PARITY of MATLAB's guide to its neural network toolbox: the parity of three bits, all ±1, 3-10-10-1 with tanh units, Nguyen and Widrow's start, mean squared
error 0.001. The nine methods at their defaults, and L-BFGS. What counts is work in multiply-adds, from evaluations until the goal: an evaluation is ${GRADIENT} for a gradient, and
${Math.round(WORK.LM / 1000)} thousand for Levenberg-Marquardt, with JᵀJ and a factor of ${PARAMETERS} parameters; the guide has times. Medians over 30 starts.`,
  async run({ quick }) {
    const X = filled(8, (i) => filled(3, (b) => ((i >> b) & 1 ? 1 : -1)));
    const Y = X.map(([a, b, c]) => [a * b * c]);
    const hidden = () => dense(10, { activation: 'tanh', init: 'nguyenWidrow' });
    const layers = [hidden(), hidden(), dense(1, { activation: 'tanh' })];
    const names = quick ? ['LM', 'RP', 'SCG', 'CGP', 'GDX'] : Object.keys(TRAINERS);
    const found = await compare({ X, Y, layers, goals: [1e-3], seeds: quick ? 9 : 30, names });
    const evaluations = (name) => middle(found[name][0]);
    const work = (name) => evaluations(name) * (WORK[name] ?? GRADIENT);
    const least = Math.min(...names.map(work));
    const simple = ['RP', 'SCG', 'CGP'].map(work);
    return {
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
      series: {
        title: 'Work relative to the least',
        x: 'time in the guide, relative to the least',
        y: 'work',
        log: 'both',
        lines: names.filter((name) => PUBLISHED[name]).map((name) => ({ name, points: [[PUBLISHED[name], work(name) / least]] })),
      },
      confirmed:
        simple.every((w) => w < work('LM')) && names.every((name) => name === 'GDX' || evaluations(name) < evaluations('GDX')),
      verdict: `Levenberg-Marquardt needs few evaluations (${evaluations('LM')}; Rprop ${evaluations('RP')}, scaled conjugate gradients ${evaluations('SCG')}), but each costs ${Math.round(WORK.LM / GRADIENT)} times a gradient: ${round(work('LM') / least)} times the least work, where Rprop is at ${round(work('RP') / least)}, scaled conjugate gradients at ${round(work('SCG') / least)}, Polak-Ribière's at ${round(work('CGP') / least)}, and GDX at ${round(work('GDX') / least)}.`,
    };
  },
};
