// Rows of a problem that are held out by time or by groups: in turn, to choose by, or for `validation`.

import { type Turn, countGroups, lastRows, someGroups, turnsByGroup, turnsByTime } from '../data/apart.js';
import type { Dataset } from '../data/dataset.js';
import { permutation } from '../data/split.js';
import { OptionError, thereAre } from '../runtime/errors.js';
import { Purpose } from '../runtime/random.js';
import type { Material } from './made.js';
import type { Problem } from './problem.js';

/**
 * Parts in turn; as many as are asked for, or as there are groups. Of those by time the latest comes first, since only some may
 * be looked at, and it is learned for from most.
 * @param order a permutation of the rows
 */
export function turnsOf({ rows, groups }: Problem, count: number, order: Uint32Array): Turn[] {
  if (groups) return turnsByGroup(groups, Math.min(count, countGroups(groups)), order);
  return turnsByTime(rows, count).reverse();
}

/** What is learned from, and what is held out for `validation`. */
export interface HeldOut {
  readonly learned: Dataset;
  readonly held: Dataset;
  dispose(): void;
}

/** What `validation` holds out, where it is given. @throws OptionError for a share that leaves nothing on one side */
export function heldOut({ engine, problem, options: { validation } }: Pick<Material, 'engine' | 'problem' | 'options'>) {
  if (validation === undefined) return undefined;
  const { rows, groups, seed } = problem;
  const order = permutation(engine, rows, seed, Purpose.split);
  const turn = groups ? someGroups(groups, validation, order) : lastRows(rows, validation);
  if (turn.held.length === 0 || turn.learned.length === 0)
    throw new OptionError('fit.validation', validation, `a share that leaves rows for both parts; ${thereAre(rows, 'row')}`);
  const [learned, held] = [problem.some(turn.learned), problem.some(turn.held)];
  const dispose = () => {
    learned.dispose();
    held.dispose();
  };
  return { learned: learned.data, held: held.data, dispose } satisfies HeldOut;
}
