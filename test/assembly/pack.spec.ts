// Panels of A and B: every element at its place, zeros at the edge, nothing written beyond.

import { SIZE } from "../../assembly/vec";
import { packA, packB, packPanelsA, packPanelsB, packTransposedA, packTransposedB } from "../../assembly/kernels/pack";
import { MR, NR } from "../../assembly/kernels/tile";
import { get } from "../../assembly/addresses";
import { dyadics, intact, room, seed } from "./buffers";

const DEPTHS: i32[] = [1, 2, 3, 4, 5, 7, 8, 13];

// Which way of packing a case is about.
const A: i32 = 0, TRANSPOSED_A: i32 = 1, B: i32 = 2, TRANSPOSED_B: i32 = 3;

/** Packs n of `width` rows or columns; the panel has to hold x[k, j] for j < n, else 0. Whether all is right. */
function packs(kind: i32, depth: i32, n: i32): bool {
  const width = kind == A || kind == TRANSPOSED_A ? MR : NR;
  const deepRows = kind == A || kind == TRANSPOSED_B; // k runs along a row of x
  const gap = 3, columns = (deepRows ? depth : n) + gap, rows = deepRows ? n : depth;
  const x = dyadics(rows * columns), panel = room(depth * width), ldx = <usize>columns * SIZE;
  if (kind == A) packA(depth, n, x, ldx, panel);
  else if (kind == TRANSPOSED_A) packTransposedA(depth, n, x, ldx, panel);
  else if (kind == B) packB(depth, n, x, ldx, panel);
  else packTransposedB(depth, n, x, ldx, panel);
  for (let k = 0; k < depth; k++) {
    for (let j = 0; j < width; j++) {
      const want = j < n ? get(x, deepRows ? j * columns + k : k * columns + j) : 0.0;
      if (!(get(panel, k * width + j) == want)) return false;
    }
  }
  return intact(panel, depth * width) && intact(x, rows * columns);
}

function packsAll(kind: i32, width: i32): void {
  seed(1 + kind);
  for (let d = 0; d < DEPTHS.length; d++) {
    for (let n = 1; n <= width; n++) {
      expect<bool>(packs(kind, DEPTHS[d], n)).toBe(true, "depth " + DEPTHS[d].toString() + ", n " + n.toString());
    }
  }
}

describe("pack", () => {
  test("rows of A", () => packsAll(A, MR));
  test("rows of A stored transposed", () => packsAll(TRANSPOSED_A, MR));
  test("columns of B", () => packsAll(B, NR));
  test("columns of B stored transposed", () => packsAll(TRANSPOSED_B, NR));

  test("several panels of B at once are the panels packed one by one", () => {
    seed(9);
    const depth = 5;
    for (let panels = 1; panels <= 3; panels++) {
      const columns = panels * NR + 1, ldx = <usize>columns * SIZE, size = depth * NR;
      const x = dyadics(depth * columns), all = room(panels * size), one = room(size);
      packPanelsB(depth, panels, x, ldx, all, <usize>size * SIZE);
      for (let p = 0; p < panels; p++) {
        packB(depth, NR, x + <usize>(p * NR) * SIZE, ldx, one);
        expect(memory.compare(all + <usize>(p * size) * SIZE, one, <usize>size * SIZE)).toBe(0);
      }
      expect<bool>(intact(all, panels * size)).toBe(true);
    }
  });

  test("several panels of A at once are the panels packed one by one", () => {
    seed(10);
    const depth = 5;
    for (let panels = 1; panels <= 3; panels++) {
      const rows = panels * MR + 4, ldx = <usize>rows * SIZE, size = depth * MR;
      const x = dyadics(depth * rows), all = room(panels * size), one = room(size);
      packPanelsA(depth, panels, x, ldx, all);
      for (let p = 0; p < panels; p++) {
        packTransposedA(depth, MR, x + <usize>(p * MR) * SIZE, ldx, one);
        expect(memory.compare(all + <usize>(p * size) * SIZE, one, <usize>size * SIZE)).toBe(0);
      }
      expect<bool>(intact(all, panels * size)).toBe(true);
    }
  });
});
