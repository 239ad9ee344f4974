// An estimator's configuration in a model file: columns, settings, and the record of its fit.

import type { ColumnSpec } from '../data/columns.js';
import type { Limits, Sentinel } from '../data/extremes.js';
import type { Scaling } from '../data/spread.js';
import type { Squash } from '../data/squash.js';
import type { EncoderSpec } from '../data/encoder.js';
import { ModelFileError, shown } from '../runtime/errors.js';
import { ACTIVATION_NAMES } from '../layers/activations.js';
import { STOP_REASONS, type History } from '../training/history.js';
import { flag, number, oneOf, value } from '../runtime/options.js';
import { SEED } from '../runtime/random.js';
import type { Recipe } from '../estimators/recipe.js';
import type { EstimatorHistory } from '../estimators/options.js';
import type { Candidate, Choice } from '../estimators/selection.js';
import { fields, list, record } from './document.js';

const COUNT = { min: 0, integer: true } as const;
const FINITE = { above: -Infinity, below: Infinity } as const;

const text = value<string | undefined>('a string', (v) => typeof v === 'string', undefined);
const bool = value<boolean | undefined>('true or false', flag(true).accepts, undefined);
const array = value<readonly unknown[] | undefined>('an array', Array.isArray, undefined);
const object = value<object | null>('an object', (v) => typeof v === 'object', null);

const SCALING = { mean: number(FINITE, undefined), scale: number({ above: 0, below: Infinity }, undefined) };

export function scaling(config: unknown, what: string): Scaling {
  return fields(what, SCALING, config);
}

const ENCODER = { named: bool, fills: bool, columns: array };

const COLUMNS = {
  number: {
    name: text,
    kind: text,
    gaps: number(COUNT, undefined),
    indicator: object,
    limits: object,
    sentinels: value<readonly unknown[]>('an array', Array.isArray, []),
    squash: object,
    ...SCALING,
  },
  category: {
    name: text,
    kind: text,
    gaps: number(COUNT, undefined),
    indicator: object,
    categories: array,
    fill: number(COUNT, undefined),
    scalings: array,
  },
  dropped: { name: text, kind: text, reason: text },
};

/** @throws ModelFileError */
export function encoderSpec(config: unknown): EncoderSpec {
  const { named, fills, columns } = fields('encoder', ENCODER, config);
  const specs = columns.map((column, i) => columnSpec(column, `columns[${i}]`));
  if (!named && specs.some(({ kind }) => kind === 'category')) {
    throw new ModelFileError('damaged: columns without names are numbers, and one of them has categories');
  }
  return { named, fills, columns: specs };
}

function columnSpec(config: unknown, what: string): ColumnSpec {
  const kind = (config as { kind?: unknown } | null)?.kind;
  switch (kind) {
    case 'number':
    case 'date': {
      const { name, gaps, mean, scale, indicator, limits, sentinels, squash } = fields(what, COLUMNS.number, config);
      const each = sentinels.map((s, j) => sentinel(s, `${what}.sentinels[${j}]`));
      return {
        name,
        kind,
        gaps,
        mean,
        scale,
        ...indicated(indicator, what),
        ...(limits && { limits: limitsFrom(limits, `${what}.limits`) }),
        ...(each.length > 0 && { sentinels: each }),
        ...(squash && { squash: squashFrom(squash, `${what}.squash`) }),
      };
    }
    case 'category': {
      const { name, gaps, categories, fill, scalings, indicator } = fields(what, COLUMNS.category, config);
      const names = strings(categories, `${what}.categories`);
      if (
        new Set(names).size !== names.length ||
        scalings.length !== names.length ||
        (fill >= names.length && names.length > 0)
      ) {
        throw new ModelFileError(`damaged: ${what} does not have a scaling for each of its categories`);
      }
      const each = scalings.map((s, i) => scaling(s, `${what}.scalings[${i}]`));
      return { name, kind, gaps, categories: names, fill, scalings: each, ...indicated(indicator, what) };
    }
    case 'dropped': {
      const { name, reason } = fields(what, COLUMNS.dropped, config);
      return { name, kind, reason };
    }
    default:
      throw new ModelFileError(`damaged: ${what} is of kind ${shown(kind)}; expected number, date, category or dropped`);
  }
}

const LIMITS = {
  low: number(FINITE, Number.NaN),
  high: number(FINITE, Number.NaN),
  beyond: number(COUNT, undefined),
};

function limitsFrom(config: unknown, what: string): Limits {
  const { low, high, beyond } = fields(what, LIMITS, config);
  if (low > high) throw new ModelFileError(`damaged: ${what} are ${low} and ${high}, the wrong way round`);
  return { ...(!Number.isNaN(low) && { low }), ...(!Number.isNaN(high) && { high }), beyond };
}

const SENTINEL = { value: number(FINITE, undefined), count: number(COUNT, undefined) };

function sentinel(config: unknown, what: string): Sentinel {
  return fields(what, SENTINEL, config);
}

const SQUASH = { centre: number(FINITE, undefined), scale: SCALING.scale };

function squashFrom(config: unknown, what: string): Squash {
  return fields(what, SQUASH, config);
}

function indicated(indicator: object | null, what: string): { indicator?: Scaling } {
  return indicator ? { indicator: scaling(indicator, `${what}.indicator`) } : {};
}

function strings(values: readonly unknown[], what: string): string[] {
  return values.map((v) => {
    if (typeof v !== 'string') throw new ModelFileError(`damaged: ${what} holds ${shown(v)}; expected strings`);
    return v;
  });
}

const RECIPE = {
  hidden: array,
  activation: oneOf(ACTIVATION_NAMES, undefined),
  weightDecay: number({ min: 0, below: Infinity }, undefined),
  rate: number({ above: 0, below: Infinity }, undefined),
  momentum: number({ min: 0, below: 1 }, undefined),
  epochs: number({ min: 1, integer: true }, undefined),
  batchSize: number({ min: 1, integer: true }, undefined),
};

/** What files of the first version did not have, and their readers do not look at: beside what these know. */
const DETAILS = { method: oneOf(['adam', 'sgd'], 'sgd'), candidates: value<readonly unknown[]>('an array', Array.isArray, []) };

/** Settings and record of a fit, as a file has them. */
export function fitDocument(recipe: Recipe, history: EstimatorHistory | undefined): Readonly<Record<string, unknown>> {
  const { method, ...settings } = recipe;
  const candidates = history?.chosen.candidates.map(({ activation, folds }) => ({
    ...(activation && { activation }),
    ...(folds !== undefined && { folds }),
  }));
  return {
    recipe: settings,
    history: history ? plain(history) : null,
    details: { ...(method && { method }), ...(candidates && { candidates }) },
  };
}

/** The record as every reader knows it; the same fit gives the same file. */
function plain({ chosen, ...rest }: EstimatorHistory): object {
  const { method: _, members: __, candidates, ...choice } = chosen;
  const known = candidates.map(({ hidden, weightDecay, error }) => ({ hidden, weightDecay, error }));
  return { ...rest, time: 0, chosen: { ...choice, candidates: known } };
}

/** Settings and record of a fit of so many networks. @throws ModelFileError */
export function fitFrom(
  config: Readonly<Record<string, unknown>>,
  members: number,
): { recipe: Recipe; history: EstimatorHistory | undefined } {
  const { hidden, ...settings } = fields('recipe', RECIPE, config['recipe']);
  const { method, candidates } = fields('details', DETAILS, config['details'] ?? {});
  const adaptive = method === 'adam' && { method };
  const history = historyFrom(config['history']);
  const recipe = { hidden: numbers(hidden, 'recipe.hidden'), ...settings, ...adaptive };
  if (!history) return { recipe, history };
  const { chosen } = history;
  const known = chosen.candidates.map((candidate, i) => ({ ...candidate, ...detailsOf(candidates[i], i) }));
  const trained = chosen.rate !== undefined && adaptive;
  const several = members > 1 && { members };
  return { recipe, history: { ...history, chosen: { ...chosen, ...trained, ...several, candidates: known } } };
}

const CANDIDATE_DETAILS = { activation: oneOf([...ACTIVATION_NAMES, ''], ''), folds: number(COUNT, 0) };

function detailsOf(config: unknown, i: number): Pick<Candidate, 'activation' | 'folds'> {
  const { activation, folds } = fields(`details.candidates[${i}]`, CANDIDATE_DETAILS, config ?? {});
  return { ...(activation && { activation }), ...(folds > 0 && { folds }) };
}

const CHOICE = {
  ...RECIPE,
  by: oneOf(['given', 'rule', 'holdout', 'cross-validation'], undefined),
  folds: number(COUNT, undefined),
  candidates: array,
};

/** Of what was solved, and not trained. */
const SOLVED = { hidden: array, weightDecay: RECIPE.weightDecay, by: CHOICE.by, folds: CHOICE.folds, candidates: array };

const CANDIDATE = { hidden: array, weightDecay: RECIPE.weightDecay, error: number(FINITE, undefined) };

const HISTORY = {
  loss: array,
  validationLoss: array,
  metrics: object,
  epochs: number(COUNT, undefined),
  bestEpoch: number(COUNT, undefined),
  reason: oneOf(STOP_REASONS, undefined),
  advice: value<string | null>('a string', (v) => v === null || typeof v === 'string', null),
  regularisation: object,
  evaluations: number({ min: 0, below: Infinity }, undefined),
  time: number({ min: 0, below: Infinity }, undefined),
  seed: number(SEED, undefined),
  chosen: object,
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
    return { hidden: numbers(units, `${what}.hidden`), weightDecay, error };
  });
  return {
    loss: numbers(loss, 'history.loss'),
    validationLoss: numbers(validationLoss, 'history.validationLoss'),
    metrics: {},
    ...rest,
    ...(advice !== null && { advice }),
    ...(regularisation !== null && { regularisation: fields('history.regularisation', REGULARISATION, regularisation) }),
    chosen: { hidden: numbers(hidden, 'history.chosen.hidden'), ...choice, candidates: tried },
  };
}

/** Numbers; JSON writes those that are not finite as null, and they come back as NaN. */
function numbers(values: readonly unknown[], what: string): number[] {
  return list(values, what).map((v) => {
    if (v !== null && typeof v !== 'number') throw new ModelFileError(`damaged: ${what} holds ${shown(v)}; expected numbers`);
    return v ?? Number.NaN;
  });
}
