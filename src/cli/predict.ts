// predict: a model's answer for each row of a file.

import path from 'node:path';
import { Classifier } from '../estimators/classifier.js';
import { UsageError } from './failure.js';
import { csvLine, requireApart, requireWritable, writeText } from './output.js';
import { located } from './read/cells.js';
import { loadEstimator, rowsFor, tellNotes } from './use.js';

export interface PredictOptions {
  readonly out?: string;
  readonly probabilities?: boolean;
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export async function predict(modelFile: string, file: string, options: PredictOptions): Promise<void> {
  requireApart({ '--out': options.out }, [modelFile, file]);
  if (options.out) await requireWritable(options.out);
  const model = await loadEstimator(modelFile);
  if (options.probabilities && !(model instanceof Classifier))
    throw new UsageError('--probabilities goes with classifiers; this model predicts numbers');
  const { sheet, table, notes } = await rowsFor(model, file, options);
  if (!options.quiet) tellNotes(notes);
  const name = model.metadata['target'] ?? 'prediction';
  const records = located(sheet, () => {
    if (!(model instanceof Classifier)) {
      const predictions = model.predict(table) as number[] | number[][];
      return predictions.map(
        (p): Record<string, unknown> =>
          Array.isArray(p) ? Object.fromEntries(p.map((v, i) => [`${name} ${i + 1}`, v])) : { [name]: p },
      );
    }
    if (!options.probabilities) return model.predict(table).map((label): Record<string, unknown> => ({ [name]: label }));
    const all = model.predictProbabilities(table);
    return all.map((row) => {
      const best = row.indexOf(Math.max(...row));
      const probabilities = Object.fromEntries(row.map((p, i) => [`probability of ${String(model.classes[i])}`, p]));
      return { [name]: model.classes[best], ...probabilities } as Record<string, unknown>;
    });
  });
  const text = formatted(records, options);
  if (options.out) await writeText(options.out, text);
  else process.stdout.write(text);
}

function formatted(records: readonly Record<string, unknown>[], { out, json }: PredictOptions): string {
  const extension = out ? path.extname(out).toLowerCase() : '';
  if (extension === '.ndjson' || extension === '.jsonl') return records.map((record) => `${JSON.stringify(record)}\n`).join('');
  if (json || extension === '.json') return `${JSON.stringify(records)}\n`;
  return csvLine(Object.keys(records[0]!)) + records.map((record) => csvLine(Object.values(record))).join('');
}
