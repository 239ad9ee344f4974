/** Means of values over batches of so many rows, in float32 and in tfjs's order. */
export class Averages {
  private sums: number[] = [];
  private count = 0;

  /** A batch's values. */
  add(rows: number, values: readonly number[]): void {
    this.sums = values.map((value, i) => Math.fround((this.sums[i] ?? 0) + Math.fround(rows * value)));
    this.count += rows;
  }

  get means(): number[] {
    return this.sums.map((sum) => Math.fround(sum / this.count));
  }
}

/** The means over batches of `count` rows. */
export function averaged(count: number, batchSize: number, values: (start: number, rows: number) => number[]): number[] {
  const averages = new Averages();
  for (let start = 0; start < count; start += batchSize) {
    const rows = Math.min(batchSize, count - start);
    averages.add(rows, values(start, rows));
  }
  return averages.means;
}
