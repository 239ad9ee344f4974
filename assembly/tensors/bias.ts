// What is the same for every row.

import { LANES, SIZE, add, loadPart, storePart } from "../vec";

/** y[r,j] = x[r,j] + b[j]   x, y: rows×n row-major; y may be x */
export function addRow(rows: i32, n: i32, x: usize, b: usize, y: usize): void {
  for (; rows > 0; rows--) {
    let i = n, p = b;
    for (; i >= LANES; i -= LANES, x += 16, p += 16, y += 16) v128.store(y, add(v128.load(x), v128.load(p)));
    if (i > 0) {
      storePart(y, add(loadPart(x, i), loadPart(p, i)), i);
      x += <usize>i * SIZE;
      y += <usize>i * SIZE;
    }
  }
}
