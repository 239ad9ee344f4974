// Training on a file whose rows are all kept.

import { numbered } from '../../data/apart.js';
import type { Label } from '../../data/classes.js';
import { SomeRows, type Table } from '../../data/table.js';
import { Classifier } from '../../estimators/classifier.js';
import { Regressor } from '../../estimators/regressor.js';
import { UsageError } from '../failure.js';
import { located, relocated } from '../located.js';
import { Layout } from '../../table/layout.js';
import { readSheet } from '../../table/read.js';
import { readingOf } from '../reading.js';
import { wantedBy } from '../../table/said.js';
import {
  TargetProfile,
  allThere,
  apartNote,
  groupLabels,
  holdOut,
  labelsOf,
  numbersOf,
  requireColumn,
  requireDropped,
  skippedNote,
  withTarget,
} from '../target.js';
import { dataFrom } from '../data.js';
import { HeldOut } from '../report/held-out.js';
import { TableProfile } from '../report/profile.js';
import type { Run, TrainOptions } from './options.js';
import { type TrainedModel, type TrainingResult, announce } from './result.js';

/** Learns from rows that are all in memory. */
export async function trainInMemory(
  file: string,
  options: TrainOptions,
  run: Run,
  say: (text: string) => void,
): Promise<TrainingResult> {
  const reading = readingOf(options);
  const read = await readSheet(dataFrom(file), reading);
  const { target } = options;
  const sheet = options.missingTarget === 'skip' ? withTarget(read, target) : read;
  if (sheet.rows < read.rows) sheet.notes.push(skippedNote(read.rows - sheet.rows));
  if (sheet.rows === 0) throw sheet.error('the target is missing in every row', undefined, target);
  requireColumn(sheet, target, 'the target');
  const dropped = requireDropped(sheet, options);
  const wanted = wantedBy(reading);
  const layout = new Layout();
  layout.add(sheet);
  layout.finish({ ...wanted, [target]: options.task === 'regression' ? 'number' : (wanted[target] ?? 'target') });
  const cells = allThere(sheet, target, layout.typed(sheet, target));
  const { groups } = options;
  // The column of groups goes along, though it is no input: the fit holds out whole groups too.
  const names = layout.names.filter((name) => name === groups || (layout.inputs.includes(name) && !dropped.has(name)));
  const inputs = new Map(names.map((name) => [name, layout.typed(sheet, name)]));
  if (names.every((name) => name === groups)) throw sheet.error('there is no column beside the target to learn from');
  const whole = sheet.typed(inputs);
  // Every cell is looked at before the work, so that a bad one in the held-out part is not found after it.
  located(sheet, () => {
    for (let i = 0; i < whole.width; i++) whole.column(i);
  });

  const { task, why } = options.task
    ? { task: options.task, why: 'as asked for' }
    : new TargetProfile(target).add(sheet, cells).task();
  const labels = task === 'classification' ? labelsOf(cells) : undefined;
  const apart = apartNote(options);
  if (apart && options.testShare > 0) layout.notes.push(apart);
  const { train: rows, test } = await holdOut(sheet.rows, options.testShare, run.seed, {
    labels,
    order: options.order,
    groups: groups === undefined ? undefined : numbered(groupLabels(sheet, groups, inputs.get(groups)!)),
  });
  if (rows.length === 0) throw new UsageError(`--test-share ${options.testShare} leaves no row of ${sheet.rows} to train on`);
  const { file: name, notes } = layout;
  const { seed } = run;
  const data = {
    file: name,
    target,
    task,
    why,
    notes,
    spellings: layout.spellings,
    rows: { all: sheet.rows, train: rows.length, test: test.length },
    seed,
  };
  announce(say, data, sheet.names.length, options.task !== undefined);
  const findingsOf = (model: Classifier | Regressor, held: Table, truths: readonly Label[]) => {
    if (!options.report) return undefined;
    const profile = new TableProfile();
    profile.add(whole);
    profile.addTarget(target, labels ?? numbersOf(sheet, target, cells));
    const rows = new HeldOut(model);
    if (truths.length > 0) rows.add(held, truths);
    return { held: rows, profile };
  };
  const learn = async (): Promise<TrainedModel> => {
    const known = new SomeRows(whole, rows); // columns are what all of their cells say
    const held = new SomeRows(whole, test);
    const measured = <T>(run: () => T) => (test.length ? located(sheet, run, { picked: test, target }) : undefined);
    const pick = <T>(values: readonly T[], which: Uint32Array) => Array.from(which, (r) => values[r]!);
    if (labels) {
      const weights = options.classWeights && { classWeights: options.classWeights };
      const model = await Classifier.fit(known, pick(labels, rows), { ...run, ...weights });
      const truths = pick(labels, test);
      const evaluation = measured(() => model.evaluate(held, truths));
      return { task: 'classification', model, evaluation, findings: findingsOf(model, held, truths) };
    }
    if (options.classWeights) throw new UsageError('--class-weights goes with classification only');
    const numbers = numbersOf(sheet, target, cells);
    const model = await Regressor.fit(known, pick(numbers, rows), run);
    const truths = pick(numbers, test);
    const evaluation = measured(() => model.evaluate(held, truths));
    return { task: 'regression', model, evaluation, findings: findingsOf(model, held, truths) };
  };
  const trained = await learn().catch((error: unknown) => {
    throw relocated(sheet, error, { picked: rows, target });
  });
  return { trained, data };
}
