// train: from a file of rows to a model file.

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Classifier } from '../estimators/classifier.js';
import type { EstimatorOptions, RunOptions } from '../estimators/options.js';
import { Regressor } from '../estimators/regressor.js';
import { SomeRows } from '../data/table.js';
import { freshSeed } from '../runtime/random.js';
import { UsageError } from './failure.js';
import { requireApart, requireWritable } from './output.js';
import { reporter, silent } from './progress.js';
import { located, relocated, tableOf, typedColumn } from './read/cells.js';
import { readSheet } from './read/read.js';
import { STDIN } from './read/source.js';
import { type Task, holdOut, TargetProfile, labelsOf, numbersOf, requireColumn, targetCells } from './target.js';
import { trainPieces } from './train-pieces.js';
import { type Learned, type Lesson, conclude, introduce, sayer } from './trained.js';

export interface TrainOptions {
  readonly target: string;
  readonly task?: Task;
  readonly out?: string;
  readonly report?: string;
  readonly drop?: readonly string[];
  readonly testShare: number;
  /** Whether the file is read anew for each pass; by default from 256 MB on. */
  readonly stream?: boolean;
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly seed?: number;
  readonly timeLimit?: number;
  readonly classWeights?: 'balanced';
  readonly model: EstimatorOptions;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** A model, and what it was trained on. */
export interface Trained {
  readonly learned: Learned;
  readonly lesson: Lesson;
}

/** Options of the model and of its training. */
export type Run = EstimatorOptions & RunOptions & { readonly seed: number };

export async function train(file: string, options: TrainOptions, signal: AbortSignal): Promise<void> {
  const out = options.out ?? `${file === STDIN ? 'model' : path.basename(file, path.extname(file))}.safetensors`;
  requireApart({ '--out': out, '--report': options.report }, [file]);
  await requireWritable(out);
  if (options.report) await requireWritable(options.report);
  const output = {
    out,
    report: options.report,
    json: options.json ?? false,
    quiet: options.quiet ?? false,
    testShare: options.testShare,
  };
  const seed = options.seed ?? freshSeed();
  const progress = options.json || options.quiet ? silent : reporter(Boolean(process.stderr.isTTY));
  const run = {
    ...options.model,
    seed,
    signal,
    onProgress: progress.report,
    ...(options.timeLimit !== undefined && { timeLimit: options.timeLimit * 1000 }),
  };
  const { validation, earlyStopping } = options.model;
  if (earlyStopping && validation === undefined) throw new UsageError('--early-stopping needs --validation, 0.2 for example');
  const inPieces = await streams(file, options.stream);
  if (inPieces && validation !== undefined) {
    const how = options.stream ? 'without --stream' : 'with --no-stream, as far as memory allows';
    throw new UsageError(`--validation takes rows that are kept: ${how} they are`);
  }
  const learning = inPieces ? trainPieces : trainWhole;
  const { learned, lesson } = await learning(file, options, run, sayer(output)).finally(() => progress.done());
  await conclude(learned, lesson, output);
}

/** Bytes of a file from which it is read anew for each pass instead of kept. */
const LARGE = 256 * 2 ** 20;

/** @throws UsageError for what can be read once only */
async function streams(file: string, asked: boolean | undefined): Promise<boolean> {
  if (file === STDIN) {
    if (asked) throw new UsageError('--stream reads the data several times: give a file instead of standard input');
    return false;
  }
  if (asked !== undefined) return asked;
  const found = await stat(file).catch(() => undefined); // reading will say why
  return Boolean(found?.isFile()) && found!.size >= LARGE;
}

/** Learns from rows that are all in memory. */
async function trainWhole(file: string, options: TrainOptions, run: Run, say: (text: string) => void): Promise<Trained> {
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

  const { task, why } = options.task
    ? { task: options.task, why: 'as asked for' }
    : new TargetProfile(target).add(sheet, cells).task();
  const labels = task === 'classification' ? labelsOf(cells) : undefined;
  const { train: rows, test } = await holdOut(sheet.rows, options.testShare, run.seed, labels);
  if (rows.length === 0) throw new UsageError(`--test-share ${options.testShare} leaves no row of ${sheet.rows} to train on`);
  const { file: name, notes } = sheet;
  const { seed } = run;
  const lesson = {
    file: name,
    target,
    task,
    why,
    notes,
    rows: { all: sheet.rows, train: rows.length, test: test.length },
    seed,
  };
  introduce(say, lesson, sheet.names.length, options.task !== undefined);
  const learn = async (): Promise<Learned> => {
    const known = new SomeRows(whole, rows); // columns are what all of their cells say
    const held = new SomeRows(whole, test);
    const measured = <T>(run: () => T) => (test.length ? located(sheet, run, { picked: test, target }) : undefined);
    const pick = <T>(values: readonly T[], which: Uint32Array) => Array.from(which, (r) => values[r]!);
    if (labels) {
      const weights = options.classWeights && { classWeights: options.classWeights };
      const model = await Classifier.fit(known, pick(labels, rows), { ...run, ...weights });
      return {
        task: 'classification',
        model,
        evaluation: measured(() => model.evaluate(held, pick(labels, test))),
      };
    }
    if (options.classWeights) throw new UsageError('--class-weights goes with classification only');
    const numbers = numbersOf(sheet, target, cells);
    const model = await Regressor.fit(known, pick(numbers, rows), run);
    const truths = pick(numbers, test);
    const predicted = measured(() => model.predict(held) as number[]) ?? [];
    const points = predicted.map((p, i): [number, number] => [truths[i]!, p]);
    return { task: 'regression', model, evaluation: measured(() => model.evaluate(held, truths)), points };
  };
  const learned = await learn().catch((error: unknown) => {
    throw relocated(sheet, error, { picked: rows, target });
  });
  return { learned, lesson };
}
