/** Means of values over batches of so many rows, in float32 and in tfjs's order. */
export function averaged(count: number, batchSize: number, values: (start: number, rows: number) => number[]): number[] {
  let sums: number[] = [];
  for (let start = 0; start < count; start += batchSize) {
    const rows = Math.min(batchSize, count - start);
    const found = values(start, rows);
    sums = found.map((value, i) => Math.fround((sums[i] ?? 0) + Math.fround(rows * value)));
  }
  return sums.map((sum) => Math.fround(sum / count));
}
