// What train tells of a model, and where it leaves it.

import type { Classifier, ClassifierEvaluation } from '../../estimators/classifier.js';
import { counted } from '../../runtime/errors.js';
import type { Regressor, RegressorEvaluation } from '../../estimators/regressor.js';
import { writeText, wrote } from '../output.js';
import { adviceText, choiceText, columnsText, curveText, regressionText } from '../show.js';
import { classificationText } from '../show-classes.js';
import { spellingsDocument } from '../../table/remembered.js';
import type { TableColumn } from '../../table/types/table-column.js';
import { repeatable } from '../report/command-line.js';
import type { HeldOut } from '../report/held-out.js';
import type { TableProfile } from '../report/profile.js';
import type { LearningTask } from '../target.js';
import { clipped, tell, tellJson } from '../terminal.js';

/** A model, and how it did on rows held out. */
export type TrainedModel =
  | (Findings & {
      readonly task: 'classification';
      readonly model: Classifier;
      readonly evaluation: ClassifierEvaluation | undefined;
    })
  | (Findings & { readonly task: 'regression'; readonly model: Regressor; readonly evaluation: RegressorEvaluation | undefined });

/** What a report is made of; undefined where none is wanted. */
interface Findings {
  readonly findings: { readonly held: HeldOut; readonly profile: TableProfile } | undefined;
}

/** What a model was trained on. */
interface TrainingData {
  readonly file: string;
  readonly target: string;
  readonly task: LearningTask;
  /** Why this task. */
  readonly why: string;
  readonly notes: readonly string[];
  /** What the file's columns hold. */
  readonly columns: readonly TableColumn[];
  readonly rows: { readonly all: number; readonly train: number; readonly test: number };
  readonly seed: number;
}

/** A model, and what it was trained on. */
export interface TrainingResult {
  readonly trained: TrainedModel;
  readonly data: TrainingData;
}

/** Where results go. */
interface Output {
  readonly out: string;
  readonly report: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  /** The share of the rows that was to be held out. */
  readonly testShare: number;
  /** What the model remembers of how its data were read. */
  readonly reading: { readonly reading?: string };
}

/** Says something while it works, where that is wanted. */
export function sayer({ json, quiet }: Pick<Output, 'json' | 'quiet'>): (text: string) => void {
  return json || quiet ? () => {} : tell;
}

/** Tells what is about to be trained. */
export function announce(
  say: (text: string) => void,
  { file, target, task, why, notes, rows }: Omit<TrainingData, 'rows'> & { rows: { all: number } },
  columns: number,
  asked: boolean,
): void {
  say(`${file}: ${counted(rows.all, 'row')}, ${counted(columns, 'column')}`);
  for (const note of notes) say(`note: ${clipped(note, 1000)}`);
  say(`task: ${task} of ${clipped(JSON.stringify(target))}, ${why}${asked ? '' : ' (--task says otherwise)'}`);
}

/** Saves a model, writes the report, and tells how it did. */
export async function conclude(
  trained: TrainedModel,
  data: TrainingData,
  { out, report, json, quiet, testShare, reading }: Output,
): Promise<void> {
  const { model, evaluation } = trained;
  const { file, target, task, notes, rows, seed } = data;
  const say = sayer({ json, quiet });
  await model.save(out, { metadata: { target, task, ...reading, ...spellingsDocument(data.columns) } });
  wrote(out);

  const { history } = model;
  const score = !evaluation
    ? undefined
    : trained.task === 'classification'
      ? classificationText(trained.evaluation!)
      : regressionText(trained.evaluation!, data.rows.test);
  const columns = columnsText(model.columns);
  const chosen = choiceText(history);
  const advice = adviceText(history);
  if (report) {
    const { reportHtml } = await import('../report/report.js');
    const measured = { all: rows.all, measured: rows.test };
    const about = { model, evaluation, target, notes, seed, ...trained.findings!, trained: true, command: repeatable(seed) };
    await writeText(report, await reportHtml({ ...about, modelFile: out, dataFile: file, rows: measured }));
  }
  if (json) {
    const { candidates, ...choice } = history.chosen;
    const result = {
      model: out,
      task,
      target,
      rows,
      columns: model.columns,
      notes,
      chosen: choice,
      candidates,
      evaluation: evaluation ?? null,
      history: {
        loss: history.loss,
        validationLoss: history.validationLoss,
        reason: history.reason,
        ...(history.advice !== undefined && { advice: history.advice }),
        epochs: history.epochs,
        time: history.time,
      },
      seed,
      ...(report && { report }),
    };
    tellJson(result);
    return;
  }
  say(`columns:\n${columns}`);
  say(`model: ${chosen}`);
  const curve = curveText(history.loss, Math.min(60, (process.stdout.columns ?? 80) - 20));
  if (curve) say(curve);
  say(
    `trained on ${counted(rows.train, 'row')} in ${(history.time / 1000).toFixed(1)} s, seed ${seed}${history.reason === 'timeLimit' ? ', stopped by the time limit' : ''}`,
  );
  for (const line of advice) tell(line);
  tell(
    score
      ? `on ${counted(rows.test, 'row')} held out:\n${score}`
      : `no rows were held out${noneHeld(trained, data, testShare)}: nothing was measured`,
  );
  tell(`saved: ${out}${report ? `\nreport: ${report}` : ''}`);
}

/** Why no rows were held out. */
function noneHeld({ task, model }: TrainedModel, { rows }: TrainingData, share: number): string {
  if (share === 0) return ', as asked';
  const of = task === 'classification' ? ` of ${model.classes.length} classes` : '';
  return `, since ${counted(rows.all, 'row')}${of} are too few for a share of ${share}`;
}
