// docs/experiments/README.md: what the experiments say about each of the eight tricks. Advice is written here; what it rests on
// is counted from the results, and a test fails where they speak against it.

import { intervalText, tableText, verdictText } from './report.mjs';
import { median } from './sample.mjs';

/**
 * For each trick what to do and when not to. `rests` selects the effects that the advice rests on, by what was changed and on
 * which task; `help` is whether these are to be below 1, or above it; undefined where neither is to be shown.
 */
const TRICKS = [
  {
    trick: '4.1',
    title: 'Stochastic, mini-batch or batch',
    advice: [
      {
        text: 'Learn in small batches; on redundant data never in full ones.',
        rests: /^single samples in the place of full/,
        help: true,
      },
      { text: 'Let the rate fall in the end: `schedules.inverse`, `schedules.cosine`.', rests: /^a rate that falls/, help: true },
      {
        text: "Batches that grow late end lower than any fixed size: `growing({ start: 2, by: 'variance', theta: 2 })`.",
        rests: /^growing batches, by variance from 2, θ = 2/,
        help: true,
      },
      {
        text: 'Do not grow batches by the defaults of `growing()` where the last digits count: they grow too fast.',
        rests: /^growing batches, growing\(/,
        help: false,
      },
      {
        text: 'Do not count on noise to find better minima.',
        rests: /^noise of single samples/,
        help: undefined,
        against: true,
      },
    ],
  },
  {
    trick: '4.2',
    title: 'The order of examples',
    advice: [
      { text: 'Shuffle. Classes interleaved win little more.', rests: /^interleaved classes/, help: true },
      {
        text: 'Emphasise large errors for the sake of a rare class, at a small rate, where labels are right.',
        rests: /^emphasis/,
        on: /^rare class, rate 0\.01/,
        help: true,
      },
      { text: 'Do not emphasise where labels may be wrong.', rests: /^emphasis/, on: /wrong/, help: false },
    ],
  },
  {
    trick: '4.3',
    title: 'Inputs',
    advice: [
      {
        text: 'Centre inputs and bring them to variance 1, for tanh and ReLU alike: `normalize.scale()`; estimators do so by themselves.',
        rests: /^inputs (centred|scaled)$/,
        help: true,
      },
      {
        text: 'Standardise rather than scale by minimum and maximum, most of all inputs with long tails.',
        rests: /^standardised in the place of 0 to 1/,
        help: true,
      },
      { text: 'Decorrelate inputs that are mixtures: `normalize.decorrelate()`.', rests: /^decorrelated inputs$/, help: true },
      {
        text: 'Between layers centre what units with a mean hand on, as ReLU and the logistic function do: `batchNorm()`.',
        rests: /between layers$/,
        on: /^(off centre|rectifier|smooth rectifier)/,
        help: true,
      },
      {
        text: 'Leave layers of symmetric sigmoids as they are: they centre by themselves.',
        rests: /between layers$/,
        on: /^symmetric/,
        help: undefined,
      },
    ],
  },
  {
    trick: '4.4',
    title: 'The sigmoid',
    advice: [
      {
        text: 'Take symmetric sigmoids, not the logistic function, in hidden layers.',
        rests: /^tanh in the place of the logistic/,
        help: true,
      },
      { text: 'Take ReLU for targets with kinks, and products.', rests: /^ReLU/, on: /^(rectified units|products)/, help: true },
      {
        text: 'Do not take ReLU for targets that sums of sigmoids, or distances, make.',
        rests: /^ReLU/,
        on: /^(sigmoid units|nearest centre)/,
        help: false,
      },
      { text: 'Do not expect `lecunTanh` to beat `tanh`, each at its best rate.', rests: /^lecunTanh/, help: false },
    ],
  },
  {
    trick: '4.5',
    title: 'Targets',
    advice: [
      {
        text: 'Classify by cross-entropy, with targets 0 and 1: it needs no other targets.',
        rests: /^cross-entropy/,
        help: undefined,
      },
      {
        text: 'Under a squared error put targets where the second derivative is largest, not at the asymptotes: `targets.values()`.',
        rests: /^targets .* in the place of (-1\.7159|0) and/,
        help: true,
      },
    ],
  },
  {
    trick: '4.6',
    title: 'Initial weights',
    advice: [
      { text: 'Draw weights by fan-in, as layers do by default.', rests: /^weights by fan-in/, help: true },
      { text: 'Expect the linear part of a function first, from such weights.', rests: /^the linear part/, help: true },
    ],
  },
  {
    trick: '4.7',
    title: 'Rates',
    advice: [
      {
        text: 'Give lower layers larger rates in deep networks of sigmoids: `perWeight: { exponent: 0, lower: 1.41 }`.',
        rests: /^rates √2/,
        help: true,
      },
      { text: 'Use momentum, most of all in large batches.', rests: /^momentum, full/, help: true },
      {
        text: 'Inputs of different scales that cannot be standardised: `stochasticDiagonalLM()`, tuned.',
        rests: /^diagonal LM, tuned/,
        on: /badly scaled/,
        help: true,
      },
      {
        text: 'In full batches `rprop()` and its relatives end lower than gradient descent at its best rate.',
        rests: /in full batches$/,
        on: /^6-6-1/,
        help: true,
      },
      { text: 'Targets that move: `murata()`.', rests: /^a rate that follows/, help: true },
      {
        text: 'Do not count on diagonal LM at its default rate against a tuned SGD.',
        rests: /^diagonal LM at its default/,
        help: false,
      },
      { text: 'Do not use rules that go by changes of sign on-line.', rests: /on-line$/, help: false },
    ],
  },
  {
    trick: '4.8',
    title: 'Radial basis functions',
    advice: [
      {
        text: 'Take `rbf()` layers in few dimensions, and for targets that are local.',
        rests: /^RBF/,
        on: /(2 inputs|^bumps)/,
        help: true,
      },
      {
        text: 'Do not take them for targets that depend on directions in many dimensions.',
        rests: /^RBF/,
        on: /^ridges, 10/,
        help: false,
      },
    ],
  },
  {
    trick: 'methods',
    title: 'Methods of second order',
    advice: [
      {
        text: 'Fit functions to a fine error by `levenbergMarquardt()` or BFGS; `method: "auto"` does.',
        rests: /^(Levenberg|best method)/,
        on: /(to 10⁻⁵|regression, fine)/,
        help: true,
      },
      {
        text: 'Do not take Levenberg-Marquardt where there are many parameters for each row, as in parity.',
        rests: /^Levenberg/,
        on: /^parity/,
        help: false,
      },
    ],
  },
];

const helps = ({ found }) => found.high < 1;
const harms = ({ found }) => found.low > 1;
const saysOf = (effect) => (helps(effect) ? 'less' : harms(effect) ? 'more' : 'no difference shown');

/** All effects of the results, with the experiment that each is from. */
const effectsOf = (results) =>
  Object.entries(results).flatMap(([name, { effects }]) => effects.map((effect) => ({ ...effect, from: name })));

/** Pieces of advice with the effects that they rest on. */
export function adviceOf(results) {
  const effects = effectsOf(results);
  return TRICKS.flatMap(({ trick, advice }) =>
    advice.map(({ text, rests, on = /./, help, against = help === false }) => ({
      trick,
      text,
      help,
      against,
      effects: effects.filter((effect) => effect.trick === trick && rests.test(effect.what) && on.test(effect.task)),
    })),
  );
}

/** Whether most effects are on the side of the advice, and their medians not against it. */
export function supported({ help, effects }) {
  if (help === undefined) {
    const few = (side) => effects.filter(side).length <= effects.length / 4;
    return effects.length > 0 && few(helps) && few(harms);
  }
  const on = effects.filter(help ? helps : harms).length;
  const against = effects.filter(help ? harms : helps).length;
  return effects.length > 0 && on > against;
}

function adviceText({ text, help, effects }) {
  const medians = effects.map(({ found }) => Number(found.estimate));
  const of = [...new Set(effects.map((effect) => effect.of))].join(', ');
  const [less, more] = [helps, harms].map((side) => effects.filter(side).length);
  const clear =
    help === undefined ? `${less} clearly less, ${more} clearly more` : `${help ? less : more} of ${effects.length} clear of 1`;
  const range =
    effects.length === 1
      ? `${intervalText(effects[0].found)} times the ${of}`
      : `${intervalText({ estimate: median(medians), low: Math.min(...medians), high: Math.max(...medians) })} times the ${of}, middle and ends of ${effects.length} cases, ${clear}`;
  return `- ${text} *${range}.*`;
}

function sectionOf({ trick, title }, results) {
  const advice = adviceOf(results).filter((each) => each.trick === trick && each.effects.length > 0);
  const of = (against) => advice.filter((each) => each.against === against).map(adviceText);
  const rows = effectsOf(results)
    .filter((effect) => effect.trick === trick)
    .map((effect) => [
      effect.what,
      effect.task,
      effect.of,
      intervalText(effect.found),
      saysOf(effect),
      `[${effect.from}](${effect.from}.md)`,
    ]);
  const not = of(true);
  return [
    `## ${trick === 'methods' ? '' : `${trick} `}${title}`,
    `**Today:**\n\n${of(false).join('\n')}`,
    ...(not.length > 0 ? [`**When not to:**\n\n${not.join('\n')}`] : []),
    tableText({ columns: ['with', 'on', 'measured', 'with/without: median and interval', 'with it', 'experiment'], rows }),
  ].join('\n\n');
}

/** The guide. */
export function guideOf(all, results) {
  const unfounded = adviceOf(results).filter((advice) => !supported(advice));
  if (unfounded.length > 0) console.warn(`Not supported by the results: ${unfounded.map(({ text }) => text).join(' ')}`);
  const list = all
    .filter(({ name }) => results[name])
    .map(({ name, title, section, claim }) => [section, `[${title}](${name}.md)`, claim, verdictText(results[name])])
    .sort((a, b) => `${a[0]} ${a[1]}`.localeCompare(`${b[0]} ${b[1]}`, 'en', { numeric: true }));
  const count = (verdict) => Object.values(results).filter((result) => result.verdict === verdict).length;
  return `# What the chapter's tricks bring today

*Efficient BackProp* has eight tricks, and claims for each. ${list.length} experiments try them; this page is written from their numbers. ${count('confirmed')} claims are confirmed, ${count('refuted')} refuted, and ${count('depends')} depend:
they hold in part, and the list below says where.

Each number is a ratio: what is measured with the trick over what it is without it, run by run from the same start, so that less than 1 is a gain. It is the median over seeds, with an interval that holds the true median with at least
95 % (of fewer than six seeds the range). Both sides are tuned alike: at the best rate of the same grid, seed by seed. A part of a claim holds where its whole interval is on the right side of a limit that stands in the program. Of several cases the advice has the middle and the ends of their medians, and in how many the whole interval is on one side of 1.

The tasks are small, made by random networks, and learned in seconds. They show what a trick does and when, not how much it brings on your data.

${TRICKS.map((trick) => sectionOf(trick, results)).join('\n\n')}

## All experiments

\`npm run experiments\` runs them again, with fixed seeds and strict arithmetic, so that the same numbers come out everywhere; \`npm run experiments -- --pages\` writes the pages from the numbers kept in \`experiments/results/\`.
\`npm test\` compares the pages with these, and the short experiments with their programs, \`npm run test:thorough\` all of them.

${tableText({ columns: ['section', 'experiment', 'claim', 'verdict'], rows: list })}
`;
}
