// What is found out of a file before anything is learned: which rows, from which columns, and which task.

import { counted } from '../../runtime/errors.js';
import type { Layout } from '../../table/layout.js';
import { wantedBy } from '../../table/said.js';
import type { Sheet } from '../../table/sheet.js';
import { UsageError } from '../failure.js';
import { readingOf } from '../reading.js';
import { type LearningTask, type TargetProfile, isGap, requireColumn } from '../target.js';
import type { TrainOptions } from './options.js';

/** The rows of a sheet to learn from: all, or those that have a target. @throws InputError if there is no such column */
export function learnable(sheet: Sheet, { target, missingTarget }: TrainOptions): Sheet {
  requireColumn(sheet, target, 'the target');
  if (missingTarget !== 'skip') return sheet;
  const cells = sheet.columns.get(target)!;
  const rows = Uint32Array.from(cells.keys()).filter((row) => !isGap(cells[row]));
  return rows.length === sheet.rows ? sheet : sheet.some(rows);
}

/**
 * The columns that are no inputs: the target, and those to be dropped or kept for predictions.
 * @throws InputError if there is no such column; UsageError where the target is among them
 */
function noInputs(sheet: Sheet, { target, drop = [], keep = [], groups }: TrainOptions): Set<string> {
  if (groups !== undefined) requireColumn(sheet, groups, 'the groups');
  for (const name of drop) requireColumn(sheet, name, 'to be dropped');
  for (const name of keep) requireColumn(sheet, name, 'to be kept');
  if (drop.includes(target)) throw new UsageError(`--drop ${target} would drop the target`);
  if (groups === target) throw new UsageError(`--groups ${target} is the target`);
  return new Set([target, ...drop, ...keep]);
}

/**
 * Ends what a layout learns. Returns the columns that the estimator gets: those to learn from, and that of groups, which is no
 * input, but by which the fit holds out whole groups too.
 * @param sheet the last of those that the layout has learned from
 * @param skipped how many rows were left out
 * @throws InputError, UsageError where there is nothing to learn, or nothing to learn from
 */
export function columnsOf(layout: Layout, sheet: Sheet, skipped: number, options: TrainOptions): string[] {
  const { target, groups } = options;
  if (skipped > 0) layout.notes.push(`${counted(skipped, 'row')} without a target left out`);
  if (layout.rows === 0) throw sheet.error('the target is missing in every row', undefined, target);
  const others = noInputs(sheet, options);
  const how = readingOf(options);
  const said = wantedBy(how);
  const ofTarget = Object.hasOwn(said, target) ? said[target] : 'target';
  layout.finish({ ...said, [target]: options.task === 'regression' ? 'number' : ofTarget }, how.decimal);
  const inputs = new Set(layout.inputs.filter((name) => !others.has(name)));
  const names = layout.names.filter((name) => name === groups || inputs.has(name));
  if (names.every((name) => name === groups)) throw sheet.error('there is no column beside the target to learn from');
  return names;
}

/**
 * The task, and why; which rows are held out is noted.
 * @throws InputError for a target that makes no task; UsageError for options of another task
 */
export function taskOf(profile: TargetProfile, layout: Layout, options: TrainOptions): { task: LearningTask; why: string } {
  const asked = options.task ?? taskSaid(options);
  const found = asked ? { task: asked, why: 'as asked for' } : profile.task();
  if (options.classWeights && found.task === 'regression') throw new UsageError('--class-weights goes with classification only');
  if (found.task === 'regression' && profile.note !== undefined)
    layout.notes.push(`${profile.note}; --missing-target skip leaves such rows out`);
  if (found.task === 'classification' && profile.datesNote !== undefined) layout.notes.push(profile.datesNote);
  const apart = apartNote(options);
  if (apart && options.testShare > 0) layout.notes.push(apart);
  return found;
}

/** The task that the target makes where `--column` says what it is. @throws UsageError for what no model predicts */
function taskSaid({ column = {}, target }: TrainOptions): LearningTask | undefined {
  const said = Object.hasOwn(column, target) ? column[target]! : undefined;
  if (said === undefined) return undefined;
  if (said === 'number') return 'regression';
  if (said === 'category') return 'classification';
  throw new UsageError(`--column ${target}:${said}: a target is learned as a number or as a category`);
}

/** What is said of rows that are not held out at random. */
function apartNote({ order, groups }: TrainOptions): string | undefined {
  if (groups !== undefined) return `whole groups are held out, by column ${JSON.stringify(groups)}, which is no input`;
  return order === 'time' ? 'the last rows are held out, as rows are in order of time' : undefined;
}

/** @throws UsageError where all rows are held out */
export function requireSome(left: number, { rows }: Layout, { testShare }: TrainOptions): void {
  if (left === 0) throw new UsageError(`--test-share ${testShare} leaves no row of ${rows} to train on`);
}
