// evaluate: how well a model does on a file whose target is known.

import path from 'node:path';
import { Classifier } from '../estimators/classifier.js';
import { UsageError } from './failure.js';
import { requireApart, requireExtension, requireWritable, writeText } from './output.js';
import { located, relocated } from '../table/located.js';
import type { Sheet } from '../table/sheet.js';
import { Points } from './points.js';
import { type ReadingOptions, readingFor } from './reading.js';
import { counted } from '../runtime/errors.js';
import { classificationText, regressionText } from './show.js';
import { labelsOf, numbersOf, targetCells } from './target.js';
import { spellingsOf } from './spellings.js';
import { tell, tellJson } from './terminal.js';
import { Conformer, loadEstimator, piecesFor, tellNotes } from './use.js';

interface EvaluateOptions extends ReadingOptions {
  readonly target?: string;
  readonly report?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export async function evaluate(modelFile: string, file: string, options: EvaluateOptions): Promise<void> {
  requireApart({ '--report': options.report }, [modelFile, file]);
  if (options.report) {
    requireExtension('--report', options.report, 'reports are', ['.html', '.htm']);
    await requireWritable(options.report);
  }
  const model = await loadEstimator(modelFile);
  const target = options.target ?? model.metadata['target'];
  if (target === undefined) throw new UsageError(`${modelFile} does not say what its target is called; --target does`);
  const conformer = new Conformer(model, readingFor(model.metadata, options));
  const spellings = spellingsOf(model.metadata);
  const points = new Points();
  let sheet: Sheet | undefined;
  const pieces = async function* () {
    const wanted = model instanceof Classifier ? (typeof model.classes[0] === 'string' ? 'text' : undefined) : 'number';
    for await (const piece of piecesFor(conformer, file)) {
      sheet = piece.sheet;
      yield { ...piece, cells: targetCells(sheet, target, wanted, spellings[target]) };
    }
  };
  const measure = async () => {
    if (model instanceof Classifier) {
      const found = await model.evaluateChunks(async function* () {
        for await (const { table, cells } of pieces()) yield [table, labelsOf(cells)] as const;
      });
      return { result: found, text: classificationText(found), pictures: { evaluation: found } };
    }
    const found = await model.evaluateChunks(async function* () {
      for await (const { sheet: at, table, cells } of pieces()) {
        const truths = numbersOf(at, target, cells);
        if (options.report) points.add(truths, located(at, () => model.predict(table)) as number[]);
        yield [table, truths] as const;
      }
    });
    return { result: found, text: regressionText(found), pictures: { points: points.list } };
  };
  const { result, text, pictures } = await measure().catch((error: unknown) => {
    throw sheet ? relocated(sheet, error, { target }) : error;
  });
  const { before, rows: last, file: name } = sheet!;
  const rows = before + last;
  const { notes } = conformer;
  if (!options.quiet) tellNotes(notes);
  if (options.report) {
    const { reportHtml } = await import('./report.js');
    const title = `${path.basename(modelFile)} on ${path.basename(name)}`;
    await writeText(options.report, reportHtml({ title, sections: [[`${target}, ${counted(rows, 'row')}`, text]], ...pictures }));
  }
  if (options.json) return tellJson({ model: modelFile, target, rows, notes, evaluation: result });
  tell(`${modelFile} on ${name}, ${counted(rows, 'row')}, target ${JSON.stringify(target)}:\n${text}`);
  if (options.report) tell(`report: ${options.report}`);
}
