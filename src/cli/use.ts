// What predict and evaluate share: a model from a file, and a file's rows as that model wants them.

import { Classifier } from '../estimators/classifier.js';
import { UnsupportedError } from '../errors.js';
import { loadModel } from '../load-model.js';
import { Regressor } from '../estimators/regressor.js';
import type { ColumnTable } from '../data/table.js';
import { tableOf, typedColumn, type Wanted } from './read/cells.js';
import { readSheet } from './read/read.js';
import type { Sheet } from './read/sheet.js';

/** @throws FileError, ModelFileError; UnsupportedError for a bare network, which knows no columns */
export async function loadEstimator(file: string): Promise<Classifier | Regressor> {
  const model = await loadModel(file);
  if (model instanceof Classifier || model instanceof Regressor) return model;
  throw new UnsupportedError(`${file} is a bare network, which knows no columns; this command needs a classifier or regressor`);
}

export interface Rows {
  readonly sheet: Sheet;
  readonly table: ColumnTable;
  /** What was noticed: columns ignored, categories unknown, gaps filled. */
  readonly notes: string[];
}

/** The model's columns in a file's rows. @throws InputError if one is missing */
export async function rowsFor(
  model: Classifier | Regressor,
  file: string,
  options: { delimiter?: string; header?: boolean },
): Promise<Rows> {
  const sheet = await readSheet(file, options);
  // A file without a header may lack the target, or what was dropped, and then counts its columns differently.
  if (sheet.nameless && sheet.columns.size === model.columns.length) sheet.rename(model.columns.map(({ name }) => name));
  const specs = model.columns.filter(({ kind }) => kind !== 'dropped');
  const absent = specs.filter(({ name }) => !sheet.columns.has(name)).map(({ name }) => JSON.stringify(name));
  if (absent.length > 0) {
    const names = sheet.names.map((name) => JSON.stringify(name)).join(', ');
    throw sheet.error(
      `${absent.length > 1 ? 'the columns' : 'the column'} ${absent.join(', ')}, which the model was trained on, ${absent.length > 1 ? 'are' : 'is'} missing; the columns are ${names}`,
    );
  }
  const notes = [...sheet.notes];
  const known = new Set(model.columns.map(({ name }) => name).concat(model.metadata['target'] ?? []));
  const extra = sheet.names.filter((name) => !known.has(name));
  if (extra.length > 0)
    notes.push(`ignored: ${extra.map((name) => JSON.stringify(name)).join(', ')}, which the model does not know`);
  const columns = new Map(
    specs.map(({ name, kind }) => {
      const wanted: Wanted = kind === 'category' ? 'text' : 'number';
      return [name, typedColumn(sheet, name, wanted)] as const;
    }),
  );
  for (const spec of specs) {
    const cells = columns.get(spec.name)!;
    const gaps = cells.filter((cell) => cell === null || cell === undefined).length;
    if (gaps > 0) notes.push(`${JSON.stringify(spec.name)}: ${gaps} missing, filled as in training`);
    const odd = spec.kind === 'number' ? cells.findIndex((cell) => typeof cell === 'string') : -1;
    if (odd >= 0)
      throw sheet.error(`${JSON.stringify(cells[odd])} is not a number, as this column's cells were in training`, odd, spec.name);
    if (spec.kind !== 'category') continue;
    const categories = new Set<unknown>(spec.categories);
    const strange = [...new Set(cells.filter((cell) => cell !== null && cell !== undefined && !categories.has(cell)))];
    if (strange.length > 0) {
      const list =
        strange
          .slice(0, 5)
          .map((c) => JSON.stringify(c))
          .join(', ') + (strange.length > 5 ? ', …' : '');
      notes.push(`${JSON.stringify(spec.name)}: ${list} not seen in training, taken as none of its categories`);
    }
  }
  return { sheet, table: tableOf(columns, sheet.rows), notes };
}

/** Notes go to standard error, so that results can be piped on. */
export function tellNotes(notes: readonly string[]): void {
  for (const note of notes) process.stderr.write(`note: ${note}\n`);
}
