// A model's columns from a table that it did not learn from: text means what it meant in training.

import type { Cell } from '../data/column.js';
import type { ColumnSpec } from '../data/column-spec.js';
import type { TableReader } from '../data/table.js';
import type { ReadOptions } from './read.js';
import { type Remembered, type Spellings, readingFor, spellingsOf } from './remembered.js';
import { allAsSaid, wantedOf } from './said.js';
import type { Sheet } from './sheet.js';
import { typedColumn } from './types/cells.js';
import { PLAIN } from './types/numbers.js';
import { type Spelling, ofSpelling, withDecimal } from './types/spelling.js';
import { isDash } from './types/words.js';

/** A column that is an input. */
type InputSpec = Exclude<ColumnSpec, { kind: 'dropped' }>;

/** How labels, or categories, are read: a dash is one of them where training had one. */
export const categories = (known: readonly unknown[]): Spelling => ({
  type: 'category',
  dash: known.some((one) => typeof one === 'string' && isDash(one)),
});

/** Categories that training had not, that are named. */
const NAMED = 5;

/** Makes a model's columns of sheets, and remembers what was noticed. */
export class Conformer {
  private readonly told: string[] = [];
  private readonly extra = new Set<string>();
  private readonly gaps = new Map<string, number>();
  private readonly strange = new Map<string, Set<unknown>>();
  private readonly spellings: Spellings;
  /** How the data are read. */
  readonly reading: ReadOptions & Remembered;

  /**
   * @param now what somebody says of the data
   * @throws ModelFileError for notes of the model that are damaged
   */
  constructor(
    private readonly model: TableReader,
    now: ReadOptions,
  ) {
    this.reading = readingFor(model.metadata, now);
    this.spellings = spellingsOf(model.metadata);
  }

  /** Notices something, once. */
  protected tell(note: string): void {
    if (!this.told.includes(note)) this.told.push(note);
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
      const named = unseen.slice(0, NAMED).map((c) => JSON.stringify(c));
      const list = named.join(', ') + (unseen.length > NAMED ? ', …' : '');
      notes.push(`${JSON.stringify(name)}: ${list} not seen in training, taken as none of its categories`);
    }
    return notes;
  }

  /**
   * The columns of a sheet that are inputs of the model.
   * @param typed the cells of a column where they have been typed as they were in training
   * @throws InputError if a column is missing, or holds what it did not hold in training
   */
  take(sheet: Sheet, typed?: (spec: InputSpec) => Cell[] | undefined): Map<string, Cell[]> {
    const { model, extra } = this;
    // A file without a header may lack the target, or what was dropped, and then counts its columns differently.
    if (sheet.nameless && sheet.columns.size === model.columns.length) sheet.rename(model.columns.map(({ name }) => name));
    const specs = model.columns.filter((spec): spec is InputSpec => spec.kind !== 'dropped');
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
    const known = new Set([
      ...model.columns.map(({ name }) => name),
      ...Object.keys(this.spellings),
      model.metadata['target'],
      ...(this.reading.keep ?? []),
    ]);
    for (const name of sheet.names) if (!known.has(name)) extra.add(name);
    return new Map(specs.map((spec) => [spec.name, this.column(sheet, spec, typed?.(spec))] as const));
  }

  /** How a column's text is read: as somebody says now, or as in training. */
  spellingOf(name: string): Spelling | undefined {
    const { columns = {} } = this.reading;
    const said = Object.hasOwn(columns, name) ? wantedOf(columns[name]!) : undefined;
    if (typeof said === 'object') return { type: 'date', format: said.format };
    return Object.hasOwn(this.spellings, name) ? this.spellings[name] : undefined;
  }

  /** Cells of numbers: text as it was spelled in training, or as programs write it, with the decimals that are said. */
  numbers(sheet: Sheet, name: string, zero = false): Cell[] {
    const spelling = this.spellingOf(name);
    if (!spelling && this.reading.decimal === undefined) return typedColumn(sheet, name, 'plain', zero);
    const own: Spelling = spelling ?? { type: 'number', ...PLAIN };
    const { decimal } = this.reading;
    const now = own.type === 'number' && decimal ? { ...own, ...withDecimal(own, decimal) } : own;
    return ofSpelling(sheet.columns.get(name)!, now, { zero });
  }

  private cellsOf(sheet: Sheet, spec: InputSpec): Cell[] {
    const { name, kind } = spec;
    if (kind === 'number') return this.numbers(sheet, name, sheet.zero);
    const cells = sheet.columns.get(name)!;
    if (kind === 'category') return ofSpelling(cells, this.spellingOf(name) ?? categories(spec.categories), { said: true });
    const spelling = this.spellingOf(name) ?? { type: 'date', order: 'YMD' };
    const typed = ofSpelling(cells, spelling);
    return 'format' in spelling ? allAsSaid(sheet, name, typed, spelling) : typed;
  }

  private column(sheet: Sheet, spec: InputSpec, typed: Cell[] | undefined): Cell[] {
    const { gaps, strange } = this;
    const { name, kind } = spec;
    if (!sheet.columns.has(name)) return new Array<Cell>(sheet.rows).fill(0); // keys that the records lack
    const cells = typed ?? this.cellsOf(sheet, spec);
    const missing = cells.filter((cell) => cell === null || cell === undefined).length;
    gaps.set(name, (gaps.get(name) ?? 0) + missing);
    const odd = kind === 'number' ? cells.findIndex((cell) => typeof cell === 'string') : -1;
    if (odd >= 0) {
      const spelling = this.spellingOf(name);
      const commas = spelling?.type === 'number' && spelling.decimal === ',' ? ', with decimal commas' : '';
      throw sheet.error(
        `${JSON.stringify(cells[odd])} is not a number, as this column's cells were in training${commas}`,
        odd,
        name,
      );
    }
    if (spec.kind !== 'category') return cells;
    const categories = new Set<unknown>(spec.categories);
    const unseen = strange.get(name) ?? new Set();
    strange.set(name, unseen);
    // A few are enough to name.
    for (const cell of cells)
      if (unseen.size <= NAMED && cell !== null && cell !== undefined && !categories.has(cell)) unseen.add(cell);
    return cells;
  }
}
