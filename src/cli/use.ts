// What predict and evaluate share: a model from a file, and a file's rows as that model wants them.

import { Classifier } from '../estimators/classifier.js';
import { UnsupportedError } from '../runtime/errors.js';
import { loadModel } from '../load-model.js';
import { Regressor } from '../estimators/regressor.js';
import type { ColumnSpec } from '../data/column-spec.js';
import type { Cell } from '../data/column.js';
import { PIECE, readSheet, readSheets } from '../table/read.js';
import { allAsSaid, wantedOf } from '../table/said.js';
import type { Sheet } from '../table/sheet.js';
import { typedColumn } from '../table/types/cells.js';
import { PLAIN } from '../table/types/numbers.js';
import { type Spelling, ofSpelling, withDecimal } from '../table/types/spelling.js';
import { isDash } from '../table/types/words.js';
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

/** How labels, or categories, are read: a dash is one of them where training had one. */
const categories = (known: readonly unknown[]): Spelling => ({
  type: 'category',
  dash: known.some((one) => typeof one === 'string' && isDash(one)),
});

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
    const specs = model.columns.filter((spec) => spec.kind !== 'dropped');
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
    const cells = sheet.columns.get(name)!;
    if (!(model instanceof Classifier)) return allThere(sheet, name, this.numbers(sheet, name));
    const { classes } = model;
    const own = this.spellingOf(name) ?? (typeof classes[0] === 'string' ? categories(classes) : undefined);
    return allThere(sheet, name, own ? ofSpelling(cells, own, { said: true }) : typedColumn(sheet, name, 'target'));
  }

  /** How a column's text is read: as somebody says now, or as in training. */
  private spellingOf(name: string): Spelling | undefined {
    const { columns = {} } = this.reading;
    const said = Object.hasOwn(columns, name) ? wantedOf(columns[name]!) : undefined;
    if (typeof said === 'object') return { type: 'date', format: said.format };
    return Object.hasOwn(this.spellings, name) ? this.spellings[name] : undefined;
  }

  /** Cells of numbers: text as it was spelled in training, or as programs write it, with the decimals that are said. */
  private numbers(sheet: Sheet, name: string, zero = false): Cell[] {
    const spelling = this.spellingOf(name);
    if (!spelling && this.reading.decimal === undefined) return typedColumn(sheet, name, 'plain', zero);
    const own: Spelling = spelling ?? { type: 'number', ...PLAIN };
    const { decimal } = this.reading;
    const now = own.type === 'number' && decimal ? { ...own, ...withDecimal(own, decimal) } : own;
    return ofSpelling(sheet.columns.get(name)!, now, { zero });
  }

  private cellsOf(sheet: Sheet, spec: Exclude<ColumnSpec, { kind: 'dropped' }>): Cell[] {
    const { name, kind } = spec;
    if (kind === 'number') return this.numbers(sheet, name, sheet.zero);
    const cells = sheet.columns.get(name)!;
    if (kind === 'category') return ofSpelling(cells, this.spellingOf(name) ?? categories(spec.categories), { said: true });
    const spelling = this.spellingOf(name) ?? { type: 'date', order: 'YMD' };
    const typed = ofSpelling(cells, spelling);
    return 'format' in spelling ? allAsSaid(sheet, name, typed, spelling) : typed;
  }

  private column(sheet: Sheet, spec: Exclude<ColumnSpec, { kind: 'dropped' }>): Cell[] {
    const { gaps, strange } = this;
    const { name, kind } = spec;
    if (!sheet.columns.has(name)) return new Array<Cell>(sheet.rows).fill(0); // keys that the records lack
    const cells = this.cellsOf(sheet, spec);
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
