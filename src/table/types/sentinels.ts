// Numbers that stand for nothing, such as -999: one value far outside of all others, and repeated.

import type { Cell } from '../../data/column.js';
import { Grouping, Groups } from '../../data/extremes.js';

/** Looks for them in a column, piece by piece. */
export class SentinelTally {
  private readonly groups = new Groups(new Grouping());

  /** @param cells of which those count that are numbers */
  add(cells: readonly Cell[]): this {
    this.groups.add(Float64Array.from(cells, (cell) => (typeof cell === 'number' ? cell : Number.NaN)));
    return this;
  }

  /** What is said of them, with what takes them for missing. */
  note(name: string): string | undefined {
    const sentinels = this.groups.extremes()?.sentinels ?? [];
    if (sentinels.length === 0) return undefined;
    const each = sentinels.map(({ value, count }) => `${value} (${count} times)`).join(', ');
    const values = sentinels.map(({ value }) => value);
    return `column ${JSON.stringify(name)}: ${each} far outside of all other values; if that stands for nothing, missing: [${values.join(', ')}] (--missing ${values.join()}) says so`;
  }
}
