// train: from a file of rows to a model file.

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { freshSeed } from '../../runtime/random.js';
import { UsageError } from '../failure.js';
import { requireApart, requireExtension, requireWritable } from '../output.js';
import { reporter, silent } from '../progress.js';
import { STDIN } from '../data.js';
import { remembered } from '../../table/remembered.js';
import { readingOf } from '../reading.js';
import { trainInMemory } from './in-memory.js';
import { type TrainOptions, modelOptions } from './options.js';
import { conclude, sayer } from './result.js';
import { trainStreamed } from './streamed.js';

/** The command train. */
export async function trainFile(file: string, options: TrainOptions, signal: AbortSignal): Promise<void> {
  const out = options.out ?? `${file === STDIN ? 'model' : path.basename(file, path.extname(file))}.safetensors`;
  requireApart({ '--out': out, '--report': options.report }, [file]);
  requireExtension('--out', out, 'models are', ['.safetensors', '.json']);
  if (options.report) requireExtension('--report', options.report, 'reports are', ['.html', '.htm']);
  await requireWritable(out);
  if (options.report) await requireWritable(options.report);
  const output = {
    out,
    report: options.report,
    json: options.json ?? false,
    quiet: options.quiet ?? false,
    testShare: options.testShare,
    reading: remembered({ ...readingOf(options), keep: options.keep }),
  };
  const seed = options.seed ?? freshSeed();
  const progress = options.json || options.quiet ? silent : reporter();
  const run = {
    ...modelOptions(options),
    seed,
    signal,
    onProgress: progress.report,
    ...(options.groups !== undefined && { groups: options.groups }),
    ...(options.timeLimit !== undefined && { timeLimit: options.timeLimit * 1000 }),
  };
  const { validation, earlyStopping, order, groups } = options;
  if (order && groups !== undefined) throw new UsageError('--order time and --groups hold out different rows: give one of them');
  if (earlyStopping && validation === undefined) throw new UsageError('--early-stopping needs --validation, 0.2 for example');
  const inChunks = await streams(file, options.stream);
  if (inChunks && validation !== undefined) {
    const how = options.stream ? 'without --stream' : 'with --no-stream, as far as memory allows';
    throw new UsageError(`--validation takes rows that are kept: ${how} they are`);
  }
  const way = inChunks ? trainStreamed : trainInMemory;
  const { trained, data } = await way(file, options, run, sayer(output)).finally(() => progress.done());
  await conclude(trained, data, output);
}

/** Bytes of a file from which it is read anew for each pass instead of kept. */
const LARGE = 256 * 2 ** 20;

/** How much smaller gzip makes tables, about. */
const GZIP = 6;

/** @throws UsageError for what can be read once only */
async function streams(file: string, asked: boolean | undefined): Promise<boolean> {
  if (file === STDIN) {
    if (asked) throw new UsageError('--stream reads the data several times: give a file instead of standard input');
    return false;
  }
  if (asked !== undefined) return asked;
  const found = await stat(file).catch(() => undefined); // reading will say why
  const bytes = (found?.size ?? 0) * (/\.gz$/i.test(file) ? GZIP : 1);
  return Boolean(found?.isFile()) && bytes >= LARGE;
}
