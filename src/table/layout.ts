// What the columns of a file are, learned from all of its rows without keeping them.

import type { Cell } from '../data/column.js';
import type { Sheet } from './sheet.js';
import { ColumnProfile, type SpellingHints } from './types/profile.js';
import { allAsSaid } from './said.js';
import { ofSpelling } from './types/spelling.js';
import { type TableColumn, type Wanted, isSaid } from './types/table-column.js';

/** The columns of a file that is read piece by piece. */
export class Layout {
  rows = 0;
  file = '';
  /** Things worth telling about how the file was read. */
  readonly notes: string[] = [];
  private readonly profiles = new Map<string, ColumnProfile>();
  private readonly found = new Map<string, TableColumn>();
  private wanted: Readonly<Record<string, Wanted>> = {};
  private semicolons = false;

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
    this.semicolons ||= sheet.semicolons;
    for (const [name, cells] of sheet.columns) {
      const profile = this.profiles.get(name) ?? new ColumnProfile();
      this.profiles.set(name, profile.add(sheet, cells));
    }
  }

  /**
   * Ends learning: text becomes what all cells of its column are.
   * @param wanted what is wanted of columns, by their names
   * @param decimal what is said of decimals
   */
  finish(wanted: Readonly<Record<string, Wanted>>, decimal?: '.' | ','): void {
    this.wanted = wanted;
    const hints = { ...this.hints(), ...(decimal && { decimal, said: true }) };
    for (const [name, profile] of this.profiles) this.found.set(name, this.columnOf(name, profile, this.wantedOf(name), hints));
  }

  private wantedOf(name: string): Wanted {
    return Object.hasOwn(this.wanted, name) ? this.wanted[name] : undefined;
  }

  private columnOf(name: string, profile: ColumnProfile, wanted: Wanted, hints: SpellingHints): TableColumn {
    const found = profile.found(wanted, hints);
    const { spelling, type, sure } = found;
    const omitted = wanted === undefined && profile.countsRows && isCounter(name) ? 'counts rows' : undefined;
    const said = wanted === 'text' ? [] : profile.notes(name, found, hints);
    const notes = omitted ? [`column ${JSON.stringify(name)} counts rows: left out`] : said;
    this.notes.push(...notes);
    return {
      name,
      type,
      missing: profile.missing(found),
      ...(spelling && { spelling }),
      ...(!sure && { sure }),
      ...(omitted && { omitted }),
      ...(notes.length > 0 && { note: notes.join('; ') }),
    };
  }

  /** Adds to what is told of a column. */
  tell(name: string, note: string | undefined): void {
    if (note === undefined) return;
    this.notes.push(note);
    const column = this.found.get(name)!;
    this.found.set(name, { ...column, note: column.note === undefined ? note : `${column.note}; ${note}` });
  }

  /** Names of the columns that may be inputs. */
  get inputs(): string[] {
    return this.columns.filter(({ omitted }) => omitted === undefined).map(({ name }) => name);
  }

  /** What somebody says of columns: that they are numbers, or categories. */
  get said(): ReadonlyMap<string, 'number' | 'category'> {
    const kinds = { number: 'number', text: 'category' } as const;
    return new Map(
      this.names.flatMap((name) => {
        const wanted = this.wantedOf(name);
        return wanted === 'number' || wanted === 'text' ? [[name, kinds[wanted]] as const] : [];
      }),
    );
  }

  /** What columns that are sure say of others. */
  private hints(): SpellingHints {
    const texts = [...this.profiles.values()];
    const only = <T>(said: (T | undefined)[]) => {
      const different = new Set(said.filter((one) => one !== undefined));
      return different.size === 1 ? [...different][0] : undefined;
    };
    return {
      decimal: only(texts.map(({ decimal }) => decimal)),
      order: only(texts.map(({ order }) => order)),
      semicolons: this.semicolons,
    };
  }

  /**
   * A column of a sheet, typed. What a sheet lacks of the file's columns is missing in all of its rows.
   * @throws InputError for text that is not what somebody says of the column
   */
  typed(sheet: Sheet, name: string): Cell[] {
    const cells = sheet.columns.get(name) ?? new Array<Cell>(sheet.rows).fill(undefined);
    const { type, spelling = { type: 'category' } } = this.found.get(name)!;
    const wanted = this.wantedOf(name);
    const typed = ofSpelling(cells, spelling, { said: isSaid(wanted), zero: sheet.zero && type === 'number' });
    return isSaid(wanted) ? allAsSaid(sheet, name, typed, spelling) : typed;
  }
}

/** Whether a column's name says that it counts rows, or nothing at all. */
const isCounter = (name: string) =>
  /^(?:column \d+|unnamed: ?\d+|index|row(?:[ _.]?(?:number|num|no|nr|id|index))?|rownames|#|nr\.?|no\.?|id)$/i.test(name.trim());
