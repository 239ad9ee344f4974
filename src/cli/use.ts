// What predict and evaluate share: a model from a file, and a file's rows as that model wants them.

import { Classifier } from '../estimators/classifier.js';
import { UnsupportedError } from '../runtime/errors.js';
import { loadModel } from '../load-model.js';
import { Regressor } from '../estimators/regressor.js';
import type { ColumnSpec } from '../data/column-spec.js';
import type { Cell } from '../data/column.js';
import { typedColumn } from '../table/types/cells.js';
import { ofSpelling } from '../table/types/spelling.js';
import { PIECE, readSheet, readSheets } from '../table/read.js';
import type { Sheet } from '../table/sheet.js';
import type { Wanted } from '../table/types/table-column.js';
import { dataFrom } from './data.js';
import { UsageError } from './failure.js';
import { type ReadingOptions, readingFor } from './reading.js';
import { type Spellings, spellingsOf } from './spellings.js';
import { allThere, requireColumn } from './target.js';
import { clipped, note } from './terminal.js';

/** @throws FileError, ModelFileError; UnsupportedError for a bare network, which knows no columns */
export async function loadEstimator(file: string): Promise<Classifier | Regressor> {
  const model = await loadModel(file);
  if (model instanceof Classifier || model instanceof Regressor) return model;
  throw new UnsupportedError(`${file} is a bare network, which knows no columns; this command needs a classifier or regressor`);
}

/** The column that has the truth, by an option or as in training. @throws UsageError where neither says */
export function targetOf({ metadata }: Classifier | Regressor, file: string, asked: string | undefined): string {
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
export async function rowsFor(conformer: Conformer, file: string): Promise<ModelRows> {
  return conformer.take(await readSheet(dataFrom(file), conformer.reading));
}

/** The same piece by piece; `notes` of the conformer says what was noticed once all have come. */
export async function* piecesFor(conformer: Conformer, file: string): AsyncGenerator<ModelRows, void, undefined> {
  for await (const sheet of readSheets(dataFrom(file), conformer.reading, PIECE)) yield conformer.take(sheet);
}

/** Makes a model's columns of sheets, and remembers what was noticed. */
export class Conformer {
  private readonly told: string[] = [];
  private readonly extra = new Set<string>();
  private readonly gaps = new Map<string, number>();
  private readonly strange = new Map<string, Set<unknown>>();

  private readonly spellings: Spellings;
  /** How the data are read. */
  readonly reading: ReturnType<typeof readingFor>;

  constructor(
    private readonly model: Classifier | Regressor,
    options: ReadingOptions,
  ) {
    this.reading = readingFor(model.metadata, options);
    this.spellings = spellingsOf(model.metadata);
  }

  /** What was noticed: columns ignored, categories unknown, gaps filled. */
  get notes(): string[] {
    const notes = [...this.told];
    const { extra, gaps, strange } = this;
    if (extra.size > 0)
      notes.push(`ignored: ${[...extra].map((name) => JSON.stringify(name)).join(', ')}, which the model does not know`);
    for (const { name } of this.model.columns) {
      const missing = gaps.get(name);
      if (missing) notes.push(`${JSON.stringify(name)}: ${missing} missing, filled as in training`);
      const unseen = [...(strange.get(name) ?? [])];
      if (unseen.length === 0) continue;
      const list =
        unseen
          .slice(0, 5)
          .map((c) => JSON.stringify(c))
          .join(', ') + (unseen.length > 5 ? ', …' : '');
      notes.push(`${JSON.stringify(name)}: ${list} not seen in training, taken as none of its categories`);
    }
    return notes;
  }

  /** @throws InputError if a column is missing, or holds what it did not hold in training */
  take(sheet: Sheet): ModelRows {
    const { model, extra } = this;
    // A file without a header may lack the target, or what was dropped, and then counts its columns differently.
    if (sheet.nameless && sheet.columns.size === model.columns.length) sheet.rename(model.columns.map(({ name }) => name));
    const specs = model.columns.filter(({ kind }) => kind !== 'dropped');
    const zero = this.reading.absent === 'zero' && !sheet.text;
    const lacks = ({ name, kind }: ColumnSpec) => !sheet.columns.has(name) && !(zero && kind === 'number');
    const absent = specs.filter(lacks).map(({ name }) => JSON.stringify(name));
    if (absent.length > 0) {
      const names = sheet.names.map((name) => JSON.stringify(name)).join(', ');
      throw sheet.error(
        `${absent.length > 1 ? 'the columns' : 'the column'} ${absent.join(', ')}, which the model was trained on, ${absent.length > 1 ? 'are' : 'is'} missing; the columns are ${names}`,
      );
    }
    this.told.push(...sheet.notes);
    const known = new Set([...model.columns.map(({ name }) => name), model.metadata['target'], ...(this.reading.keep ?? [])]);
    for (const name of sheet.names) if (!known.has(name)) extra.add(name);
    const columns = new Map(specs.map((spec) => [spec.name, this.column(sheet, spec)] as const));
    return { sheet, table: sheet.typed(columns) };
  }

  /** The cells of the target in a sheet, every one of them there. @throws InputError */
  target(sheet: Sheet, name: string): Cell[] {
    const { model } = this;
    requireColumn(sheet, name, 'the target');
    const wanted = model instanceof Classifier ? (typeof model.classes[0] === 'string' ? 'text' : 'target') : 'number';
    return allThere(sheet, name, this.typed(sheet, name, wanted));
  }

  /** A column's cells: text as it was spelled in training, or else as what is wanted. */
  private typed(sheet: Sheet, name: string, wanted: Wanted, zero = false): Cell[] {
    const spelling = sheet.text && Object.hasOwn(this.spellings, name) ? this.spellings[name] : undefined;
    return spelling ? ofSpelling(sheet.columns.get(name)!, spelling) : typedColumn(sheet, name, wanted, zero);
  }

  private column(sheet: Sheet, spec: ColumnSpec): Cell[] {
    const { gaps, strange } = this;
    const { name, kind } = spec;
    if (!sheet.columns.has(name)) return new Array<Cell>(sheet.rows).fill(0); // keys that the records lack
    const written = kind === 'category' || (kind === 'date' && sheet.text);
    const zero = kind === 'number' && sheet.zero;
    const cells = this.typed(sheet, name, written ? 'text' : 'plain', zero);
    const missing = cells.filter((cell) => cell === null || cell === undefined).length;
    gaps.set(name, (gaps.get(name) ?? 0) + missing);
    const odd = kind === 'number' ? cells.findIndex((cell) => typeof cell === 'string') : -1;
    if (odd >= 0)
      throw sheet.error(`${JSON.stringify(cells[odd])} is not a number, as this column's cells were in training`, odd, name);
    if (spec.kind !== 'category') return cells;
    const categories = new Set<unknown>(spec.categories);
    const unseen = strange.get(name) ?? new Set();
    strange.set(name, unseen);
    // A few are enough to name.
    for (const cell of cells)
      if (unseen.size <= 5 && cell !== null && cell !== undefined && !categories.has(cell)) unseen.add(cell);
    return cells;
  }
}

/** Notes go to standard error, so that results can be piped on. */
export function tellNotes(notes: readonly string[]): void {
  for (const each of notes) note(`note: ${clipped(each, 1000)}`);
}
