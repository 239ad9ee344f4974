// What the columns of a file are, learned from all of its rows without keeping them.

import type { Cell } from '../../data/column.js';
import { type TextKind, TextProfile, type Wanted, conformed, ofKind } from './cells.js';
import type { Sheet } from './sheet.js';

/** The columns of a file that is read piece by piece. */
export class Layout {
  rows = 0;
  file = '';
  /** Things worth telling about how the file was read. */
  readonly notes: string[] = [];
  private readonly profiles = new Map<string, TextProfile | undefined>();
  private readonly kinds = new Map<string, TextKind>();

  /** Names of the columns. */
  get names(): string[] {
    return [...this.profiles.keys()];
  }

  add(sheet: Sheet): void {
    this.file = sheet.file;
    this.notes.push(...sheet.notes);
    this.rows += sheet.rows;
    for (const [name, cells] of sheet.columns) {
      if (!this.profiles.has(name)) this.profiles.set(name, sheet.text ? new TextProfile() : undefined);
      this.profiles.get(name)?.add(sheet, cells);
    }
  }

  /** Ends learning: text becomes what all cells of its column are; the column `wanted` names, what is wanted of it. */
  finish(wanted: Readonly<Record<string, Wanted>>): void {
    for (const [name, profile] of this.profiles) {
      if (!profile) continue;
      this.kinds.set(name, profile.kind(wanted[name]));
      const note = wanted[name] === undefined ? profile.note(name) : undefined;
      if (note) this.notes.push(note);
    }
  }

  /** A column of a sheet, typed. What a sheet lacks of the file's columns is missing in all of its rows. */
  typed(sheet: Sheet, name: string): Cell[] {
    const cells = sheet.columns.get(name) ?? new Array<Cell>(sheet.rows).fill(null);
    const kind = this.kinds.get(name);
    return kind ? ofKind(cells, kind) : conformed(cells, undefined);
  }
}
