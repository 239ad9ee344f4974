// train: from a file of rows to a model file.

import path from 'node:path';
import { Classifier, type ClassifierEvaluation } from '../estimators/classifier.js';
import type { EstimatorOptions } from '../estimators/options.js';
import { Regressor, type RegressorEvaluation } from '../estimators/regressor.js';
import { freshSeed } from '../random.js';
import { UsageError } from './failure.js';
import { requireApart, requireWritable, writeText } from './output.js';
import { reporter, silent } from './progress.js';
import { located, relocated, tableOf, typedColumn } from './read/cells.js';
import { readSheet } from './read/read.js';
import { STDIN } from './read/source.js';
import { choiceText, classificationText, columnsText, curveText, regressionText } from './show.js';
import { type Task, holdOut, inferTask, labelsOf, numbersOf, requireColumn, targetCells } from './target.js';

export interface TrainOptions {
  readonly target: string;
  readonly task?: Task;
  readonly out?: string;
  readonly report?: string;
  readonly drop?: readonly string[];
  readonly testShare: number;
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly seed?: number;
  readonly timeLimit?: number;
  readonly classWeights?: 'balanced';
  readonly model: EstimatorOptions;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

type Learned =
  | { readonly task: 'classification'; readonly model: Classifier; readonly evaluation: ClassifierEvaluation | undefined }
  | {
      readonly task: 'regression';
      readonly model: Regressor;
      readonly evaluation: RegressorEvaluation | undefined;
      readonly points: [number, number][];
    };

export async function train(file: string, options: TrainOptions, signal: AbortSignal): Promise<void> {
  const out = options.out ?? `${file === STDIN ? 'model' : path.basename(file, path.extname(file))}.safetensors`;
  requireApart({ '--out': out, '--report': options.report }, [file]);
  await requireWritable(out);
  if (options.report) await requireWritable(options.report);
  const tell = (text: string) => process.stdout.write(`${text}\n`);
  const say = options.json || options.quiet ? () => {} : tell;

  const sheet = await readSheet(file, options);
  const { target } = options;
  const cells = targetCells(sheet, target, options.task === 'regression' ? 'number' : undefined);
  for (const name of options.drop ?? []) requireColumn(sheet, name, 'to be dropped');
  if (options.drop?.includes(target)) throw new UsageError(`--drop ${target} would drop the target`);
  const dropped = new Set([target, ...(options.drop ?? [])]);
  const inputs = new Map(sheet.names.filter((name) => !dropped.has(name)).map((name) => [name, typedColumn(sheet, name)]));
  if (inputs.size === 0) throw sheet.error('there is no column beside the target to learn from');
  const whole = tableOf(inputs, sheet.rows);
  // Every cell is looked at before the work, so that a bad one in the held-out part is not found after it.
  located(sheet, () => {
    for (let i = 0; i < whole.width; i++) whole.column(i);
  });

  const { task, why } = options.task ? { task: options.task, why: 'as asked for' } : inferTask(sheet, target, cells);
  say(`${sheet.file}: ${sheet.rows} rows, ${sheet.names.length} columns`);
  for (const note of sheet.notes) say(`note: ${note}`);
  say(`task: ${task} of ${JSON.stringify(target)}, ${why}${options.task ? '' : ' (--task says otherwise)'}`);

  const seed = options.seed ?? freshSeed();
  const labels = task === 'classification' ? labelsOf(cells) : undefined;
  const { train: rows, test } = await holdOut(sheet.rows, options.testShare, seed, labels);
  if (rows.length === 0) throw new UsageError(`--test-share ${options.testShare} leaves no row of ${sheet.rows} to train on`);
  const progress = options.json || options.quiet ? silent : reporter(Boolean(process.stderr.isTTY));
  const run = {
    ...options.model,
    seed,
    signal,
    onProgress: progress.report,
    ...(options.timeLimit !== undefined && { timeLimit: options.timeLimit * 1000 }),
  };
  const learn = async (): Promise<Learned> => {
    const known = tableOf(inputs, sheet.rows, rows);
    const held = tableOf(inputs, sheet.rows, test);
    const pick = <T>(values: readonly T[], which: Uint32Array) => Array.from(which, (r) => values[r]!);
    if (labels) {
      const weights = options.classWeights && { classWeights: options.classWeights };
      const model = await Classifier.fit(known, pick(labels, rows), { ...run, ...weights });
      return {
        task: 'classification',
        model,
        evaluation: test.length
          ? located(sheet, () => model.evaluate(held, pick(labels, test)), { picked: test, target })
          : undefined,
      };
    }
    if (options.classWeights) throw new UsageError('--class-weights goes with classification only');
    const numbers = numbersOf(sheet, target, cells);
    const model = await Regressor.fit(known, pick(numbers, rows), run);
    const truths = pick(numbers, test);
    const points = test.length ? (model.predict(held) as number[]).map((p, i): [number, number] => [truths[i]!, p]) : [];
    return { task: 'regression', model, evaluation: test.length ? model.evaluate(held, truths) : undefined, points };
  };
  const learned = await learn()
    .catch((error: unknown) => {
      throw relocated(sheet, error, { picked: rows, target });
    })
    .finally(() => progress.done());
  const { model, evaluation } = learned;
  await model.save(out, { metadata: { target, task } });

  const { history } = model;
  const score = !evaluation
    ? undefined
    : learned.task === 'classification'
      ? classificationText(learned.evaluation!)
      : regressionText(learned.evaluation!);
  const columns = columnsText(model.columns);
  const chosen = choiceText(history);
  if (options.report) {
    const { reportHtml } = await import('./report.js');
    const sections: [string, string][] = [
      ['Data', `${sheet.file}: ${sheet.rows} rows; ${task} of ${target}, ${why}\n${sheet.notes.join('\n')}`],
      ['Columns', columns],
      ['Model', `${chosen}\nseed ${seed}`],
    ];
    if (score) sections.push([`On ${test.length} rows held out`, score]);
    const pictures =
      learned.task === 'classification'
        ? learned.evaluation
          ? { evaluation: learned.evaluation }
          : {}
        : { points: learned.points };
    await writeText(
      options.report,
      reportHtml({
        title: `${path.basename(out)}: ${task} of ${target}`,
        sections,
        loss: history.loss,
        validationLoss: history.validationLoss,
        ...pictures,
      }),
    );
  }
  if (options.json) {
    const { candidates, ...choice } = history.chosen;
    const result = {
      model: out,
      task,
      target,
      rows: { all: sheet.rows, train: rows.length, test: test.length },
      columns: model.columns,
      notes: sheet.notes,
      chosen: choice,
      candidates,
      evaluation: evaluation ?? null,
      history: {
        loss: history.loss,
        validationLoss: history.validationLoss,
        reason: history.reason,
        epochs: history.epochs,
        time: history.time,
      },
      seed,
      ...(options.report && { report: options.report }),
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  say(`columns:\n${columns}`);
  say(`model: ${chosen}`);
  const curve = curveText(history.loss, Math.min(60, (process.stdout.columns ?? 80) - 20));
  if (curve) say(curve);
  say(
    `trained on ${rows.length} rows in ${(history.time / 1000).toFixed(1)} s, seed ${seed}${history.reason === 'timeLimit' ? ', stopped by the time limit' : ''}`,
  );
  tell(score ? `on ${test.length} rows held out:\n${score}` : 'no rows were held out: nothing was measured');
  tell(`saved: ${out}${options.report ? `\nreport: ${options.report}` : ''}`);
}
