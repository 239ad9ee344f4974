// Products with a B that was packed beforehand, by blocks or by parts, have the bits of those that pack it themselves.

import { SIZE } from "../../assembly/vec";
import {
  BLOCK_DEPTH, PACKED, PLAIN, TRANSPOSED, gemm, gemmScratch, packBlock, packTransposedPart, packedBlocks, packedBytes,
} from "../../assembly/kernels/gemm";
import { NR } from "../../assembly/kernels/tile";
import { bytes, get, guarded, intact, room, seed, randoms } from "./buffers";

/** Whether c = A·B is the same with B packed as with B as it stands, or stored transposed, which `parts` then pack. */
function isSame(m: i32, n: i32, depth: i32, parts: i32): bool {
  const gap = 3, columns = (parts ? depth : n) + gap, rows = parts ? n : depth, ldb = <usize>columns * SIZE;
  const a = randoms(m * depth), b = randoms(rows * columns), c = room(m * n), d = room(m * n), lda = <usize>depth * SIZE, ldc = <usize>n * SIZE;
  const stored = parts ? TRANSPOSED : PLAIN, size = packedBytes(n, depth), panels = bytes(size);
  for (let i = 0; i < parts; i++) packTransposedPart(n, depth, i, parts, b, ldb, panels);
  if (!parts) for (let i = packedBlocks(depth) - 1; i >= 0; i--) packBlock(n, depth, i, b, ldb, panels);
  gemm(PLAIN, stored, m, n, depth, a, lda, b, ldb, c, ldc, 0, 0, bytes(gemmScratch(PLAIN, stored, m, n, depth)));
  gemm(PLAIN, PACKED, m, n, depth, a, lda, panels, 0, d, ldc, 0, 0, bytes(gemmScratch(PLAIN, PACKED, m, n, depth)));
  let right = guarded(panels, size) && intact(b, rows * columns) && intact(d, m * n);
  for (let i = 0; i < m * n; i++) right = right && get(c, i) == get(d, i);
  return right;
}

const DEPTHS: i32[] = [2, 13, BLOCK_DEPTH - 1, BLOCK_DEPTH, BLOCK_DEPTH + 1, 2 * BLOCK_DEPTH + 3];

describe("gemm", () => {
  test("B packed by blocks", () => {
    seed(61);
    for (let i = 0; i < DEPTHS.length; i++) {
      for (let n = NR + 1; n <= 3 * NR + 1; n += 3) {
        expect<bool>(isSame(8, n, DEPTHS[i], 0) && isSame(13, n, DEPTHS[i], 0)).toBe(true, n.toString() + " columns, depth " + DEPTHS[i].toString());
      }
    }
  });

  test("B stored transposed, packed by parts: also more of them than there are panels", () => {
    seed(62);
    for (let i = 0; i < DEPTHS.length; i++) {
      for (let n = NR + 1; n <= 3 * NR + 1; n += 3) {
        for (let parts = 1; parts <= 5; parts += 2) {
          expect<bool>(isSame(13, n, DEPTHS[i], parts)).toBe(true, n.toString() + " columns, depth " + DEPTHS[i].toString() + ", parts " + parts.toString());
        }
      }
    }
  });
});
