// What the columns of a file are, learned from all of its rows without keeping them.

import type { Cell } from '../data/column.js';
import type { Sheet } from './sheet.js';
import { conformed } from './types/cells.js';
import { type SpellingHints, TextProfile } from './types/profile.js';
import { type Spelling, ofSpelling } from './types/spelling.js';
import { type TableColumn, TypedProfile, type Wanted } from './types/table-column.js';

/** The columns of a file that is read piece by piece. */
export class Layout {
  rows = 0;
  file = '';
  /** Things worth telling about how the file was read. */
  readonly notes: string[] = [];
  private readonly profiles = new Map<string, TextProfile | TypedProfile>();
  private readonly found = new Map<string, TableColumn>();

  /** Names of the columns. */
  get names(): string[] {
    return [...this.profiles.keys()];
  }

  /** What is known of the columns once learning has ended. */
  get columns(): readonly TableColumn[] {
    return [...this.found.values()];
  }

  add(sheet: Sheet): void {
    this.file = sheet.file;
    this.notes.push(...sheet.notes);
    this.rows += sheet.rows;
    for (const [name, cells] of sheet.columns) {
      const profile = this.profiles.get(name) ?? (sheet.text ? new TextProfile() : new TypedProfile());
      this.profiles.set(name, profile);
      if (profile instanceof TextProfile) profile.add(sheet, cells);
      else profile.add(cells);
    }
  }

  /**
   * Ends learning: text becomes what all cells of its column are.
   * @param wanted what is wanted of columns, by their names
   */
  finish(wanted: Readonly<Record<string, Wanted>>): void {
    const hints = this.hints();
    for (const [name, profile] of this.profiles) this.found.set(name, this.columnOf(name, profile, wanted[name], hints));
  }

  private columnOf(name: string, profile: TextProfile | TypedProfile, wanted: Wanted, hints: SpellingHints): TableColumn {
    if (profile instanceof TypedProfile) return { name, type: profile.type, missing: profile.missing };
    const found = profile.found(wanted, hints);
    const { spelling, sure } = found;
    const omitted = wanted === undefined && profile.countsRows && isCounter(name) ? 'counts rows' : undefined;
    const said = wanted === 'text' ? [] : profile.notes(name, found);
    const notes = omitted ? [`column ${JSON.stringify(name)} counts rows: left out`] : said;
    this.notes.push(...notes);
    return {
      name,
      type: spelling.type,
      missing: profile.missing(found),
      spelling,
      ...(!sure && { sure }),
      ...(omitted && { omitted }),
      ...(notes.length > 0 && { note: notes.join('; ') }),
    };
  }

  /** Names of the columns that may be inputs. */
  get inputs(): string[] {
    return this.columns.filter(({ omitted }) => omitted === undefined).map(({ name }) => name);
  }

  /** How the text of columns is read, by their names: plain data, to be kept with a model. */
  get spellings(): Readonly<Record<string, Spelling>> {
    return Object.fromEntries(this.columns.flatMap(({ name, spelling }) => (spelling ? [[name, spelling]] : [])));
  }

  /** What columns that are sure say of others. */
  private hints(): SpellingHints {
    const texts = [...this.profiles.values()].filter((profile) => profile instanceof TextProfile);
    const only = <T>(said: (T | undefined)[]) => {
      const different = new Set(said.filter((one) => one !== undefined));
      return different.size === 1 ? [...different][0] : undefined;
    };
    return { decimal: only(texts.map(({ decimal }) => decimal)), order: only(texts.map(({ order }) => order)) };
  }

  /** A column of a sheet, typed. What a sheet lacks of the file's columns is missing in all of its rows. */
  typed(sheet: Sheet, name: string): Cell[] {
    const cells = sheet.columns.get(name) ?? new Array<Cell>(sheet.rows).fill(undefined);
    const { type, spelling } = this.found.get(name)!;
    return spelling ? ofSpelling(cells, spelling) : conformed(cells, undefined, sheet.zero && type === 'number');
  }
}

/** Whether a column's name says that it counts rows, or nothing at all. */
const isCounter = (name: string) =>
  /^(?:column \d+|unnamed: ?\d+|index|row(?:[ _.]?(?:number|num|no|nr|id|index))?|rownames|#|nr\.?|no\.?|id)$/i.test(name.trim());
