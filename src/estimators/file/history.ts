// The settings and the record of a fit in a model file.

import { ModelFileError, shown } from '../../runtime/errors.js';
import { ACTIVATION_NAMES } from '../../layers/activations.js';
import { STOP_REASONS, type History } from '../../training/history.js';
import { number, oneOf, value } from '../../runtime/options.js';
import { SEED } from '../../runtime/random.js';
import type { Recipe } from '../recipe.js';
import type { EstimatorHistory } from '../options.js';
import type { Candidate, Choice } from '../choice.js';
import { COUNT, FINITE, LIST, OPTIONAL_LIST, OPTIONAL_OBJECT, fields, list, record } from '../../format/fields.js';

const RECIPE = {
  hidden: LIST,
  activation: oneOf(ACTIVATION_NAMES, undefined),
  weightDecay: number({ min: 0, below: Infinity }, undefined),
  rate: number({ above: 0, below: Infinity }, undefined),
  momentum: number({ min: 0, below: 1 }, undefined),
  epochs: number({ min: 1, integer: true }, undefined),
  batchSize: number({ min: 1, integer: true }, undefined),
};

/** What files of the first version did not have, and their readers do not look at: beside what these know. */
const DETAILS = { method: oneOf(['adam', 'sgd'], 'sgd'), candidates: OPTIONAL_LIST };

/** Settings and record of a fit of so many networks. @throws ModelFileError */
export function recipeFrom(
  config: Readonly<Record<string, unknown>>,
  members: number,
): { recipe: Recipe; history: EstimatorHistory | undefined } {
  const { hidden, ...settings } = fields('recipe', RECIPE, config['recipe']);
  const { method, candidates } = fields('details', DETAILS, config['details'] ?? {});
  const adaptive = method === 'adam' && { method };
  const history = historyFrom(config['history']);
  const recipe = { hidden: numbersFrom(hidden, 'recipe.hidden'), ...settings, ...adaptive };
  if (!history) return { recipe, history };
  const { chosen } = history;
  const known = chosen.candidates.map((candidate, i) => ({ ...candidate, ...detailsOf(candidates[i], i) }));
  const trained = chosen.rate !== undefined && adaptive;
  const several = members > 1 && { members };
  return { recipe, history: { ...history, chosen: { ...chosen, ...trained, ...several, candidates: known } } };
}

const CANDIDATE_DETAILS = { activation: oneOf([...ACTIVATION_NAMES, ''], ''), folds: number({ min: 0, integer: true }, 0) };

function detailsOf(config: unknown, i: number): Pick<Candidate, 'activation' | 'folds'> {
  const { activation, folds } = fields(`details.candidates[${i}]`, CANDIDATE_DETAILS, config ?? {});
  return { ...(activation && { activation }), ...(folds > 0 && { folds }) };
}

const CHOICE = {
  ...RECIPE,
  by: oneOf(['given', 'rule', 'holdout', 'cross-validation'], undefined),
  folds: COUNT,
  candidates: LIST,
};

/** Of what was solved, and not trained. */
const SOLVED = { hidden: LIST, weightDecay: RECIPE.weightDecay, by: CHOICE.by, folds: CHOICE.folds, candidates: LIST };

const CANDIDATE = { hidden: LIST, weightDecay: RECIPE.weightDecay, error: FINITE };

const HISTORY = {
  loss: LIST,
  validationLoss: LIST,
  metrics: OPTIONAL_OBJECT,
  epochs: COUNT,
  bestEpoch: COUNT,
  reason: oneOf(STOP_REASONS, undefined),
  advice: value<string | null>('a string', (v) => v === null || typeof v === 'string', null),
  regularisation: OPTIONAL_OBJECT,
  evaluations: number({ min: 0, below: Infinity }, undefined),
  time: number({ min: 0, below: Infinity }, undefined),
  seed: number(SEED, undefined),
  chosen: OPTIONAL_OBJECT,
};

const AMOUNT = number({ min: 0, below: Infinity }, undefined);

const REGULARISATION = { effectiveParameters: AMOUNT, weightDecay: AMOUNT };

/** The record of a fit; undefined where the file has none. @throws ModelFileError */
function historyFrom(config: unknown): (History & { chosen: Choice }) | undefined {
  if (config === null || config === undefined) return undefined;
  const { loss, validationLoss, metrics: _, chosen, advice, regularisation, ...rest } = fields('history', HISTORY, config);
  const solved = rest.reason === 'solved' && !('rate' in record(chosen, 'history.chosen'));
  const { hidden, candidates, ...choice } = solved
    ? fields('history.chosen', SOLVED, chosen)
    : fields('history.chosen', CHOICE, chosen);
  const tried = candidates.map((candidate, i): Candidate => {
    const what = `history.chosen.candidates[${i}]`;
    const { hidden: units, weightDecay, error } = fields(what, CANDIDATE, candidate);
    return { hidden: numbersFrom(units, `${what}.hidden`), weightDecay, error };
  });
  return {
    loss: numbersFrom(loss, 'history.loss'),
    validationLoss: numbersFrom(validationLoss, 'history.validationLoss'),
    metrics: {},
    ...rest,
    ...(advice !== null && { advice }),
    ...(regularisation !== null && { regularisation: fields('history.regularisation', REGULARISATION, regularisation) }),
    chosen: { hidden: numbersFrom(hidden, 'history.chosen.hidden'), ...choice, candidates: tried },
  };
}

/** Numbers; JSON writes those that are not finite as null, and they come back as NaN. */
function numbersFrom(values: readonly unknown[], what: string): number[] {
  return list(values, what).map((v) => {
    if (v !== null && typeof v !== 'number') throw new ModelFileError(`damaged: ${what} holds ${shown(v)}; expected numbers`);
    return v ?? Number.NaN;
  });
}
