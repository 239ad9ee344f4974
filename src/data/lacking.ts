// A column that none of some records has, where that means something.

import type { Column, Reading } from './column.js';

/** What stands for it: 0 in a column of numbers, else a gap. */
export function lacking(rows: number, { kind = 'number' }: Reading): Column {
  if (kind === 'category') return { kind, values: new Array<null>(rows).fill(null) };
  return { kind, values: new Float64Array(rows).fill(kind === 'date' ? Number.NaN : 0) };
}
