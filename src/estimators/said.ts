// What a user says of the data: what columns are, and which rows belong together.

import { type Groups, countGroups, numbered } from '../data/apart.js';
import type { ColumnKind } from '../data/column.js';
import type { AskedColumns } from '../data/gathered.js';
import * as conversions from '../data/conversions.js';
import { picked } from '../data/pick.js';
import type { Table } from '../data/table.js';
import { DataError, OptionError, counted, shown, thereAre } from '../runtime/errors.js';
import { type Checked, nearest } from '../runtime/options.js';
import type { ESTIMATOR_OPTIONS } from './options.js';

export { heldOut, turnsOf } from './held-out.js';

const MANY = 20;

/** @throws OptionError for a column that is not there */
function requireColumn(option: string, value: unknown, name: string, { names }: Pick<Table, 'names'>): void {
  if (!names) {
    const expected = 'none for rows of numbers, since their columns have no names; use records';
    throw new OptionError(option, value, expected);
  }
  if (names.includes(name)) return;
  const near = nearest(name, names);
  const all = names.slice(0, MANY).map(shown).join(', ') + (names.length > MANY ? `, … (${names.length} in all)` : '');
  const expected = near === undefined ? `the columns are ${all}` : `did you mean ${shown(near)}?`;
  throw new OptionError(option, value, expected, `${option}: there is no column ${shown(name)}; ${expected}`);
}

/** What is said of a table's columns. @throws OptionError for columns that are not there */
export function askedColumns(
  call: string,
  { columns, absent, order }: Pick<Checked<typeof ESTIMATOR_OPTIONS>, 'columns' | 'absent' | 'order'>,
  groups: Groups | undefined,
  t: Table,
): AskedColumns {
  for (const name of Object.keys(columns ?? {})) requireColumn(`${call}.columns`, columns, name, t);
  if (typeof groups === 'string') requireColumn(`${call}.groups`, groups, groups, t);
  const kinds = new Map<string | number, ColumnKind>(Object.entries(columns ?? {}));
  return {
    of: (place) => {
      const kind = kinds.get(place);
      if (place === groups) return { dropped: 'names groups' };
      if (kind === undefined) return {};
      return kind === 'ignore' ? { dropped: 'ignored, as asked for' } : { kind, from: 'anything' };
    },
    zero: absent === 'zero',
    apart: groups !== undefined ? 'groups' : order === 'time' ? order : undefined,
  };
}

/**
 * The group of each row of a table, as a number.
 * @param known groups of tables before
 * @throws OptionError, DataError for a row without a label
 */
export function groupsOf(call: string, groups: Groups, t: Table, known?: Map<unknown, number>): Uint32Array {
  if (typeof groups !== 'string') return labelled(call, groups, t.rows);
  const { values } = t.column(t.names!.indexOf(groups), { kind: 'category', from: 'anything', by: conversions });
  return allLabelled(values, groups, known);
}

function labelled(call: string, groups: ArrayLike<unknown>, rows: number): Uint32Array {
  if (groups.length === rows) return allLabelled(groups, undefined);
  const expected = `a label for each row: ${thereAre(rows, 'row')}`;
  const message = `${call}.groups has ${counted(groups.length, 'element')}; expected ${expected}`;
  throw new OptionError(`${call}.groups`, groups, expected, message);
}

function allLabelled(labels: ArrayLike<unknown>, column: string | undefined, known?: Map<unknown, number>): Uint32Array {
  const row = Array.prototype.findIndex.call(labels, (label) => label === null || label === undefined || Number.isNaN(label));
  if (row < 0) return numbered(labels, known);
  throw new DataError('groups', 'is missing: every row has to belong to a group', { row, column });
}

/** The same of so many rows. @param t them; undefined where columns have no names. @throws OptionError, DataError */
export function groupsIn(call: string, groups: Groups, t: Table | undefined, rows: number): Uint32Array {
  if (typeof groups !== 'string') return labelled(call, groups, rows);
  requireColumn(`${call}.groups`, groups, groups, t ?? { names: undefined });
  return groupsOf(call, groups, t!);
}

/** The same of some rows. @param kept which; undefined for all */
export function groupsAmong(call: string, groups: Groups, t: Table, kept: Uint32Array | undefined): Uint32Array {
  const all = groupsOf(call, groups, t);
  const numbers = kept ? picked(all, kept) : all;
  requireSeveral(call, groups, numbers);
  return numbers;
}

/** @throws OptionError where nothing can be held out */
export function requireSeveral(call: string, groups: Groups, numbers: Uint32Array): void {
  if (countGroups(numbers) > 1) return;
  const expected = 'two groups or more, of which some can be held out';
  throw new OptionError(`${call}.groups`, groups, expected, `${call}.groups: all rows are of one group; expected ${expected}`);
}
