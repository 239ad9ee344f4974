// evaluate: how well a model does on a file whose target is known.

import type { Label } from '../data/classes.js';
import { Classifier } from '../estimators/classifier.js';
import { requireApart, requireExtension, requireWritable, writeText } from './output.js';
import { located, relocated } from './located.js';
import type { Sheet } from '../table/sheet.js';
import type { ReadingOptions } from './reading.js';
import { counted } from '../runtime/errors.js';
import { regressionText } from './show.js';
import { classificationText } from './show-classes.js';
import { repeatable } from './report/command-line.js';
import { HeldOut } from './report/held-out.js';
import { TableProfile } from './report/profile.js';
import { labelsOf, numbersOf } from './target.js';
import { tell, tellJson } from './terminal.js';
import { FileConformer, loadEstimator, piecesFor, targetOf, tellNotes } from './use.js';

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
  const target = targetOf(model, modelFile, options.target);
  const conformer = new FileConformer(model, options);
  const held = new HeldOut(model);
  const profile = new TableProfile();
  let sheet: Sheet | undefined;
  const chunks = <T extends Label>(truthsOf: (sheet: Sheet) => T[]) =>
    async function* () {
      for await (const { sheet: at, table } of piecesFor(conformer, file)) {
        sheet = at;
        const truths = truthsOf(at);
        if (options.report) {
          profile.add(table);
          profile.addTarget(target, truths);
          located(at, () => held.add(table, truths));
        }
        yield [table, truths] as const;
      }
    };
  const measure = async () => {
    if (model instanceof Classifier) {
      const found = await model.evaluateChunks(chunks((at) => labelsOf(conformer.target(at, target))));
      return { result: found, text: () => classificationText(found) };
    }
    const found = await model.evaluateChunks(chunks((at) => numbersOf(at, target, conformer.target(at, target))));
    return { result: found, text: (rows: number) => regressionText(found, rows) };
  };
  const { result, text } = await measure().catch((error: unknown) => {
    throw sheet ? relocated(sheet, error, { target }) : error;
  });
  const { before, rows: last, file: name } = sheet!;
  const rows = before + last;
  const { notes } = conformer;
  if (!options.quiet) tellNotes(notes);
  if (options.report) {
    const { reportHtml } = await import('./report/report.js');
    const about = { model, modelFile, dataFile: name, target, evaluation: result, held, profile, notes };
    const asked = { rows: { all: rows, measured: rows }, trained: false, seed: model.seed, command: repeatable() };
    await writeText(options.report, await reportHtml({ ...about, ...asked }));
  }
  if (options.json) return tellJson({ model: modelFile, target, rows, notes, evaluation: result });
  tell(`${modelFile} on ${name}, ${counted(rows, 'row')}, target ${JSON.stringify(target)}:\n${text(rows)}`);
  if (options.report) tell(`report: ${options.report}`);
}
