// Which number of an evaluation decides, and which way.

import { OptionError, shown } from '../runtime/errors.js';
import { flag, value } from '../runtime/options.js';

/** Numbers of evaluations of which less is better. */
const LOWER: ReadonlySet<string> = new Set(['loss', 'logLoss', 'mse', 'mae']);

/** What decides where nobody says: the first of these that there is. */
const DECISIVE = ['accuracy', 'r2', 'loss'];

export const DECIDING = {
  metric: value<string | undefined>('the name of a number that evaluations have', (v) => typeof v === 'string', undefined),
  minimize: flag<boolean | undefined>(undefined),
};

/** Options that say what decides. */
export interface DecidingOptions {
  /** Which number of the evaluations decides. Default 'accuracy' of classifiers, 'r2' of regressors, else 'loss'. */
  metric?: string;
  /** Whether less of it is better. Default: of losses and errors ('loss', 'logLoss', 'mse', 'mae'), yes; of all else, no. */
  minimize?: boolean;
}

/** The number that decides, and the same as one of which more is better. */
export interface Decision {
  readonly score: number;
  readonly worth: number;
}

/** @throws OptionError for a metric that evaluations have not */
export function decision(
  call: string,
  evaluation: Readonly<Record<string, unknown>>,
  { metric, minimize }: { readonly metric: string | undefined; readonly minimize: boolean | undefined },
): Decision {
  const name = metric ?? DECISIVE.find((each) => typeof evaluation[each] === 'number') ?? 'loss';
  const score = evaluation[name];
  if (typeof score === 'number') return { score, worth: (minimize ?? LOWER.has(name)) ? -score : score };
  const names = Object.keys(evaluation).filter((each) => typeof evaluation[each] === 'number');
  throw new OptionError(`${call}.metric`, name, `one of ${names.map(shown).join(', ')}`);
}
