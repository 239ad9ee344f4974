// Products with a B that was packed beforehand, by blocks or by parts, have the bits of those that pack it themselves.

import { Operand } from "../../assembly/codes";
import { SIZE } from "../../assembly/vec";
import { BLOCK_DEPTH, FEW_ROWS, gemm, gemmScratch, packRowsB, packTransposedPart, panelBytes } from "../../assembly/kernels/gemm";
import { NR } from "../../assembly/kernels/tile";
import { get } from "../../assembly/addresses";
import { bytes, guarded, intact, room, seed, randoms } from "./buffers";

/** Whether c = A·B has the same bits with B, or what is stored of it, packed by so many parts as with B as it stands. */
function isSame(stored: i32, m: i32, n: i32, depth: i32, parts: i32): bool {
  const gap = 3, columns = (stored ? depth : n) + gap, rows = stored ? n : depth, ldb = <usize>columns * SIZE;
  const a = randoms(m * depth), b = randoms(rows * columns), c = room(m * n), d = room(m * n), lda = <usize>depth * SIZE,
    ldc = <usize>n * SIZE;
  const size = panelBytes(n, depth), panels = bytes(size);
  for (let i = 0; i < parts; i++) {
    if (stored) packTransposedPart(n, depth, i, parts, b, ldb, panels);
    else packRowsB(n, depth, depth * i / parts, depth * (i + 1) / parts, b, ldb, panels);
  }
  gemm(Operand.plain, stored, m, n, depth, a, lda, b, ldb, c, ldc, 0, 0, bytes(gemmScratch(Operand.plain, stored, m, n, depth)));
  const scratch = bytes(gemmScratch(Operand.plain, Operand.packed, m, n, depth));
  gemm(Operand.plain, Operand.packed, m, n, depth, a, lda, panels, 0, d, ldc, 0, 0, scratch);
  let right = guarded(panels, size) && intact(b, rows * columns) && intact(d, m * n);
  for (let i = 0; i < m * n; i++) right = right && get(c, i) == get(d, i);
  return right;
}

const DEPTHS: i32[] = [2, 13, BLOCK_DEPTH - 1, BLOCK_DEPTH, BLOCK_DEPTH + 1, 2 * BLOCK_DEPTH + 3];

/** Any columns that are worth packing, more or fewer than there are parts of panels; blocks that parts cut. */
function allSame(stored: i32): void {
  seed(61 + stored);
  for (let i = 0; i < DEPTHS.length; i++) {
    for (let n = NR + 1; n <= 3 * NR + 1; n += 3) {
      for (let parts = 1; parts <= 5; parts += 2) {
        const right = isSame(stored, FEW_ROWS, n, DEPTHS[i], parts) && isSame(stored, 13, n, DEPTHS[i], parts);
        expect<bool>(right).toBe(true, n.toString() + " columns, depth " + DEPTHS[i].toString() + ", parts " + parts.toString());
      }
    }
  }
}

describe("gemm", () => {
  test("B packed by rows", () => {
    allSame(Operand.plain);
  });

  test("B stored transposed, packed by panels", () => {
    allSame(Operand.transposed);
  });
});
