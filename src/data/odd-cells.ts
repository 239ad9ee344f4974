// Columns of strings that are numbers but for a few cells: what is said of them.

import { DataError, shown } from '../runtime/errors.js';
import { MOSTLY, isInLocale } from './column.js';
import type { ColumnSpec } from './column-spec.js';
import type { AskedColumns, Gathered } from './gathered.js';

/** From so many different strings on, categories that are mostly numbers are worth a word. */
const MANY_NUMBERS = 20;

type Odd = Pick<Gathered, 'place' | 'inText' | 'odd' | 'gaps'>;

function mostlyNumbers({ inText, odd, gaps }: Odd, rows: number): boolean {
  return odd !== undefined && inText >= MOSTLY * (rows - gaps);
}

/** The first cell that is no number, in words. */
function oddOne({ inText, odd, gaps }: Odd, rows: number): string {
  return `${shown(odd!.text)} is among numbers in text (${inText} of ${rows - gaps} cells of this column are numbers); write null for a missing cell`;
}

/**
 * A column that would be left out, since its strings differ too much to be categories.
 * @throws DataError where it is one of numbers but for a few
 */
export function refuseOdd(gathered: Odd, rows: number): void {
  if (!mostlyNumbers(gathered, rows)) return;
  const detail = `${oddOne(gathered, rows)}, and leave the column out if it identifies rows`;
  throw new DataError('X', detail, { row: gathered.odd!.row, column: gathered.place });
}

/** Of so many strings it is seen how they are written. */
const SEEN = 100;

/** What strings are that are all written as a locale writes numbers or dates; undefined for others. */
function localeOf({ odd, counts, inText }: Pick<Gathered, 'odd' | 'counts' | 'inText'>): string | undefined {
  if (!odd || !isInLocale(odd.text)) return undefined;
  const texts = [...(counts?.keys() ?? [])].slice(0, SEEN);
  const dates = /^\s*\d{1,2}([./])\d{1,2}\1\d{2,4}\s*$/;
  const what = dates.test(odd.text) ? 'dates' : odd.text.includes(',') ? 'numbers with decimal commas' : undefined;
  const alike =
    what === 'dates' ? inText === 0 && texts.every((text) => dates.test(text)) : texts.every((text) => /^[\s\d.,-]+$/.test(text));
  if (!what || !alike) return undefined;
  return `${shown(odd.text)} and others may be ${what}, which are text in records; readTable of efficient-backprop/table reads them`;
}

/**
 * What is worth knowing of how columns were taken: that categories are mostly numbers, that dates are in order.
 * @param columns what became of each
 */
export function noticesOf(
  gathered: readonly Gathered[],
  columns: readonly ColumnSpec[],
  { rows, asked }: { readonly rows: number; readonly asked: AskedColumns },
): string[] {
  return gathered.flatMap((column, i) => {
    const { kind } = columns[i]!;
    const { name, odd, counts, from, tally } = column;
    if (kind === 'date') return tally?.notices(asked.apart) ?? [];
    const locale = from || column.dropped !== undefined ? undefined : localeOf(column);
    if (locale)
      return [`column ${JSON.stringify(name)} ${kind === 'dropped' ? 'was left out' : 'is one of categories'}: ${locale}`];
    if (kind !== 'category' || from || !mostlyNumbers(column, rows) || counts!.size < MANY_NUMBERS) return [];
    return [`column ${JSON.stringify(name)} is taken for categories: in row ${odd!.row}, ${oddOne(column, rows)}`];
  });
}
