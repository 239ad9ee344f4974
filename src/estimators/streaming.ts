// A fit from scratch on chunks of rows, since there are more than memory holds.

import { loadAll } from '../../bindings/part.js';
import { OptionError } from '../runtime/errors.js';
import type { Table } from '../data/table.js';
import type { Checked } from '../runtime/options.js';
import type { Chunk } from '../training/chunks.js';
import { Interruption } from '../training/interruption.js';
import type { RowChunks, SpooledRows } from './chunks.js';
import { eachChunk } from './each-chunk.js';
import { shaped } from './encoded.js';
import { SAID } from './loading.js';
import type { JournalKeeper, columnsSaid, learn } from './fit.js';
import type { Fitted } from './fitted.js';
import type { Inputs } from './inputs.js';
import type { RUN_OPTIONS } from './options.js';
import type { Specification, encoded, fills } from './specification.js';
import { type Own as SurveyOwn, drawnSample, sampleOf, survey } from './survey.js';

export { eachChunk };

/** What estimators have, of which this part would get a copy. */
interface Own extends SurveyOwn {
  readonly Inputs: typeof Inputs;
  readonly encoded: typeof encoded;
  readonly fills: typeof fills;
  readonly columnsSaid: typeof columnsSaid;
  readonly learn: typeof learn;
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
  own: Own,
): Promise<Fitted<Coding>> {
  requireForChunks(specification, run);
  const { Inputs, columnsSaid, encoded, fills, learn, table } = own;
  const { options, coder } = specification;
  const { decorrelate, precision } = options;
  await loadAll(coder.needed(given));
  const interruption = new Interruption(run.signal, run.timeLimit);
  const learner = coder.learner();
  const asked = (t: Table) => columnsSaid(specification, t, run.groups);
  const { encoder, rows: all } = await survey(chunks, (t) => fills(options, t), asked, learner, interruption, own);
  const coding = learner.finish();
  const byClass = learner.classWeights?.(given) ?? given;
  const directions = () => sampleOf(chunks, encoder, all, interruption, table);
  const inputs = await Inputs.from(encoder, decorrelate, directions);
  const { groups } = run;
  const said = groups === undefined ? undefined : await SAID.load();
  const known = new Map<unknown, number>();
  const rowsOf = (t: Table, targets: Targets, numbers?: Uint32Array) =>
    encoded(specification, inputs, coding, t, targets, undefined, byClass, numbers);
  const grouped = (t: Table, targets: Targets) => rowsOf(t, targets, said?.groupsOf(specification.call, groups!, t, known));
  const pass = () => eachChunk(chunks, table, (t, targets) => rowsOf(t, targets));
  const rows = await drawnSample(eachChunk(chunks, table, grouped, interruption), precision, all, run.spool);
  said?.requireSeveral(specification.call, groups!, rows.groups!);
  const epoch: () => AsyncIterable<SpooledRows> = run.spool?.complete ? () => run.spool!.chunks() : pass;
  const X = async function* (): AsyncGenerator<Chunk> {
    for await (const { rows: n, x, t, w } of epoch()) {
      if (n > 0) yield { X: shaped(x, rows.inputs), Y: shaped(t, rows.outputs), sampleWeights: w };
    }
  };
  // Balanced weights are 1 in the mean, which a stream would know at the end of its first epoch only.
  const fit = given === 'balanced' ? { rows: all, weighting: 'samples' as const } : { rows: all };
  return learn(specification, coding, { inputs, rows, all, chunks: X }, fit, run, interruption, keeper);
}

/** @throws OptionError for what goes with rows in memory only */
function requireForChunks(
  { call, options }: Pick<Specification<never, never>, 'call' | 'options'>,
  run: Checked<typeof RUN_OPTIONS>,
): void {
  if (run.sampleWeights) throw new OptionError(`${call}.fit.sampleWeights`, run.sampleWeights, 'none with chunks');
  if (run.groups !== undefined && typeof run.groups !== 'string')
    throw new OptionError(`${call}.fit.groups`, run.groups, "the name of a column with chunks: groups: 'person'");
  if (options.validation === undefined) return;
  const expected = 'none with chunks: which rows a share takes depends on all of them; evaluateChunks measures on others';
  throw new OptionError(`${call}.validation`, options.validation, expected);
}
