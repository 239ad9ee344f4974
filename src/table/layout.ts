// What the columns of a file are, learned from all of its rows without keeping them.

import type { Cell } from '../data/column.js';
import type { Sheet } from './sheet.js';
import { type TextKind, TextProfile, type Wanted, conformed, ofKind } from './types/cells.js';
import { type TableColumn, TypedProfile } from './types/table-column.js';

/** The columns of a file that is read piece by piece. */
export class Layout {
  rows = 0;
  file = '';
  /** Things worth telling about how the file was read. */
  readonly notes: string[] = [];
  /** What is known of the columns once learning has ended. */
  columns: readonly TableColumn[] = [];
  private readonly profiles = new Map<string, TextProfile | TypedProfile>();
  private readonly kinds = new Map<string, TextKind>();
  private readonly numbers = new Set<string>();

  /** @param zero whether what a record lacks is 0, in columns of numbers */
  constructor(private readonly zero = false) {}

  /** Names of the columns. */
  get names(): string[] {
    return [...this.profiles.keys()];
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

  /** Ends learning: text becomes what all cells of its column are; the column `wanted` names, what is wanted of it. */
  finish(wanted: Readonly<Record<string, Wanted>>): void {
    this.columns = [...this.profiles].map(([name, profile]): TableColumn => {
      const { missing } = profile;
      if (profile instanceof TypedProfile) {
        if (profile.type === 'number') this.numbers.add(name);
        return { name, type: profile.type, missing };
      }
      const kind = profile.kind(wanted[name]);
      this.kinds.set(name, kind);
      const note = wanted[name] === undefined ? profile.note(name) : undefined;
      if (note) this.notes.push(note);
      const type = kind === 'mixed' ? 'number' : kind === 'text' ? 'category' : kind;
      return { name, type, missing, ...(note !== undefined && { note }) };
    });
  }

  /** A column of a sheet, typed. What a sheet lacks of the file's columns is missing in all of its rows. */
  typed(sheet: Sheet, name: string): Cell[] {
    const cells = sheet.columns.get(name) ?? new Array<Cell>(sheet.rows).fill(undefined);
    if (this.zero && this.numbers.has(name))
      return conformed(
        cells.map((cell) => (cell === undefined ? 0 : cell)),
        undefined,
      );
    const kind = this.kinds.get(name);
    return kind ? ofKind(cells, kind) : conformed(cells, undefined);
  }
}
