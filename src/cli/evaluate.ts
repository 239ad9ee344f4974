// evaluate: how well a model does on a file whose target is known.

import path from 'node:path';
import { Classifier } from '../estimators/classifier.js';
import { UsageError } from './failure.js';
import { requireApart, requireWritable, writeText } from './output.js';
import { located } from './read/cells.js';
import { classificationText, regressionText } from './show.js';
import { labelsOf, numbersOf, targetCells } from './target.js';
import { loadEstimator, rowsFor, tellNotes } from './use.js';

export interface EvaluateOptions {
  readonly target?: string;
  readonly report?: string;
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export async function evaluate(modelFile: string, file: string, options: EvaluateOptions): Promise<void> {
  requireApart({ '--report': options.report }, [modelFile, file]);
  if (options.report) await requireWritable(options.report);
  const model = await loadEstimator(modelFile);
  const target = options.target ?? model.metadata['target'];
  if (target === undefined) throw new UsageError(`${modelFile} does not say what its target is called; --target does`);
  const { sheet, table, notes } = await rowsFor(model, file, options);
  if (!options.quiet) tellNotes(notes);
  const isClassifier = model instanceof Classifier;
  const cells = targetCells(sheet, target, isClassifier ? (typeof model.classes[0] === 'string' ? 'text' : undefined) : 'number');
  const { result, text, pictures } = located(
    sheet,
    () => {
      if (isClassifier) {
        const found = model.evaluate(table, labelsOf(cells));
        return { result: found, text: classificationText(found), pictures: { evaluation: found } };
      }
      const truths = numbersOf(sheet, target, cells);
      const found = model.evaluate(table, truths);
      const points = (model.predict(table) as number[]).map((p, i): [number, number] => [truths[i]!, p]);
      return { result: found, text: regressionText(found), pictures: { points } };
    },
    { target },
  );
  if (options.report) {
    const { reportHtml } = await import('./report.js');
    const title = `${path.basename(modelFile)} on ${path.basename(sheet.file)}`;
    await writeText(options.report, reportHtml({ title, sections: [[`${target}, ${sheet.rows} rows`, text]], ...pictures }));
  }
  if (options.json)
    process.stdout.write(`${JSON.stringify({ model: modelFile, target, rows: sheet.rows, notes, evaluation: result })}\n`);
  else
    process.stdout.write(
      `${modelFile} on ${sheet.file}, ${sheet.rows} rows, target ${JSON.stringify(target)}:\n${text}\n${options.report ? `report: ${options.report}\n` : ''}`,
    );
}
