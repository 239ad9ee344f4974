// evaluate: how well a model does on a file whose target is known.

import type { Label } from '../data/classes.js';
import { Classifier } from '../estimators/classifier.js';
import { UsageError } from './failure.js';
import { requireApart, requireExtension, requireWritable, writeText } from './output.js';
import { located, relocated } from './located.js';
import type { Sheet } from '../table/sheet.js';
import { type ReadingOptions, readingFor } from './reading.js';
import { counted } from '../runtime/errors.js';
import { classificationText, regressionText } from './show.js';
import { HeldOut } from './report/held-out.js';
import { TableProfile } from './report/profile.js';
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
  const held = new HeldOut(model);
  const profile = new TableProfile();
  const keep = (at: Sheet, table: Sheet, truths: readonly Label[]) => {
    if (!options.report) return;
    profile.add(table);
    profile.addTarget(target, truths);
    located(at, () => held.add(table, truths));
  };
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
        for await (const { sheet: at, table, cells } of pieces()) {
          const truths = labelsOf(cells);
          keep(at, table, truths);
          yield [table, truths] as const;
        }
      });
      return { result: found, text: classificationText(found) };
    }
    const found = await model.evaluateChunks(async function* () {
      for await (const { sheet: at, table, cells } of pieces()) {
        const truths = numbersOf(at, target, cells);
        keep(at, table, truths);
        yield [table, truths] as const;
      }
    });
    return { result: found, text: regressionText(found) };
  };
  const { result, text } = await measure().catch((error: unknown) => {
    throw sheet ? relocated(sheet, error, { target }) : error;
  });
  const { before, rows: last, file: name } = sheet!;
  const rows = before + last;
  const { notes } = conformer;
  if (!options.quiet) tellNotes(notes);
  if (options.report) {
    const [{ reportHtml }, { repeatable }] = await Promise.all([
      import('./report/report.js'),
      import('./report/command-line.js'),
    ]);
    const about = { model, modelFile, dataFile: name, target, evaluation: result, held, profile, notes };
    const asked = { rows: { all: rows, measured: rows }, trained: false, seed: model.seed, command: repeatable() };
    await writeText(options.report, await reportHtml({ ...about, ...asked }));
  }
  if (options.json) return tellJson({ model: modelFile, target, rows, notes, evaluation: result });
  tell(`${modelFile} on ${name}, ${counted(rows, 'row')}, target ${JSON.stringify(target)}:\n${text}`);
  if (options.report) tell(`report: ${options.report}`);
}
