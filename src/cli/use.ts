// What predict and evaluate share: a model from a file, and a file's rows as that model wants them.

import { Classifier } from '../estimators/classifier.js';
import { UnsupportedError } from '../runtime/errors.js';
import { type AnyModel, loadModel } from '../load-model.js';
import type { Network } from '../network/network.js';
import type { Cell } from '../data/column.js';
import { Conformer, categories } from '../table/conformer.js';
import { PIECE, readSheet, readSheets } from '../table/read.js';
import type { Sheet } from '../table/sheet.js';
import { typedColumn } from '../table/types/cells.js';
import { ofSpelling } from '../table/types/spelling.js';
import { dataFrom } from './data.js';
import { UsageError } from './failure.js';
import { type ReadingOptions, readingOf } from './reading.js';
import { allThere, requireColumn } from './target.js';
import { clipped, note } from './terminal.js';

/** A model that predicts rows of tables. */
export type Predictor = Exclude<AnyModel, Network>;

/** @throws FileError, ModelFileError; UnsupportedError for a Network, which has no columns */
export async function loadEstimator(file: string): Promise<Predictor> {
  const model = await loadModel(file);
  if (model.kind !== 'network') return model;
  throw new UnsupportedError(`${file} is a Network, which has no columns; this command needs a classifier or regressor`);
}

/** The column that has the truth, by an option or as in training. @throws UsageError where neither says */
export function targetOf({ metadata }: Predictor, file: string, asked: string | undefined): string {
  const target = asked ?? metadata['target'];
  if (target === undefined) throw new UsageError(`${file} does not say what its target is called; --target does`);
  return target;
}

/** Rows of a file, and the columns of them that a model wants, as it wants them. */
interface ModelRows {
  readonly sheet: Sheet;
  readonly table: Sheet;
}

/** The rows of a file. @throws InputError if a column of the model is missing */
export async function rowsFor(conformer: FileConformer, file: string): Promise<ModelRows> {
  return conformer.rows(await readSheet(dataFrom(file), conformer.reading));
}

/** The same piece by piece; `notes` of the conformer says what was noticed once all have come. */
export async function* piecesFor(conformer: FileConformer, file: string): AsyncGenerator<ModelRows, void, undefined> {
  for await (const sheet of readSheets(dataFrom(file), conformer.reading, PIECE)) yield conformer.rows(sheet);
}

/** A model's columns from files. */
export class FileConformer extends Conformer {
  constructor(
    private readonly estimator: Predictor,
    options: ReadingOptions,
  ) {
    super(estimator, readingOf(options));
  }

  /** @throws InputError if a column is missing, or holds what it did not hold in training */
  rows(sheet: Sheet): ModelRows {
    return { sheet, table: sheet.typed(this.take(sheet)) };
  }

  /** Whether a column that predictions keep, as training was told, is there. */
  keeps(sheet: Sheet, name: string): boolean {
    const there = sheet.columns.has(name);
    if (!there) this.tell(`there is no column ${JSON.stringify(name)}, which was to be kept`);
    return there;
  }

  /** The cells of the target in a sheet, every one of them there. @throws InputError */
  target(sheet: Sheet, name: string): Cell[] {
    const { estimator } = this;
    requireColumn(sheet, name, 'the target');
    const cells = sheet.columns.get(name)!;
    if (!(estimator instanceof Classifier)) return allThere(sheet, name, this.numbers(sheet, name));
    const { classes } = estimator;
    const own = this.spellingOf(name) ?? (typeof classes[0] === 'string' ? categories(classes) : undefined);
    return allThere(sheet, name, own ? ofSpelling(cells, own, { said: true }) : typedColumn(sheet, name, 'target'));
  }
}

/** Notes go to standard error, so that results can be piped on. */
export function tellNotes(notes: readonly string[]): void {
  for (const each of notes) note(`note: ${clipped(each, 1000)}`);
}
