// The micro-kernel on every height and width of a strip, every way that A and the addend may lie in memory.
// Data are multiples of 2^-8, depths at most 100: all sums are exact in float32 too, so results must be equal.

import { LANES, SIZE } from "../../assembly/vec";
import { packA } from "../../assembly/kernels/pack";
import { MR, NR, PANEL, narrowStrip, wideStrip } from "../../assembly/kernels/tile";
import { get, set } from "../../assembly/addresses";
import { dyadics, intact, room, seed, untouched } from "./buffers";

const DEPTHS: i32[] = [1, 2, 3, 7, 16, 17, 100];

// How A lies in memory.
const ROWS: i32 = 0, COLUMNS: i32 = 1, PANELS: i32 = 2;
// The addend: none, one row for all, a matrix, C itself.
const NONE: i32 = 0, BIAS: i32 = 1, MATRIX: i32 = 2, SELF: i32 = 3;

/** Whether a strip of rows×n sums over `depth` is right, and nothing else is written. */
function strip(rows: i32, n: i32, depth: i32, storage: i32, addend: i32): bool {
  const lda = (storage == COLUMNS ? rows : depth) + 2, ldb = n + 1, ldc = n + 3,
    lde = addend == SELF ? ldc : addend == BIAS ? 0 : n + 2;
  const a = dyadics((storage == COLUMNS ? depth : rows) * lda), b = dyadics(depth * ldb), c = room(rows * ldc);
  const e = addend == NONE ? <usize>0 : addend == SELF ? c : dyadics(addend == BIAS ? n : rows * lde);
  if (addend == SELF) {
    for (let i = 0; i < rows; i++) for (let j = 0; j < n; j++) set(c, i * ldc + j, <f64>(i - j));
  }
  let x = a, row = <usize>lda * SIZE, step = SIZE, skip = <usize>MR * row;
  if (storage == COLUMNS) {
    row = SIZE;
    step = <usize>lda * SIZE;
    skip = <usize>MR * SIZE;
  } else if (storage == PANELS) {
    skip = <usize>(depth * MR) * SIZE;
    x = room((rows + MR - 1) / MR * MR * depth);
    for (let r = 0; r < rows; r += MR)
      packA(depth, min(rows - r, MR), a + <usize>(r * lda) * SIZE, row, x + <usize>(r / MR) * skip);
    row = SIZE;
    step = <usize>MR * SIZE;
  }
  // A packed panel of B or B as it stands: the kernel sees a stride only, except that it reads whole vectors.
  const stride = <usize>ldb * SIZE, strideC = <usize>ldc * SIZE, strideE = <usize>lde * SIZE;
  const panels = (n + NR - 1) / NR, last = n - (panels - 1) * NR;
  if (n > LANES) wideStrip(rows, depth, x, row, step, skip, panels, PANEL, b, stride, c, strideC, last, e, strideE);
  else narrowStrip(rows, depth, x, row, step, skip, b, stride, c, strideC, n, e, strideE);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < ldc; j++) {
      if (j >= n) {
        if (!untouched(c, i * ldc + j)) return false;
        continue;
      }
      let want = addend == NONE ? 0.0 : addend == SELF ? <f64>(i - j) : get(e, i * lde + j);
      for (let k = 0; k < depth; k++) want += get(a, storage == COLUMNS ? k * lda + i : i * lda + k) * get(b, k * ldb + j);
      if (!(get(c, i * ldc + j) == want)) return false;
    }
  }
  return intact(c, rows * ldc) && intact(b, depth * ldb);
}

/** Every width up to three panels under one storage of A and one addend, at these heights and depths. */
function strips(storage: i32, addend: i32): void {
  const heights: i32[] = [0, 1, MR - 1, MR, MR + 1, MR + 2, 2 * MR - 1, 2 * MR, 2 * MR + 1, 13];
  seed(1 + storage * 4 + addend);
  for (let h = 0; h < heights.length; h++) {
    for (let n = 1; n <= 3 * NR; n++) {
      if (n > NR && n % NR && n % NR <= LANES) continue; // that is a narrow strip beside a wide one
      for (let d = 0; d < DEPTHS.length; d++) {
        const right = strip(heights[h], n, DEPTHS[d], storage, addend);
        if (!right) expect<bool>(right).toBe(true,
          heights[h].toString() + "×" + n.toString() + ", depth " + DEPTHS[d].toString());
      }
    }
  }
  expect<bool>(strip(MR, NR, 1, storage, addend)).toBe(true);
}

describe("tile", () => {
  test("a panel of B is as wide as a tile", () => {
    expect(PANEL).toBe(<usize>NR * SIZE);
    expect(NR).toBe(2 * LANES);
  });

  describe("A as it stands", () => {
    test("no addend", () => strips(ROWS, NONE));
    test("one row for all", () => strips(ROWS, BIAS));
    test("a matrix", () => strips(ROWS, MATRIX));
    test("C itself", () => strips(ROWS, SELF));
  });

  describe("A stored transposed", () => {
    test("no addend", () => strips(COLUMNS, NONE));
    test("one row for all", () => strips(COLUMNS, BIAS));
    test("a matrix", () => strips(COLUMNS, MATRIX));
    test("C itself", () => strips(COLUMNS, SELF));
  });

  describe("A packed", () => {
    test("no addend", () => strips(PANELS, NONE));
    test("one row for all", () => strips(PANELS, BIAS));
    test("a matrix", () => strips(PANELS, MATRIX));
    test("C itself", () => strips(PANELS, SELF));
  });

  test("reads at most 16 bytes beyond B's last row", () => {
    const end = <usize>memory.size() << 16, depth = 3;
    const a = dyadics(MR * depth), c = room(MR * NR);
    for (let n = 1; n <= NR; n++) {
      // b's last row ends 16 bytes before the end of memory: a longer read would trap.
      const b = end - 16 - <usize>(depth * n) * SIZE;
      if (n > LANES) wideStrip(MR, depth, a, <usize>depth * SIZE, SIZE, 0, 1, PANEL, b, <usize>n * SIZE, c, PANEL, n, 0, 0);
      else narrowStrip(MR, depth, a, <usize>depth * SIZE, SIZE, 0, b, <usize>n * SIZE, c, PANEL, n, 0, 0);
    }
    expect<bool>(intact(c, MR * NR)).toBe(true);
  });
});
