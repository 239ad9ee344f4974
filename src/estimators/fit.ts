// A fit from scratch: on rows that are in memory, or on chunks of more.

import { engineOf } from '../runtime/engines.js';
import type { Rows } from '../data/table.js';
import { OptionError, amongAll } from '../runtime/errors.js';
import type { Checked } from '../runtime/options.js';
import { Interruption } from '../training/interruption.js';
import type { FitOptions } from '../training/options.js';
import type { Chunk, Chunks } from '../training/chunks.js';
import { type RowChunks, type SpooledRows, eachChunk } from './chunks.js';
import { type EncodedRows, shaped } from './encoded.js';
import { make } from './fitting.js';
import type { Fitted } from './fitted.js';
import { Inputs } from './inputs.js';
import type { Journal } from './journal.js';
import { JOURNALS } from './loading.js';
import type { RUN_OPTIONS } from './options.js';
import { Problem } from './problem.js';
import { type Specification, encoded, fills, fixedBy, learnCoding, settingOf, withWeight } from './specification.js';
import { freshState } from './stream-state.js';
import { drawnSample, sampleOf, survey } from './survey.js';

/** Where the journal of a fit is found while it lasts, and afterwards where it was interrupted. */
interface JournalKeeper {
  interruptedFit: Journal | undefined;
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
  const { options, coder } = specification;
  const interruption = new Interruption(run.signal, run.timeLimit);
  const { t, targets: known, weights, kept } = withWeight(rows, targets, run.sampleWeights);
  try {
    const inputs = await Inputs.fit(t, fills(options, t), options.decorrelate);
    const coding = learnCoding(coder, known, t.rows);
    const by = (some: Inputs) => encoded(specification, some, coding, t, known, weights, byClass);
    const squashed = () => {
      const drawnIn = inputs.squashed;
      return drawnIn && { inputs: drawnIn, rows: by(drawnIn) };
    };
    return await learn(specification, coding, { inputs, rows: by(inputs), squashed }, {}, run, interruption, keeper);
  } catch (error) {
    throw amongAll(error, kept);
  }
}

/**
 * Fits to chunks: a pass learns columns and targets, a pass draws a sample, on which the model is chosen, and a pass for each
 * epoch trains.
 * @throws DataError that names the chunk; OptionError
 */
export async function fitChunks<Targets, Coding>(
  specification: Specification<Targets, Coding>,
  chunks: RowChunks<Targets>,
  run: Checked<typeof RUN_OPTIONS>,
  given: unknown,
  keeper: JournalKeeper,
): Promise<Fitted<Coding>> {
  const { options, coder } = specification;
  const { decorrelate, precision } = options;
  const interruption = new Interruption(run.signal, run.timeLimit);
  const learner = coder.learner();
  const { encoder, rows: all } = await survey(chunks, (t) => fills(options, t), learner, run.signal);
  const coding = learner.finish();
  const byClass = learner.classWeights?.(given) ?? given;
  const directions = () => sampleOf(chunks, encoder, all, run.signal);
  const inputs = await Inputs.from(encoder, decorrelate, directions);
  const pass = () => eachChunk(chunks, (t, targets) => encoded(specification, inputs, coding, t, targets, undefined, byClass));
  const rows = await drawnSample(pass(), precision, all, run);
  const epoch: () => AsyncIterable<SpooledRows> = run.spool?.complete ? () => run.spool!.chunks() : pass;
  const X = async function* (): AsyncGenerator<Chunk> {
    for await (const { rows: n, x, t, w } of epoch()) {
      if (n > 0) yield { X: shaped(x, rows.inputs), Y: shaped(t, rows.outputs), sampleWeights: w };
    }
  };
  // Balanced weights are 1 in the mean, which a stream would know at the end of its first epoch only.
  const known = given === 'balanced' ? { rows: all, weighting: 'samples' as const } : { rows: all };
  return learn(specification, coding, { inputs, rows, all, chunks: X }, known, run, interruption, keeper);
}

/** @throws OptionError for what goes with rows in memory only */
export function requireForChunks(
  { call, options }: Pick<Specification<never, never>, 'call' | 'options'>,
  run: Checked<typeof RUN_OPTIONS>,
): void {
  if (run.sampleWeights) throw new OptionError(`${call}.fit.sampleWeights`, run.sampleWeights, 'none with chunks');
  if (options.validation === undefined) return;
  const expected = 'none with chunks: which rows a share takes depends on all of them; evaluateChunks measures on others';
  throw new OptionError(`${call}.validation`, options.validation, expected);
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
async function learn<Targets, Coding>(
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
    const engine = await engineOf(options.precision, options.numerics);
    const fixed = fixedBy(options);
    const made = await make({ engine, problem, chunks, options, fixed, fit, run, interruption, squashed: other });
    const { members, recipe, history, state } = made;
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
