// Training on a file whose rows are all kept.

import { numbered } from '../../data/apart.js';
import type { Label } from '../../data/classes.js';
import { SomeRows, type Table } from '../../data/table.js';
import { Classifier } from '../../estimators/classifier.js';
import { Regressor } from '../../estimators/regressor.js';
import { located, relocated } from '../located.js';
import { Layout } from '../../table/layout.js';
import { readSheet } from '../../table/read.js';
import { readingOf } from '../reading.js';
import { TargetProfile, allThere, groupLabels, holdOut, labelsOf, numbersOf } from '../target.js';
import { dataFrom } from '../data.js';
import { HeldOut } from '../report/held-out.js';
import { TableProfile } from '../report/profile.js';
import type { Run, TrainOptions } from './options.js';
import { type TrainedModel, type TrainingResult, announce } from './result.js';
import { columnsOf, learnable, requireSome, taskOf } from './survey.js';

/** Learns from rows that are all in memory. */
export async function trainInMemory(
  file: string,
  options: TrainOptions,
  run: Run,
  say: (text: string) => void,
): Promise<TrainingResult> {
  const { target, groups } = options;
  const read = await readSheet(dataFrom(file), readingOf(options));
  const sheet = learnable(read, options);
  const layout = new Layout();
  layout.add(sheet);
  const names = columnsOf(layout, sheet, read.rows - sheet.rows, options);
  const cells = allThere(sheet, target, layout.typed(sheet, target));
  const inputs = new Map(names.map((name) => [name, layout.typed(sheet, name)]));
  const whole = sheet.typed(inputs, undefined, layout.said);
  // Every cell is looked at before the work, so that a bad one in the held-out part is not found after it.
  located(sheet, () => {
    for (let i = 0; i < whole.width; i++) whole.column(i);
  });

  const { task, why } = taskOf(new TargetProfile(target).add(sheet, cells), layout, options);
  const labels = task === 'classification' ? labelsOf(cells) : undefined;
  const { train: rows, test } = await holdOut(sheet.rows, options.testShare, run.seed, {
    labels,
    order: options.order,
    groups: groups === undefined ? undefined : numbered(groupLabels(sheet, groups, inputs.get(groups)!)),
  });
  requireSome(rows.length, layout, options);
  const { file: name, notes } = layout;
  const { seed } = run;
  const data = {
    file: name,
    target,
    task,
    why,
    notes,
    columns: layout.columns,
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
