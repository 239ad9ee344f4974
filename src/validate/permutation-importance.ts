// How much a model owes to each column: what it loses when the column's values are shuffled among the rows. Breiman, "Random
// forests", Machine Learning 45 (2001), section 10.

import type { Column, Reading } from '../data/column.js';
import { permutation } from '../data/split.js';
import { SomeRows, type Table } from '../data/table.js';
import { engineOf } from '../runtime/engines.js';
import { Purpose } from '../runtime/random.js';

/** What a column is worth. */
export interface ColumnImportance {
  /** Index of the column in its table. */
  readonly column: number;
  /** How much lower the score is with the column shuffled, in the mean of several shuffles. */
  readonly drop: number;
  /** Standard deviation over the shuffles. */
  readonly deviation: number;
}

/** A table with the values of one column given to other rows. */
class ShuffledTable extends SomeRows {
  constructor(
    private readonly orderly: Table,
    private readonly shuffled: number,
    order: Uint32Array,
  ) {
    super(orderly, order);
  }

  override column(index: number, reading?: Reading): Column {
    return index === this.shuffled ? super.column(index, reading) : this.orderly.column(index, reading);
  }
}

/**
 * The importance of columns on rows that were not trained on. Columns that say the same share what they are worth.
 * @param score of a model on a table of these rows, higher where it is better
 * @param columns indices of those to shuffle
 */
export async function shuffledDrops(
  table: Table,
  score: (table: Table) => number,
  columns: readonly number[],
  { seed, repeats }: { readonly seed: number; readonly repeats: number },
): Promise<ColumnImportance[]> {
  const engine = await engineOf('float32', 'fast');
  const whole = score(table);
  return columns.map((column) => {
    const drops = Array.from({ length: repeats }, (_, round) => {
      const order = permutation(engine, table.rows, seed, Purpose.importance, column * repeats + round);
      return whole - score(new ShuffledTable(table, column, order));
    });
    const drop = drops.reduce((a, b) => a + b, 0) / repeats;
    const deviation = Math.sqrt(drops.reduce((sum, d) => sum + (d - drop) ** 2, 0) / repeats);
    return { column, drop, deviation };
  });
}
