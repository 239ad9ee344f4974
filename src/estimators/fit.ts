// A fit from scratch, on rows that are in memory.

import { loadAll } from '../../bindings/part.js';
import { engineOf } from '../runtime/engines.js';
import type { Groups } from '../data/apart.js';
import type { AskedColumns } from '../data/gathered.js';
import { SPECIAL_COLUMNS } from '../data/loading.js';
import { type Rows, type Table, table } from '../data/table.js';
import { amongAll } from '../runtime/errors.js';
import type { Checked } from '../runtime/options.js';
import { Interruption } from '../training/interruption.js';
import type { FitOptions } from '../training/options.js';
import type { Chunks } from '../training/chunks.js';
import type { EncodedRows } from './encoded.js';
import { make } from './fitting.js';
import type { Fitted } from './fitted.js';
import { Inputs } from './inputs.js';
import type { Journal } from './journal.js';
import { JOURNALS, SAID } from './loading.js';
import type { EstimatorHistory, RUN_OPTIONS } from './options.js';
import { Problem } from './problem.js';
import { type Specification, encoded, fills, fixedBy, learnCoding, settingOf, withWeight } from './specification.js';
import { freshState } from './stream-state.js';

/** Where the journal of a fit is found while it lasts, and afterwards where it was interrupted. */
export interface JournalKeeper {
  interruptedFit: Journal | undefined;
}

/** What is said of a table's columns. @throws OptionError for columns that are not there */
export async function columnsSaid(
  { call, options }: Pick<Specification<never, never>, 'call' | 'options'>,
  t: Table,
  groups?: Groups,
): Promise<AskedColumns | undefined> {
  const { columns, absent, order } = options;
  if (!columns && !absent && order !== 'time' && groups === undefined) return undefined;
  await loadAll([SPECIAL_COLUMNS, SAID]);
  return SAID.here.askedColumns(call, options, groups, t);
}

/** Fits to rows. @throws DataError about the rows as they were given; OptionError */
export async function fitRows<Targets, Coding>(
  specification: Specification<Targets, Coding>,
  rows: Rows,
  targets: Targets,
  run: Checked<typeof RUN_OPTIONS>,
  byClass: unknown,
  keeper: JournalKeeper,
): Promise<Fitted<Coding>> {
  const { call, options, coder } = specification;
  const interruption = new Interruption(run.signal, run.timeLimit);
  const { t, targets: known, weights, kept } = withWeight(rows, targets, run.sampleWeights);
  try {
    await loadAll(coder.needed(byClass));
    const inputs = await Inputs.fit(t, fills(options, t), options.decorrelate, await columnsSaid(specification, t, run.groups));
    const coding = learnCoding(coder, known, t.rows);
    const groups =
      run.groups === undefined ? undefined : (await SAID.load()).groupsAmong(call, run.groups, kept ? table(rows) : t, kept);
    const by = (some: Inputs) => encoded(specification, some, coding, t, known, weights, byClass, groups);
    const squashed = () => {
      const drawnIn = inputs.squashed;
      return drawnIn && { inputs: drawnIn, rows: by(drawnIn) };
    };
    return await learn(specification, coding, { inputs, rows: by(inputs), squashed }, {}, run, interruption, keeper);
  } catch (error) {
    throw amongAll(error, kept);
  }
}

/** Rows, and how they were encoded. */
interface Encoding {
  readonly inputs: Inputs;
  readonly rows: EncodedRows;
}

/** What a model is made of. */
interface EncodedMaterial extends Encoding {
  /** How many rows there are in all, and all of them, where these are a sample. */
  readonly all?: number;
  readonly chunks?: Chunks;
  /** The same rows with columns of long tails drawn in, where there are such. */
  squashed?(): Encoding | undefined;
}

/** Makes a model. */
export async function learn<Targets, Coding>(
  specification: Specification<Targets, Coding>,
  coding: Coding,
  { inputs, rows, all = rows.rows, chunks, squashed }: EncodedMaterial,
  fit: FitOptions,
  run: Checked<typeof RUN_OPTIONS>,
  interruption: Interruption,
  keeper: JournalKeeper,
): Promise<Fitted<Coding>> {
  const { call, options, seed, coder } = specification;
  const setting = settingOf(specification, run.background);
  const { resume, signal, timeLimit, onProgress } = run;
  const lasts = resume !== false || signal || onProgress || timeLimit !== Infinity;
  const journals = lasts ? await JOURNALS.load() : undefined;
  if (setting.byTime || rows.groups) await SAID.load();
  const journal = journals?.journalFor(call, run, keeper.interruptedFit, options, seed, rows, all);
  const problem = new Problem(setting, rows, { all, journal });
  keeper.interruptedFit = journal;
  let drawnIn: { inputs: Inputs; problem: Problem } | undefined;
  const other = () => {
    const found = drawnIn ? undefined : squashed?.();
    if (found) drawnIn = { inputs: found.inputs, problem: new Problem(setting, found.rows, { journal, drawnIn: true }) };
    return drawnIn?.problem;
  };
  try {
    const engine = await engineOf(options.precision, options.numerics, 'common');
    const fixed = fixedBy(options);
    const made = await make({ engine, problem, chunks, options, fixed, fit, run, interruption, squashed: other });
    const { members, recipe, state } = made;
    const history = noticed(made.history, inputs);
    if (!made.halted && history.reason !== 'signal' && history.reason !== 'timeLimit') keeper.interruptedFit = undefined;
    const used = made.squashed ? drawnIn! : { inputs, problem };
    const standings = members.networks.map((_, k) => freshState(k === 0 ? state : undefined));
    const settled = coder.settled(coding, members, used.problem);
    return { inputs: used.inputs, coding: settled, members, recipe, history, standings, pace: undefined };
  } finally {
    problem.dispose();
    drawnIn?.problem.dispose();
  }
}

/** The record, with what is worth knowing of the columns. */
function noticed(history: EstimatorHistory, { notices }: Inputs): EstimatorHistory {
  const advice = [history.advice, ...notices].filter(Boolean).join('; ');
  return advice ? { ...history, advice } : history;
}
