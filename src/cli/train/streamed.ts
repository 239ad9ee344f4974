// train on a file that is read anew for each pass: one finds out what its columns hold, then the estimator's passes follow.

import type { Engine } from '../../../bindings/core.js';
import { engineOf } from '../../runtime/engines.js';
import { drawn } from '../../data/split.js';
import { numbered } from '../../data/apart.js';
import type { Label } from '../../data/classes.js';
import type { Cell } from '../../data/column.js';
import { DataError } from '../../runtime/errors.js';
import { Classifier } from '../../estimators/classifier.js';
import { Regressor } from '../../estimators/regressor.js';
import { Purpose } from '../../runtime/random.js';
import { relocated } from '../located.js';
import { Layout } from '../../table/layout.js';
import { PIECE, readSheets } from '../../table/read.js';
import type { Sheet } from '../../table/sheet.js';
import { FileSpool } from './spool.js';
import { readingOf } from '../reading.js';
import {
  type LearningTask,
  TargetProfile,
  allThere,
  groupLabels,
  holdOut,
  labelsOf,
  numbersOf,
  requireColumn,
} from '../target.js';
import { dataFrom } from '../data.js';
import { HeldOut } from '../report/held-out.js';
import { TableProfile } from '../report/profile.js';
import type { Run, TrainOptions } from './options.js';
import { type TrainedModel, type TrainingResult, announce } from './result.js';
import { columnsOf, learnable, requireSome, taskOf } from './survey.js';

/** Rows of a piece of the file, trained on or held out. */
interface PieceRows {
  readonly inputs: Sheet;
  /** The target's. */
  readonly cells: Cell[];
}

/** Learns from rows that are read anew for each pass. */
export async function trainStreamed(
  file: string,
  options: TrainOptions,
  run: Run,
  say: (text: string) => void,
): Promise<TrainingResult> {
  const { target } = options;
  const survey = await surveyFile(file, options, run);
  const { layout, task, why } = survey;
  const profile = options.report ? new TableProfile() : undefined;
  const passes = new FilePasses(file, options, survey, await engineOf('float32', 'fast'), run.seed, profile);
  /** Keeps some of the rows held out, where a report is to tell of them. */
  const kept = (held: HeldOut): Watch | undefined => profile && ((inputs, truths) => held.add(inputs, truths));
  const { notes, file: name } = layout;
  const data = { file: name, target, task, why, notes, columns: layout.columns, seed: run.seed };
  announce(say, { ...data, rows: { all: layout.rows } }, layout.names.length, options.task !== undefined);
  const spool = await FileSpool.create();
  const learn = async (): Promise<TrainedModel> => {
    if (task === 'classification') {
      const weights = options.classWeights && { classWeights: options.classWeights };
      const model = await Classifier.fit(passes.labels('train'), { ...run, ...weights, spool });
      const held = new HeldOut(model);
      const evaluation = passes.counts.test > 0 ? await model.evaluateChunks(passes.labels('test', kept(held))) : undefined;
      return { task, model, evaluation, findings: profile && { held, profile } };
    }
    const model = await Regressor.fit(passes.numbers('train'), { ...run, spool });
    const held = new HeldOut(model);
    const evaluation = passes.counts.test > 0 ? await model.evaluateChunks(passes.numbers('test', kept(held))) : undefined;
    return { task, model, evaluation, findings: profile && { held, profile } };
  };
  const trained = await learn()
    .catch((error: unknown) => {
      throw passes.located(error);
    })
    .finally(() => spool.dispose());
  return { trained, data: { ...data, rows: { all: layout.rows, ...passes.counts } } };
}

/** What is known of a file before it is learned from. */
interface Survey {
  readonly layout: Layout;
  /** The columns to learn from, and that of groups. */
  readonly names: readonly string[];
  readonly task: LearningTask;
  readonly why: string;
  /** The groups that are held out, where it is groups. */
  readonly held: ReadonlySet<unknown> | undefined;
}

/** What the columns hold, and what the target suggests. */
async function surveyFile(file: string, options: TrainOptions, { seed, signal }: Run): Promise<Survey> {
  const { target, groups, testShare } = options;
  const layout = new Layout();
  const profile = new TargetProfile(target);
  const numbers = new Map<unknown, number>();
  const ofRows: Uint32Array[] = [];
  let last: Sheet | undefined;
  let skipped = 0;
  for await (const { sheet, without } of piecesOf(file, options)) {
    signal?.throwIfAborted();
    layout.add(sheet);
    profile.add(sheet, allThere(sheet, target, sheet.columns.get(target)!));
    if (groups !== undefined) {
      requireColumn(sheet, groups, 'the groups');
      ofRows.push(numbered(groupLabels(sheet, groups, sheet.columns.get(groups)!), numbers));
    }
    last = sheet;
    skipped += without;
  }
  const names = columnsOf(layout, last!, skipped, options);
  const { task, why } = taskOf(profile, layout, options);
  const held = groups === undefined ? undefined : await heldGroups({ numbers, ofRows }, testShare, seed);
  return { layout, names, task, why, held };
}

/** Which groups are held out, by the cells that name them. */
async function heldGroups(
  { numbers, ofRows }: { numbers: ReadonlyMap<unknown, number>; ofRows: readonly Uint32Array[] },
  share: number,
  seed: number,
): Promise<ReadonlySet<unknown>> {
  const groups = new Uint32Array(ofRows.reduce((rows, piece) => rows + piece.length, 0));
  ofRows.reduce((at, piece) => {
    groups.set(piece, at);
    return at + piece.length;
  }, 0);
  const { test } = await holdOut(groups.length, share, seed, { groups });
  const held = new Set(Array.from(test, (row) => groups[row]));
  return new Set([...numbers].flatMap(([label, number]) => (held.has(number) ? [label] : [])));
}

/** The rows of a file that are learned from, and how many others there are between them. */
async function* piecesOf(file: string, options: TrainOptions): AsyncGenerator<{ sheet: Sheet; without: number }> {
  for await (const read of readSheets(dataFrom(file), readingOf(options), PIECE)) {
    const sheet = learnable(read, options);
    yield { sheet, without: read.rows - sheet.rows };
  }
}

/** What looks on as rows are given out. */
type Watch = (inputs: Sheet, truths: readonly Label[]) => void;

/** Passes over a file's rows, those to train on and those held out. */
class FilePasses {
  /** The last ones given out, by their numbers: errors come when the next has been asked for. */
  private readonly recent = new Map<number, Sheet>();
  private trained = 0;
  /** Which rows have been passed over. */
  private readonly passed = new Set<'train' | 'test'>();

  constructor(
    private readonly file: string,
    private readonly options: TrainOptions,
    private readonly survey: Survey,
    private readonly engine: Engine,
    private readonly seed: number,
    /** Grows by each row once, in the first pass over it. */
    private readonly profile: TableProfile | undefined,
  ) {}

  /** How many rows there are to train on, and held out, once a pass has been made. */
  get counts(): { train: number; test: number } {
    return { train: this.trained, test: this.survey.layout.rows - this.trained };
  }

  labels(of: 'train' | 'test', watch?: Watch) {
    return () => this.chunks(of, ({ cells }) => labelsOf(cells), watch);
  }

  numbers(of: 'train' | 'test', watch?: Watch) {
    const { target } = this.options;
    return () => this.chunks(of, ({ inputs, cells }) => numbersOf(inputs, target, cells), watch);
  }

  /** An error about a row of a chunk, as one about a line of the file; one about all rows, as one about the file. */
  located(error: unknown): unknown {
    if (!(error instanceof DataError)) return error;
    const inputs = error.chunk === undefined ? this.recent.values().next().value : this.recent.get(error.chunk);
    return inputs ? relocated(inputs, error, { target: this.options.target }) : error;
  }

  /**
   * Tells rows that are held out, the same in each pass: the last ones, or those of some groups, or else every row draws by the
   * seed, and the first of a class is trained on.
   */
  private holder(): (sheet: Sheet, cells: readonly Cell[]) => (row: number) => boolean {
    const { engine, seed } = this;
    const { layout, task, held: heldGroups } = this.survey;
    const { testShare, groups, order } = this.options;
    const last = layout.rows - Math.round(testShare * layout.rows);
    const seen = new Set<unknown>();
    let piece = 0;
    let before = 0;
    return (sheet, cells) => {
      const start = before;
      before += sheet.rows;
      if (heldGroups) {
        const labels = groupLabels(sheet, groups!, sheet.columns.get(groups!)!);
        return (row) => heldGroups.has(labels[row]);
      }
      if (order === 'time') return (row) => start + row >= last;
      const held = drawn(engine, sheet.rows, testShare, seed, Purpose.split, piece++);
      return (row) => {
        const first = task === 'classification' && !seen.has(cells[row]);
        if (first) seen.add(cells[row]);
        return held[row] === 1 && !first;
      };
    };
  }

  /** A pass. */
  private async *chunks<T extends Label>(
    of: 'train' | 'test',
    truthsOf: (part: PieceRows) => T[],
    watch?: Watch,
  ): AsyncGenerator<readonly [Sheet, T[]], void, undefined> {
    const profile = this.passed.has(of) ? undefined : this.profile;
    for await (const part of this.parts(of)) {
      const truths = truthsOf(part);
      profile?.add(part.inputs);
      profile?.addTarget(this.options.target, truths);
      watch?.(part.inputs, truths);
      yield [part.inputs, truths] as const;
    }
    this.passed.add(of);
  }

  private async *parts(of: 'train' | 'test'): AsyncGenerator<PieceRows, void, undefined> {
    const { options, recent } = this;
    const { layout, names } = this.survey;
    const holds = this.holder();
    let number = 0;
    let rows = 0;
    recent.clear();
    for await (const { sheet } of piecesOf(this.file, options)) {
      const cells = layout.typed(sheet, options.target);
      const isHeld = holds(sheet, cells);
      const mine: number[] = [];
      for (let r = 0; r < sheet.rows; r++) if (isHeld(r) === (of === 'test')) mine.push(r);
      if (mine.length === 0) continue;
      rows += mine.length;
      const columns = new Map(names.map((name) => [name, layout.typed(sheet, name)] as const));
      const inputs = sheet.typed(columns, Uint32Array.from(mine), layout.said);
      recent.set(number, inputs);
      recent.delete(number - 3);
      number++;
      yield { inputs, cells: mine.map((r) => cells[r]!) };
    }
    if (of === 'test') return;
    requireSome(rows, layout, options);
    this.trained = rows;
  }
}
