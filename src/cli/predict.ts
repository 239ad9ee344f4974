// predict: a model's answer for each row of a file.

import path from 'node:path';
import type { Cell } from '../data/column.js';
import { Classifier } from '../estimators/classifier.js';
import { loadModel } from '../load-model.js';
import { UsageError } from './failure.js';
import { csvLine, requireApart, requireWritable, writePieces } from './output.js';
import { located } from './located.js';
import type { ReadingOptions } from './reading.js';
import { requireColumn } from './target.js';
import { note } from './terminal.js';
import { FileConformer, type Predictor, loadEstimator, piecesFor, tellNotes } from './use.js';

interface PredictOptions extends ReadingOptions {
  readonly out?: string;
  readonly probabilities?: boolean;
  readonly safeCsv?: boolean;
  /** Columns of the data that stand before the predictions. */
  readonly keep?: readonly string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Whether a file holds a model. */
const isModel = (file: string) =>
  loadModel(file).then(
    () => true,
    () => false,
  );

/** Extensions of the output; without one it is CSV. */
const FORMATS = ['', '.csv', '.json', '.ndjson', '.jsonl'];

const extensionOf = (out: string | undefined) => (out ? path.extname(out).toLowerCase() : '');

export async function predict(modelFile: string, file: string, options: PredictOptions): Promise<void> {
  requireApart({ '--out': options.out }, [modelFile, file]);
  if (!FORMATS.includes(extensionOf(options.out)))
    throw new UsageError(`--out ${options.out}: predictions are written as .csv, .json, .ndjson or .jsonl`);
  if (extensionOf(options.out) === '.json' && (await isModel(options.out!)))
    throw new UsageError(`--out ${options.out} would replace a model with predictions`);
  if (options.out) await requireWritable(options.out);
  const model = await loadEstimator(modelFile);
  if (options.probabilities && !(model instanceof Classifier))
    throw new UsageError('--probabilities needs a classifier; this model predicts numbers');
  const conformer = new FileConformer(model, options);
  await writePieces(options.out, formatted(predictions(model, conformer, file, options), options));
  if (options.quiet) return;
  tellNotes(conformer.notes);
  if (options.out) note(`saved: ${options.out}`); // standard output is for predictions
}

/** Predictions of rows, as records, piece by piece. */
async function* predictions(
  model: Predictor,
  conformer: FileConformer,
  file: string,
  options: PredictOptions,
): AsyncGenerator<Record<string, unknown>[], void, undefined> {
  const target = model.metadata['target'] ?? 'prediction';
  const asked = options.keep;
  const keep = asked ?? conformer.reading.keep ?? [];
  let here: readonly string[] | undefined;
  const name = keep.includes(target) ? `predicted ${target}` : target;
  for await (const { sheet, table } of piecesFor(conformer, file)) {
    for (const kept of asked ?? []) requireColumn(sheet, kept, 'to be kept');
    here ??= keep.filter((kept) => conformer.keeps(sheet, kept)); // the first piece says which columns there are
    const predicted = located(sheet, () => {
      if (!(model instanceof Classifier)) {
        return model
          .predict(table)
          .map(
            (p): Record<string, unknown> =>
              Array.isArray(p) ? Object.fromEntries(p.map((v, i) => [`${name} ${i + 1}`, v])) : { [name]: p },
          );
      }
      if (!options.probabilities) return model.predict(table).map((label): Record<string, unknown> => ({ [name]: label }));
      return model.predictProbabilities(table).map((row) => {
        const best = row.indexOf(Math.max(...row));
        const probabilities = Object.fromEntries(row.map((p, i) => [`probability of ${String(model.classes[i])}`, p]));
        return { [name]: model.classes[best], ...probabilities } as Record<string, unknown>;
      });
    });
    const columns = here.map((kept) => [kept, sheet.columns.get(kept) ?? []] as const);
    yield predicted.map((record, row) => ({
      ...Object.fromEntries(columns.map(([kept, cells]) => [kept, plain(cells[row])])),
      ...record,
    }));
  }
}

/** A cell as it is written: JSON has no large integers, and CSV no dates of its own. */
const plain = (cell: Cell) =>
  typeof cell === 'bigint' ? String(cell) : cell instanceof Date ? cell.toISOString() : (cell ?? null);

/** Records as CSV, NDJSON or one JSON array, by the output's name; text as it comes. */
async function* formatted(
  pieces: AsyncIterable<readonly Record<string, unknown>[]>,
  { out, json, safeCsv }: PredictOptions,
): AsyncGenerator<string, void, undefined> {
  const extension = extensionOf(out);
  const lines = extension === '.ndjson' || extension === '.jsonl';
  const array = !lines && (json || extension === '.json');
  let first = true;
  for await (const records of pieces) {
    if (lines) yield records.map((record) => `${JSON.stringify(record)}\n`).join('');
    else if (array) yield (first ? '[' : ',') + records.map((record) => JSON.stringify(record)).join(',');
    else
      yield (first ? csvLine(Object.keys(records[0]!), safeCsv) : '') +
        records.map((record) => csvLine(Object.values(record), safeCsv)).join('');
    first = false;
  }
  if (array) yield ']\n';
}
