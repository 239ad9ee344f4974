// What the columns of a table hold: kinds, gaps, ranges, and how values are spread.

import type { Label } from '../../data/classes.js';
import type { Column } from '../../data/column.js';
import type { Table } from '../../data/table.js';
import { Thinned } from './thinned.js';

/** Values kept for a picture of how they are spread. */
const MOST_VALUES = 8192;
/** Different categories that are counted one by one. */
const MOST_CATEGORIES = 1000;

/** What a column holds. */
export interface ColumnProfile {
  readonly name: string;
  kind: Column['kind'];
  missing: number;
  low: number;
  high: number;
  readonly values: Thinned<number>;
  readonly counts: Map<string, number>;
  /** Rows of categories that are not counted one by one. */
  uncounted: number;
}

/** Profiles of columns, which grow piece by piece. */
export class TableProfile {
  rows = 0;
  readonly columns = new Map<string, ColumnProfile>();

  add(table: Table): void {
    this.rows += table.rows;
    for (let i = 0; i < table.width; i++) this.addColumn(table.names?.[i] ?? String(i), table.column(i));
  }

  /** Adds the target's cells, which stand apart. */
  addTarget(name: string, cells: readonly Label[]): void {
    const numbers = cells.every((cell) => typeof cell === 'number');
    if (numbers) this.addColumn(name, { kind: 'number', values: Float64Array.from(cells as number[]) });
    else this.addColumn(name, { kind: 'category', values: cells.map(String) });
  }

  private addColumn(name: string, column: Column): void {
    let profile = this.columns.get(name);
    if (!profile) {
      const empty = { missing: 0, low: Infinity, high: -Infinity, uncounted: 0 };
      profile = { name, kind: column.kind, ...empty, values: new Thinned(MOST_VALUES), counts: new Map() };
      this.columns.set(name, profile);
    }
    if (column.kind === 'category') addCategories(profile, column.values);
    else addNumbers(profile, column.kind, column.values);
  }
}

function addCategories(profile: ColumnProfile, values: readonly (string | null)[]): void {
  const { counts } = profile;
  profile.kind = 'category';
  for (const value of values) {
    if (value === null) profile.missing++;
    else if (counts.has(value) || counts.size < MOST_CATEGORIES) counts.set(value, (counts.get(value) ?? 0) + 1);
    else profile.uncounted++;
  }
}

function addNumbers(profile: ColumnProfile, kind: Column['kind'], values: Float64Array): void {
  if (profile.kind === 'number') profile.kind = kind;
  for (const value of values) {
    if (Number.isNaN(value)) {
      profile.missing++;
      continue;
    }
    profile.low = Math.min(profile.low, value);
    profile.high = Math.max(profile.high, value);
  }
  const picked = profile.values.next(values.length).map((i) => values[i]!);
  profile.values.add(picked.filter((value) => !Number.isNaN(value)));
}
